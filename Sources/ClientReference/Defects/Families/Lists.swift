extension ClientDefect {
    /// Who is shown to take part, and who came and went.
    static let lists: [ClientDefect: ClientDefectFacts] = [
        .finalListIgnored: ClientDefectFacts(
            "no list changes what the first one said", concern: "participants.final"),
        .leaversShown: ClientDefectFacts(
            "those who have left are shown as members", concern: "participants.final"),
        .partialAlone: ClientDefectFacts(
            "a change without a whole list before it is taken for the list", concern: "participants.final"),
        .groupsMerged: ClientDefectFacts(
            "the list of one group is taken for that of all", concern: "participants.final"),
        .changesIgnored: earlier("nobody is shown to have come or gone", "history.complete"),
        .leavesIgnored: earlier("nobody is shown to have gone", "history.complete"),
        .historyReversed: earlier("what happened last is shown first", "history.order"),
        .audienceOfToday: earlier("each message is shown as sent to those of the last list", "history.audience"),
    ]

    private static func earlier(_ summary: String, _ concern: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, concern: concern, .processIntermediate)
    }
}
