extension Defect {
    /// What becomes of messages on their way from the store to the client.
    static let messagesDelivered: [Defect: DefectFacts] = [
        .deliveredTwice: DefectFacts(
            "a deferred message is delivered again after the client confirmed it", check: "messages.once", [.deliver]),
        .sameSenderSwapped: DefectFacts(
            "two deferred messages of one sender change places", check: "messages.order", [.deliver]),
        .dateTimeRewritten: DefectFacts(
            "the deferred copy's DateTime says when it was delivered, not when it was sent",
            check: "messages.datetime", [.deliver]),
        .requestStripped: DefectFacts(
            "the deferred copy has lost its Disposition-Notification request",
            check: "messages.disposition-request", [.deliver]),
    ]
}
