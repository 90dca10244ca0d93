import Diagnostics
import Judging
import NIOCore
import Playing
import TestCases

/// What a run plays: one implementation as described, or the embedded one as several providers have set it.
struct RunPlan: Sendable {
    /// The implementation in one setting, and the cases that are held against it.
    struct Part: Sendable {
        var implementation: any ImplementationUnderTest
        var selection: Selection
        /// What is claimed, and what was left out, for the verdicts of requirements and ICS items.
        var scope: ClaimedScope
    }

    let parts: [Part]

    /// One implementation.
    init(
        _ implementation: any ImplementationUnderTest, _ cases: [TestCase], filter: [String]
    ) throws(DiagnosticList) {
        parts = [try Self.part(implementation, cases, filter)]
    }

    /// The embedded one under each profile. The cases of all but the default one have the profile's name in their IDs
    /// and suites, so that every report can tell them apart.
    init(
        profiles: [ProviderProfile], _ cases: [TestCase], filter: [String],
        _ enabler: (ProviderProfile) -> any ImplementationUnderTest
    ) throws(DiagnosticList) {
        var parts: [Part] = []
        for profile in profiles {
            var part = try Self.part(enabler(profile), cases, filter)
            if !profile.isStandard { part = part.named(after: profile) }
            parts.append(part)
        }
        self.parts = parts
    }

    /// Both references, each held against the suites about it. Those of the client say so, so that every report can tell
    /// them apart.
    init(enabler: RunPlan, client: RunPlan) {
        parts = enabler.parts + client.parts.map { part in
            part.renaming { testCase in
                var testCase = testCase
                testCase.suite += " (client)"
                return testCase
            }
        }
    }

    /// What is tested, by name and version; several in the order they are played.
    var implementationName: String {
        var names: [String] = []
        for part in parts {
            let party = part.implementation.description.iut
            let name = party.version.isEmpty ? party.name : "\(party.name) \(party.version)"
            if !names.contains(name) { names.append(name) }
        }
        return names.joined(separator: ", ")
    }

    private static func part(
        _ implementation: any ImplementationUnderTest, _ cases: [TestCase], _ filter: [String]
    ) throws(DiagnosticList) -> Part {
        let description = implementation.description
        // What is about the other side of the interface is not even left out.
        let cases = cases.filter { $0.role == description.role }
        let selection = try Selection(cases: cases, for: description, patterns: filter)
        let left = Set(selection.filteredOut)
        let scope = ClaimedScope(
            description: description, planned: selection.selected,
            filteredOut: cases.filter { left.contains($0.id) && $0.reasonNotApplicable(to: description) == nil },
            isWhole: true)
        return Part(implementation: implementation, selection: selection, scope: scope)
    }

    var selected: [TestCase] { parts.flatMap(\.selection.selected) }
    var notApplicable: [Selection.NotApplicable] { parts.flatMap(\.selection.notApplicable) }

    /// What plays them all: each case against the setting that it was selected for.
    var implementation: any ImplementationUnderTest {
        if parts.count == 1 { return parts[0].implementation }
        var settings: [String: any ImplementationUnderTest] = [:]
        for part in parts {
            for testCase in part.selection.selected { settings[testCase.id] = part.implementation }
        }
        return SeveralSettings(standard: parts[0].implementation, settings: settings)
    }
}

extension RunPlan.Part {
    fileprivate func named(after profile: ProviderProfile) -> RunPlan.Part {
        var part = renaming { testCase in
            var testCase = testCase.named(after: profile)
            testCase.suite += " (\(profile.name))"
            return testCase
        }
        part.scope.name = profile.name
        return part
    }

    /// The same with other names of cases or suites.
    fileprivate func renaming(_ rename: (TestCase) -> TestCase) -> RunPlan.Part {
        var part = self
        part.selection.selected = selection.selected.map(rename)
        part.selection.notApplicable = selection.notApplicable.map { left in
            var left = left
            left.testCase = rename(left.testCase)
            return left
        }
        part.scope.planned = part.selection.selected
        part.scope.filteredOut = scope.filteredOut.map(rename)
        return part
    }
}

/// Several settings of one implementation, side by side.
private struct SeveralSettings: ImplementationUnderTest {
    let standard: any ImplementationUnderTest
    /// By the ID of the case that is played against it.
    let settings: [String: any ImplementationUnderTest]

    var description: ImplementationDescription { standard.description }

    func probe() async throws(Diagnostic) { try await standard.probe() }

    func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        try await (settings[testCase.id] ?? standard).prepare(for: testCase, on: eventLoop)
    }

    func finish() async { await standard.finish() }
}
