public import Diagnostics

extension ImplementationDescription {
    /// Reads a description from a file; credentials come from `environment` or from the files it names.
    ///
    /// Throws all mistakes and contradictions at once, each with its place.
    public static func load(
        file: String, environment: [String: String], limits: Limits = Limits()
    ) throws(DiagnosticList) -> ImplementationDescription {
        let findings = Findings()
        let node = YAMLText.read(file: file, limits: limits, findings: findings)
        return try read(node, file, environment, findings)
    }

    /// The same for a text that is known under the name `file`.
    public static func parse(
        _ text: String, file: String, environment: [String: String] = [:], limits: Limits = Limits()
    ) throws(DiagnosticList) -> ImplementationDescription {
        let findings = Findings()
        let node = YAMLText.parse(text, file: file, limits: limits, findings: findings)
        return try read(node, file, environment, findings)
    }

    private static func read(
        _ node: DocumentNode?, _ file: String, _ environment: [String: String], _ findings: Findings
    ) throws(DiagnosticList) -> ImplementationDescription {
        let reader = ImplementationReader(file: file, environment: environment, findings: findings)
        guard let description = node.flatMap(reader.read), findings.all.isEmpty else {
            throw DiagnosticList(findings.sorted)
        }
        return description
    }
}

/// Reads the description of an implementation under test.
struct ImplementationReader {
    let file: String
    let environment: [String: String]
    let findings: Findings

    func read(_ node: DocumentNode) -> ImplementationDescription? {
        guard
            let section = Section(
                node, "the description",
                keys: ["iut", "sut", "role", "point-of-control", "ics", "policy", "ixit", "binding"],
                required: ["iut", "role", "ixit"], findings: findings)
        else { return nil }
        let iut = section["iut"].flatMap { party($0, "'iut'") }
        let sut = section["sut"].flatMap { party($0, "'sut'") }
        let role = section.word("role", ImplementationRole.self, is: "role")
        let control = section.word("point-of-control", PointOfControl.self, is: "point of control")
        let ixit = section["ixit"].flatMap {
            IXITReader(file: file, environment: environment, findings: findings).read($0)
        }
        let ics = section["ics"].map { self.ics($0, role) } ?? ICS()
        let policy = section["policy"].map(self.policy) ?? Policy()
        let binding = section["binding"].map(self.binding) ?? [:]
        guard let iut, let role, let ixit else { return nil }
        var description = ImplementationDescription(iut: iut, role: role, ixit: ixit)
        description.sut = sut
        description.control = control ?? .gm
        description.ics = ics
        description.policy = policy
        description.binding = binding
        description.place = node.place
        description.addressPlace = section["ixit"]?.keyPlace("address")
        description.usersPlace = section["ixit"]?.keyPlace("users")
        Contradictions(description: description, root: section, findings: findings).check()
        return description
    }

    private func party(_ node: DocumentNode, _ title: String) -> ImplementationParty? {
        guard
            let section = Section(node, title, keys: ["name", "version"], required: ["name"], findings: findings),
            let name = section.string("name")
        else { return nil }
        return ImplementationParty(name: name, version: section.string("version") ?? "")
    }

    private func ics(_ node: DocumentNode, _ role: ImplementationRole?) -> ICS {
        var ics = ICS()
        let keys = ICSOption.allCases.map(\.rawValue)
        guard let section = Section(node, "'ics'", keys: keys, findings: findings) else { return ics }
        for option in ICSOption.allCases where section[option.rawValue] != nil {
            let name = option.rawValue
            if let role, option.role != role {
                findings.add(
                    "iut.other-role", section.place(name),
                    "'\(name)' is an option of the \(option.role.rawValue), and this describes the \(role.rawValue)",
                    "remove it")
            }
            if option.values == .flag {
                if let value = section.bool(name) { ics[option] = value ? "true" : "false" }
            } else if let word = section.string(name) {
                if option.values.all.contains(word) {
                    ics[option] = word
                } else {
                    findings.addUnknown(
                        "input.unknown-word", section.place(name), word, is: "value of '\(name)'", of: option.values.all
                    )
                }
            }
        }
        return ics
    }

    private func policy(_ node: DocumentNode) -> Policy {
        var policy = Policy()
        let keys = PolicyItem.allCases.map(\.rawValue)
        guard let section = Section(node, "'policy'", keys: keys, findings: findings) else { return policy }
        policy.storage = section.bool("storage", words: "on or off")
        policy.retention = section.duration("retention")
        policy.maximum = section.int("maximum", in: 0...1_000_000)
        policy.keeps = section.word("keeps", PolicyKeeps.self, is: "value of 'keeps'")
        policy.intermediateLists = section.bool("intermediate-lists", words: "on or off")
        policy.endsWhenMembersBelow = section.int("ends-when-members-below", in: 0...1000)
        policy.inactivity = section.duration("inactivity")
        return policy
    }

    private func binding(_ node: DocumentNode) -> [BindingKey: String] {
        var binding: [BindingKey: String] = [:]
        let keys = BindingKey.allCases.map(\.rawValue)
        guard let section = Section(node, "'binding'", keys: keys, findings: findings) else { return binding }
        for key in BindingKey.allCases {
            guard let word = section.string(key.rawValue) else { continue }
            guard key.permitted.contains(word) else {
                findings.addUnknown(
                    "input.unknown-word", section.place(key.rawValue), word, is: "value of '\(key.rawValue)'",
                    of: key.permitted)
                continue
            }
            binding[key] = word
        }
        return binding
    }
}

/// Refuses what cannot be true at once, since a verdict would rest on it.
struct Contradictions {
    let description: ImplementationDescription
    let root: Section
    let findings: Findings

    func check() {
        checkPolicy()
        checkTimers()
        let stated = description.ics.isStated(.deliveryTrigger)
        let other = description.binding[.deliveryTrigger]
        if stated, let other, other != description.ics[.deliveryTrigger] {
            add(
                "binding", "delivery-trigger",
                "the ICS says '\(description.ics[.deliveryTrigger])' and the binding '\(other)'", "remove it here")
        }
    }

    private func place(_ part: String, _ key: String) -> SourcePlace? {
        root[part]?.mapping?.first { $0.key == key }?.keyPlace ?? root[part]?.place
    }

    private func add(_ part: String, _ key: String, _ what: String, _ instead: String) {
        findings.add("iut.contradiction", place(part, key), what, instead)
    }

    private func checkPolicy() {
        let policy = description.policy
        if policy.storage == false, policy.intermediateLists == true {
            add(
                "policy", "intermediate-lists", "nothing is stored, and yet intermediate lists are on",
                "write 'intermediate-lists: off'")
        }
        if policy.intermediateLists == true, !description.ics.deliversIntermediateLists {
            add(
                "policy", "intermediate-lists", "intermediate lists are on, and the ICS does not claim them",
                "add 'delivers-intermediate-lists: true' to 'ics', or write 'intermediate-lists: off'")
        }
        if policy.storage != false, policy.retention == 0 {
            add("policy", "retention", "a retention of 0 stores nothing", "write 'storage: off'")
        }
        if policy.storage != false, policy.maximum == 0 {
            add("policy", "maximum", "a maximum of 0 stores nothing", "write 'storage: off'")
        }
        if policy.keeps != nil, policy.maximum == nil {
            add("policy", "keeps", "'keeps' without a 'maximum' says nothing", "add 'maximum', or remove 'keeps'")
        }
    }

    private func checkTimers() {
        let timers = description.ixit.timers
        if timers[.case] <= timers[.longestWait] {
            add(
                "ixit", "timers",
                "the timer 'case' (\(timers[.case]) ms) is not longer than 'longest-wait' (\(timers[.longestWait]) ms)",
                "make 'case' longer")
        }
        if timers[.quiet] >= timers[.longestWait] {
            add(
                "ixit", "timers",
                "the timer 'quiet' (\(timers[.quiet]) ms) is not shorter than 'longest-wait' (\(timers[.longestWait]) ms)",
                "make 'quiet' shorter")
        }
        if let inactivity = description.policy.inactivity, inactivity > timers[.inactivity] {
            add(
                "policy", "inactivity",
                "the policy ends a session after \(inactivity) ms, and the timer 'inactivity' waits only \(timers[.inactivity]) ms",
                "set 'inactivity' under 'ixit: timers:' to at least the same time")
        }
        if let inactivity = description.policy.inactivity, timers[.quiet] >= inactivity {
            add(
                "ixit", "timers",
                "the timer 'quiet' (\(timers[.quiet]) ms) is not shorter than the policy's 'inactivity' (\(inactivity) ms): "
                    + "sessions would end while the harness waits",
                "make 'quiet' shorter")
        }
        let control = description.ixit.control
        if (control.stop == nil) != (control.start == nil) {
            add("ixit", "control", "there is a command for one of 'stop' and 'start' only", "give both, or 'restart'")
        }
    }
}
