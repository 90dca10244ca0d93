extension Defect {
    /// When delivery begins, to whom, and what interrupts it.
    static let deliveryTiming: [Defect: DefectFacts] = [:]
}
