/// A fault that the reference enabler can be given on purpose; the suite must catch it.
public enum Defect: String, CaseIterable, Sendable, Hashable {
    case messageLost = "message-lost"
    case deliveredTwice = "delivered-twice-after-confirmation"
    case sameSenderSwapped = "same-sender-swapped"
    case dateTimeRewritten = "datetime-rewritten-when-deferred"
    case requestStripped = "disposition-request-stripped"
    case dispositionNotStored = "disposition-not-stored"
    case finalListMissing = "final-list-missing"
    case finalListShowsLeaver = "final-list-shows-leaver-connected"
    case partialWithoutFull = "partial-without-full"
    case conferenceInfoInvalid = "conference-info-invalid"
    case deliversToLeaver = "delivers-to-one-who-left"
    case prematureReport = "delivered-report-before-reached"

    /// What the enabler does wrong, as one clause.
    public var summary: String { facts.summary }
    /// The check that must fail.
    public var check: String { facts.check }
    /// The requirements that it must fail for; where storing and delivering cannot be told apart, both.
    public var requirements: [String] { facts.requirements }

    private var facts: (summary: String, check: String, requirements: [String]) {
        switch self {
        case .messageLost:
            ("the first message missed by an absent member is never stored", "messages.complete",
             ["CPM-CONV-058", "CPM-CONV-058a"])
        case .deliveredTwice:
            ("a deferred message is delivered again after the client confirmed it", "messages.once",
             ["CPM-CONV-058a"])
        case .sameSenderSwapped:
            ("two deferred messages of one sender change places", "messages.order", ["CPM-CONV-058a"])
        case .dateTimeRewritten:
            ("the deferred copy's DateTime says when it was delivered, not when it was sent", "messages.datetime",
             ["CPM-CONV-058a"])
        case .requestStripped:
            ("the deferred copy has lost its Disposition-Notification request", "messages.disposition-request",
             ["CPM-CONV-058a"])
        case .dispositionNotStored:
            ("reports for an absent sender are thrown away", "dispositions.complete",
             ["CPM-CONV-058", "CPM-CONV-058a"])
        case .finalListMissing:
            ("an ended session is delivered without its final list", "roster.final", ["CPM-CONV-058a"])
        case .finalListShowsLeaver:
            ("the final list shows members who left as connected", "roster.final", ["CPM-CONV-058a"])
        case .partialWithoutFull:
            ("a deferred roster stream starts with a partial document", "roster.stream", ["CPM-CONV-058b"])
        case .conferenceInfoInvalid:
            ("deferred conference-info breaks the core schema of RFC 4575", "roster.valid",
             ["CPM-CONV-058a", "CPM-CONV-058b"])
        case .deliversToLeaver:
            ("what is sent after a member left is stored and delivered to it", "messages.right", ["CPM-CONV-058"])
        case .prematureReport:
            ("a delivered report about an absent member goes out before the message reached it",
             "dispositions.premature", ["CPM-CONV-058a"])
        }
    }
}
