import Diagnostics
import Foundation
import Judging
import Playing
import Recordings
import Reporting
import TestCases

/// One run from the plan to the reports: playing, judging each case as it ends, and the end, also when interrupted.
struct RunConduct: Sendable {
    let selection: Selection
    let implementation: any ImplementationUnderTest
    let settings: PlaySettings
    let jobs: Int
    let catalogue: RequirementCatalogue
    let reports: String

    func perform(_ console: Console) async throws -> ExitStatus {
        let folder = try ReportFolder(reports)
        let clock = ContinuousClock()
        let begun = clock.now
        var run = planned()
        let plan = run
        try folder.begin(plan)
        do {
            try await implementation.probe()
        } catch {
            run.unreachable = error
            run.seconds = clock.now.seconds(since: begun)
            try folder.finish(run, planned: plan)
            console.problem(error.description)
            return ExitStatus(run)
        }
        let desk = JudgesDesk(folder: folder, console: console, plan: plan)
        let (results, interrupted) = await play(desk, console)
        run.cases = results
        run.interrupted = interrupted
        run.requirements = RequirementVerdicts.settle(results, claimed: claimed)
        run.seconds = clock.now.seconds(since: begun)
        try folder.finish(run, planned: plan)
        await desk.close(run)
        if let trouble = await desk.trouble { throw trouble }
        return ExitStatus(run)
    }

    /// Everything that is to be judged, as not finished: what the reports say if the run dies at once.
    private func planned() -> RunResult {
        let party = implementation.description.iut
        return RunResult(
            command: "run", started: RecordingHeader.timestamp(milliseconds: settings.wallClock()), seconds: 0,
            implementation: party.version.isEmpty ? party.name : "\(party.name) \(party.version)",
            cases: selection.selected.map { .notFinished($0, reason: "the run ended before this case") },
            notApplicable: selection.notApplicable.map { NotApplicableCase($0.testCase, reason: $0.reason) })
    }

    private var claimed: [RequirementID] {
        let named = Set(selection.selected.flatMap(\.requirements))
        return catalogue.requirements.map(\.id).filter(named.contains)
    }

    /// Plays and judges until all is done or the user wants it to end.
    private func play(_ desk: JudgesDesk, _ console: Console) async -> (results: [CaseResult], interrupted: Bool) {
        let scheduler = RunScheduler(implementation: implementation, settings: settings, jobs: jobs)
        let interrupted = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = await scheduler.run(selection.selected) { await desk.take($0) }
                return false
            }
            group.addTask {
                await console.interruption()
                return !Task.isCancelled
            }
            // Whichever comes first ends the other; an interrupted run still hands over what it has.
            let first = await group.next() ?? false
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        await implementation.finish()
        let judged = await desk.results
        let results = selection.selected.map { testCase in
            judged[testCase.id] ?? .notFinished(testCase, reason: "the run was interrupted before this case")
        }
        return (results, interrupted)
    }
}

/// Judges cases as they end, writes their recordings, and says so on the terminal.
private actor JudgesDesk {
    private(set) var results: [String: CaseResult] = [:]
    /// The first recording that could not be written; the run goes on, its exit code tells.
    private(set) var trouble: Diagnostic?
    private let folder: ReportFolder
    private let console: Console
    private var terminal: TerminalReport
    private let judge = Judge()

    init(folder: ReportFolder, console: Console, plan: RunResult) {
        self.folder = folder
        self.console = console
        terminal = TerminalReport(coloured: console.isTerminal && console.environment["NO_COLOR"] == nil)
        var text = ""
        terminal.begin(plan, to: &text)
        console.out(text)
    }

    func take(_ progress: RunProgress) {
        guard case .ended(let played) = progress else { return }
        let result = self.result(of: played)
        results[result.id] = result
        var text = ""
        terminal.write(result, to: &text)
        console.out(text)
    }

    /// The table at the end.
    func close(_ run: RunResult) {
        var text = ""
        terminal.finish(run, to: &text)
        console.out(text)
    }

    private func result(of played: PlayedCase) -> CaseResult {
        guard let recording = played.recording else {
            return .notFinished(played.testCase, reason: "the run was interrupted before this case")
        }
        var result: CaseResult
        do {
            result = try judge.judge(recording)
        } catch {
            result = .notFinished(played.testCase, reason: "")
            result.verdict = .error
            result.reasons = [Reason(.error, code: "harness", error.all.map(\.description).joined(separator: "; "))]
        }
        do {
            result.recording = try folder.write(recording, of: played.testCase.id)
        } catch {
            trouble = trouble ?? error
        }
        if played.end == .interrupted {
            // What was recorded so far stays in the folder; the case itself was not finished.
            let recordingName = result.recording
            result = .notFinished(played.testCase, reason: "the run was interrupted during this case")
            result.recording = recordingName
        }
        return result
    }
}

extension ContinuousClock.Instant {
    /// Seconds that have passed since an earlier instant.
    func seconds(since earlier: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = earlier.duration(to: self).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
