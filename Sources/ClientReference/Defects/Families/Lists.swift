extension ClientDefect {
    /// Who is shown to take part, and who came and went.
    static let lists: [ClientDefect: ClientDefectFacts] = [
        .finalListIgnored: ClientDefectFacts(
            "no list changes what the first one said", check: "members.shown", [.process, .processIntermediate]),
        .leaversShown: ClientDefectFacts(
            "those who have left are shown as members", check: "members.shown", [.process, .processIntermediate]),
        .partialAlone: ClientDefectFacts(
            "a change without a whole list before it is taken for the list", check: "members.shown"),
        .groupsMerged: ClientDefectFacts(
            "the list of one group is taken for that of all", check: "members.shown"),
        .changesIgnored: earlier("nobody is shown to have come or gone", "history.shown"),
        .leavesIgnored: earlier("nobody is shown to have gone", "history.shown"),
        .historyReversed: earlier("what happened last is shown first", "history.shown"),
        .audienceOfToday: earlier("each message is shown as sent to those of the last list", "audience.shown"),
    ]

    private static func earlier(_ summary: String, _ check: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, check: check, [.processIntermediate])
    }
}
