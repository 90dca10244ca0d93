import Facts

/// What was missed comes in a session of its own group: a user knows by the ids of the session where a message belongs.
enum MessageGroup {
    /// Nil where nothing that was deferred came in a session that names a group.
    static func run(_ expected: ExpectedMessages, _ context: CheckContext) -> CheckResult? {
        guard let own = context.evidence.groups[expected.group] else { return nil }
        let make = CheckMaker(
            id: "messages.group", subject: expected.user, requirements: [.deliver], basis: .clause,
            expected: "each message reaches \(expected.user) in a session of the group that it was sent to")
        var faults: [Fault] = []
        var lines: [Int] = []
        for owed in expected.deferred {
            for (record, _) in owed.offers {
                guard let session = context.evidence.session(record.offer.session), let named = session.session.group else {
                    continue
                }
                lines += record.lines
                if named == own { continue }
                let other = context.evidence.groups.first { $0.value == named }?.key
                faults.append(
                    Fault(
                        text: "\(owed.script.label) of \(expected.group) came in a session of \(other ?? "a group that nobody made")",
                        lines: record.lines + session.lines))
            }
        }
        if lines.isEmpty { return nil }
        return make.decide(faults: faults, passed: "all came in sessions of their group", lines: lines)
    }
}
