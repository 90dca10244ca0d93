/// A legal difference that the reference enabler can be given on purpose; the suite must not flag it.
///
/// A case here names it; what there is to say of it stands in the file of its family.
public enum Variation: String, CaseIterable, Sendable, Hashable {
    // Forms of SIP
    case compactHeaders = "compact-headers"
    case headerOrder = "header-order"
    case foldedHeaders = "folded-headers"
    case capitalNames = "header-names-in-capitals"
    case blankBeforeColon = "blank-before-the-colon"
    case splitLists = "lists-in-several-headers"
    case parameterOrder = "parameter-order"
    case displayNames = "display-names-everywhere"
    case unknownHeaders = "unknown-headers"
    case otherPhrases = "other-reason-phrases"
    // Answers and requests
    case ringsFirst = "rings-before-it-answers"
    case progressFirst = "progress-before-it-answers"
    case slowAnswers = "slow-answers"
    case notifyFirst = "notify-before-the-200"
    case referAnswered200 = "refer-answered-200"
    case noSessionTimer = "no-session-timer"
    case leanInvite = "lean-invite"
    case inviterAsserted = "inviter-in-p-asserted-identity"
    case historyWhenDeferred = "history-with-the-delivery"
    // Session descriptions and MSRP
    case connectsItself = "connects-itself"
    case waitsForConnection = "waits-for-the-connection"
    case setupUnsaid = "set-up-unsaid"
    case attributesUnknown = "unknown-session-attributes"
    case noMaximumSize = "no-maximum-size"
    case anyTypeAccepted = "any-type-accepted"
    case smallChunks = "small-chunks"
    case oneAtATime = "one-offer-at-a-time"
    case successReports = "success-reports"
    // Participant information: what it says
    case fullListsOnly = "full-lists-only"
    case absentUnlisted = "absent-unlisted"
    case noUserCount = "no-user-count"
    case noVersion = "no-version"
    case noState = "no-state"
    case leaversLeftOut = "leavers-left-out"
    case absenteesPending = "absentees-pending"
    case absenteesAlerting = "absentees-alerting"
    case noMethod = "no-disconnection-method"
    case usersTurned = "users-in-opposite-order"
    case richLists = "rich-lists"
    case twoEndpoints = "two-endpoints-a-user"
    case noEndpoints = "members-without-endpoints"
    case hostsInCapitals = "hosts-in-capitals"
    case changesToldTogether = "near-changes-told-at-once"
    // Participant information: how it is written
    case xmlPrefixes = "xml-prefixes"
    case xmlIndented = "xml-indented"
    case xmlExtensions = "xml-extensions"
    case xmlComments = "xml-comments"
    case xmlSingleQuotes = "xml-single-quotes"
    case listsInCPIM = "lists-in-cpim"
    // The wrapping of messages
    case otherPrefix = "other-cpim-prefix"
    case toGroup = "cpim-to-the-group"
    case toAnonymous = "cpim-to-anonymous"
    case toRecipient = "cpim-to-the-recipient"
    case unknownExtensions = "unknown-cpim-headers"
    case otherZone = "same-instant-in-another-zone"
    case fractions = "fractions-of-a-second"
    case typeSpelling = "content-type-spelt-otherwise"
    case charsetSpelling = "charset-in-small-letters"
    case moreContentHeaders = "more-content-headers"
    case telephoneNumbers = "users-by-telephone-number"
    // Deliveries and reports
    case deliveryAtFirstRequest = "delivery-at-first-request"
    case slowDelivery = "slow-delivery"
    case farewellAtOnce = "farewell-at-once"
    case farewellLater = "farewell-later"
    case reportsByMessage = "reports-by-message"
    case processingReports = "processing-reports"
    case composingKept = "composing-kept-as-it-is"
    case failedOnExpiry = "failed-reports-on-expiry"
    case reportsTogether = "several-reports-in-one-body"
    case reportsApart = "reports-in-a-session-of-their-own"
    case sendersSwapped = "senders-in-another-order"
    case uncertainAgain = "uncertain-offers-again"
    case finalListByNotify = "final-list-by-notify"

    /// What the enabler does otherwise, as one clause.
    public var summary: String { facts.summary }
    /// The text that allows it: a section of an RFC, a key of the binding profile, a reading.
    public var allowedBy: String { facts.allowedBy }

    /// Empty for a variation that no family describes, which a test finds.
    var facts: VariationFacts { Self.described[self] ?? VariationFacts("", allowedBy: "") }

    /// Every family; a new one is added here.
    static let families: [[Variation: VariationFacts]] = [
        sipForms, answers, mediaForms, participantInformation, wrapping, deliveries,
    ]

    private static let described: [Variation: VariationFacts] = families.reduce(into: [:]) { all, family in
        all.merge(family) { first, _ in first }
    }
}

/// What there is to say of a variation.
struct VariationFacts: Sendable, Hashable {
    /// What the enabler does otherwise, as one clause.
    var summary: String
    /// The text that allows it.
    var allowedBy: String

    init(_ summary: String, allowedBy: String) {
        self.summary = summary
        self.allowedBy = allowedBy
    }
}
