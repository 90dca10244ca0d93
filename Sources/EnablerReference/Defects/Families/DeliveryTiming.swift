extension Defect {
    /// When delivery begins, to whom, and what interrupts it.
    static let deliveryTiming: [Defect: DefectFacts] = [
        .youngestGroupFirst: DefectFacts(
            "of several groups the youngest is delivered first", check: "delivery.group-order", [.deliver]),
        .registrationIgnored: lostWithLists("a user who registers again is not given what it missed"),
        .onlyFirstReturn: lost("what a user misses after its first return is never delivered"),
        .secondReturnDelivers: DefectFacts(
            "what a user missed is delivered when it registers for the second time", check: "delivery.in-time",
            [.store, .deliver, .intermediate]),
        .deliveryTooLate: DefectFacts(
            "a delivery begins later than the description says", check: "delivery.in-time",
            [.store, .deliver, .intermediate]),
        .onlyOldestGroup: lost("of several groups only the oldest is delivered"),
        .endedNotDelivered: lostWithLists("nothing is delivered of a session that is over"),
        .newFocusFirst: DefectFacts(
            "what belongs to the session at a new focus is delivered before what belongs to the old one",
            check: "messages.order", [.deliver]),
        .backlogLostOnInvite: lost("what was stored is thrown away when the user joins by an INVITE of its own"),
    ]

    /// With the whole delivery its intermediate lists are missing too.
    static func lostWithLists(_ summary: String) -> DefectFacts {
        DefectFacts(summary, check: "messages.complete", [.store, .deliver, .intermediate])
    }
}
