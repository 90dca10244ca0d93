import Facts
import TestCases

/// Order per sender and causally: a script's next send by another actor had waited for the previous message, unless
/// it is marked `concurrent`.
enum MessageOrder {
    static func run(_ expected: ExpectedMessages, _ context: CheckContext) -> CheckResult {
        let user = expected.user
        let make = CheckMaker(
            id: "messages.order", subject: user, requirements: [.deliver], basis: .clause,
            expected: "\(user) gets the messages in the order in which they were sent")
        let arrived = expected.arrived.sorted { $0.script.ordinal < $1.script.ordinal }
        guard arrived.count > 1 else { return make.notReached("fewer than two messages arrived") }
        var faults: [Fault] = []
        // The latest to come of those that were sent so far: of all, and of each sender.
        var last = LatestOffer()
        var ofSender: [String: LatestOffer] = [:]
        for later in arrived {
            guard let record = later.offers.first?.record else { continue }
            // Only its own sender's messages bind one that waited for no other.
            let bound = later.script.isConcurrent ? ofSender[later.script.by] ?? LatestOffer() : last
            if let earlier = bound.record, earlier.offer.id > record.offer.id {
                faults.append(
                    Fault(
                        text: "\(later.script.label) came before \(bound.label), which was sent earlier",
                        lines: record.lines + earlier.lines))
            }
            last.take(record, later.script.label)
            ofSender[later.script.by, default: LatestOffer()].take(record, later.script.label)
        }
        return make.decide(
            faults: faults, passed: "\(listed(arrived.map(\.script.label))) came in this order",
            lines: expected.offerLines)
    }

    private struct LatestOffer {
        var record: Evidence.OfferRecord?
        var label = ""

        mutating func take(_ other: Evidence.OfferRecord, _ label: String) {
            if let record, record.offer.id > other.offer.id { return }
            record = other
            self.label = label
        }
    }
}
