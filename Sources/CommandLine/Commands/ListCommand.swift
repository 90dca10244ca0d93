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
            "Only cases that match: an id, a requirement id, or a pattern with * and ?. May be repeated.",
            valueName: "pattern"))
    var filter: [String] = []

    func perform(_ console: Console) async throws -> ExitStatus {
        let loaded = try SuiteLoader.load(directory: suites.place(console).path)
        let cases = try Self.matching(filter, loaded.cases)
        let width = cases.map(\.id.count).max() ?? 0
        for testCase in cases {
            let requirements = testCase.requirements.map(\.rawValue).joined(separator: ",")
            let id = testCase.id.padding(to: width)
            console.line("\(id)  \(requirements)  \(testCase.title)")
        }
        return .success
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
