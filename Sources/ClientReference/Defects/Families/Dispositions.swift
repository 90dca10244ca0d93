extension ClientDefect {
    /// What is made of reports on the user's own messages.
    static let dispositions: [ClientDefect: ClientDefectFacts] = [
        .lateIgnored: applied("a report that comes in a delivery is not shown", "fates.complete"),
        .appliedToOther: applied("a report is shown at the user's message before", "fates.only"),
        .onlyFirstApplied: applied("of several reports in one body the first is shown", "fates.complete"),
        .recipientsMerged: applied("the reports of all recipients are shown as of one", "fates.complete"),
        .failureTakenForDelivery: applied("a failure is shown as a delivery", "fates.complete"),
        .acceptedTakenForDelivery: applied(
            "what the focus has accepted is shown as delivered to every member", "fates.only"),
        .reportShown: applied("a report is shown as a message", "shown.only"),
        .pagedReportsIgnored: applied("a report that comes by MESSAGE is not shown", "fates.complete"),
    ]

    private static func applied(_ summary: String, _ check: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, check: check)
    }
}
