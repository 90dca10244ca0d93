/// A legal difference that the reference client can be given on purpose; the suite must not flag it.
///
/// A case here names it; what there is to say of it stands in the file of its family.
public enum ClientVariation: String, CaseIterable, Sendable, Hashable {
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
    // Sessions
    case ringsFirst = "rings-before-it-answers"
    case progressFirst = "progress-before-it-answers"
    case slowAnswers = "slow-answers"
    case noSessionTimer = "no-session-timer"
    case focusAskedFirst = "old-focus-asked-before-a-restart"
    case closesDeliveries = "closes-deliveries-itself"
    case noIntermediateLists = "intermediate-lists-not-processed"
    case notSubscribing = "no-subscription"
    case shortSubscriptions = "subscriptions-refreshed-often"
    case shortRegistrations = "registrations-refreshed-often"
    // Session descriptions and MSRP
    case waitsForConnection = "waits-for-the-connection"
    case setupUnsaid = "set-up-unsaid"
    case noMaximumSize = "no-maximum-size"
    case anyTypeAccepted = "any-type-accepted"
    case unknownAttributes = "unknown-session-attributes"
    case smallChunks = "small-chunks"
    case slowMessageAnswers = "messages-answered-later"
    case successReports = "success-reports"
    // What is sent
    case reportsByMessage = "reports-by-message"
    case reportsTogether = "several-reports-in-one-body"
    case otherPrefix = "other-cpim-prefix"
    case toAnonymous = "cpim-to-anonymous"
    case unknownExtensions = "unknown-cpim-headers"
    case otherZone = "same-instant-in-another-zone"
    case noDisplayName = "no-display-name"
    // The upper tester
    case noLongPoll = "no-long-poll"
    case noTimes = "no-times-of-showing"

    /// What the client does otherwise, as one clause.
    public var summary: String { facts.summary }
    /// The text that allows it: a section of an RFC, a key of the binding profile, a reading.
    public var allowedBy: String { facts.allowedBy }

    /// Empty for a variation that no family describes, which a test finds.
    var facts: ClientVariationFacts { Self.described[self] ?? ClientVariationFacts("", allowedBy: "") }

    /// Every family; a new one is added here.
    static let families: [[ClientVariation: ClientVariationFacts]] = [sipForms, sessionForms, mediaForms, contents, testers]

    private static let described: [ClientVariation: ClientVariationFacts] = families.reduce(into: [:]) { all, family in
        all.merge(family) { first, _ in first }
    }
}

/// What there is to say of a variation.
struct ClientVariationFacts: Sendable, Hashable {
    /// What the client does otherwise, as one clause.
    var summary: String
    /// The text that allows it.
    var allowedBy: String

    init(_ summary: String, allowedBy: String) {
        self.summary = summary
        self.allowedBy = allowedBy
    }
}
