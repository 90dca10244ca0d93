public import Diagnostics
public import Recordings

/// A product by name and version.
public struct ImplementationParty: Sendable, Hashable {
    public var name: String
    public var version: String

    public init(name: String, version: String = "") {
        self.name = name
        self.version = version
    }

    var json: JSONValue { ["name": .string(name), "version": .string(version)] }

    init(json: JSONValue) {
        self.init(name: json["name"]?.string ?? "", version: json["version"]?.string ?? "")
    }
}

/// Where the harness stands.
public enum PointOfControl: String, Sendable, Hashable, CaseIterable {
    /// Where clients are, against a complete system.
    case gm
}

/// All that is known of the implementation under test: what it is, claims and is set to, and how to reach it.
public struct ImplementationDescription: Sendable, Hashable {
    /// What is judged.
    public var iut: ImplementationParty
    /// The system it stands in; nil when it is the whole.
    public var sut: ImplementationParty?
    public var role: ImplementationRole
    public var control: PointOfControl
    public var ics: ICS
    public var policy: Policy
    public var ixit: IXIT
    /// Keys of the binding profile that differ for this implementation.
    public var binding: [BindingKey: String]
    /// Where it is written; nil for the embedded one.
    public var place: SourcePlace?
    /// Where `ixit.address` is written, or `ixit.listen` of a client.
    public var addressPlace: SourcePlace?
    /// Where `ixit.upper-tester` is written.
    public var testerPlace: SourcePlace?
    /// Where `ixit.users` is written.
    public var usersPlace: SourcePlace?

    public init(iut: ImplementationParty, role: ImplementationRole, ixit: IXIT) {
        self.iut = iut
        self.sut = nil
        self.role = role
        self.control = .gm
        self.ics = ICS()
        self.policy = Policy()
        self.ixit = ixit
        self.binding = [:]
        self.place = nil
        self.addressPlace = nil
        self.testerPlace = nil
        self.usersPlace = nil
    }

    /// What goes into a recording: everything but passwords, commands and files.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "iut": iut.json, "role": .string(role.rawValue), "control": .string(control.rawValue), "ics": ics.json,
            "policy": policy.json, "ixit": ixit.json,
        ]
        members["sut"] = sut?.json
        members["binding"] = .object(
            Dictionary(uniqueKeysWithValues: binding.map { ($0.key.rawValue, JSONValue.string($0.value)) }))
        return .object(members)
    }

    /// Reads what `json` wrote; what is missing is empty or standard.
    public init(json: JSONValue) {
        self.init(
            iut: ImplementationParty(json: json["iut"] ?? .null),
            role: json["role"]?.string.flatMap(ImplementationRole.init) ?? .enabler,
            ixit: IXIT(json: json["ixit"] ?? .null))
        sut = json["sut"].map(ImplementationParty.init(json:))
        control = json["control"]?.string.flatMap(PointOfControl.init) ?? .gm
        ics = ICS(json: json["ics"] ?? .null)
        policy = Policy(json: json["policy"] ?? .null)
        for key in BindingKey.allCases { binding[key] = json["binding"]?[key.rawValue]?.string }
    }
}
