import ArgumentParser
import Diagnostics
import Foundation
import Playing
import Proving
import Recordings
import TestCases

/// `cpmcheck prove`: the proof that the suite catches every defect and flags nothing that is legal.
struct ProveCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Proves the suite: every defect is caught for the right requirement, nothing legal is flagged.",
        discussion: """
            Plays the cases against the reference enabler and the reference client as they are, with each of their \
            defects and with each legal variation, those that need a policy under the first profile that has it, and \
            writes the kill matrix to proof/matrix.json, .md and .html in the folder of the reports. \
            With --fast each is played only against the cases that Suites/proof.yaml names for it. Exit code 0 if all \
            is proved, else 1.
            """)

    @Flag(help: "Only the cases that Suites/proof.yaml names.")
    var fast = false

    @Flag(help: "Choose the cases of Suites/proof.yaml anew for everything that is played.")
    var writeWitnesses = false

    @Flag(help: "Print what the fast form plays, as Markdown, and play nothing.")
    var table = false

    @Option(
        help: ArgumentHelp(
            "Only cases that match: an id, a requirement id, or a pattern with * and ?. May be repeated.",
            valueName: "pattern"))
    var filter: [String] = []

    @Option(help: ArgumentHelp("Only the reference of this role: enabler or client.", valueName: "role"))
    var role: EmbeddedRole?

    @Option(help: ArgumentHelp("Only this defect; may be repeated. '--defect list' shows them all.", valueName: "name"))
    var defect: [String] = []

    @Option(help: ArgumentHelp("Only this variation; may be repeated. '--variation list' shows them all.", valueName: "name"))
    var variation: [String] = []

    @Option(help: ArgumentHelp("Only this condition of a run; may be repeated. '--condition list' shows them all.", valueName: "name"))
    var condition: [String] = []

    @Option(help: ArgumentHelp("Cases played at once; they wait much more than they work.", valueName: "n"))
    var jobs: Int = Prover.defaultJobs

    @Option(help: ArgumentHelp("Fixes ids, tags and generated payloads.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The folder for the reports; the matrix is under proof/.", valueName: "dir"))
    var reports = "reports"

    @OptionGroup var suites: SuiteOptions

    func validate() throws {
        guard (1...1024).contains(jobs) else { throw ValidationError("--jobs takes a number from 1 to 1024") }
        if fast, writeWitnesses {
            throw ValidationError("--fast plays the witnesses, --write-witnesses chooses them; use one of the two")
        }
    }

    func perform(_ console: Console) async throws -> ExitStatus {
        if SubjectNames.list(["defect": defect, "variation": variation, "condition": condition], only, on: console) {
            return .success
        }
        let root = try suites.place(console).path
        let loaded = try SuiteLoader.load(directory: root)
        let book = try book(root: root, loaded)
        if table {
            console.out(book.markdown)
            return .success
        }
        let conduct = ProofConduct(
            plan: try plan(loaded, book), trials: provesAll ? (book.keys, loaded.cases) : nil,
            settings: settings(loaded), jobs: jobs, reports: reports)
        let (matrix, status) = try await conduct.perform(console)
        if writeWitnesses, !matrix.isInterrupted { try write(book.choosing(from: matrix), root: root, console) }
        return status
    }

    private func settings(_ loaded: LoadedSuites) -> PlaySettings {
        PlaySettings(
            seed: seed, binding: loaded.binding, versions: ["cpmcheck": Version.current],
            wallClock: { Date().millisecondsSince1970 })
    }

    private func plan(_ loaded: LoadedSuites, _ book: WitnessBook) throws -> ProofPlan {
        let subjects = try subjects()
        let cases = ProfiledCases(try ListCommand.matching(filter, loaded.cases), profiles: loaded.profiles)
        return fast ? .fast(subjects: subjects, cases: cases, book: book) : .full(subjects: subjects, cases: cases)
    }

    /// A book that is about to be written anew may be out of date.
    private func book(root: String, _ loaded: LoadedSuites) throws -> WitnessBook {
        let file = "\(root)/\(WitnessBook.fileName)"
        let words = WitnessBook.vocabulary
        let cases = ProfiledCases(loaded.cases, profiles: loaded.profiles).cases.map(\.id)
        if writeWitnesses { return .salvage(file: file, words: words, cases: cases) }
        return try .load(file: file, words: words, cases: cases)
    }

    /// Nil for both.
    private var only: ImplementationRole? { role.flatMap { ImplementationRole(rawValue: $0.rawValue) } }

    private var isNamed: Bool { !defect.isEmpty || !variation.isEmpty || !condition.isEmpty }

    /// True when nothing is left out by an option: then the keys of the binding profile are tried, too.
    private var provesAll: Bool { !isNamed && filter.isEmpty && role != .client }

    /// All, or those that are named; what is conformant of their roles is always among them.
    private func subjects() throws -> [ProofSubject] {
        let all = ProofSubject.all.filter { only == nil || $0.role == only }
        guard isNamed else { return all }
        let named = try SubjectNames.named(defect, "defect", among: all)
            + SubjectNames.named(variation, "variation", among: all)
            + SubjectNames.named(condition, "condition", among: all)
        let roles = Set(named.map(\.role))
        return all.filter { named.contains($0) || ($0.isConformant && roles.contains($0.role)) }
    }

    private func write(_ book: WitnessBook, root: String, _ console: Console) throws {
        let file = "\(root)/\(WitnessBook.fileName)"
        try WholeFile.write(Array(book.yaml.utf8), to: file)
        console.line("witnesses written to \(file)")
    }
}
