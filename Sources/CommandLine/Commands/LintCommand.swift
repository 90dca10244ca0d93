import ArgumentParser
import Diagnostics
import Foundation
import Proving
import TestCases

/// `cpmcheck lint FILE…`: what is wrong in suites and descriptions, without playing anything.
struct LintCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Checks suites and descriptions of implementations.",
        discussion: """
            Each mistake is printed as file:line:column, what is wrong, and what to write instead. A suite is checked \
            together with the suites that it stands among; without --suites these are found from its own place.
            """)

    @OptionGroup var suites: SuiteOptions

    @Argument(help: "Suite or description files, or folders of suites; none means the suites themselves.")
    var files: [String] = []

    func perform(_ console: Console) async throws -> ExitStatus {
        let named = files.isEmpty ? [try suites.place(console).path] : files
        let standard = Result { try suites.place(console).path }
        let found = try named.flatMap { name -> [Diagnostic] in
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue {
                return Self.mistakes(inFolder: name)
            }
            let own = suites.suites == nil ? SuiteLoader.root(of: name) : nil
            let root = try own ?? standard.get()
            return SuiteLoader.check(
                file: name, root: root, environment: console.environment, words: WitnessBook.vocabulary)
        }
        for diagnostic in found { console.line(diagnostic.description) }
        console.problem(found.isEmpty ? "no mistake found" : "\(found.count) to mend")
        return found.isEmpty ? .success : .badInput
    }

    /// Everything about the suites, and the witnesses of the proof, if they are there.
    private static func mistakes(inFolder name: String) -> [Diagnostic] {
        let mistakes = SuiteLoader.check(directory: name)
        let witnesses = "\(name)/\(WitnessBook.fileName)"
        guard mistakes.isEmpty, FileManager.default.fileExists(atPath: witnesses) else { return mistakes }
        do {
            let loaded = try SuiteLoader.load(directory: name)
            _ = try WitnessBook.load(
                file: witnesses, words: WitnessBook.vocabulary,
                cases: ProfiledCases(loaded.cases, profiles: loaded.profiles).cases.map(\.id))
            return []
        } catch {
            return error.all
        }
    }
}
