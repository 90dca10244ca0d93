extension ClientDefect {
    /// Which messages are shown, how often, in what order, and what of them.
    static let messagesShown: [ClientDefect: ClientDefectFacts] = [
        .shownAgain: shown("a message that comes again is shown again", "messages.once"),
        .oneDropped: shown("the second message of a delivery is answered and not shown", "messages.shown"),
        .newestFirst: shown("each message is shown before the one that came before it", "messages.order"),
        .blankDropped: shown("a message of nothing but blanks is not shown", "messages.shown"),
        .sameWordsDropped: shown("a message with the words of an earlier one is not shown", "messages.shown"),
        .onlyTextShown: shown("a message that is no text is not shown", "messages.shown"),
        .composingShown: shown("an is-composing is shown as a message", "messages.nothing-else"),
        .breakForgets: shown("what came in a session that breaks is shown no more", "messages.shown"),
        .interruptedShown: shown("what has come of a message that was interrupted is shown", "messages.nothing-else"),
        .lostAtRestart: shown("a client that is started again shows nothing of what it has answered", "messages.shown"),
        .splitAtNewFocus: shown(
            "a group that goes on at another focus becomes another conversation", "conversations.same"),
        .arrivalTimeShown: shown("the time of arrival is shown, not that of sending", "messages.time"),
        .focusShownAsSender: shown("the focus is shown as the sender", "messages.sender"),
        .senderOfBefore: shown("the sender of the message before is shown", "messages.sender"),
        .nonASCIILost: shown("letters beyond ASCII are shown as question marks", "messages.body"),
        .longCut: shown("a message is cut after 1,024 bytes", "messages.body"),
        .typeMadeText: shown("everything is shown as plain text", "messages.content-type"),
        .chunksJoinedWrongly: shown("the byte at the seam of two chunks is lost", "messages.body"),
    ]

    private static func shown(_ summary: String, _ concern: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, concern: concern)
    }
}
