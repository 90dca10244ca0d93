import Facts
import TestCases

/// To which of a user's devices what was missed comes: to the first that returns, or to each, as the ICS says.
enum DeviceChecks {
    /// Nil for one who has come back with its own device alone.
    static func run(_ expected: ExpectedMessages, _ context: CheckContext) -> CheckResult? {
        let user = expected.user
        let devices = context.evidence.returnedDevices[user] ?? []
        guard devices.contains(where: { $0 != 1 }) else { return nil }
        let isEach = context.deliversToEachDevice
        let make = CheckMaker(
            id: "messages.device", subject: user, requirements: [.deliver], basis: .reading,
            expected: isEach
                ? "what \(user) missed comes to each of its devices"
                : "what \(user) missed comes to the device that is the first to return",
            weight: context.statesPerDevice ? .requirement : .warning)
        let returns = Array(zip(context.evidence.returns[user] ?? [], devices))
        var faults: [Fault] = []
        var lines: [Int] = []
        // What never came at all is the business of `messages.complete`.
        for owed in expected.deferred {
            guard let first = owed.offers.first else { continue }
            lines += first.record.lines
            let due = returns.filter { $0.0 >= owed.submission.at }.map(\.1)
            let came = owed.offers.map { device(of: $0.record, context) }
            if isEach {
                for device in Set(due).subtracting(came).sorted() {
                    faults.append(
                        Fault(text: "\(owed.script.label) never came to \(name(device))", lines: first.record.lines))
                }
            } else if let wanted = due.first, came[0] != wanted {
                faults.append(
                    Fault(
                        text: "\(owed.script.label) came to \(name(came[0])), and \(name(wanted)) had returned first",
                        lines: first.record.lines))
            }
        }
        if lines.isEmpty { return make.notReached("nothing that was missed came to \(user)") }
        return make.decide(faults: faults, passed: "it came so", lines: lines)
    }

    /// Which device of its user an item came to, from 1.
    static func device(of record: Evidence.OfferRecord, _ context: CheckContext) -> Int {
        context.evidence.session(record.offer.session)?.session.device ?? 1
    }

    private static func name(_ device: Int) -> String { device == 1 ? "the user's own device" : "another device" }
}
