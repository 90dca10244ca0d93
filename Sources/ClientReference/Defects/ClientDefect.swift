/// A fault that the reference client can be given on purpose; the suite must catch it.
///
/// A case here names it; what there is to say of it stands in the file of its family under `Families`.
public enum ClientDefect: String, CaseIterable, Sendable, Hashable {
    // Messages shown
    case shownAgain = "redelivery-shown-twice"
    case oneDropped = "one-of-a-backlog-dropped"
    case newestFirst = "newest-shown-first"
    case blankDropped = "blank-looking-messages-dropped"
    case sameWordsDropped = "same-words-taken-for-a-repeat"
    case onlyTextShown = "only-text-shown"
    case composingShown = "is-composing-shown"
    case breakForgets = "what-came-before-a-break-forgotten"
    case interruptedShown = "interrupted-message-shown"
    case lostAtRestart = "nothing-shown-after-a-restart"
    case splitAtNewFocus = "new-focus-taken-for-another-conversation"
    // What is shown of them
    case arrivalTimeShown = "time-of-arrival-shown"
    case focusShownAsSender = "focus-shown-as-sender"
    case senderOfBefore = "sender-of-the-message-before"
    case nonASCIILost = "letters-beyond-ascii-lost"
    case longCut = "long-messages-cut"
    case typeMadeText = "content-type-made-plain-text"
    case chunksJoinedWrongly = "chunks-joined-wrongly"
    // Sessions
    case sendonlyRefused = "session-that-is-over-refused"
    case unknownGroupRefused = "unknown-group-refused"
    case leanRefused = "lean-invitation-refused"
    case secondSessionRefused = "second-session-refused"
    case unknownContentEnds = "unknown-content-ends-the-session"
    case restLostAfterMalformed = "rest-lost-after-malformed-content"
    case malformedEnds = "malformed-content-ends-the-session"
    case connectionNotOpened = "msrp-connection-never-opened"
    case setupRepeated = "set-up-of-the-offer-repeated"
    case neverSubscribes = "never-subscribes"
    case failureReportIgnored = "answers-although-none-is-wanted"
    case neverAnswers = "messages-never-answered"
    case successUnreported = "success-not-reported"
    // Dispositions
    case lateIgnored = "late-dispositions-ignored"
    case appliedToOther = "disposition-applied-to-the-message-before"
    case onlyFirstApplied = "only-the-first-of-several-dispositions-applied"
    case recipientsMerged = "recipients-taken-for-one"
    case failureTakenForDelivery = "failure-shown-as-delivery"
    case acceptedTakenForDelivery = "acceptance-shown-as-delivery"
    case reportShown = "disposition-shown-as-a-message"
    case pagedReportsIgnored = "dispositions-by-message-ignored"
    // Reports
    case unaskedReports = "reports-not-asked-for"
    case deliveredTwice = "delivered-reported-twice"
    case displayedUnread = "displayed-reported-without-reading"
    case deliveredMissing = "delivered-not-reported"
    case displayedMissing = "displayed-not-reported"
    case reportOnReport = "report-on-a-report"
    case wrongIDReported = "another-message-reported"
    // Lists
    case finalListIgnored = "final-list-ignored"
    case leaversShown = "leavers-shown-as-members"
    case partialAlone = "change-applied-without-the-whole"
    case groupsMerged = "lists-of-groups-merged"
    // Earlier lists
    case changesIgnored = "changes-not-shown"
    case leavesIgnored = "leaves-not-shown"
    case historyReversed = "history-in-opposite-order"
    case audienceOfToday = "audience-from-the-final-list"
    // Starting a group again
    case memberForgotten = "restart-without-a-member"
    case selfInvited = "restart-with-the-user-itself"
    case departedInvited = "restart-with-one-who-left"
    case contributionRenewed = "restart-with-a-new-contribution-id"
    case oldFocusAsked = "restart-at-the-old-focus"
    case newFocusRefused = "new-focus-refused"
    // The upper tester
    case othersHidden = "groups-of-others-not-shown"
    case testerInvents = "upper-tester-shows-what-never-came"
    case testerHides = "upper-tester-hides-what-came"
    case testerRenames = "upper-tester-shows-another-sender"

    /// What the client does wrong, as one clause.
    public var summary: String { facts.summary }
    /// The check that must fail.
    public var check: String { facts.check }
    /// The requirements that may fail, and no other.
    public var requirements: [String] { facts.requirements.map(\.rawValue) }

    /// Empty for a defect that no family describes, which a test finds.
    var facts: ClientDefectFacts { Self.described[self] ?? ClientDefectFacts("", check: "") }

    /// Every family; a new one is added here.
    static let families: [[ClientDefect: ClientDefectFacts]] = [
        messagesShown, sessions, dispositions, reports, lists, restarts, upperTester,
    ]

    private static let described: [ClientDefect: ClientDefectFacts] = families.reduce(into: [:]) { all, family in
        all.merge(family) { first, _ in first }
    }
}

/// What there is to say of a defect.
struct ClientDefectFacts: Sendable, Hashable {
    var summary: String
    var check: String
    var requirements: [RequirementName]

    /// What a client can fail.
    enum RequirementName: String {
        case process = "CPM-CONV-058c"
        case processIntermediate = "CPM-CONV-058d"
    }

    init(_ summary: String, check: String, _ requirements: [RequirementName] = [.process]) {
        self.summary = summary
        self.check = check
        self.requirements = requirements
    }
}
