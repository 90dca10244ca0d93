import Facts
import TestCases

/// What the implementation did to messages that it relayed as they were sent. It is no storing and no delivering, and
/// none of the requirements is about it: it is told, as a warning, because deferred copies are held against live ones.
enum LiveRelay {
    static func run(_ context: CheckContext) -> CheckResult? {
        let make = CheckMaker(
            id: "live.relay", subject: "", requirements: [], basis: .reading,
            expected: "those who are there get each message once and as it was sent", weight: .warning)
        var faults: [Fault] = []
        var lines: [Int] = []
        for actor in context.testCase.actors.map(\.name) {
            for group in context.evidence.groups.keys.sorted() {
                let presence = Presence(of: actor, in: group, context)
                look(at: actor, group, presence, &faults, &lines, context)
            }
        }
        faults += lost(context)
        if lines.isEmpty, faults.isEmpty { return nil }
        return make.decide(faults: faults, passed: "whatever was relayed came as it was sent", lines: lines)
    }

    private static func look(
        at actor: String, _ group: String, _ presence: Presence, _ faults: inout [Fault], _ lines: inout [Int],
        _ context: CheckContext
    ) {
        var confirmed: Set<String> = []
        for (record, copy) in context.evidence.messageOffers(at: actor) where record.isTakenOver {
            guard let script = context.evidence.message(withID: copy.id), !script.isMarker, script.group == group,
                let submission = context.evidence.submission(of: script),
                case .message(let sent) = submission.submission.item,
                presence.isLive(sent: submission.at, received: record.at)
            else { continue }
            lines += record.lines
            let texts = MessageIntegrity.differences(copy, sent, script, context)
            if !texts.isEmpty {
                faults.append(
                    Fault(
                        text: "\(script.label) at \(actor) \(texts.joined(separator: ", "))",
                        lines: record.lines + submission.lines))
            }
            if confirmed.contains(script.id) {
                faults.append(Fault(text: "\(script.label) came to \(actor) again", lines: record.lines))
            }
            if record.state == .confirmed { confirmed.insert(script.id) }
        }
    }

    /// Messages that a user who was there should have got and never did.
    private static func lost(_ context: CheckContext) -> [Fault] {
        context.testCase.expectations.flatMap { expectation -> [Fault] in
            guard case .messages(let user, let group, let labels) = expectation.kind else { return [] }
            return ExpectedMessages(user: user, group: group, labels: labels, context).owed
                .filter { $0.isLive && $0.offers.isEmpty }
                .map {
                    Fault(
                        text: "\($0.script.label) from \($0.script.by) never reached \(user), who was there",
                        lines: $0.submission.lines)
                }
        }
    }
}
