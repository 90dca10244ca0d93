import ArgumentParser
import Diagnostics
import EnablerReference
import Foundation
import Playing
import Proving
import Reporting
import TestCases

/// Which of the references in this process is tested.
enum EmbeddedRole: String, ExpressibleByArgument, CaseIterable {
    case enabler, client, both
}

/// `cpmcheck run`: plays cases against an implementation and judges what was recorded.
struct RunCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Plays cases against an implementation, judges them and writes reports.",
        discussion: """
            Without --iut the implementation is the embedded reference enabler, as the provider of --profile has set \
            it (the profiles are in Suites/profiles), with --role client the embedded reference client, or with --role both \
            one after the other into the same reports. Reports: \
            junit.xml, results.json, and one recording a case under recordings/.
            """)

    @Option(help: ArgumentHelp("The description of the implementation; see 'cpmcheck init'.", valueName: "file"))
    var iut: String?

    @Option(help: ArgumentHelp("Which embedded reference: enabler, client or both.", valueName: "role"))
    var role: EmbeddedRole = .enabler

    @OptionGroup var provider: ProviderOptions

    @Option(
        help: ArgumentHelp(
            "Only cases that match: an id, a requirement id, or a pattern with * and ?. May be repeated.",
            valueName: "pattern"))
    var filter: [String] = []

    @Option(help: ArgumentHelp("Cases played at once; they wait much more than they work.", valueName: "n"))
    var jobs: Int = RunScheduler.defaultJobs

    @Option(help: ArgumentHelp("Fixes ids, tags and generated payloads; another at each run otherwise.", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("The folder for the reports.", valueName: "dir"))
    var reports = "reports"

    @Flag(help: "Warnings about the implementation fail a case.")
    var strict = false

    @Flag(
        name: .shortAndLong,
        help: "Say on standard error, each line with its case, what the script does, waits for and does not reach.")
    var verbose = false

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp("Play all so many times; 1 is returned when a verdict varies.", valueName: "n"))
    var rounds: Int = 1

    @Flag(
        name: .customLong("operator"),
        help: "Ask a person what the client's user sees, one question at a time; for clients without an upper tester.")
    var asksOperator = false

    @Flag(help: "With --operator: begin anew where a session was interrupted, and ask everything again.")
    var again = false

    @OptionGroup var deviations: DeviationOptions

    @OptionGroup var suites: SuiteOptions

    func validate() throws {
        guard (1...1024).contains(jobs) else { throw ValidationError("--jobs takes a number from 1 to 1024") }
        guard (1...100_000).contains(rounds) else { throw ValidationError("--repeat takes a number from 1 to 100000") }
        if asksOperator, iut == nil, role != .client {
            throw ValidationError("--operator is for clients: add --role client, or --iut with the description of one")
        }
        if asksOperator, rounds > 1 { throw ValidationError("--operator asks everything once; leave out --repeat") }
        if again, !asksOperator { throw ValidationError("--again is about a session with --operator") }
        if iut != nil, !deviations.isEmpty {
            throw ValidationError("--defect and --variation are for the embedded reference, not for --iut")
        }
        if iut != nil, role != .enabler {
            throw ValidationError("--role is for the embedded references; an --iut states its own role")
        }
        if role != .enabler, provider.profile != nil {
            throw ValidationError("--profile is for the embedded reference enabler")
        }
        if role == .both, !deviations.isEmpty {
            throw ValidationError("--defect and --variation are for one of the references; say which by --role")
        }
        if iut != nil, provider.profile != nil {
            throw ValidationError("--profile is for the embedded reference; an --iut states its own policy")
        }
    }

    func perform(_ console: Console) async throws -> ExitStatus {
        if deviations.list(on: console, role == .client ? .client : .enabler) { return .success }
        let conduct: RunConduct
        do {
            conduct = try planned(console)
        } catch {
            // The reports of an earlier run would be taken for those of this one, which does not begin.
            try ReportFolder.withdraw(reports)
            throw error
        }
        if asksOperator { return try await operated(conduct, console).perform(console) }
        guard rounds > 1 else { return try await conduct.perform(console) }
        let repeated = RepeatConduct(
            plan: conduct.plan, settings: conduct.settings, jobs: jobs, rounds: rounds, catalogue: conduct.catalogue,
            reports: reports)
        return try await repeated.perform(console)
    }

    /// The same run with a person who is asked, one case at a time.
    private func operated(_ conduct: RunConduct, _ console: Console) throws -> RunConduct {
        guard conduct.plan.implementation.description.role == .client else {
            throw Diagnostic(
                .input, "operator.no-client", "--operator asks what the user of a client sees, and this is the description of an enabler",
                instead: "leave out --operator")
        }
        let session = try OperatedRun(
            plan: conduct.plan, settings: conduct.settings, reports: reports, again: again, console: console)
        var settings = conduct.settings
        settings.person = session.terminal
        return RunConduct(
            plan: conduct.plan, settings: settings, jobs: 1, catalogue: conduct.catalogue, reports: reports, operated: session)
    }

    private func planned(_ console: Console) throws -> RunConduct {
        let loaded = try SuiteLoader.load(directory: suites.place(console).path)
        let plan = try plan(loaded, console)
        var settings = PlaySettings(
            seed: seed ?? UInt64.random(in: 1...UInt64(UInt32.max)), strict: strict, binding: loaded.binding,
            versions: ["cpmcheck": Version.current], wallClock: { Date().millisecondsSince1970 })
        if verbose {
            settings.onlooker = { id, line in
                if let sentence = CourseSentence.of(line) { console.problem("\(id): \(sentence)") }
            }
        }
        return RunConduct(
            plan: plan, settings: settings, jobs: jobs,
            catalogue: loaded.catalogue, reports: reports)
    }

    private func plan(_ loaded: LoadedSuites, _ console: Console) throws -> RunPlan {
        if let iut {
            let description = try ImplementationDescription.load(file: iut, environment: console.environment)
            let implementation: any ImplementationUnderTest =
                switch description.role {
                case .client where asksOperator && description.ixit.upperTester == nil: try HandPlayedClient(description)
                case .client: try ForeignClient(description)
                case .enabler: try ForeignImplementation(description)
                }
            let plan = try RunPlan(implementation, loaded.cases, filter: filter)
            if let mistake = LoadedSuites.tooFewUsers(in: description, for: plan.selected) { throw mistake }
            return plan
        }
        switch role {
        case .client: return try RunPlan(deviations.client(), loaded.cases, filter: filter)
        case .enabler: return try enablerPlan(loaded, filter)
        case .both: return try planForBoth(loaded)
        }
    }

    /// A pattern is about the role whose cases it matches; a role of which nothing was asked for is left out.
    private func planForBoth(_ loaded: LoadedSuites) throws -> RunPlan {
        func patterns(_ role: ImplementationRole) -> [String] {
            filter.filter { pattern in
                loaded.cases.contains { $0.role == role && Selection.matches(pattern, $0) }
                    || !loaded.cases.contains { Selection.matches(pattern, $0) }
            }
        }
        let (ofEnabler, ofClient) = (patterns(.enabler), patterns(.client))
        if !filter.isEmpty, ofEnabler.isEmpty { return try RunPlan(EmbeddedClient(), loaded.cases, filter: ofClient) }
        let enabler = try enablerPlan(loaded, ofEnabler)
        if !filter.isEmpty, ofClient.isEmpty { return enabler }
        return RunPlan(enabler: enabler, client: try RunPlan(EmbeddedClient(), loaded.cases, filter: ofClient))
    }

    private func enablerPlan(_ loaded: LoadedSuites, _ filter: [String]) throws -> RunPlan {
        let (defects, variations) = (try deviations.defects(), try deviations.variations())
        return try RunPlan(
            profiles: provider.profiles(of: loaded), loaded.cases, filter: filter
        ) { EmbeddedEnabler(defects: defects, variations: variations, profile: $0) }
    }
}
