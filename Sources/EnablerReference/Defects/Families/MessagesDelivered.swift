extension Defect {
    /// Which messages leave the store for the client, how often and in what order.
    static let messagesDelivered: [Defect: DefectFacts] = [
        .deliveredTwice: DefectFacts(
            "a deferred message is delivered again after the client confirmed it", check: "messages.once", [.deliver]),
        .confirmedAgain: DefectFacts(
            "each return brings all that earlier ones brought and had confirmed", check: "messages.once", [.deliver]),
        .twiceUnderNewID: DefectFacts(
            "a deferred message that the client confirmed comes again under another imdn.Message-ID", check: "messages.once",
            [.deliver]),
        .unansweredDropped: lost("what was offered and not answered when a session broke is not offered again"),
        .silenceConfirms: lost("an offer that nobody answers counts as confirmed when its time is over"),
        .newestDropped: lost("the newest of the missed messages of an ended session is left out of the delivery"),
        .onlyNewestTwo: lost("of the missed messages only the newest two are delivered"),
        .sameSenderSwapped: disordered("two deferred messages of one sender change places"),
        .newestFirst: disordered("missed messages are delivered from the newest to the oldest"),
        .sortedBySender: disordered("missed messages are delivered sender by sender"),
        .largeLast: disordered("missed messages of more than 10,000 bytes are delivered behind all others"),
        .concurrentSwapped: disordered(
            "deferred messages that two senders sent at once come in another order than to the others"),
    ]

    private static func disordered(_ summary: String) -> DefectFacts {
        DefectFacts(summary, check: "messages.order", [.deliver])
    }
}
