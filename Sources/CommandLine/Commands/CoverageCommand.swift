import ArgumentParser
import Diagnostics
import Recordings
import TestCases

/// `cpmcheck coverage`: which cases look at which statement of the requirements, and the reverse.
struct CoverageCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Shows which cases cover which statement of the requirements, both ways.",
        discussion: """
            'markdown' is the text of docs/COVERAGE.md, with the table of the three axes: absence, what was missed, \
            circumstances of the return.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, markdown
    }

    @OptionGroup var suites: SuiteOptions

    @Option(help: "How to write it.")
    var format = Format.text

    func perform(_ console: Console) async throws -> ExitStatus {
        let place = try suites.place(console).path
        let mistakes = SuiteLoader.check(directory: place)
        guard mistakes.isEmpty else { throw DiagnosticList(mistakes) }
        let loaded = try SuiteLoader.load(directory: place)
        let map = CoverageMap(loaded.catalogue, loaded.cases)
        switch format {
        case .text: console.out(Self.text(map))
        case .json: console.line(map.json.indentedText)
        case .markdown: console.out(Self.markdown(map, AxesTable(loaded.cases, leftOut: loaded.leftOut)))
        }
        return .success
    }

    private static func text(_ map: CoverageMap) -> String {
        var text = ""
        var requirement: RequirementID?
        for row in map.rows {
            if row.requirement.id != requirement { text += "\(row.requirement.id.rawValue): \(row.requirement.text)\n" }
            requirement = row.requirement.id
            text += "  \(row.statement.id) (\(row.statement.basis.rawValue)): \(row.statement.text)\n"
            if let reason = row.statement.untested { text += "    untested: \(reason)\n" }
            for id in row.cases { text += "    \(id)\n" }
        }
        text += "\n"
        for (testCase, statements) in map.byCase {
            text += "\(testCase.id)\n"
            for name in statements { text += "  \(name)\n" }
        }
        return text
    }

    /// The document as a whole.
    static func markdown(_ map: CoverageMap, _ axes: AxesTable) -> String {
        var text = """
            # Coverage

            Made by `cpmcheck coverage --format markdown`; a test compares it. `cpmcheck coverage` lists the cases by name,
            and `--format json` does so for programs.

            ## Statements

            What the requirements say, in the parts that a test purpose can take from them (`Suites/requirements.yaml`). The
            cases follow from what they play and expect.

            | statement | basis | says | cases |
            | --- | --- | --- | --- |

            """
        for row in map.rows {
            let cases = row.statement.untested.map { "untested: \($0)" } ?? String(row.cases.count)
            text += "| `\(row.name)` | \(row.statement.basis.rawValue) | \(row.statement.text) | \(cases) |\n"
        }
        text += """

            # The three axes

            How somebody is absent, what it misses, and what things are like at its return. A number is that of the cases at
            this point, a letter stands for the reason why there is none (`Suites/axes.yaml`).

            """
        return text + "\n" + axes.markdown()
    }
}
