public import TestCases

/// What one description claims, and how far the cases that apply to it were asked for: from this a run knows what it
/// owes a verdict on.
public struct ClaimedScope: Sendable {
    /// The provider profile; empty for the default one and for an implementation of somebody's own.
    public var name = ""
    public var description: ImplementationDescription
    /// The cases that were to be played.
    public var planned: [TestCase]
    /// Cases that apply and that nobody asked for.
    public var filteredOut: [TestCase]
    /// False where nobody knows whether all cases that apply are there, as when recordings are judged again.
    public var isWhole: Bool

    public init(
        description: ImplementationDescription, planned: [TestCase], filteredOut: [TestCase] = [], isWhole: Bool
    ) {
        self.description = description
        self.planned = planned
        self.filteredOut = filteredOut
        self.isWhole = isWhole
    }

    /// Words behind a reason that hold for this scope only.
    var suffix: String { name.isEmpty ? "" : " (profile \(name))" }
}

extension Requirement {
    /// Why a description does not owe the requirement anything, in one sentence; nil when it is claimed.
    public func reasonNotClaimed(by description: ImplementationDescription) -> String? {
        if role != description.role {
            return "it is about the \(role.rawValue), and the implementation under test is the \(description.role.rawValue)"
        }
        if let option = claimedBy.flatMap(ICSOption.init), !description.ics.claims(option) {
            let how = description.ics.isStated(option) ? "is" : "is not stated and taken as"
            return "the ICS option '\(option.rawValue)' \(how) \(description.ics[option])"
        }
        for (item, value) in unlessPolicy.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where description.policy[item] == value {
            return "the policy item '\(item.rawValue)' is \(value)"
        }
        return nil
    }
}
