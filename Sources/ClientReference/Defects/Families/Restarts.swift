extension ClientDefect {
    /// How a group is started again at another focus.
    static let restarts: [ClientDefect: ClientDefectFacts] = [
        .memberForgotten: restart("a member is not invited when a group is started again", "restart.members"),
        .selfInvited: restart("the user invites itself when it starts a group again", "restart.members"),
        .departedInvited: restart("those who left are invited when a group is started again", "restart.members"),
        .contributionRenewed: restart(
            "a group that is started again gets a new Contribution-ID", "restart.ids"),
        .oldFocusAsked: restart("a group is started again at the focus that is gone", "restart.members"),
        .newFocusRefused: restart("an invitation of another focus of a known group is refused", "session.taken"),
    ]

    private static func restart(_ summary: String, _ check: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, check: check)
    }
}
