internal import Diagnostics

/// Reads one case whose matrix row is filled in, from a suite or from a recording.
struct CaseReader {
    static let keys = [
        "id", "title", "requirements", "matrix", "rows", "purpose", "actors", "needs", "steps", "expect",
    ]
    private static let required = ["title", "requirements", "purpose", "actors", "steps", "expect"]
    /// What a recording has besides.
    static let recordedKeys = keys + ["base", "suite", "role", "row"]

    let findings: Findings
    /// Nil for a case from a recording, whose requirements need not be known any more.
    var catalogue: RequirementCatalogue?
    var role: ImplementationRole = .enabler

    /// Nil when the mistakes leave nothing that could be played; `findings` has them.
    func read(_ node: DocumentNode, id: String, keys: [String] = CaseReader.keys) -> TestCase? {
        let before = findings.all.count
        guard
            let section = Section(
                node, "a case", keys: keys, required: Self.required, findings: findings)
        else { return nil }
        let title = section.string("title") ?? ""
        let requirements = requirements(section)
        let purpose = section["purpose"].flatMap(purpose)
        let actors = section["actors"].map(actors) ?? []
        let needs = section["needs"].map { NeedsReader(findings: findings).read($0) } ?? []
        var reader = StepReader(actors: actors, role: role, findings: findings)
        // Without actors every name would be unknown, and without steps every group and label: one mistake is enough.
        let steps = actors.isEmpty ? [] : reader.steps(section.list("steps") ?? [])
        let expectations = actors.isEmpty || section["steps"] == nil ? [] : expectations(section, reader)
        // One that lacks a part, or has it under a misspelt key, is not rehearsed.
        guard findings.all.count == before, Self.required.allSatisfy({ section[$0] != nil }), let purpose else {
            return nil
        }
        var testCase = TestCase(
            id: id, requirements: requirements, actors: actors, steps: steps, expectations: expectations)
        testCase.title = title
        testCase.role = role
        testCase.purpose = purpose
        testCase.needs = needs
        testCase.place = node.place
        return testCase
    }

    private func requirements(_ section: Section) -> [RequirementID] {
        (section.list("requirements") ?? []).compactMap { node in
            guard let word = node.scalar else {
                findings.add("input.wrong-type", node.place, "a requirement must be an ID, not \(node.typeInWords)")
                return nil
            }
            guard let catalogue else { return RequirementID(word) }
            guard let requirement = catalogue[RequirementID(word)] else {
                findings.addUnknown(
                    "case.unknown-requirement", node.place, word, is: "requirement of the catalogue",
                    of: catalogue.requirements.map(\.id.rawValue))
                return nil
            }
            if requirement.role != role {
                findings.add(
                    "case.requirement-role", node.place,
                    "\(word) is about the \(requirement.role.rawValue), and this suite is about the \(role.rawValue)")
            }
            return requirement.id
        }
    }

    private func purpose(_ node: DocumentNode) -> TestPurpose? {
        let keys = ["with", "when", "then"]
        guard let section = Section(node, "the purpose", keys: keys, required: keys, findings: findings),
            let with = section.string("with"), let when = section.string("when"), let then = section.string("then")
        else { return nil }
        return TestPurpose(with: with, when: when, then: then)
    }

    /// A mapping in the order of the file, or, as in recordings, a list of mappings with one key each.
    private func actors(_ node: DocumentNode) -> [ActorRole] {
        let entries = node.mapping ?? (node.sequence ?? []).flatMap { $0.mapping ?? [] }
        if entries.isEmpty {
            findings.add(
                "input.wrong-type", node.place, "'actors' must name the participants, not be \(node.typeInWords)",
                role == .client ? "write '{ carol: client, alice: member }'" : "write '{ alice: present, bob: present }'")
        }
        return entries.compactMap { entry in
            guard MatrixExpansion.isSlug(entry.key) else {
                findings.add(
                    "case.actor-name", entry.keyPlace,
                    "'\(escapedPeerText(entry.key))' cannot be the name of a participant",
                    "use small letters, digits and single hyphens")
                return nil
            }
            if role == .client {
                let part = findings.word(entry.value, ActorPart.self, is: "part", code: "case.unknown-part") ?? .member
                return ActorRole(name: entry.key, part: part)
            }
            // An actor with a misspelt absence is still an actor: the steps that name it are not wrong.
            let absence =
                findings.word(entry.value, Absence.self, is: "absence", code: "case.unknown-absence") ?? .present
            return ActorRole(name: entry.key, absence: absence)
        }
    }

    private func expectations(_ section: Section, _ steps: StepReader) -> [PlacedExpectation] {
        guard let nodes = section.list("expect") else { return [] }
        if nodes.isEmpty {
            findings.add(
                "case.no-expectations", section.place("expect"), "the case expects nothing, so it would prove nothing",
                "add an expectation: \(ExpectationWord.allCases.filter { $0.roles.contains(role) }.map(\.rawValue).joined(separator: ", "))")
        }
        let reader = ExpectationReader(steps: steps)
        return nodes.compactMap(reader.expectation)
    }
}

/// Reads what a case takes for granted.
struct NeedsReader {
    let findings: Findings

    func read(_ node: DocumentNode) -> [Need] {
        guard let section = Section(node, "'needs'", keys: ["ics", "policy", "timers"], findings: findings) else {
            return []
        }
        var needs: [Need] = []
        for entry in section["ics"]?.mapping ?? [] {
            guard let option = ICSOption(rawValue: entry.key) else {
                findings.addUnknown(
                    "case.unknown-ics", entry.keyPlace, entry.key, is: "ICS option",
                    of: ICSOption.allCases.map(\.rawValue))
                continue
            }
            let flag = option.values == .flag
            let values = words(entry.value, option.values.all, of: option.rawValue) { node in
                flag ? node.flagWord(on: "true", off: "false") : node.scalar
            }
            needs.append(.ics(option.rawValue, oneOf: values))
        }
        needs += section["policy"].map(policies) ?? []
        for node in section.list("timers") ?? [] {
            if let name = findings.word(node, TimerName.self, is: "timer") { needs.append(.timer(name)) }
        }
        return needs.sorted { $0.order < $1.order }
    }

    /// Items of the policy with the values that they must have.
    func policies(_ node: DocumentNode) -> [Need] {
        var needs: [Need] = []
        for entry in node.mapping ?? [] {
            guard let item = PolicyItem(rawValue: entry.key) else {
                findings.addUnknown(
                    "case.unknown-policy", entry.keyPlace, entry.key, is: "policy item",
                    of: PolicyItem.allCases.map(\.rawValue))
                continue
            }
            needs.append(.policy(item.rawValue, oneOf: policyWords(entry.value, item), orUnstated: false))
        }
        return needs
    }

    private func policyWords(_ node: DocumentNode, _ item: PolicyItem) -> [String] {
        switch item {
        case .storage, .intermediateLists:
            words(node, ["on", "off"], of: item.rawValue) { $0.flagWord(on: "on", off: "off") }
        case .keeps:
            words(node, PolicyKeeps.allCases.map(\.rawValue), of: item.rawValue) { $0.scalar }
        case .maximum, .endsWhenMembersBelow:
            words(node, nil, of: item.rawValue) {
                $0.int.map(String.init) ?? $0.scalar.flatMap { Int($0) }.map(String.init)
            }
        case .retention, .inactivity:
            words(node, nil, of: item.rawValue) { $0.scalar.flatMap(Section.milliseconds).map { "\($0)ms" } }
        }
    }

    private func words(
        _ node: DocumentNode, _ permitted: [String]?, of name: String, _ word: (DocumentNode) -> String?
    ) -> [String] {
        (node.sequence ?? [node]).compactMap { node in
            guard let value = word(node), permitted?.contains(value) ?? true else {
                findings.addUnknown(
                    "input.unknown-word", node.place, node.scalar ?? node.typeInWords, is: "value of '\(name)'",
                    of: permitted ?? [])
                return nil
            }
            return value
        }
    }
}

extension Need {
    /// Needs have no order of their own; a recording gives them back in this one.
    fileprivate var order: String {
        switch self {
        case .ics(let name, _): "1" + name
        case .policy(let name, _, _): "2" + name
        case .timer(let name): "3" + name.rawValue
        case .room, .left, .stay, .outlasting, .control, .backlog: "4"
        }
    }
}

extension DocumentNode {
    /// A truth value as the word of an option; a quoted word counts, too, as recordings have it.
    func flagWord(on: String, off: String) -> String? {
        guard let scalar else { return nil }
        return DocumentNode(content: .scalar(scalar, plain: true)).bool.map { $0 ? on : off }
    }
}
