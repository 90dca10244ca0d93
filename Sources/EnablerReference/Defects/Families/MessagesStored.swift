extension Defect {
    /// What becomes of messages on their way into the store, and who is owed them.
    static let messagesStored: [Defect: DefectFacts] = [
        .messageLost: DefectFacts(
            "the first message missed by an absent member is never stored", check: "messages.complete",
            [.store, .deliver]),
        .deliversToLeaver: DefectFacts(
            "what is sent after a member left is stored and delivered to it", check: "messages.right", [.store]),
    ]
}
