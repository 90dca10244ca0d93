/// The defects in what the enabler makes of its provider's policy. Without one, nothing is touched.
struct PolicyFaults: Sendable {
    private let defects: Set<Defect>

    init(_ defects: Set<Defect>) { self.defects = defects }

    /// The settings as a faulty enabler reads them.
    static func apply(_ defects: Set<Defect>, to settings: inout EnablerSettings) {
        if defects.contains(.storageOffIgnored) { settings.storesMissed = true }
        if defects.contains(.retentionIgnored) { settings.retention = 0 }
        if defects.contains(.maximumIgnored) { settings.maximumItems = unlimited }
        if defects.contains(.maximumOneShort), settings.maximumItems < unlimited { settings.maximumItems -= 1 }
        if defects.contains(.maximumKeepsOthers), settings.maximumItems < unlimited { settings.keepsOldest.toggle() }
        if defects.contains(.intermediatesThoughOff) { settings.deliversIntermediates = true }
        if defects.contains(.everyByeLeaves) {
            settings.byeWithoutReasonLeaves = true
            settings.byeWith503Leaves = true
        }
    }

    private static let unlimited = EnablerSettings().maximumItems

    /// Whether the final list is kept for absent members although nothing is to be stored for them.
    var keepsFinalList: Bool { defects.contains(.finalListThoughOff) }

    /// Whether all goes when one item has become too old.
    var expiryTakesAll: Bool { defects.contains(.expiryTakesAll) }
}
