import SIP

extension Variation {
    /// How requests are answered and what INVITEs say.
    static let answers: [Variation: VariationFacts] = [
        .ringsFirst: VariationFacts(
            "an INVITE is answered 180 before it is answered 200", allowedBy: "RFC 3261 §13.3.1.1"),
        .progressFirst: VariationFacts(
            "an INVITE is answered 183 before it is answered 200", allowedBy: "RFC 3261 §13.3.1.1"),
        .slowAnswers: VariationFacts(
            "every request is looked at 100 milliseconds after it came", allowedBy: "RFC 3261 §17.1.2.2"),
        .notifyFirst: VariationFacts(
            "the first NOTIFY of a subscription goes out before the 200", allowedBy: "RFC 6665 §4.1.2.4"),
        .referAnswered200: VariationFacts(
            "a REFER is answered 200, and no NOTIFY follows", allowedBy: "RFC 7647 §5, RFC 4488 §4"),
        .noSessionTimer: VariationFacts("no session timer is asked for", allowedBy: "RFC 4028 §7.1"),
        .leanInvite: VariationFacts(
            "an INVITE to a client has no Subject, no features that it wants and no name of the inviter",
            allowedBy: "RFC 3261 §20, RFC 3892 §2.1"),
        .inviterAsserted: VariationFacts(
            "an INVITE to a client names the inviter in P-Asserted-Identity alone", allowedBy: "binding: to an invitee"),
        .historyWhenDeferred: VariationFacts(
            "the INVITE of a delivery lists the members too", allowedBy: "RFC 5364 §4"),
    ]
}

/// What variations change in the requests and answers of the enabler. Without one, nothing is touched.
struct AnswerForm: Sendable {
    private let variations: Set<Variation>

    init(_ variations: Set<Variation>) { self.variations = variations }

    /// The provisional responses that an INVITE gets before its 200.
    var provisional: [Int] {
        (variations.contains(.ringsFirst) ? [180] : []) + (variations.contains(.progressFirst) ? [183] : [])
    }

    /// Milliseconds before a request is looked at; nil where that is done at once.
    var delay: Int64? { variations.contains(.slowAnswers) ? 100 : nil }

    /// Milliseconds from a registration to the delivery that it brings; nil where that begins at once.
    var deliveryDelay: Int64? { variations.contains(.slowDelivery) ? 700 : nil }

    /// The answer to a REFER that is carried out.
    var referAccepted: Int { variations.contains(.referAnswered200) ? 200 : 202 }

    /// Whether a subscription is notified before it is answered.
    var notifiesFirst: Bool { variations.contains(.notifyFirst) }

    /// Whether the members are listed in the INVITE of a delivery.
    var listsWhenDeferred: Bool { variations.contains(.historyWhenDeferred) }

    /// An INVITE to a client as it goes out.
    func invite(_ request: SIPMessage, from inviter: RosterUser) -> SIPMessage {
        var request = request
        if variations.contains(.leanInvite) {
            let spare = ["Subject", "Accept-Contact", "P-Asserted-Service", "Allow"]
            request.headers.fields.removeAll { field in spare.contains(where: field.isNamed) }
            request.headers.set("Referred-By", "<\(inviter.user.uri)>")
        }
        if variations.contains(.inviterAsserted) {
            request.headers.fields.removeAll { $0.isNamed("Referred-By") }
            request.headers.set("P-Asserted-Identity", "<\(inviter.user.uri)>")
        }
        return request
    }

    /// The settings that go with the variations.
    static func apply(_ variations: Set<Variation>, to settings: inout EnablerSettings) {
        if variations.contains(.noSessionTimer) { settings.sessionExpires = 0 }
        if variations.contains(.farewellAtOnce) { settings.farewellDelay = 0 }
        if variations.contains(.farewellLater) { settings.farewellDelay = 600 }
    }
}
