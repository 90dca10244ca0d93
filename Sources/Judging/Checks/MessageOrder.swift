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
        for (position, later) in arrived.enumerated().dropFirst() {
            guard let laterOffer = later.offers.first?.record else { continue }
            for earlier in arrived[..<position].reversed() {
                guard isBound(earlier, later), let earlierOffer = earlier.offers.first?.record,
                    earlierOffer.offer.id > laterOffer.offer.id
                else { continue }
                faults.append(
                    Fault(
                        text: "\(later.script.label) came before \(earlier.script.label), which was sent earlier",
                        lines: laterOffer.lines + earlierOffer.lines))
                break
            }
        }
        return make.decide(
            faults: faults, passed: "\(listed(arrived.map(\.script.label))) came in this order",
            lines: expected.offerLines)
    }

    private static func isBound(_ earlier: ExpectedMessages.Owed, _ later: ExpectedMessages.Owed) -> Bool {
        earlier.script.by == later.script.by || !later.script.isConcurrent
    }
}
