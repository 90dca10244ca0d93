internal import Diagnostics

/// Reads expectations; participants, groups and labels are those of the steps.
struct ExpectationReader {
    let steps: StepReader
    private var findings: Findings { steps.findings }

    init(steps: StepReader) { self.steps = steps }

    func expectation(_ node: DocumentNode) -> PlacedExpectation? {
        guard let entries = node.mapping, entries.count == 1, let entry = entries.first else {
            findings.add(
                "case.expectation-shape", node.place,
                "an expectation is one word with what belongs to it, not \(node.typeInWords)",
                "write '- messages: { at: carol, exactly: [m1] }'")
            return nil
        }
        guard let word = ExpectationWord(rawValue: entry.key) else {
            findings.addUnknown(
                "case.unknown-expectation", entry.keyPlace, entry.key, is: "expectation",
                of: ExpectationWord.allCases.map(\.rawValue))
            return nil
        }
        guard word.roles.contains(steps.role) else {
            findings.add(
                "case.other-role", entry.keyPlace, "'\(word.rawValue)' says nothing in a case for the \(steps.role.rawValue)",
                "write one of \(ExpectationWord.allCases.filter { $0.roles.contains(steps.role) }.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        guard let kind = kind(word, entry.value) else { return nil }
        return PlacedExpectation(kind, place: entry.keyPlace)
    }

    private func kind(_ word: ExpectationWord, _ node: DocumentNode) -> Expectation? {
        let keys = Self.keys(of: word)
        let required = word == .roster ? [] : keys
        guard
            let section = Section(
                node, "a '\(word.rawValue)' expectation", keys: ["at", "group"] + keys, required: ["at"] + required,
                findings: findings)
        else { return nil }
        let (at, group) = (steps.actor(section, "at"), steps.group(section))
        // What is wrong with the rest is said too.
        let rest = rest(of: word, section)
        guard let at, let group else { return nil }
        return rest?(at, group)
    }

    private static func keys(of word: ExpectationWord) -> [String] {
        switch word {
        case .messages, .dispositions, .reports: ["exactly"]
        case .restarted: ["inviting"]
        case .audience: ["of"]
        case .roster: RosterList.allCases.map(\.rawValue)
        case .changes: ["in-order"]
        case .nothing: []
        case .withheld: ["what"]
        }
    }

    /// What an expectation says beside its user and group, which complete it; nil where it cannot be read.
    private func rest(of word: ExpectationWord, _ section: Section) -> ((ActorName, String) -> Expectation)? {
        switch word {
        case .messages:
            guard let labels = section.list("exactly")?.compactMap({ steps.message($0) }) else { return nil }
            return { .messages(at: $0, group: $1, exactly: labels) }
        case .dispositions:
            guard let reports = section.list("exactly")?.compactMap(disposition) else { return nil }
            return { .dispositions(at: $0, group: $1, exactly: reports) }
        case .roster:
            guard let (list, members) = roster(section) else { return nil }
            return { .roster(at: $0, group: $1, list: list, members: members) }
        case .changes:
            guard let changes = section.list("in-order")?.compactMap(change) else { return nil }
            return { .changes(at: $0, group: $1, inOrder: changes) }
        case .nothing: return { .nothing(at: $0, group: $1) }
        case .withheld:
            guard let what = section.word("what", Withheld.self, is: "thing that a policy withholds") else { return nil }
            return { .withheld(at: $0, group: $1, what: what) }
        case .reports:
            guard let reports = section.list("exactly")?.compactMap(report) else { return nil }
            return { .reports(at: $0, group: $1, exactly: reports) }
        case .restarted:
            guard let invited = section.list("inviting")?.compactMap({ steps.actor($0) }) else { return nil }
            return { .restarted(at: $0, group: $1, inviting: invited) }
        case .audience:
            guard let audiences = audiences(section) else { return nil }
            return { .audience(at: $0, group: $1, of: audiences) }
        }
    }

    private func report(_ node: DocumentNode) -> ExpectedReport? {
        let keys = ["message", "status"]
        guard let section = Section(node, "an expected report", keys: keys, required: keys, findings: findings) else { return nil }
        let message = section["message"].flatMap { steps.message($0) }
        let status = section.word("status", DispositionStatus.self, is: "disposition")
        guard let message, let status else { return nil }
        return ExpectedReport(message: message, status: status)
    }

    private func audiences(_ section: Section) -> [String: [ActorName]]? {
        guard let entries = section["of"]?.mapping, !entries.isEmpty else {
            findings.add(
                "input.wrong-type", section.place("of"), "'of' must name the audience of each message",
                "write '{ m1: [alice, bob, carol] }'")
            return nil
        }
        var audiences: [String: [ActorName]] = [:]
        for entry in entries {
            let key = DocumentNode(content: .scalar(entry.key, plain: false), place: entry.keyPlace)
            guard let label = steps.message(key) else { continue }
            audiences[label] = (entry.value.sequence ?? [entry.value]).compactMap { steps.actor($0) }
        }
        return audiences
    }

    private func disposition(_ node: DocumentNode) -> ExpectedDisposition? {
        let keys = ["message", "from", "status"]
        guard
            let section = Section(node, "an expected disposition", keys: keys, required: keys, findings: findings)
        else { return nil }
        let message = section["message"].flatMap { steps.message($0) }
        let from = steps.actor(section, "from")
        let status = section.word("status", DispositionStatus.self, is: "disposition")
        guard let message, let from, let status else { return nil }
        return ExpectedDisposition(message: message, from: from, status: status)
    }

    private func roster(_ section: Section) -> (RosterList, [ActorName: ExpectedStatus])? {
        let lists = RosterList.allCases.filter { section.present.contains($0.rawValue) }
        guard lists.count == 1, let node = section[lists[0].rawValue] else {
            findings.add(
                "case.roster-list", section.node.place, "a 'roster' expectation names exactly one list",
                "write one of \(RosterList.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        guard let entries = node.mapping, !entries.isEmpty else {
            findings.add(
                "input.wrong-type", node.place, "'\(lists[0].rawValue)' must say something of each participant",
                "write '{ alice: connected, carol: member }'")
            return nil
        }
        var members: [ActorName: ExpectedStatus] = [:]
        for entry in entries {
            let key = DocumentNode(content: .scalar(entry.key, plain: false), place: entry.keyPlace)
            guard let actor = steps.actor(key),
                let status = findings.word(
                    entry.value, ExpectedStatus.self, is: "status", code: "case.unknown-status")
            else { continue }
            members[actor] = status
        }
        return (lists[0], members)
    }

    private func change(_ node: DocumentNode) -> RosterChange? {
        guard let section = Section(node, "a change", keys: ["joined", "left"], findings: findings) else { return nil }
        if section.present == ["joined"] { return steps.actor(section, "joined").map(RosterChange.joined) }
        if section.present == ["left"] { return steps.actor(section, "left").map(RosterChange.left) }
        findings.add(
            "case.change-shape", node.place, "a change is one join or one departure",
            "write '{ joined: dave }' or '{ left: bob }'")
        return nil
    }
}
