public import TestCases

/// The cases of a proof, each with the setting of the embedded enabler under which it is played: the default one where
/// it applies there, else the first that it applies to.
public struct ProfiledCases: Sendable {
    /// In the order of the suites. One that is played under another profile than the default is named `CASE@PROFILE`.
    public let cases: [TestCase]
    /// By the ID of the case; the default one is left out.
    private let profiles: [String: ProviderProfile]

    /// - Parameter profiles: in the order of preference, the default one first.
    public init(_ cases: [TestCase], profiles: [ProviderProfile] = [.standard]) {
        let settings = profiles.map { ($0, EmbeddedEnabler(profile: $0).description) }
        var placed: [TestCase] = []
        var found: [String: ProviderProfile] = [:]
        for testCase in cases {
            let fitting = settings.first { testCase.reasonNotApplicable(to: $0.1) == nil }?.0
            guard let fitting, !fitting.isStandard else {
                placed.append(testCase)
                continue
            }
            let named = testCase.named(after: fitting)
            placed.append(named)
            found[named.id] = fitting
        }
        self.cases = placed
        self.profiles = found
    }

    /// The setting that a case is played under.
    public func profile(of caseID: String) -> ProviderProfile { profiles[caseID] ?? .standard }
}
