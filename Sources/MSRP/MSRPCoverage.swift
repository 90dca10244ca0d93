/// Which bytes of a message one or several REPORTs have spoken of (RFC 4975 §7.1.2): each may be about a part only.
///
/// Keeps at most 1,024 separate parts; what comes beyond them is not counted.
public struct MSRPCoverage: Sendable, Hashable {
    /// In order, without overlap and without touching; offsets count from 0.
    private var parts: [Range<Int>] = []
    private static let mostParts = 1024

    public init() {}

    /// Counts a part; without a range the whole message is meant.
    public mutating func add(_ range: MSRPByteRange?) {
        let start = max(0, (range?.start ?? 1) - 1)
        let end = range?.end ?? range?.total ?? Int.max
        guard start < end else { return }
        var new = start..<end
        let touched = parts.filter { $0.lowerBound <= new.upperBound && new.lowerBound <= $0.upperBound }
        for part in touched { new = min(part.lowerBound, new.lowerBound)..<max(part.upperBound, new.upperBound) }
        var rest = parts.filter { $0.upperBound < new.lowerBound || new.upperBound < $0.lowerBound }
        guard rest.count < Self.mostParts else { return }
        rest.insert(new, at: rest.firstIndex { $0.lowerBound > new.upperBound } ?? rest.endIndex)
        parts = rest
    }

    /// True when every byte of a message of this length has been spoken of; of an empty one there is nothing to say.
    public func covers(_ length: Int) -> Bool {
        length == 0 || parts.first.map { $0.lowerBound == 0 && $0.upperBound >= length } ?? false
    }
}
