import ArgumentParser
import Diagnostics
import TestCases

/// `cpmcheck list`: the cases, one a line.
struct ListCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the test cases: id, requirements, title.")

    @OptionGroup var suites: SuiteOptions

    @Option(
        help: ArgumentHelp(
            "Only cases that apply to the embedded reference as this profile sets it; 'list' names the profiles.",
            valueName: "name"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "Only cases that match: an id, a requirement id, or a pattern with * and ?. May be repeated.",
            valueName: "pattern"))
    var filter: [String] = []

    func perform(_ console: Console) async throws -> ExitStatus {
        let loaded = try SuiteLoader.load(directory: suites.place(console).path)
        if profile == "list" {
            let width = loaded.profiles.map(\.name.count).max() ?? 0
            for known in loaded.profiles { console.line("\(known.name.padding(to: width))  \(known.summary)") }
            return .success
        }
        let cases = try applying(Self.matching(filter, loaded.cases), loaded)
        let width = cases.map(\.id.count).max() ?? 0
        for testCase in cases {
            let requirements = testCase.requirements.map(\.rawValue).joined(separator: ",")
            let id = testCase.id.padding(to: width)
            console.line("\(id)  \(requirements)  \(testCase.title)")
        }
        // The lines alone are for other programs.
        console.err("\(cases.count) cases\n")
        return .success
    }

    /// Those that one of the profiles asked for is held to.
    private func applying(_ cases: [TestCase], _ loaded: LoadedSuites) throws -> [TestCase] {
        guard let profile else { return cases }
        var options = ProviderOptions()
        options.profile = profile
        let descriptions = try options.profiles(of: loaded).map {
            ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 0), profile: $0)
        }
        return cases.filter { testCase in
            descriptions.contains { testCase.reasonNotApplicable(to: $0) == nil }
        }
    }

    /// - Throws: `DiagnosticList` when a pattern matches nothing.
    static func matching(_ patterns: [String], _ cases: [TestCase]) throws -> [TestCase] {
        guard !patterns.isEmpty else { return cases }
        let unmatched = patterns.filter { pattern in !cases.contains { Selection.matches(pattern, $0) } }
        if !unmatched.isEmpty { throw DiagnosticList(unmatched.map { Selection.noMatch($0, cases) }) }
        return cases.filter { testCase in patterns.contains { Selection.matches($0, testCase) } }
    }
}

extension String {
    /// With spaces behind, up to a width.
    func padding(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
