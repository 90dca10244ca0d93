extension ClientVariation {
    /// How sessions and registrations are handled.
    static let sessionForms: [ClientVariation: ClientVariationFacts] = [
        .ringsFirst: ClientVariationFacts(
            "an INVITE is answered 180 before it is answered 200", allowedBy: "RFC 3261 §13.3.1.1"),
        .progressFirst: ClientVariationFacts(
            "an INVITE is answered 183 before it is answered 200", allowedBy: "RFC 3261 §13.3.1.1"),
        .slowAnswers: ClientVariationFacts(
            "every request is looked at 100 milliseconds after it came", allowedBy: "RFC 3261 §17.1.2.2"),
        .noSessionTimer: ClientVariationFacts("no session timer is asked for", allowedBy: "RFC 4028 §7.1"),
        .focusAskedFirst: ClientVariationFacts(
            "before a group is started again its old focus is asked, though it is known to be gone",
            allowedBy: "binding: rejoin"),
        .closesDeliveries: ClientVariationFacts(
            "the client says BYE when a delivery has been quiet for a while", allowedBy: "RFC 3261 §15"),
        .noIntermediateLists: ClientVariationFacts(
            "whole lists say who takes part; changes are not applied, and no joins, departures and audiences shown",
            allowedBy: "CPM-CONV-058d is a MAY"),
        .notSubscribing: ClientVariationFacts(
            "the client does not subscribe to the focus", allowedBy: "binding: participants"),
        .shortSubscriptions: ClientVariationFacts(
            "subscriptions are asked for four seconds at a time", allowedBy: "RFC 6665 §4.1.2.1"),
        .shortRegistrations: ClientVariationFacts(
            "registrations are asked for ten seconds at a time", allowedBy: "RFC 3261 §10.2.1.1"),
    ]
}

/// What variations change in the conduct of sessions. Without one, nothing is touched.
struct SessionForm: Sendable {
    private let variations: Set<ClientVariation>

    init(_ variations: Set<ClientVariation>) { self.variations = variations }

    /// The provisional responses that an INVITE gets before its 200.
    var provisional: [Int] {
        (variations.contains(.ringsFirst) ? [180] : []) + (variations.contains(.progressFirst) ? [183] : [])
    }

    /// Milliseconds before a request is looked at; nil where that is done at once.
    var delay: Int64? { variations.contains(.slowAnswers) ? 100 : nil }

    /// Milliseconds before a message is answered that is committed; nil where that is done at once.
    var messageDelay: Int64? { variations.contains(.slowMessageAnswers) ? 60 : nil }

    var asksFocusFirst: Bool { variations.contains(.focusAskedFirst) }

    /// Milliseconds of quiet after which a delivery is closed from this side; nil where the other end does that.
    var closesDeliveryAfter: Int64? { variations.contains(.closesDeliveries) ? 1_000 : nil }

    /// Whether it is shown who joined and left, and to whom a message went.
    var showsChanges: Bool { !variations.contains(.noIntermediateLists) }

    var reportsTogether: Bool { variations.contains(.reportsTogether) }

    /// The settings that go with the variations.
    static func apply(_ variations: Set<ClientVariation>, to settings: inout ReferenceClientSettings) {
        if variations.contains(.noSessionTimer) { settings.sessionExpires = 0 }
        if variations.contains(.notSubscribing) { settings.subscribes = false }
        if variations.contains(.shortSubscriptions) { settings.subscriptionExpires = 4 }
        if variations.contains(.shortRegistrations) { settings.registrationExpires = 10 }
        if variations.contains(.reportsByMessage) { settings.reportsBy = .message }
        if variations.contains(.noDisplayName) { settings.displayName = nil }
    }
}
