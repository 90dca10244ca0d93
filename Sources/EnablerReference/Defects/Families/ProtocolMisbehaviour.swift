extension Defect {
    /// Misbehaviour of SIP and MSRP that matters for delivery.
    static let protocolMisbehaviour: [Defect: DefectFacts] = [
        .closingByeBooted: DefectFacts(
            "the BYE at the end of a deferred delivery says that the user was booted", check: "delivery.closing",
            [.deliver])
    ]
}
