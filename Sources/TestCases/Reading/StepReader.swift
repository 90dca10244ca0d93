internal import Diagnostics

/// Reads steps and resolves participants and groups; knows the labels for the expectations afterwards.
struct StepReader {
    static let standardGroup = "group"
    /// The largest message a case may ask for, in bytes.
    static let maximumSize = 10_000_000

    /// The most messages that one step may send.
    static let maximumCount = 2_000

    let actors: [ActorRole]
    let role: ImplementationRole
    let findings: Findings
    /// The groups of the case, known before the first step is read.
    private(set) var groups: [String] = []
    /// The labels read so far, also those of messages that have a mistake.
    private var labels: Set<String> = []

    init(actors: [ActorRole], role: ImplementationRole = .enabler, findings: Findings) {
        self.actors = actors
        self.role = role
        self.findings = findings
    }

    mutating func steps(_ nodes: [DocumentNode]) -> [TestStep] {
        for node in nodes {
            guard let making = node["create"] ?? (role == .client ? node["invite"] : nil) else { continue }
            let group = making["group"]?.scalar ?? Self.standardGroup
            // A client is called to a group as often as there is something to deliver.
            if role == .enabler || !groups.contains(group) { groups.append(group) }
        }
        return nodes.compactMap { role == .client ? clientStep($0) : step($0) }
    }

    private mutating func step(_ node: DocumentNode) -> TestStep? {
        guard let entry = onlyEntry(node, "write '- return: carol' or '- send: { by: alice, as: m1, text: \"one\" }'") else {
            return nil
        }
        guard let word = StepWord(rawValue: entry.key) else {
            findings.addUnknown(
                "case.unknown-step", entry.keyPlace, entry.key, is: "step", of: StepWord.allCases.map(\.rawValue))
            return nil
        }
        guard let kind = kind(word, entry.value) else { return nil }
        return TestStep(kind, place: entry.keyPlace)
    }

    /// The one word of a step, with what belongs to it.
    func onlyEntry(_ node: DocumentNode, _ instead: String) -> DocumentNode.Entry? {
        if let entries = node.mapping, entries.count == 1 { return entries[0] }
        findings.add(
            "case.step-shape", node.place, "a step is one word with what belongs to it, not \(node.typeInWords)", instead)
        return nil
    }

    private mutating func kind(_ word: StepWord, _ node: DocumentNode) -> StepKind? {
        switch word {
        case .create: return create(node)
        case .send: return send(node)
        case .compose: return who(node, word, group: true, key: "by").map { .compose(by: $0.who, group: $0.group) }
        case .report: return report(node)
        case .add: return add(node)
        case .end: return end(node)
        case .outlast: return findings.word(node, OutlastedTime.self, is: "time of the policy").map(StepKind.outlast)
        case .reboot: return findings.word(node, RebootedParty.self, is: "thing to stop and start").map(StepKind.reboot)
        case .away: return away(node)
        case .noticed: return who(node, word, group: false).map { .noticed($0.who) }
        case .return: return comesBack(node)
        case .restart: return restart(node)
        case .boot: return boot(node)
        case .leave: return who(node, word, group: true).map { .leave(who: $0.who, group: $0.group) }
        case .rejoin: return who(node, word, group: true).map { .rejoin(who: $0.who, group: $0.group) }
        case .subscribe: return who(node, word, group: true).map { .subscribe(who: $0.who, group: $0.group) }
        }
    }

    private func create(_ node: DocumentNode) -> StepKind? {
        guard
            let section = Section(
                node, "a 'create' step", keys: ["group", "by", "invite", "subject"], required: ["by", "invite"],
                findings: findings)
        else { return nil }
        let by = actor(section, "by")
        let invited = (section.list("invite") ?? []).compactMap { actor($0) }
        guard let group = newGroup(section), let by else { return nil }
        return .create(group: group, by: by, invite: invited, subject: section.string("subject"))
    }

    /// The name of a group that the step makes.
    func newGroup(_ section: Section) -> String? {
        let group = section.string("group") ?? Self.standardGroup
        if MatrixExpansion.isSlug(group) { return group }
        findings.add(
            "case.group-name", section.place("group"), "'\(escapedPeerText(group))' cannot be the name of a group",
            "use small letters, digits and single hyphens")
        return nil
    }

    private mutating func send(_ node: DocumentNode) -> StepKind? {
        guard
            let section = Section(
                node, "a 'send' step",
                keys: ["by", "as", "group", "text", "sample", "size", "content-type", "asks-for", "concurrent", "count"],
                required: ["by", "as"], findings: findings)
        else { return nil }
        let by = actor(section, "by")
        let group = group(section)
        let content = content(section)
        let label = label(section)
        let asked = asked(section)
        let type = contentType(section)
        guard let by, let group, let content, let label else { return nil }
        var step = SendStep(by: by, label: label, group: group, content: content, dispositions: asked)
        step.contentType = type
        step.concurrent = section.bool("concurrent") ?? false
        step.count = section.int("count", in: 1...Self.maximumCount) ?? 1
        if step.count > 1, !asked.isEmpty || step.concurrent {
            findings.add(
                "case.counted-send", section.place("count"), "messages that are counted cannot ask for anything, nor be concurrent",
                "send those by themselves")
            return nil
        }
        return .send(step)
    }

    /// What the sender asks to be told about.
    func asked(_ section: Section) -> Set<DispositionStatus> {
        Set((section.list("asks-for") ?? []).compactMap { findings.word($0, DispositionStatus.self, is: "disposition") })
    }

    func contentType(_ section: Section) -> String {
        let type = section.string("content-type") ?? SendStep.plainText
        if type.split(separator: "/", omittingEmptySubsequences: false).count != 2 {
            findings.add(
                "case.content-type", section.place("content-type"), "'\(escapedPeerText(type))' is no content type",
                "write type/subtype, such as text/plain")
        }
        return type
    }

    mutating func label(_ section: Section) -> String? {
        guard let label = section.string("as") else { return nil }
        guard MatrixExpansion.isSlug(label) else {
            findings.add(
                "case.label", section.place("as"), "'\(escapedPeerText(label))' cannot be the label of a message",
                "use small letters, digits and single hyphens")
            return nil
        }
        guard labels.insert(label).inserted else {
            findings.add(
                "case.duplicate-label", section.place("as"), "the label '\(label)' is already that of another message",
                "give each message a label of its own")
            return nil
        }
        return label
    }

    func content(_ section: Section) -> SendContent? {
        let given = ["text", "sample", "size"].filter { section.present.contains($0) }
        guard given.count == 1 else {
            findings.add(
                "case.send-content", section.node.place,
                given.isEmpty ? "the message has no content" : "the message has more than one content",
                "write one of text, sample and size")
            return nil
        }
        switch given[0] {
        case "text": return section.string("text").map(SendContent.text)
        case "sample": return section.word("sample", SampleText.self, is: "sample").map(SendContent.sample)
        default: return section.int("size", in: 1...Self.maximumSize).map(SendContent.size)
        }
    }

    private func report(_ node: DocumentNode) -> StepKind? {
        let keys = ["by", "message", "status"]
        guard let section = Section(node, "a 'report' step", keys: keys, required: keys, findings: findings) else {
            return nil
        }
        let by = actor(section, "by")
        let message = section["message"].flatMap { self.message($0) }
        let status = section.word("status", DispositionStatus.self, is: "disposition")
        guard let by, let message, let status else { return nil }
        return .report(by: by, message: message, status: status)
    }

    private func add(_ node: DocumentNode) -> StepKind? {
        guard
            let section = Section(
                node, "an 'add' step", keys: ["by", "who", "group"], required: ["by", "who"], findings: findings)
        else { return nil }
        let (by, who, group) = (actor(section, "by"), actor(section, "who"), group(section))
        guard let by, let who, let group else { return nil }
        return .add(by: by, who: who, group: group)
    }

    /// `away: carol`, or with `waits: false`.
    private func away(_ node: DocumentNode) -> StepKind? {
        if node.scalar != nil { return actor(node).map(StepKind.away) }
        guard
            let section = Section(node, "an 'away' step", keys: ["who", "waits"], required: ["who"], findings: findings)
        else { return nil }
        let who = actor(section, "who")
        let waits = section.bool("waits")
        if section["waits"] != nil, waits == nil { return nil }
        return who.map { waits == false ? .awayUnnoticed($0) : .away($0) }
    }

    /// `return: carol`, or with what is special about it.
    private func comesBack(_ node: DocumentNode) -> StepKind? {
        if node.scalar != nil { return actor(node).map(StepKind.return) }
        guard
            let section = Section(
                node, "a 'return' step", keys: ["who", "with", "breaks-after", "how"], required: ["who"], findings: findings)
        else { return nil }
        let who = actor(section, "who")
        let device = section.word("with", ReturningDevice.self, is: "device to return with")
        let broken = section.int("breaks-after", in: 1...Self.maximumCount)
        let how = section.word("how", BreakManner.self, is: "manner to break off")
        if section["how"] != nil, section["breaks-after"] == nil {
            findings.add(
                "case.return-shape", section.place("how"), "'how' says how a return breaks off, and nothing does here",
                "write 'breaks-after' too")
            return nil
        }
        if section["with"] != nil, section["breaks-after"] != nil {
            findings.add(
                "case.return-shape", section.place("breaks-after"), "a return is with another device or broken off, not both",
                "write two steps")
            return nil
        }
        if section["with"] != nil, device == nil { return nil }
        if section["breaks-after"] != nil, broken == nil { return nil }
        if section["how"] != nil, how == nil { return nil }
        guard let who else { return nil }
        if device != nil { return .returnElsewhere(who) }
        return broken.map { .returnBroken(who, after: $0, how: how ?? .afterSilence) } ?? .return(who)
    }

    private func restart(_ node: DocumentNode) -> StepKind? {
        guard
            let section = Section(
                node, "a 'restart' step", keys: ["group", "by", "invite"], required: ["by", "invite"], findings: findings)
        else { return nil }
        let (by, group) = (actor(section, "by"), group(section))
        let invited = (section.list("invite") ?? []).compactMap { actor($0) }
        guard let by, let group else { return nil }
        return .restart(group: group, by: by, invite: invited)
    }

    private func boot(_ node: DocumentNode) -> StepKind? {
        guard
            let section = Section(
                node, "a 'boot' step", keys: ["by", "who", "group"], required: ["by", "who"], findings: findings)
        else { return nil }
        let (by, who, group) = (actor(section, "by"), actor(section, "who"), group(section))
        guard let by, let who, let group else { return nil }
        return .boot(by: by, who: who, group: group)
    }

    private func end(_ node: DocumentNode) -> StepKind? {
        if node.scalar != nil {
            guard let how = findings.word(node, SessionEnding.self, is: "way to end a session"),
                let group = onlyGroup(node.place)
            else { return nil }
            return .end(group: group, how: how)
        }
        guard
            let section = Section(
                node, "an 'end' step", keys: ["group", "how"], required: ["how"], findings: findings)
        else { return nil }
        let (group, how) = (group(section), section.word("how", SessionEnding.self, is: "way to end a session"))
        guard let group, let how else { return nil }
        return .end(group: group, how: how)
    }

    /// `word: carol`, or `word: { who: carol, group: team }`.
    private func who(
        _ node: DocumentNode, _ word: StepWord, group: Bool, key: String = "who"
    ) -> (who: ActorName, group: String)? {
        if node.scalar != nil {
            guard let who = actor(node) else { return nil }
            if !group { return (who, "") }
            return onlyGroup(node.place).map { (who, $0) }
        }
        guard
            let section = Section(
                node, "a '\(word.rawValue)' step", keys: group ? [key, "group"] : [key], required: [key],
                findings: findings)
        else { return nil }
        let who = actor(section, key)
        let name = group ? self.group(section) : ""
        guard let who, let name else { return nil }
        return (who, name)
    }
}

/// The device with which a user comes back, where it is not its own.
enum ReturningDevice: String, CaseIterable {
    case another = "another-device"
}

// MARK: - References

extension StepReader {
    func actor(_ section: Section, _ key: String) -> ActorName? { section[key].flatMap { actor($0) } }

    func actor(_ node: DocumentNode) -> ActorName? { actor(node.scalar, node) }

    func actor(_ name: String?, _ node: DocumentNode) -> ActorName? {
        guard let name else {
            findings.add("input.wrong-type", node.place, "a participant must be a name, not \(node.typeInWords)")
            return nil
        }
        guard actors.contains(where: { $0.name == name }) else {
            findings.addUnknown(
                "case.unknown-actor", node.place, name, is: "actor of this case", of: actors.map(\.name))
            return nil
        }
        return name
    }

    /// The named group, or the only one.
    func group(_ section: Section) -> String? {
        guard let name = section.string("group") else { return onlyGroup(section.node.place) }
        guard groups.contains(name) else {
            findings.addUnknown(
                "case.unknown-group", section.place("group"), name, is: "group of this case", of: groups)
            return nil
        }
        return name
    }

    func onlyGroup(_ place: SourcePlace?) -> String? {
        if groups.count == 1 { return groups[0] }
        if groups.isEmpty {
            findings.add(
                "case.no-group", place, "no step creates a group", "begin with '- create: { by: …, invite: […] }'")
        } else {
            findings.add(
                "case.group-ambiguous", place, "the case has several groups",
                "say which: 'group: \(groups.joined(separator: "' or 'group: "))'")
        }
        return nil
    }

    /// A label of a message that is sent before.
    func message(_ node: DocumentNode) -> String? {
        guard let label = node.scalar else {
            findings.add("input.wrong-type", node.place, "a message must be a label, not \(node.typeInWords)")
            return nil
        }
        guard labels.contains(label) else {
            // Labels are so short that the nearest is as good as any: all are named.
            findings.add(
                "case.unknown-label", node.place,
                "'\(escapedPeerText(label, limit: 60))' is no label of a message sent before",
                labels.isEmpty ? nil : "write one of \(labels.sorted().prefix(20).joined(separator: ", "))")
            return nil
        }
        return label
    }
}
