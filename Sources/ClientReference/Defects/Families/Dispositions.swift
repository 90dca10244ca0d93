extension ClientDefect {
    /// What is made of reports on the user's own messages.
    static let dispositions: [ClientDefect: ClientDefectFacts] = [
        .lateIgnored: applied("a report that comes in a delivery is not shown", "dispositions.applied"),
        .appliedToOther: applied("a report is shown at the user's message before", "dispositions.right-message"),
        .onlyFirstApplied: applied("of several reports in one body the first is shown", "dispositions.applied"),
        .recipientsMerged: applied("the reports of all recipients are shown as of one", "dispositions.recipient"),
        .failureTakenForDelivery: applied("a failure is shown as a delivery", "dispositions.status"),
        .reportShown: applied("a report is shown as a message", "messages.nothing-else"),
        .pagedReportsIgnored: applied("a report that comes by MESSAGE is not shown", "dispositions.applied"),
    ]

    private static func applied(_ summary: String, _ concern: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, concern: concern)
    }
}
