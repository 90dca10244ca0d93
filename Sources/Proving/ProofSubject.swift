public import EnablerReference
public import TestCases

/// What the suite is proved against: the reference enabler, as it is or made to differ in one thing.
public enum ProofSubject: Sendable, Hashable {
    /// Nothing differs; every case must pass.
    case conformant
    /// Must be caught.
    case defect(Defect)
    /// Must not be flagged.
    case variation(Variation)
    /// Must not be flagged.
    case condition(RunCondition)

    /// Stable, and unique among all subjects.
    public var name: String {
        switch self {
        case .conformant: "conformant"
        case .defect(let defect): defect.rawValue
        case .variation(let variation): variation.rawValue
        case .condition(let condition): condition.rawValue
        }
    }

    /// What differs, as one clause.
    public var summary: String {
        switch self {
        case .conformant: "the reference enabler as it is"
        case .defect(let defect): defect.summary
        case .variation(let variation): variation.summary
        case .condition(let condition): condition.summary
        }
    }

    /// `conformant`, `defect`, `variation` or `condition`.
    public var kind: String {
        switch self {
        case .conformant: "conformant"
        case .defect: "defect"
        case .variation: "variation"
        case .condition: "condition"
        }
    }

    /// The enabler with this difference, set as a provider has it, to be played against.
    public func implementation(under profile: ProviderProfile) -> EmbeddedEnabler {
        switch self {
        case .conformant: EmbeddedEnabler(profile: profile)
        case .defect(let defect): EmbeddedEnabler(defects: [defect], profile: profile)
        case .variation(let variation): EmbeddedEnabler(variations: [variation], profile: profile)
        case .condition(let condition): EmbeddedEnabler(conditions: [condition], profile: profile)
        }
    }
}
