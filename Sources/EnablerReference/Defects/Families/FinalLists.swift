extension Defect {
    /// The final list of a session that is over, and the list of one that goes on.
    static let finalLists: [Defect: DefectFacts] = [
        .finalListMissing: final("an ended session is delivered without its final list"),
        .finalListStale: final("the final list shows the members at the beginning"),
        .finalListShowsLeaver: final("the final list shows members who left as connected"),
        .finalListWithoutAbsent: final("the final list leaves out the members who were away"),
        .finalListWithoutMember: final("the final list leaves out a member who was there to the end"),
        .finalListStranger: final("the final list shows a user who never was in the group"),
        .finalListTeardown: final("the final list shows everybody as disconnected"),
        .finalListPartial: final("the last list is a partial one, and no full one comes"),
        // There it is one more list in the wrong place, also where a policy lets only the final one be delivered.
        .finalListEarly: DefectFacts(
            "the final list comes before the last message, and none after it", check: "roster.final",
            [.deliver, .intermediate, .store]),
        .finalListAtLaterReturn: DefectFacts(
            "the final list is kept back until a later return", check: "delivery.in-time", [.deliver]),
        .dismissedWithoutCreator: final("the final list of a session that was dismissed leaves out the one who created it"),
        .finalListUserTwice: DefectFacts(
            "the final list shows a user under two writings of its address", check: "roster.once", [.deliver]),
        .finalListOtherFocus: DefectFacts(
            "the final list is about a focus that the group never had", check: "roster.entity", [.deliver]),
        .finalListVersionFalls: DefectFacts(
            "the final list has a version below that of the list before it", check: "roster.stream", [.deliver]),
        .currentListIncomplete: DefectFacts(
            "the list for a member who subscribes again leaves out somebody who is there", check: "roster.current",
            [.deliver]),
    ]

    private static func final(_ summary: String) -> DefectFacts {
        DefectFacts(summary, check: "roster.final", [.deliver])
    }
}
