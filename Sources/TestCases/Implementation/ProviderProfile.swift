public import Diagnostics

/// A way in which a provider sets the embedded reference enabler: what its policy is, and what it then claims.
///
/// The description of the enabler and its settings are both made from this, so that they cannot say different things.
public struct ProviderProfile: Sendable, Hashable {
    /// The name of the profile that is played when none is asked for.
    public static let standardName = "default"

    /// The name, small letters, digits and single hyphens: it becomes part of file names.
    public var name: String
    /// One sentence for lists.
    public var summary: String
    /// What is claimed otherwise than by default: the embedded enabler claims everything.
    public var ics: ICS
    /// What the policy says otherwise.
    public var policy: Policy
    /// Times that the enabler is set to otherwise, in milliseconds.
    public var timers: [TimerName: Int64]
    /// The most messages that one step may send; nil for few, so that a run is short.
    public var longestBacklog: Int?
    /// Where it is written; nil for the standard one.
    public var place: SourcePlace?

    public init(
        name: String, summary: String, ics: ICS = ICS(), policy: Policy = Policy(), timers: [TimerName: Int64] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.ics = ics
        self.policy = policy
        self.timers = timers
        place = nil
    }

    /// Everything is stored and delivered.
    public static let standard = ProviderProfile(
        name: standardName, summary: "everything is stored and delivered, intermediate lists included")

    public var isStandard: Bool { name == Self.standardName }
}

extension ProviderProfile {
    /// Changes a description of the embedded enabler that says everything by default.
    func apply(to description: inout ImplementationDescription) {
        for option in ICSOption.allCases where ics.isStated(option) { description.ics[option] = ics[option] }
        description.policy.merge(policy)
        for (name, value) in timers { description.ixit.timers[name] = value }
        description.ixit.longestBacklog = longestBacklog ?? 100
    }
}

extension TestCase {
    /// The case as it is called where it is played under a profile that is not the default one.
    public func named(after profile: ProviderProfile) -> TestCase {
        var named = self
        named.id += "@\(profile.name)"
        return named
    }
}

extension Policy {
    /// Takes over what another states.
    mutating func merge(_ other: Policy) {
        storage = other.storage ?? storage
        retention = other.retention ?? retention
        maximum = other.maximum ?? maximum
        keeps = other.keeps ?? keeps
        intermediateLists = other.intermediateLists ?? intermediateLists
        endsWhenMembersBelow = other.endsWhenMembersBelow ?? endsWhenMembersBelow
        inactivity = other.inactivity ?? inactivity
    }
}
