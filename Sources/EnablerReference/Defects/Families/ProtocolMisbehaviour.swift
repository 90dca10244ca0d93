extension Defect {
    /// Misbehaviour of SIP and MSRP that matters for delivery.
    static let protocolMisbehaviour: [Defect: DefectFacts] = [
        .closingByeBooted: DefectFacts(
            "the BYE at the end of a deferred delivery says that the user was booted", check: "delivery.closing",
            [.deliver]),
        .deliveryStaysEmpty: lostWithLists("the session of a delivery is set up and nothing is sent in it"),
        .deliveryEndsAtOnce: lostWithLists("the session of a delivery gets its BYE before anything was sent in it"),
        .deliveryOfOtherGroup: DefectFacts(
            "the session of a delivery says that it belongs to a group that nobody made", check: "messages.group",
            [.deliver, .intermediate]),
        .groupsMixedUp: DefectFacts(
            "the session of a delivery says that it belongs to another of the groups", check: "messages.group",
            [.deliver, .intermediate]),
    ]
}
