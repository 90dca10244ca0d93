public import Diagnostics

/// Everything that a run needs to know from the suites.
public struct LoadedSuites: Sendable {
    /// All cases with their matrix rows filled in, file by file in the order of the names.
    public var cases: [TestCase]
    public var catalogue: RequirementCatalogue
    /// The profile with every key at its default.
    public var binding: BindingProfile
    /// What the keys of the profile mean.
    public var bindingDefinitions: [BindingDefinition]
    /// Why some points of the three axes have no case.
    public var leftOut: [LeftOut] = []
    /// The provider profiles of the embedded enabler, the default one first.
    public var profiles: [ProviderProfile] = [.standard]

    public init(
        cases: [TestCase], catalogue: RequirementCatalogue, binding: BindingProfile = .standard,
        bindingDefinitions: [BindingDefinition] = []
    ) {
        self.cases = cases
        self.catalogue = catalogue
        self.binding = binding
        self.bindingDefinitions = bindingDefinitions
    }
}

extension LoadedSuites {
    /// Says that a description has too few users for a case that applies to it, which could never be played; nil when
    /// there are enough.
    public func tooFewUsers(in description: ImplementationDescription) -> Diagnostic? {
        Self.tooFewUsers(
            in: description,
            for: cases.filter { $0.role == description.role && $0.reasonNotApplicable(to: description) == nil })
    }

    /// The same for the cases that are to be played.
    public static func tooFewUsers(in description: ImplementationDescription, for cases: [TestCase]) -> Diagnostic? {
        guard let largest = cases.max(by: { $0.leasedUsers < $1.leasedUsers }) else { return nil }
        let (users, needed) = (description.ixit.users.count, largest.leasedUsers)
        guard users < needed else { return nil }
        return Diagnostic(
            .input, "iut.too-few-users", at: description.usersPlace,
            "there \(users == 1 ? "is 1 user" : "are \(users) users"), and \(largest.id) takes \(needed)",
            instead: "give at least \(needed)")
    }
}
