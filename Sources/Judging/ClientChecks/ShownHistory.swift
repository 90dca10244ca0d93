import Facts
import TestCases

/// The user sees who joined and left, in order and in their places among the messages (058d).
enum ShownHistory {
    /// A message or a change, as a user would tell it.
    private enum Entry: Hashable {
        case message(String)
        case joined(ActorName)
        case left(ActorName)
    }

    static func run(_ wanted: [RosterChange], _ screen: Screen, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(.history, at: screen.user, context)
        let lists = context.evidence.rosterOffers(at: screen.user, in: screen.group).filter(\.record.isTakenOver)
        guard let history = screen.history else {
            return screen.unseen(make, came: lists.first.map { ($0.record.at, $0.record.lines) })
        }
        let told = ToldChanges(context.testCase, group: screen.group)
        let shown = withoutBeginning(history.compactMap { entry($0, context) }, told.initial.union([screen.user]))
        let changes = shown.filter { if case .message = $0 { false } else { true } }
        let due = wanted.map { change -> Entry in
            switch change {
            case .joined(let who): .joined(who)
            case .left(let who): .left(who)
            }
        }
        if changes != due {
            let text = "it is shown that \(listed(changes.map(Self.words))), and \(listed(due.map(Self.words))) happened"
            return make.fail(text, lines: screen.historyLines)
        }
        let faults = misplaced(due, shown, told, screen)
        return make.decide(faults: faults, passed: "\(listed(due.map(Self.words))), in their places", lines: screen.historyLines)
    }

    /// A client may tell of those who were there when the user came as of ones who joined: such entries, each once and before
    /// any other change, only repeat the first list.
    private static func withoutBeginning(_ shown: [Entry], _ present: Set<ActorName>) -> [Entry] {
        var present = present
        var isBeginning = true
        return shown.filter { entry in
            switch entry {
            case .message: return true
            case .joined(let who):
                isBeginning = isBeginning && present.remove(who) != nil
                return !isBeginning
            case .left:
                isBeginning = false
                return true
            }
        }
    }

    private static func entry(_ seen: SeenEntry, _ context: CheckContext) -> Entry? {
        switch seen {
        case .message(let id): context.evidence.message(withID: id).map { .message($0.label) }
        case .joined(let uri): .joined(context.addresses.actor(uri) ?? uri)
        case .left(let uri): .left(context.addresses.actor(uri) ?? uri)
        }
    }

    private static func words(_ entry: Entry) -> String {
        switch entry {
        case .message(let label): label
        case .joined(let who): "\(who) joined"
        case .left(let who): "\(who) left"
        }
    }

    /// Changes that stand behind a message that came after them, or before one that came before them.
    private static func misplaced(
        _ due: [Entry], _ shown: [Entry], _ told: ToldChanges, _ screen: Screen
    ) -> [Fault] {
        var faults: [Fault] = []
        for (number, change) in due.enumerated() where told.places.indices.contains(number) {
            guard let place = shown.firstIndex(of: change) else { continue }
            for (label, position) in told.messages {
                guard let at = shown.firstIndex(of: .message(label)) else { continue }
                let isBefore = position < told.places[number]
                if isBefore != (at < place) {
                    faults.append(
                        Fault(
                            text: "\(words(change)) is shown \(at < place ? "after" : "before") \(label), and happened "
                                + (isBefore ? "after" : "before") + " it",
                            lines: screen.historyLines))
                }
            }
        }
        return faults
    }
}
