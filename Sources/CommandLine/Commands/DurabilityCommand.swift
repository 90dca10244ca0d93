import ArgumentParser
import Diagnostics
import Foundation
import Proving
import Recordings

/// `cpmcheck durability`: kills the reference enabler again and again, and counts what it owed.
struct DurabilityCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "durability",
        abstract: "Kills the reference enabler at random moments and counts what was lost or came twice.",
        discussion: """
            In each run four users talk in a group with an enabler in a process of its own, which is killed with \
            SIGKILL and started again on its store. Nothing that it had acknowledged may be lost, nothing confirmed may \
            be delivered again. Writes durability.json and the recordings of runs with a fault. Exit code 0 if it kept \
            its word in all runs, 1 if not, 3 if a run could not be played.
            """)

    @Option(help: ArgumentHelp("How many times the enabler is killed.", valueName: "n"))
    var runs = 100

    @Option(help: ArgumentHelp("Runs played at once.", valueName: "n"))
    var jobs = 8

    @Option(help: ArgumentHelp("Fixes the moments.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The folder for the reports.", valueName: "dir"))
    var reports = "reports"

    @OptionGroup var deviations: DeviationOptions

    func validate() throws {
        guard (1...10_000).contains(runs) else { throw ValidationError("--runs takes a number from 1 to 10000") }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes a number from 1 to 64") }
    }

    func perform(_ console: Console) async throws -> ExitStatus {
        if deviations.list(on: console) { return .success }
        _ = (try deviations.defects(), try deviations.variations())
        let conduct = DurabilityConduct(
            plans: (1...runs).map { DurabilityPlan(number: $0, seed: seed) }, seed: seed, jobs: jobs, reports: reports,
            options: deviations.defect.flatMap { ["--defect", $0] } + deviations.variation.flatMap { ["--variation", $0] })
        return try await conduct.perform(console)
    }
}
