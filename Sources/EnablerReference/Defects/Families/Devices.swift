extension Defect {
    /// Which device gets a delivery, and what becomes of one that breaks off.
    static let devices: [Defect: DefectFacts] = [
        .firstDeviceOnly: DefectFacts(
            "what was missed is delivered to no other device than the one that was registered first",
            check: "messages.device", [.store, .deliver, .intermediate]),
        .oldestContactPreferred: lostWithLists("of several devices the one that has been registered longest is called"),
        .deliveredToEachDevice: DefectFacts(
            "what one device has confirmed is delivered to the next as well", check: "messages.once", [.deliver]),
        .splitBetweenDevices: DefectFacts(
            "of two devices each is given one half of what was missed", check: "messages.device", [.store, .deliver]),
        .partTakenForWhole: lost("a large message counts as delivered when its session breaks off in the middle of it"),
        .restForgottenAtBreak: lost("when a delivery breaks off, the messages that it had not come to are forgotten"),
        .reorderedAfterBreak: DefectFacts(
            "when a delivery broke off, the rest of it comes from the newest message to the oldest", check: "messages.order",
            [.deliver]),
        .confirmedAgainAfterBreak: DefectFacts(
            "after a delivery broke off it begins from the first message", check: "messages.once", [.deliver]),
    ]
}
