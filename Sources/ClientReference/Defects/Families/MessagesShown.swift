extension ClientDefect {
    /// Which messages are shown, how often, in what order, and what of them.
    static let messagesShown: [ClientDefect: ClientDefectFacts] = [
        .shownAgain: shown("a message that comes again is shown again", "shown.once"),
        .oneDropped: shown("the second message of a delivery is answered and not shown", "shown.complete"),
        .newestFirst: shown("each message is shown before the one that came before it", "shown.order"),
        .blankDropped: shown("a message of nothing but blanks is not shown", "shown.complete"),
        .sameWordsDropped: shown("a message with the words of an earlier one is not shown", "shown.complete"),
        .onlyTextShown: shown("a message that is no text is not shown", "shown.complete"),
        .composingShown: shown("an is-composing is shown as a message", "shown.only"),
        .breakForgets: shown("what came in a session that breaks is shown no more", "shown.complete"),
        .interruptedShown: shown("what has come of a message that was interrupted is shown", "shown.only"),
        .lostAtRestart: shown("a client that is started again shows nothing of what it has answered", "shown.complete"),
        .splitAtNewFocus: shown(
            "a group that goes on at another focus becomes another conversation", "shown.complete"),
        .arrivalTimeShown: shown("the time of arrival is shown, not that of sending", "shown.time"),
        .focusShownAsSender: shown("the focus is shown as the sender", "shown.sender"),
        .senderOfBefore: shown("the sender of the message before is shown", "shown.sender"),
        .nonASCIILost: shown("letters beyond ASCII are shown as question marks", "shown.text"),
        .longCut: shown("a message is cut after 1,024 bytes", "shown.text"),
        .typeMadeText: shown("everything is shown as plain text", "shown.text"),
        .chunksJoinedWrongly: shown("the byte at the seam of two chunks is lost", "shown.text"),
    ]

    private static func shown(_ summary: String, _ check: String) -> ClientDefectFacts {
        ClientDefectFacts(summary, check: check)
    }
}
