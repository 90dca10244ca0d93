import ArgumentParser
import Diagnostics
import EnablerReference

/// What the reference enabler is made to do otherwise.
struct DeviationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A fault that the reference enabler has on purpose; may be repeated. 'list' names them.", valueName: "name"))
    var defect: [String] = []

    @Option(
        help: ArgumentHelp(
            "A legal difference that the reference enabler has; may be repeated. 'list' names them.",
            valueName: "name"))
    var variation: [String] = []

    var isEmpty: Bool { defect.isEmpty && variation.isEmpty }

    /// Prints what `list` asks for; false when nobody asked.
    func list(on console: Console) -> Bool {
        var listed = false
        if defect.contains("list") {
            listed = true
            for known in Defect.allCases {
                console.line("\(known.rawValue): \(known.summary) (\(known.check), \(known.requirements.joined(separator: ", ")))")
            }
        }
        if variation.contains("list") {
            listed = true
            for known in Variation.allCases { console.line("\(known.rawValue): \(known.summary) (\(known.allowedBy))") }
        }
        return listed
    }

    /// - Throws: `Diagnostic` for a name that is none.
    func defects() throws(Diagnostic) -> Set<Defect> { try Self.named(defect, "defect") }

    /// - Throws: `Diagnostic` for a name that is none.
    func variations() throws(Diagnostic) -> Set<Variation> { try Self.named(variation, "variation") }

    private static func named<Named: RawRepresentable<String> & CaseIterable & Hashable>(
        _ names: [String], _ kind: String
    ) throws(Diagnostic) -> Set<Named> {
        var found: Set<Named> = []
        for name in names {
            guard let known = Named(rawValue: name) else {
                throw Diagnostic(
                    .input, "deviation.\(kind)", "there is no \(kind) '\(escapedPeerText(name, limit: 100))'",
                    instead: nearestWord(to: name, among: Named.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" }
                        ?? "see --\(kind) list")
            }
            found.insert(known)
        }
        return found
    }
}
