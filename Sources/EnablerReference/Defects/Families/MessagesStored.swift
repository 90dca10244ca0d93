extension Defect {
    /// What becomes of messages on their way into the store, and who is owed them.
    static let messagesStored: [Defect: DefectFacts] = [
        .messageLost: lost("the first message missed by an absent member is never stored"),
        .largeNotStored: lost("a message of more than 50,000 bytes is not stored for the absent"),
        .onlyTextStored: lost("a message that is no text is not stored for the absent"),
        .sameWordsTakenForRepeat: lost("a message with the words of an earlier one of its sender is not stored again"),
        .onlyOneAbsentServed: lost("of several absent members only the first is stored for"),
        .onlyCreatorStored: lost("only what the creator of the group sends is stored for the absent"),
        .midSessionNotStored: lost("nothing is stored for an absent member who was in the session before"),
        .lostUnnoticed: DefectFacts(
            "what is sent to a member that is gone already is thrown away until that is noticed", check: "messages.in-the-window",
            [.store, .deliver]),
        .addedNotStored: lost("nothing is stored for a user who was added to a running session while away"),
        .ringingNotStored: lost("nothing is kept for a member whose invitation rings, until the enabler has given up on its answer"),
        .deliversToLeaver: DefectFacts(
            "what is sent after a member left is stored and delivered to it", check: "messages.right", [.store]),
        .ownMessagesBack: DefectFacts(
            "what a member sent is stored and delivered to itself when it has gone off-line", check: "messages.right",
            [.store]),
        .historyToInvitee: DefectFacts(
            "what was said before a user was added is delivered to it, which the description says is not owed",
            check: "messages.right", [.store]),
        .composingKept: DefectFacts(
            "that a member is composing is stored for the absent and delivered to them as a message", check: "messages.right",
            [.store]),
        .deliversToDeclined: DefectFacts(
            "what is sent after a user declined is stored and delivered to it", check: "messages.declined", [.store]),
        .deliversToStranger: DefectFacts(
            "what is sent is stored and delivered to every registered user, invited or not", check: "messages.right",
            [.store]),
    ]

    /// Whether it was not stored or not delivered cannot be seen from outside.
    static func lost(_ summary: String) -> DefectFacts {
        DefectFacts(summary, check: "messages.complete", [.store, .deliver])
    }
}
