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
            IXITReader(file: file, environment: environment, findings: findings).read($0, role)
        }
        let claims = ClaimsReader(findings: findings)
        let ics = section["ics"].map { claims.ics($0, role) } ?? ICS()
        let policy = section["policy"].map(claims.policy) ?? Policy()
        if role == .client, section["policy"] != nil {
            findings.add(
                "iut.other-role", section.node.keyPlace("policy"),
                "'policy' says what an enabler's deployment is set to, and this describes a client", "remove it")
        }
        let binding = section["binding"].map(self.binding) ?? [:]
        guard let iut, let role, let ixit else { return nil }
        var description = ImplementationDescription(iut: iut, role: role, ixit: ixit)
        description.sut = sut
        description.control = control ?? .gm
        description.ics = ics
        description.policy = policy
        description.binding = binding
        description.place = node.place
        description.addressPlace = section["ixit"]?.keyPlace(role == .client ? "listen" : "address")
        description.testerPlace = section["ixit"]?.keyPlace("upper-tester")
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
