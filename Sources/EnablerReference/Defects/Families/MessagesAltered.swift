extension Defect {
    /// What the copy of a message that had to wait says otherwise than the live one.
    static let messagesAltered: [Defect: DefectFacts] = [
        .dateTimeRewritten: altered(
            "the deferred copy's DateTime says when it was delivered, not when it was sent", "messages.datetime"),
        .dateTimeZone: altered(
            "the deferred copy's DateTime has another time zone and the same clock time", "messages.datetime"),
        .dateTimeDropped: altered("the deferred copy has lost its DateTime", "messages.datetime"),
        .dateTimeAsSeconds: altered(
            "the deferred copy's DateTime counts seconds, which is no date-time", "messages.well-formed"),
        .requestStripped: altered(
            "the deferred copy has lost its Disposition-Notification request", "messages.disposition-request"),
        .requestNarrowed: altered(
            "the deferred copy asks for the report of delivery alone, whatever else was asked for",
            "messages.disposition-request"),
        .requestAdded: altered(
            "the deferred copy asks for a report that its sender did not ask for", "messages.disposition-request"),
        .senderAnonymous: altered("the deferred copy is from nobody in particular", "messages.sender"),
        .senderOfBefore: altered(
            "the deferred copy is from the sender of the message before it", "messages.sender"),
        .senderDropped: altered("the deferred copy has lost its From", "messages.well-formed"),
        .idRenewed: altered("the deferred copy has a new imdn.Message-ID", "messages.id"),
        .idDropped: altered("the deferred copy has lost its imdn.Message-ID", "messages.id"),
        .bodyOfBefore: altered("the deferred copy has the body of the message before it", "messages.body"),
        .bodyCut: altered("the body of a deferred copy ends after 1,024 bytes", "messages.body"),
        .bodyCutAtZero: altered("the body of a deferred copy ends at its first zero byte", "messages.body"),
        .nonASCIIReplaced: altered("each byte beyond ASCII is a question mark in the deferred copy", "messages.body"),
        .blankEmptied: altered("a body of nothing but blanks is empty in the deferred copy", "messages.body"),
        .lineEndsRewritten: altered("CRLF in a body is a bare LF in the deferred copy", "messages.body"),
        .typeMadeText: altered("every deferred copy says that it is plain text", "messages.content-type"),
        .charsetDropped: altered("the deferred copy no longer says in which charset it is", "messages.content-type"),
        .typeDropped: altered("the deferred copy has lost its Content-Type", "messages.well-formed"),
    ]

    private static func altered(_ summary: String, _ check: String) -> DefectFacts {
        DefectFacts(summary, check: check, [.deliver])
    }
}
