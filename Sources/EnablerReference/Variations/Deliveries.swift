extension Variation {
    /// When a delivery begins and ends, and by what stored reports travel.
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
        .deliveryAtFirstRequest: VariationFacts(
            "delivery begins with the user's first request to the group, not with its registration",
            allowedBy: "ICS delivery-trigger: first-request"),
    ]
}
