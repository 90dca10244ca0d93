extension Defect {
    /// What becomes of disposition notifications, stored, delivered or made up.
    static let dispositions: [Defect: DefectFacts] = [
        .dispositionNotStored: DefectFacts(
            "reports for an absent sender are thrown away", check: "dispositions.complete", [.store, .deliver]),
        .prematureReport: DefectFacts(
            "a delivered report about an absent member goes out before the message reached it",
            check: "dispositions.premature", [.deliver]),
        .pagedReportLost: DefectFacts(
            "a report that comes by SIP MESSAGE is accepted and thrown away", check: "dispositions.complete",
            [.store, .deliver]),
    ]
}
