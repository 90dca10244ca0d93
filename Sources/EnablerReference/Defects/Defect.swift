/// A fault that the reference enabler can be given on purpose; the suite must catch it.
///
/// A case here names it; what there is to say of it stands in the file of its family under `Families`.
public enum Defect: String, CaseIterable, Sendable, Hashable {
    // Messages stored
    case messageLost = "message-lost"
    case deliversToLeaver = "delivers-to-one-who-left"
    // Messages delivered
    case deliveredTwice = "delivered-twice-after-confirmation"
    case sameSenderSwapped = "same-sender-swapped"
    case dateTimeRewritten = "datetime-rewritten-when-deferred"
    case requestStripped = "disposition-request-stripped"
    // Dispositions
    case dispositionNotStored = "disposition-not-stored"
    case prematureReport = "delivered-report-before-reached"
    case pagedReportLost = "report-by-message-lost"
    // Lists
    case finalListMissing = "final-list-missing"
    case finalListShowsLeaver = "final-list-shows-leaver-connected"
    case partialWithoutFull = "partial-without-full"
    case conferenceInfoInvalid = "conference-info-invalid"
    case currentListIncomplete = "current-list-incomplete"
    // Delivery timing
    case youngestGroupFirst = "youngest-group-first"
    // Protocol
    case closingByeBooted = "closing-bye-booted"

    /// What the enabler does wrong, as one clause.
    public var summary: String { facts.summary }
    /// The check that must fail.
    public var check: String { facts.check }
    /// The requirements that it must fail for, and no other may; where storing and delivering cannot be told apart, both.
    public var requirements: [String] { facts.requirements }

    /// Empty for a defect that no family describes, which a test finds.
    var facts: DefectFacts { Self.described[self] ?? DefectFacts("", check: "", []) }

    /// Every family; a new one is added here.
    static let families: [[Defect: DefectFacts]] = [
        messagesStored, messagesDelivered, dispositions, lists, policy, deliveryTiming, protocolMisbehaviour,
    ]

    private static let described: [Defect: DefectFacts] = families.reduce(into: [:]) { all, family in
        all.merge(family) { first, _ in first }
    }
}

/// What there is to say of a defect.
struct DefectFacts: Sendable, Hashable {
    /// What the enabler does wrong, as one clause.
    var summary: String
    /// The check that must fail.
    var check: String
    /// The requirements that may fail, one of which must.
    var requirements: [String]

    init(_ summary: String, check: String, _ requirements: [RequirementName]) {
        self.summary = summary
        self.check = check
        self.requirements = requirements.map(\.rawValue)
    }

    /// What an enabler can fail.
    enum RequirementName: String {
        case store = "CPM-CONV-058"
        case deliver = "CPM-CONV-058a"
        case intermediate = "CPM-CONV-058b"
    }
}
