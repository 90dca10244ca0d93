extension ClientDefect {
    /// How sessions are answered, and what is answered in them.
    static let sessions: [ClientDefect: ClientDefectFacts] = [
        .sendonlyRefused: ClientDefectFacts(
            "an offer that only sends is refused with 488", check: "session.taken"),
        .unknownGroupRefused: ClientDefectFacts(
            "a delivery of a group never heard of is refused with 404", check: "session.taken"),
        .leanRefused: ClientDefectFacts(
            "an invitation without a Subject is refused with 400", check: "session.taken"),
        .secondSessionRefused: ClientDefectFacts(
            "while one session is there, another is refused with 486", check: "session.taken"),
        .unknownContentEnds: ClientDefectFacts(
            "content of a type that it does not know ends the session", check: "shown.complete"),
        .restLostAfterMalformed: ClientDefectFacts(
            "after something malformed the rest of the session is answered and not shown", check: "shown.complete"),
        .malformedEnds: ClientDefectFacts(
            "what cannot be read ends the session", check: "shown.complete"),
        .connectionNotOpened: ClientDefectFacts(
            "a session is accepted and the MSRP connection, which is the client's to open, never opened",
            check: "session.taken"),
        .setupRepeated: ClientDefectFacts(
            "the answer takes the set-up that the offer has taken", check: "session.taken"),
        .neverSubscribes: ClientDefectFacts(
            "the participants of a live session are never subscribed to", check: "members.subscribed"),
        .failureReportIgnored: ClientDefectFacts(
            "a message is answered with 200 though its Failure-Report is no or partial", check: "session.answers"),
        .neverAnswers: ClientDefectFacts("messages are shown and never answered", check: "session.answers"),
        .successUnreported: ClientDefectFacts(
            "a Success-Report that is asked for is not sent", check: "session.answers"),
    ]
}
