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
