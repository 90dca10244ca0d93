/// How a check, a case or a requirement came out (ISO/IEC 9646-1, TTCN-3: none < pass < inconc < fail < error).
///
/// A verdict only ever worsens: `worst(with:)` is the one way in which two of them meet.
public enum Verdict: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Nothing was judged (TTCN-3's `none`; that word would be Optional's in Swift).
    case notJudged = "not judged"
    case pass
    /// Neither shown right nor shown wrong; the cause is always told.
    case inconclusive
    case fail
    /// The harness itself was in trouble, so that its word is not worth anything.
    case error

    private var rank: Int {
        switch self {
        case .notJudged: 0
        case .pass: 1
        case .inconclusive: 2
        case .fail: 3
        case .error: 4
        }
    }

    public static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    /// The worse of the two.
    public func worst(with other: Verdict) -> Verdict { max(self, other) }
}

/// The text that lets a check fail somebody; reports show it, so that a vendor knows what it failed.
public enum Basis: Sendable, Hashable, CustomStringConvertible {
    /// The requirement's own words.
    case clause
    /// The note of CPM-CONV-058b.
    case note
    /// The reason for change in front of the requirements.
    case reasonForChange
    /// An RFC's rule without which the item cannot be used, such as `RFC 4575 §5`.
    case rfc(String)
    /// The project's choice of carriage.
    case binding
    /// The project's interpretation.
    case reading

    public var description: String {
        switch self {
        case .clause: "clause"
        case .note: "note"
        case .reasonForChange: "reason-for-change"
        case .rfc(let section): section
        case .binding: "binding"
        case .reading: "reading"
        }
    }
}
