import Facts
import TestCases

/// The user sees to whom each message was exchanged (058d, reason for change).
enum ShownAudience {
    static func run(_ wanted: [String: [ActorName]], _ screen: Screen, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(.audience, at: screen.user, context)
        guard let shown = screen.messages else { return make.inconclusive(Screen.unseen) }
        let missing = wanted.keys.filter { label in
            let id = context.evidence.message(labelled: label)?.id
            return !shown.contains { $0.id == id }
        }
        let faults = wanted.sorted { $0.key < $1.key }.compactMap { label, actors -> Fault? in
            guard let script = context.evidence.message(labelled: label), let seen = shown.first(where: { $0.id == script.id })
            // Whether it is shown at all is for the check that asks for it.
            else { return nil }
            guard let audience = seen.audience else {
                return Fault(text: "\(label) is shown without an audience", lines: screen.messageLines)
            }
            // Whether the sender and the user itself are told is the client's choice.
            let mine: Set<String> = [screen.user, script.by]
            let names = Set(audience.map { context.addresses.actor($0) ?? $0 }).subtracting(mine)
            guard names != Set(actors).subtracting(mine) else { return nil }
            return Fault(
                text: "\(label) is shown as exchanged with \(listed(names.sorted())), and was with \(listed(actors.sorted()))",
                lines: screen.messageLines)
        }
        if faults.isEmpty, !missing.isEmpty {
            return make.inconclusive("\(listed(missing.sorted())) is not shown, so nothing can be said of it", lines: screen.messageLines)
        }
        return make.decide(faults: faults, passed: "each audience is right", lines: screen.messageLines)
    }
}
