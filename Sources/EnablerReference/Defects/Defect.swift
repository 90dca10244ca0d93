/// A fault that the reference enabler can be given on purpose; the suite must catch it.
///
/// A case here names it; what there is to say of it stands in the file of its family under `Families`.
public enum Defect: String, CaseIterable, Sendable, Hashable {
    // Messages stored
    case messageLost = "message-lost"
    case largeNotStored = "large-messages-not-stored"
    case onlyTextStored = "only-text-stored"
    case sameWordsTakenForRepeat = "same-words-taken-for-a-repeat"
    case onlyOneAbsentServed = "only-one-absent-member-served"
    case onlyCreatorStored = "only-the-creators-messages-stored"
    case midSessionNotStored = "nothing-stored-for-one-who-was-in"
    case lostUnnoticed = "lost-before-the-loss-is-noticed"
    case addedNotStored = "nothing-stored-for-one-who-was-added"
    case ringingNotStored = "nothing-stored-while-it-rings"
    case deliversToLeaver = "delivers-to-one-who-left"
    case deliversToDeclined = "delivers-to-one-who-declined"
    case deliversToStranger = "delivers-to-a-stranger"
    case ownMessagesBack = "own-messages-come-back"
    case historyToInvitee = "history-to-a-late-invitee"
    case composingKept = "composing-kept-as-a-message"
    // Messages delivered: which, how often, in what order
    case deliveredTwice = "delivered-twice-after-confirmation"
    case confirmedAgain = "confirmed-again-at-the-next-return"
    case unansweredDropped = "unanswered-offers-dropped"
    case silenceConfirms = "silence-taken-for-confirmation"
    case newestDropped = "newest-missed-message-dropped"
    case onlyNewestTwo = "only-the-newest-two-delivered"
    case sameSenderSwapped = "same-sender-swapped"
    case newestFirst = "newest-first"
    case sortedBySender = "sorted-by-sender"
    case largeLast = "large-messages-last"
    case concurrentSwapped = "concurrent-messages-swapped"
    case twiceUnderNewID = "delivered-twice-under-a-new-message-id"
    // Messages delivered: what they say
    case dateTimeRewritten = "datetime-rewritten-when-deferred"
    case dateTimeZone = "datetime-with-another-zone"
    case dateTimeDropped = "datetime-dropped"
    case dateTimeAsSeconds = "datetime-written-as-seconds"
    case requestStripped = "disposition-request-stripped"
    case requestNarrowed = "disposition-request-narrowed"
    case requestAdded = "disposition-request-added"
    case senderAnonymous = "sender-made-anonymous"
    case senderOfBefore = "sender-of-the-message-before"
    case senderDropped = "sender-dropped"
    case idRenewed = "message-id-renewed"
    case idDropped = "message-id-dropped"
    case bodyOfBefore = "body-of-the-message-before"
    case bodyCut = "body-cut"
    case bodyCutAtZero = "body-cut-at-a-zero-byte"
    case nonASCIIReplaced = "letters-beyond-ascii-replaced"
    case blankEmptied = "blank-looking-body-emptied"
    case lineEndsRewritten = "line-ends-rewritten"
    case typeMadeText = "content-type-made-plain-text"
    case charsetDropped = "charset-dropped"
    case typeDropped = "content-type-dropped"
    // Dispositions
    case dispositionNotStored = "disposition-not-stored"
    case displayedNotStored = "displayed-reports-not-stored"
    case oneReportPerMessage = "one-report-kept-per-message"
    case reportersTakenForOne = "recipients-taken-for-one"
    case reportsDroppedAtEnd = "reports-dropped-when-the-session-ends"
    case reportsOnDeferredDropped = "reports-on-deferred-messages-dropped"
    case reportTwice = "report-delivered-twice"
    case reportRaised = "delivered-passed-on-as-displayed"
    case reportMisattributed = "report-in-the-name-of-the-one-who-asked"
    case reportAboutOther = "report-about-an-unknown-message"
    case prematureReport = "delivered-report-before-reached"
    case pagedReportLost = "report-by-message-lost"
    case reportsForOthers = "reports-stored-for-every-absent-member"
    case displayedInvented = "displayed-report-before-reached"
    case failedInvented = "failed-report-though-stored"
    case deliveredUnasked = "delivered-report-nobody-asked-for"
    case reportsAtLaterReturn = "reports-only-at-a-later-return"
    case reportsApartUndeclared = "reports-apart-against-the-description"
    // The final list
    case finalListMissing = "final-list-missing"
    case finalListStale = "final-list-stale"
    case finalListShowsLeaver = "final-list-shows-leaver-connected"
    case finalListWithoutAbsent = "final-list-without-the-absent"
    case finalListWithoutMember = "final-list-without-a-member"
    case finalListStranger = "final-list-with-a-stranger"
    case finalListUserTwice = "final-list-with-a-user-twice"
    case finalListOtherFocus = "final-list-of-another-focus"
    case finalListVersionFalls = "final-list-version-falls"
    case finalListTeardown = "final-list-shows-only-the-teardown"
    case finalListPartial = "final-list-partial"
    case finalListEarly = "final-list-before-the-last-message"
    case finalListAtLaterReturn = "final-list-only-at-a-later-return"
    case dismissedWithoutCreator = "creator-missing-after-a-dismissal"
    // Initial and intermediate lists
    case intermediateMissing = "intermediate-lists-missing"
    case departuresUntold = "departures-not-told"
    case changesNewestFirst = "changes-newest-first"
    case changesFirst = "changes-before-all-messages"
    case changesLast = "changes-after-all-messages"
    case initialMissing = "initial-list-missing"
    case initialCurrent = "initial-list-shows-the-end"
    case partialWithoutFull = "partial-without-full"
    case listVersionFalls = "list-version-falls"
    case listVersionGap = "list-version-gap"
    case listOtherFocus = "list-of-another-focus"
    case listStranger = "list-with-a-stranger"
    case listUserTwice = "list-with-a-user-twice"
    case conferenceInfoInvalid = "conference-info-invalid"
    case listsWithoutAbsent = "lists-without-the-absent"
    case partialUnversioned = "partial-lists-without-a-version"
    // The list of a live session
    case currentListIncomplete = "current-list-incomplete"
    // The provider's policy
    case storageOffIgnored = "storage-off-ignored"
    case finalListThoughOff = "final-list-although-storage-is-off"
    case retentionIgnored = "retention-ignored"
    case expiryTakesAll = "expiry-takes-all"
    case maximumIgnored = "maximum-ignored"
    case maximumKeepsOthers = "maximum-keeps-the-others"
    case maximumOneShort = "maximum-one-short"
    case intermediatesThoughOff = "intermediate-lists-although-off"
    case everyByeLeaves = "every-bye-leaves"
    // When delivery begins, and what becomes of it
    case registrationIgnored = "registration-brings-no-delivery"
    case secondReturnDelivers = "only-the-second-return-delivers"
    case deliveryTooLate = "delivery-too-late"
    case onlyFirstReturn = "only-the-first-return-delivers"
    case onlyOldestGroup = "only-the-oldest-group-delivered"
    case endedNotDelivered = "ended-session-not-delivered"
    case youngestGroupFirst = "youngest-group-first"
    case backlogLostOnInvite = "backlog-lost-on-own-invite"
    case newFocusFirst = "new-session-before-the-old"
    // A restart of the enabler
    case storeLostAtRestart = "store-lost-at-restart"
    case newestLostAtRestart = "newest-lost-at-restart"
    case reportsLostAtRestart = "reports-lost-at-restart"
    case listsLostAtRestart = "lists-lost-at-restart"
    case finalListLostAtRestart = "final-list-lost-at-restart"
    case confirmedAgainAfterRestart = "confirmed-again-after-restart"
    case idRenewedAtRestart = "message-id-renewed-at-restart"
    case dateTimeOfRestart = "datetime-rewritten-at-restart"
    case reorderedAtRestart = "reordered-at-restart"
    case unansweredLostAtCrash = "unanswered-lost-at-a-crash"
    case confirmedAgainAfterCrash = "confirmed-again-after-a-crash"
    // Devices
    case firstDeviceOnly = "delivered-only-to-the-first-device"
    case oldestContactPreferred = "oldest-contact-preferred"
    case deliveredToEachDevice = "delivered-to-each-device"
    case splitBetweenDevices = "backlog-split-between-devices"
    // A delivery that breaks off
    case restForgottenAtBreak = "rest-forgotten-at-a-break"
    case confirmedAgainAfterBreak = "confirmed-again-after-a-break"
    case partTakenForWhole = "part-of-a-large-message-taken-for-all"
    case reorderedAfterBreak = "reordered-after-a-break"
    // Many messages
    case backlogCut = "backlog-cut-at-fifty"
    // Put out, dismissed, started again
    case deliversToBooted = "delivers-to-one-who-was-put-out"
    case listsToBooted = "lists-to-one-who-was-put-out"
    case bootedLosesBacklog = "backlog-lost-when-put-out"
    case dismissedForgotten = "dismissed-session-forgotten"
    case oldFocusForgotten = "old-session-forgotten-at-a-restart"
    // The carriage of a delivery
    case closingByeBooted = "closing-bye-booted"
    case deliveryStaysEmpty = "deferred-session-stays-empty"
    case deliveryEndsAtOnce = "deferred-session-ends-at-once"
    case deliveryOfOtherGroup = "deferred-session-of-another-group"
    case groupsMixedUp = "groups-mixed-up"

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
        messagesStored, messagesDelivered, messagesAltered, dispositions, finalLists, earlierLists, policy,
        deliveryTiming, restarts, devices, endings, protocolMisbehaviour,
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
