extension Defect {
    /// Misbehaviour of SIP and MSRP that matters for delivery.
    static let protocolMisbehaviour: [Defect: DefectFacts] = [:]
}
