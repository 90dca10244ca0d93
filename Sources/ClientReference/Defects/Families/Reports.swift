extension ClientDefect {
    /// What the client reports on messages that it has received.
    static let reports: [ClientDefect: ClientDefectFacts] = [
        .unaskedReports: reported("delivery is reported whether or not that is asked for", "reports.not-asked-for"),
        .deliveredTwice: reported("each delivery is reported twice", "reports.once"),
        .displayedUnread: reported("a message counts as displayed when it has come", "reports.in-time"),
        .deliveredMissing: reported("no delivery is reported", "reports.sent"),
        .displayedMissing: reported("nothing that the user reads is reported as displayed", "reports.sent"),
        .reportOnReport: reported("a report is itself reported as delivered", "reports.not-asked-for"),
        .wrongIDReported: reported("the report names the message before", "reports.right-message"),
    ]

    private static func reported(_ summary: String, _ concern: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, concern: concern)
    }
}
