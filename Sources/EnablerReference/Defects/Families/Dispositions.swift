extension Defect {
    /// What becomes of disposition notifications, stored, delivered or made up.
    static let dispositions: [Defect: DefectFacts] = [
        .dispositionNotStored: lostReports("reports for an absent sender are thrown away"),
        .displayedNotStored: lostReports("reports of display are not stored for an absent sender"),
        .oneReportPerMessage: lostReports("of the reports on a message only the first is stored for its absent sender"),
        .reportersTakenForOne: lostReports(
            "a report like one that another recipient gave before is not stored for the absent sender"),
        .reportsDroppedAtEnd: lostReports("stored reports are thrown away when the session ends"),
        .reportsOnDeferredDropped: lostReports("the reports of a user who was away are not passed on to the senders"),
        .reportTwice: DefectFacts(
            "a stored report is delivered again after the client confirmed it", check: "dispositions.once", [.deliver]),
        .reportRaised: untrue("a stored report of delivery is delivered as one of display"),
        .reportMisattributed: untrue("a stored report names the one who asked for it as the one who gave it"),
        .reportAboutOther: untrue("a stored report is about a message that nobody knows"),
        .prematureReport: DefectFacts(
            "a delivered report about an absent member goes out before the message reached it",
            check: "dispositions.premature", [.deliver]),
        .pagedReportLost: DefectFacts(
            "a report that comes by SIP MESSAGE is accepted and thrown away", check: "dispositions.complete",
            [.store, .deliver]),
        .reportsForOthers: DefectFacts(
            "a report is stored for every absent member, whoever sent the message", check: "dispositions.right", [.store]),
        .displayedInvented: DefectFacts(
            "a displayed report about an absent member goes out as soon as the message is stored",
            check: "dispositions.premature", [.deliver]),
        .failedInvented: DefectFacts(
            "a message for an absent member is reported as failed although it is kept and delivered",
            check: "dispositions.asked", [.deliver]),
        .deliveredUnasked: DefectFacts(
            "a delivered report about an absent member goes out for messages that ask for none", check: "dispositions.asked",
            [.deliver]),
        .reportsApartUndeclared: DefectFacts(
            "stored reports come in a session of their own, where the description says that they come in the group's",
            check: "dispositions.carriage", [.deliver]),
        .reportsAtLaterReturn: DefectFacts(
            "stored reports are kept back until a later return", check: "delivery.in-time", [.store, .deliver]),
    ]

    private static func lostReports(_ summary: String) -> DefectFacts {
        DefectFacts(summary, check: "dispositions.complete", [.store, .deliver])
    }

    private static func untrue(_ summary: String) -> DefectFacts {
        DefectFacts(summary, check: "dispositions.genuine", [.deliver])
    }
}
