import Diagnostics
import Foundation
import Testing

@testable import TestCases

struct ProviderProfileTests {
    let suites: LoadedSuites

    init() throws { suites = try SuiteLoader.load(directory: suitesRoot) }

    private func description(_ profile: ProviderProfile) -> ImplementationDescription {
        .embedded(address: IXITAddress(host: "127.0.0.1", port: 1), profile: profile)
    }

    @Test("the default profile comes first and changes nothing")
    func standard() {
        #expect(suites.profiles.first?.isStandard == true)
        #expect(suites.profiles.map(\.name) == suites.profiles.map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
        #expect(description(suites.profiles[0]) == description(.standard))
    }

    @Test("every case that needs a policy is held against one of the profiles")
    func everyCaseIsPlayed() {
        for testCase in suites.cases where testCase.role == .enabler {
            let reasons = suites.profiles.map { testCase.reasonNotApplicable(to: description($0)) }
            #expect(reasons.contains(nil), "\(testCase.id): \(reasons.compactMap(\.self))")
        }
    }

    @Test("every profile but the default one is needed: a case applies to it that does not apply by default, or the reverse")
    func everyProfileDiffers() {
        let whole = Set(suites.cases.filter { $0.reasonNotApplicable(to: description(.standard)) == nil }.map(\.id))
        for profile in suites.profiles.dropFirst() {
            let own = Set(suites.cases.filter { $0.reasonNotApplicable(to: description(profile)) == nil }.map(\.id))
            #expect(own != whole || description(profile).ics != description(.standard).ics, "\(profile.name)")
            #expect(!own.isEmpty)
        }
    }

    @Test("a profile's own words win over those of the embedded description")
    func merged() {
        var profile = ProviderProfile(name: "p", summary: "s")
        profile.policy.maximum = 7
        profile.ics[.groupIMDN] = "none"
        profile.timers = [.inactivity: 9000]
        let merged = description(profile)
        #expect(merged.policy.maximum == 7)
        #expect(merged.policy.storage == true)
        #expect(merged.ics[.groupIMDN] == "none")
        #expect(merged.ics[.storesAfterLoss] == "true")
        #expect(merged.ixit.timers[.inactivity] == 9000)
    }
}
