extension ClientDefect {
    /// What the client reports on messages that it has received.
    static let reports: [ClientDefect: ClientDefectFacts] = [
        .unaskedReports: reported("delivery is reported whether or not that is asked for", "reports.asked"),
        .deliveredTwice: reported("each delivery is reported twice", "reports.once"),
        .displayedUnread: reported("a message counts as displayed when it has come", "reports.premature"),
        .deliveredMissing: reported("no delivery is reported", "reports.complete"),
        .displayedMissing: reported("nothing that the user reads is reported as displayed", "reports.complete"),
        .reportOnReport: reported("a report is itself reported as delivered", "reports.asked"),
        .wrongIDReported: reported("the report names the message before", "reports.complete"),
    ]

    private static func reported(_ summary: String, _ check: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, check: check)
    }
}
