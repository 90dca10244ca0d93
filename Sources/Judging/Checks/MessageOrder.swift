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
        if let reason = expected.reasonNotDeferred { return make.notReached(reason) }
        let arrived = expected.arrived.sorted { $0.script.ordinal < $1.script.ordinal }
        guard arrived.count > 1 else { return make.notReached("fewer than two messages arrived") }
        var faults: [Fault] = []
        // The latest to come of those that were sent so far: of all, and of each sender; and of those among them that
        // were deferred, since two that were relayed as they were sent show nothing of delivering.
        var last = Latest()
        var ofSender: [String: Latest] = [:]
        for later in arrived {
            guard let record = later.offers.first?.record else { continue }
            // Only its own sender's messages bind one that waited for no other.
            let bound = later.script.isConcurrent ? ofSender[later.script.by] ?? Latest() : last
            if let (earlier, label) = later.isLive ? bound.deferred : bound.all, earlier.offer.id > record.offer.id {
                faults.append(
                    Fault(
                        text: "\(later.script.label) came before \(label), which was sent earlier",
                        lines: record.lines + earlier.lines))
            }
            last.take(record, later)
            ofSender[later.script.by, default: Latest()].take(record, later)
        }
        if context.claimsOneOrder { faults += otherOrder(arrived, at: user, context) }
        return make.decide(
            faults: faults, passed: "\(listed(arrived.map(\.script.label))) came in this order",
            lines: expected.offerLines)
    }

    /// Where one order of all messages is claimed, it is the one in which somebody got them who was there all the time.
    private static func otherOrder(
        _ arrived: [ExpectedMessages.Owed], at user: String, _ context: CheckContext
    ) -> [Fault] {
        let deferred = arrived.filter { !$0.isLive }.sorted { offer(of: $0) < offer(of: $1) }
        for witness in context.testCase.actors where witness.name != user && witness.absence == .present {
            let seen = deferred.compactMap { owed -> (owed: ExpectedMessages.Owed, at: Int)? in
                guard let copy = context.evidence.copies(of: owed.script.id, at: witness.name).first else { return nil }
                return (owed, copy.record.offer.id)
            }
            guard Set(seen.map(\.owed.script.by)).count > 1 else { continue }
            return zip(seen, seen.dropFirst()).filter { $0.at > $1.at && $0.owed.script.by != $1.owed.script.by }.map {
                Fault(
                    text: "\($0.owed.script.label) came before \($1.owed.script.label), and after it to \(witness.name)",
                    lines: $0.owed.offers.flatMap(\.record.lines) + $1.owed.offers.flatMap(\.record.lines))
            }
        }
        return []
    }

    private static func offer(of owed: ExpectedMessages.Owed) -> Int { owed.offers.first?.record.offer.id ?? .max }

    private struct Latest {
        typealias Labelled = (record: Evidence.OfferRecord, label: String)
        var all: Labelled?
        var deferred: Labelled?

        mutating func take(_ record: Evidence.OfferRecord, _ owed: ExpectedMessages.Owed) {
            if record.offer.id > all?.record.offer.id ?? -1 { all = (record, owed.script.label) }
            if !owed.isLive, record.offer.id > deferred?.record.offer.id ?? -1 { deferred = (record, owed.script.label) }
        }
    }
}
