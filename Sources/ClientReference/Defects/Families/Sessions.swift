extension ClientDefect {
    /// How sessions are answered, and what is answered in them.
    static let sessions: [ClientDefect: ClientDefectFacts] = [
        .sendonlyRefused: ClientDefectFacts(
            "an offer that only sends is refused with 488", concern: "sessions.accepted"),
        .unknownGroupRefused: ClientDefectFacts(
            "a delivery of a group never heard of is refused with 404", concern: "sessions.accepted"),
        .leanRefused: ClientDefectFacts(
            "an invitation without a Subject is refused with 400", concern: "sessions.accepted"),
        .secondSessionRefused: ClientDefectFacts(
            "while one session is there, another is refused with 486", concern: "sessions.accepted"),
        .unknownContentEnds: ClientDefectFacts(
            "content of a type that it does not know ends the session", concern: "robustness.rest"),
        .restLostAfterMalformed: ClientDefectFacts(
            "after something malformed the rest of the session is answered and not shown", concern: "robustness.rest"),
        .failureReportIgnored: ClientDefectFacts(
            "a message is answered though its Failure-Report is no", concern: "answers.as-asked"),
        .neverAnswers: ClientDefectFacts("messages are shown and never answered", concern: "answers.as-asked"),
        .successUnreported: ClientDefectFacts(
            "a Success-Report that is asked for is not sent", concern: "answers.as-asked"),
    ]
}
