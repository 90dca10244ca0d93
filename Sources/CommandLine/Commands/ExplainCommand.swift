import ArgumentParser
import Diagnostics
import TestCases

/// `cpmcheck explain ID`: what a case, a requirement, an ICS option or a key of the binding profile is about.
struct ExplainCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains a case, a requirement, an ICS option or a binding key.")

    @OptionGroup var suites: SuiteOptions

    @Argument(help: "For example CPM-CONV-058a, the id of a case, or delivers-intermediate-lists.")
    var id: String

    func perform(_ console: Console) async throws -> ExitStatus {
        let loaded = try SuiteLoader.load(directory: suites.place(console).path)
        if let requirement = loaded.catalogue.requirements.first(where: { $0.id.rawValue == id }) {
            explain(requirement, loaded, console)
        } else if let testCase = loaded.cases.first(where: { $0.id == id })
            ?? loaded.cases.first(where: { $0.baseID == id })
        {
            explain(testCase, console)
        } else if let option = ICSOption(rawValue: id) {
            console.line("\(id): ICS option of the \(option.role.rawValue)")
            console.line("  \(option.meaning)")
            console.line("  values: \(option.values.all.joined(separator: ", "))")
        } else if let definition = loaded.bindingDefinitions.first(where: { $0.key.rawValue == id }) {
            console.line("\(id): key of the binding profile")
            console.line("  settles: \(definition.settles)")
            console.line("  reading: \(definition.reading)")
            console.line("  values: \(definition.permitted.joined(separator: ", ")); default \(definition.standard)")
        } else {
            throw unknown(loaded)
        }
        return .success
    }

    private func unknown(_ loaded: LoadedSuites) -> Diagnostic {
        let words = loaded.cases.flatMap { [$0.id, $0.baseID] }
            + loaded.catalogue.requirements.map(\.id.rawValue) + ICSOption.allCases.map(\.rawValue)
            + loaded.bindingDefinitions.map(\.key.rawValue)
        return Diagnostic(
            .input, "explain.unknown", "there is nothing called '\(escapedPeerText(id, limit: 100))'",
            instead: nearestWord(to: id, among: words).map { "did you mean '\($0)'?" } ?? "see 'cpmcheck list'")
    }

    private func explain(_ requirement: Requirement, _ loaded: LoadedSuites, _ console: Console) {
        console.line("\(requirement.id.rawValue): \(requirement.role.rawValue), \(requirement.level)")
        console.line("  \(requirement.text)")
        let cases = loaded.cases.filter { $0.requirements.contains(requirement.id) }
        console.line("  cases: \(cases.isEmpty ? "none" : "")")
        for testCase in cases { console.line("    \(testCase.id)  \(testCase.title)") }
    }

    private func explain(_ testCase: TestCase, _ console: Console) {
        console.line("\(testCase.id): \(testCase.title)")
        console.line("  suite: \(testCase.suite)")
        console.line("  requirements: \(testCase.requirements.map(\.rawValue).joined(separator: ", "))")
        console.line("  with: \(testCase.purpose.with)")
        console.line("  when: \(testCase.purpose.when)")
        console.line("  then: \(testCase.purpose.then)")
        console.line("  actors: " + testCase.actors.map { "\($0.name) (\($0.absence.rawValue))" }.joined(separator: ", "))
        console.line("  steps:")
        for (index, step) in testCase.steps.enumerated() {
            console.line("    \(index + 1). \(step.kind.sentence)")
        }
        console.line("  expected:")
        for expectation in testCase.expectations { console.line("    - \(expectation.kind.sentence)") }
        if let place = testCase.place { console.line("  written in: \(place)") }
    }
}
