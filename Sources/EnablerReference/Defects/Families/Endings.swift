extension Defect {
    /// How a membership or a session ends, and what is owed from before.
    static let endings: [Defect: DefectFacts] = [
        .backlogCut: lost("of a long backlog only the first fifty messages are kept"),
        .deliversToBooted: DefectFacts(
            "messages go on to one who was put out of the session", check: "messages.right", [.store]),
        .listsToBooted: DefectFacts(
            "lists go on being kept for one who was put out of the session, and are delivered to it",
            check: "messages.right", [.store]),
        .bootedLosesBacklog: lost("what an absent member had missed is thrown away when it is put out"),
        .dismissedForgotten: lostWithLists("nothing is delivered of a session that was dismissed"),
        .oldFocusForgotten: lostWithLists("when a session is started again, what was missed of the old one is thrown away"),
    ]
}
