import ArgumentParser
import Diagnostics
import TestCases

/// `cpmcheck explain ID`: what anything is about that has a name in suites, descriptions or reports.
struct ExplainCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains a case, a requirement, a check, or a word of a case or a description.",
        discussion: """
            Knows cases and their rows, requirements (also by their last part, such as 058a), checks and warnings of \
            the reports, ICS options, policy items, timers, binding keys, defects, variations, and the words of test \
            cases: steps, expectations, absences, statuses. All of a kind: ics, policy, timers, binding, checks, \
            defects, variations, steps, expectations, absences, statuses, samples.
            """)

    @OptionGroup var suites: SuiteOptions

    @Argument(help: "For example CPM-CONV-058a, the id of a case, roster.final, or delivers-intermediate-lists.")
    var id: String

    func perform(_ console: Console) async throws -> ExitStatus {
        let explanations = try explanations(console)
        let lines = explanations.lines(about: id)
        guard !lines.isEmpty else {
            throw Diagnostic(
                .input, "explain.unknown", "there is nothing called '\(escapedPeerText(id, limit: 100))'",
                instead: nearestWord(to: id, among: explanations.words).map { "did you mean '\($0)'?" }
                    ?? "see 'cpmcheck list', and 'cpmcheck explain --help' for what else has a name")
        }
        for line in lines { console.line(line) }
        return .success
    }

    /// What needs no suite can be explained while a suite has a mistake, which is when an editor asks.
    private func explanations(_ console: Console) throws -> Explanations {
        do {
            return Explanations(suites: try SuiteLoader.load(directory: suites.place(console).path))
        } catch {
            let words = Explanations(suites: LoadedSuites(cases: [], catalogue: RequirementCatalogue(requirements: [])))
            guard !words.lines(about: id).isEmpty else { throw error }
            return words
        }
    }
}
