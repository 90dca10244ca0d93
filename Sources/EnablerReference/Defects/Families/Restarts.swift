extension Defect {
    /// What becomes of the store when the enabler is stopped and started.
    static let restarts: [Defect: DefectFacts] = [
        .storeLostAtRestart: lostWithLists("nothing of what was stored outlives a restart"),
        .newestLostAtRestart: lost("the newest message stored for a user does not outlive a restart"),
        .reportsLostAtRestart: DefectFacts(
            "stored reports do not outlive a restart", check: "dispositions.complete", [.store, .deliver]),
        .listsLostAtRestart: DefectFacts(
            "stored intermediate lists do not outlive a restart", check: "roster.intermediate", [.intermediate]),
        .finalListLostAtRestart: DefectFacts(
            "the final list does not outlive a restart", check: "roster.final", [.deliver]),
        .reorderedAtRestart: DefectFacts(
            "after a restart stored messages come from the newest to the oldest", check: "messages.order", [.deliver]),
        .confirmedAgainAfterRestart: DefectFacts(
            "after a restart messages are delivered again that were confirmed before", check: "messages.once", [.deliver]),
        .idRenewedAtRestart: DefectFacts(
            "after a restart stored messages have new imdn.Message-IDs", check: "messages.id", [.deliver]),
        .dateTimeOfRestart: DefectFacts(
            "after a restart stored messages have the time of the restart as their DateTime", check: "messages.datetime",
            [.deliver]),
        .unansweredLostAtCrash: lostWithLists(
            "what was on its way and unanswered in a delivery that broke off does not outlive a restart"),
        .confirmedAgainAfterCrash: DefectFacts(
            "after a restart messages are delivered again that were confirmed in a delivery that broke off",
            check: "messages.once", [.deliver]),
    ]
}
