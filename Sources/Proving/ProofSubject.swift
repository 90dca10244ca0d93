public import ClientReference
public import EnablerReference
public import Playing
public import TestCases

/// What the suite is proved against: a reference, as it is or made to differ in one thing.
public enum ProofSubject: Sendable, Hashable {
    /// The enabler, in which nothing differs; every case must pass.
    case conformant
    /// Must be caught.
    case defect(Defect)
    /// Must not be flagged.
    case variation(Variation)
    /// Must not be flagged.
    case condition(RunCondition)
    /// The client, in which nothing differs; every case must pass.
    case conformantClient
    /// Must be caught.
    case clientDefect(ClientDefect)
    /// Must not be flagged.
    case clientVariation(ClientVariation)

    /// What stands before the names of subjects that are clients: the two references may have defects of one name.
    public static let clientPrefix = "client/"

    /// Stable, and unique among all subjects.
    public var name: String {
        switch self {
        case .conformant: "conformant"
        case .defect(let defect): defect.rawValue
        case .variation(let variation): variation.rawValue
        case .condition(let condition): condition.rawValue
        case .conformantClient: Self.clientPrefix + "conformant"
        case .clientDefect(let defect): Self.clientPrefix + defect.rawValue
        case .clientVariation(let variation): Self.clientPrefix + variation.rawValue
        }
    }

    /// What differs, as one clause.
    public var summary: String {
        switch self {
        case .conformant: "the reference enabler as it is"
        case .defect(let defect): defect.summary
        case .variation(let variation): variation.summary
        case .condition(let condition): condition.summary
        case .conformantClient: "the reference client as it is"
        case .clientDefect(let defect): defect.summary
        case .clientVariation(let variation): variation.summary
        }
    }

    /// `conformant`, `defect`, `variation` or `condition`.
    public var kind: String {
        switch self {
        case .conformant, .conformantClient: "conformant"
        case .defect, .clientDefect: "defect"
        case .variation, .clientVariation: "variation"
        case .condition: "condition"
        }
    }

    /// What must fail; nil for what must not be flagged.
    public var fault: DeclaredFault? {
        switch self {
        case .defect(let defect): DeclaredFault(check: defect.check, requirements: defect.requirements)
        case .clientDefect(let defect): DeclaredFault(check: defect.check, requirements: defect.requirements)
        case .conformant, .variation, .condition, .conformantClient, .clientVariation: nil
        }
    }

    /// The clause that allows what differs; nil for what is not a legal difference.
    public var allowedBy: String? {
        switch self {
        case .variation(let variation): variation.allowedBy
        case .condition(let condition): condition.allowedBy
        case .clientVariation(let variation): variation.allowedBy
        case .conformant, .defect, .conformantClient, .clientDefect: nil
        }
    }

    /// Which side it is, and so which cases it is played against.
    public var role: ImplementationRole {
        switch self {
        case .conformant, .defect, .variation, .condition: .enabler
        case .conformantClient, .clientDefect, .clientVariation: .client
        }
    }

    public var isConformant: Bool { self == .conformant || self == .conformantClient }

    /// What differs in nothing from what a case of a role is about.
    public static func conformant(_ role: ImplementationRole) -> ProofSubject {
        role == .client ? .conformantClient : .conformant
    }

    /// The reference with this difference, an enabler set as a provider has it, to be played against.
    public func implementation(under profile: ProviderProfile) -> any ImplementationUnderTest {
        switch self {
        case .conformant: EmbeddedEnabler(profile: profile)
        case .defect(let defect): EmbeddedEnabler(defects: [defect], profile: profile)
        case .variation(let variation): EmbeddedEnabler(variations: [variation], profile: profile)
        case .condition(let condition): EmbeddedEnabler(conditions: [condition], profile: profile)
        case .conformantClient: EmbeddedClient()
        case .clientDefect(let defect): EmbeddedClient(defects: [defect])
        case .clientVariation(let variation): EmbeddedClient(variations: [variation])
        }
    }

    /// Everything that the suite is proved against, in the order of the matrix.
    public static var all: [ProofSubject] { enablers + clients }

    private static var enablers: [ProofSubject] {
        [.conformant] + Defect.allCases.map(ProofSubject.defect) + Variation.allCases.map(ProofSubject.variation)
            + RunCondition.allCases.map(ProofSubject.condition)
    }

    private static var clients: [ProofSubject] {
        [.conformantClient] + ClientDefect.allCases.map(ProofSubject.clientDefect)
            + ClientVariation.allCases.map(ProofSubject.clientVariation)
    }

    /// All of one kind, such as `defect`.
    public static func all(_ kind: String) -> [ProofSubject] { all.filter { $0.kind == kind } }
}

/// What a defect is caught by.
public struct DeclaredFault: Sendable, Hashable {
    /// The check that must fail.
    public var check: String
    /// The requirements that it may fail, and no other.
    public var requirements: [String]
}
