internal import Diagnostics

/// Reads the requirement catalogue and the binding profile.
struct CatalogueReader {
    let findings: Findings

    // MARK: - Requirements

    func catalogue(_ node: DocumentNode) -> RequirementCatalogue? {
        let keys = ["catalogue", "source", "requirements"]
        guard let section = Section(node, "the catalogue", keys: keys, required: keys, findings: findings) else {
            return nil
        }
        let requirements = (section.list("requirements") ?? []).compactMap(requirement)
        var seen: Set<RequirementID> = []
        for requirement in requirements where !seen.insert(requirement.id).inserted {
            findings.add(
                "catalogue.duplicate-id", requirement.place, "\(requirement.id) is listed twice", "keep one of them")
        }
        return RequirementCatalogue(source: section.string("source") ?? "", requirements: requirements)
    }

    private func requirement(_ node: DocumentNode) -> Requirement? {
        guard
            let section = Section(
                node, "a requirement",
                keys: ["id", "role", "level", "text", "conditions", "statements", "claimed-by", "unless-policy"],
                required: ["id", "role", "level", "text", "statements"], findings: findings)
        else { return nil }
        let role = section.word("role", ImplementationRole.self, is: "role")
        let level = section.word("level", RequirementLevel.self, is: "level")
        let statements = (section.list("statements") ?? []).compactMap(statement)
        let option = section.word("claimed-by", ICSOption.self, is: "ICS option")
        guard let id = section.string("id"), let role, let level, let text = section.string("text") else { return nil }
        if level == .may, option == nil {
            findings.add(
                "catalogue.unclaimable", node.place, "\(id) is a MAY that nobody can claim",
                "add 'claimed-by: ICS option'")
        }
        var requirement = Requirement(
            id: RequirementID(id), role: role, level: level, text: text,
            conditions: section.strings("conditions") ?? [],
            statements: statements, claimedBy: option?.rawValue, place: section.place("id"))
        for need in section["unless-policy"].map(NeedsReader(findings: findings).policies) ?? [] {
            if case .policy(let name, let values, _) = need, let item = PolicyItem(rawValue: name) {
                requirement.unlessPolicy[item] = values.first
            }
        }
        return requirement
    }

    private func statement(_ node: DocumentNode) -> RequirementStatement? {
        let keys = ["id", "text", "basis"]
        guard
            let section = Section(
                node, "a statement", keys: keys + ["seen-in", "untested"], required: keys, findings: findings),
            let id = section.string("id"), let text = section.string("text"),
            let basis = section.word("basis", RequirementBasis.self, is: "basis")
        else { return nil }
        if section.present.contains("seen-in"), section.present.contains("untested") {
            findings.add(
                "catalogue.both", section.place("untested"), "'\(id)' is said to be seen in cases, and to be untested",
                "keep one of them")
        }
        return RequirementStatement(
            id: id, text: text, basis: basis, seenIn: section["seen-in"].flatMap(pattern),
            untested: section.string("untested"), place: section.place("id"))
    }

    private func pattern(_ node: DocumentNode) -> StatementPattern? {
        let keys = ["expects", "absence", "steps", "calls", "sends", "return", "policy", "ics"]
        guard let section = Section(node, "'seen-in'", keys: keys, findings: findings) else { return nil }
        var pattern = StatementPattern()
        pattern.expects = words(section, "expects", SeenExpectation.self, is: "expectation")
        pattern.absences = absences(section, "absence")
        pattern.steps = Set(
            words(section, "steps", AnyStepWord.self, is: "step").map(\.rawValue))
        pattern.calls = words(section, "calls", InviteStep.Form.self, is: "form of a call")
        pattern.sends = words(section, "sends", SentTrait.self, is: "trait of a message")
        pattern.returns = words(section, "return", ReturnCircumstance.self, is: "circumstance of a return")
        pattern.policy = words(section, "policy", PolicyItem.self, is: "policy item")
        pattern.ics = words(section, "ics", ICSOption.self, is: "ICS option")
        return pattern
    }

    private func words<Word: RawRepresentable & CaseIterable & Hashable>(
        _ section: Section, _ key: String, _ type: Word.Type, is what: String
    ) -> Set<Word> where Word.RawValue == String {
        Set((section.list(key) ?? []).compactMap { findings.word($0, type, is: what) })
    }

    /// Absences by name, or whole classes of them.
    private func absences(_ section: Section, _ key: String) -> Set<Absence> {
        Set(
            (section.list(key) ?? []).flatMap { node -> [Absence] in
                if let all = node.scalar.flatMap(AbsenceClass.init) { return all.members }
                return findings.word(node, Absence.self, is: "absence").map { [$0] } ?? []
            })
    }

    // MARK: - Axes

    func axes(_ node: DocumentNode) -> [LeftOut]? {
        let keys = ["axes", "left-out"]
        guard let section = Section(node, "the axes", keys: keys, required: keys, findings: findings) else { return nil }
        return (section.list("left-out") ?? []).compactMap { node in
            guard
                let section = Section(
                    node, "what is left out", keys: ["absence", "missed", "return", "because"], required: ["because"],
                    findings: findings),
                let reason = section.string("because")
            else { return nil }
            var rule = LeftOut(reason: reason)
            rule.absences = absences(section, "absence")
            rule.missed = words(section, "missed", MissedKind.self, is: "kind of missed thing")
            rule.circumstances = words(section, "return", ReturnCircumstance.self, is: "circumstance of a return")
            rule.place = node.place
            return rule
        }
    }

    // MARK: - Binding profile

    func binding(_ node: DocumentNode) -> (profile: BindingProfile, definitions: [BindingDefinition])? {
        let keys = ["profile", "keys"]
        guard let section = Section(node, "the binding profile", keys: keys, required: keys, findings: findings),
            let name = section.string("profile"), let entries = section["keys"]?.mapping
        else { return nil }
        var profile = BindingProfile(name: name)
        var definitions: [BindingDefinition] = []
        for entry in entries {
            guard let key = BindingKey(rawValue: entry.key) else {
                findings.addUnknown(
                    "binding.unknown-key", entry.keyPlace, entry.key, is: "key of the binding profile",
                    of: BindingKey.allCases.map(\.rawValue))
                continue
            }
            guard let definition = definition(key, entry.value) else { continue }
            profile[key] = definition.standard
            definitions.append(definition)
        }
        for key in BindingKey.allCases where !entries.contains(where: { $0.key == key.rawValue }) {
            findings.add("binding.missing-key", node.place, "the profile has no '\(key.rawValue)'", "add it")
        }
        return (profile, definitions)
    }

    private func definition(_ key: BindingKey, _ node: DocumentNode) -> BindingDefinition? {
        let keys = ["default", "permitted", "settles", "reading"]
        guard
            let section = Section(node, "the key '\(key.rawValue)'", keys: keys, required: keys, findings: findings),
            let standard = section.string("default"), let nodes = section.list("permitted"),
            let settles = section.string("settles"), let reading = section.string("reading")
        else { return nil }
        for node in nodes where !key.permitted.contains(node.scalar ?? "") {
            findings.addUnknown(
                "binding.unknown-value", node.place, node.scalar ?? node.typeInWords,
                is: "value that the judge knows for '\(key.rawValue)'", of: key.permitted)
        }
        let permitted = nodes.compactMap(\.scalar)
        if !permitted.contains(standard) {
            findings.addUnknown(
                "binding.default", section.place("default"), standard, is: "permitted value of '\(key.rawValue)'",
                of: permitted)
        }
        return BindingDefinition(key: key, standard: standard, permitted: permitted, settles: settles, reading: reading)
    }
}
