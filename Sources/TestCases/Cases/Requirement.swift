public import Diagnostics

/// The stable name of a requirement, such as `CPM-CONV-058a`.
public struct RequirementID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { self.rawValue = value }
    public var description: String { rawValue }
    public static func < (a: RequirementID, b: RequirementID) -> Bool { a.rawValue < b.rawValue }
}

/// Which side of the interface a requirement, a case or an implementation is about.
public enum ImplementationRole: String, Sendable, Hashable, CaseIterable {
    case enabler
    case client
}

/// How strongly a requirement binds.
public enum RequirementLevel: String, Sendable, Hashable, CaseIterable {
    case shall
    case may
}

/// Why a check may hold something against an implementation; reports show it so that a vendor knows the text it failed.
public enum RequirementBasis: String, Sendable, Hashable, CaseIterable {
    /// The normative sentence itself.
    case clause
    /// A note to it.
    case note
    /// The reason for change of the change request.
    case reasonForChange = "reason-for-change"
    /// A cited RFC.
    case rfc
    /// The project's choice of carriage, see the binding profile.
    case binding
    /// The project's interpretation.
    case reading
}

/// One separately checkable part of a requirement.
public struct RequirementStatement: Sendable, Hashable {
    /// Unique inside its requirement, such as `final-list`.
    public var id: String
    /// The project's own words.
    public var text: String
    public var basis: RequirementBasis
    /// In which cases it is seen; nil where none looks at it.
    public var seenIn: StatementPattern?
    /// Why no case looks at it; nil where cases do.
    public var untested: String?
    public var place: SourcePlace?
}

/// One requirement in the project's own words.
public struct Requirement: Sendable, Hashable {
    public var id: RequirementID
    public var role: ImplementationRole
    public var level: RequirementLevel
    /// A paraphrase; the catalogue copies no sentence of the source.
    public var text: String
    /// When it applies, in words; empty when always.
    public var conditions: [String]
    public var statements: [RequirementStatement]
    /// The ICS option by which a MAY is claimed; nil for what everybody must do.
    public var claimedBy: String?
    /// Values of policy items under which nothing is owed.
    public var unlessPolicy: [PolicyItem: String] = [:]
    public var place: SourcePlace?
}

/// All requirements the project knows, as `Suites/requirements.yaml` lists them.
public struct RequirementCatalogue: Sendable, Hashable {
    /// What the requirements are taken from.
    public var source: String
    /// In the order of the file.
    public var requirements: [Requirement]

    public init(source: String = "", requirements: [Requirement] = []) {
        self.source = source
        self.requirements = requirements
    }

    /// A catalogue that knows no more than the names, for judging where the suites are not at hand.
    public init(naming ids: [RequirementID], role: ImplementationRole) {
        self.init(
            requirements: ids.map {
                Requirement(
                    id: $0, role: role, level: .shall, text: "", conditions: [], statements: [], claimedBy: nil)
            })
    }

    public subscript(id: RequirementID) -> Requirement? { requirements.first { $0.id == id } }
}
