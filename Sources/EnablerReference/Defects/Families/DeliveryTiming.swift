extension Defect {
    /// When delivery begins, to whom, and what interrupts it.
    static let deliveryTiming: [Defect: DefectFacts] = [
        .youngestGroupFirst: DefectFacts(
            "of several groups the youngest is delivered first", check: "delivery.group-order", [.deliver])
    ]
}
