extension Variation {
    /// When and how what was missed may be delivered.
    static let deliveries: [Variation: VariationFacts] = [
        .deliveryAtFirstRequest: VariationFacts(
            "delivery begins with the user's first request to the group, not with its registration",
            allowedBy: "ICS delivery-trigger: first-request")
    ]
}
