extension Variation {
    /// When a delivery begins and ends, by what stored reports travel, and what is told together or under other names.
    static let deliveries: [Variation: VariationFacts] = [
        .slowDelivery: VariationFacts(
            "a delivery begins 700 milliseconds after the registration that brings it",
            allowedBy: "IXIT: delivery-within"),
        .farewellAtOnce: VariationFacts(
            "the session of a delivery ends with the last confirmation", allowedBy: "binding: deferred-reports"),
        .farewellLater: VariationFacts(
            "the session of a delivery stays open for 600 milliseconds after the last confirmation",
            allowedBy: "binding: deferred-reports"),
        .reportsByMessage: VariationFacts(
            "stored reports come by SIP MESSAGE before the delivery", allowedBy: "binding: stored-dispositions"),
        .processingReports: VariationFacts(
            "a sender who asks for it is told that its message was stored for an absent member",
            allowedBy: "RFC 5438 §7.2.1.3"),
        .composingKept: VariationFacts(
            "that a member is composing is stored for the absent and comes as what it is", allowedBy: "reading: what is owed"),
        .changesToldTogether: VariationFacts(
            "changes within 400 milliseconds are told by one full list, where the last of them happened",
            allowedBy: "IXIT: participant-info-interval"),
        .telephoneNumbers: VariationFacts(
            "deferred copies, stored reports and lists name users by their telephone numbers",
            allowedBy: "RFC 3966, IXIT: aliases"),
        .failedOnExpiry: VariationFacts(
            "a sender who asks for it is told that delivery failed when its message grew too old",
            allowedBy: "RFC 5438 §7.2.1.1, policy: retention"),
        .reportsTogether: VariationFacts(
            "stored reports that follow one another come in one body", allowedBy: "RFC 5438 §8, ICS group-imdn: aggregated"),
        .reportsApart: VariationFacts(
            "stored reports come in a session of their own, from the stand-alone store-and-forward identity",
            allowedBy: "binding: stored-dispositions"),
        .sendersSwapped: VariationFacts(
            "of deferred messages that two senders sent at once the second comes first",
            allowedBy: "ICS orders-between-senders: false"),
        .finalListByNotify: VariationFacts(
            "the final list of a session that is over comes by NOTIFY, to a subscription that the client makes while the "
                + "session is delivered", allowedBy: "binding: participant-information"),
        .uncertainAgain: VariationFacts(
            "what was answered less than 100 milliseconds before its session broke is delivered again",
            allowedBy: "reading: confirmed, unconfirmed, indeterminate"),
        .deliveryAtFirstRequest: VariationFacts(
            "delivery begins with the user's first request to the group, not with its registration",
            allowedBy: "ICS delivery-trigger: first-request"),
    ]
}
