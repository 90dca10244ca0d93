import Diagnostics
import Foundation
import Judging
import Playing
import Proving
import Recordings
import Reporting
import TestCases

/// One run from the plan to the reports: playing, judging each case as it ends, and the end, also when interrupted.
struct RunConduct: Sendable {
    let plan: RunPlan
    let settings: PlaySettings
    let jobs: Int
    let catalogue: RequirementCatalogue
    let reports: String
    /// nil where nobody is asked anything.
    var operated: OperatedRun?

    func perform(_ console: Console) async throws -> ExitStatus {
        let folder = try ReportFolder(reports)
        let clock = ContinuousClock()
        let begun = clock.now
        let kept = operated?.kept ?? [:]
        var course = RunCourse(plan: plan, settings: settings, jobs: jobs)
        course.finished = Set(kept.keys)
        var run = course.planned()
        let planned = run
        try folder.begin(planned, keeping: Set(kept.values.compactMap(\.recording)))
        let desk = JudgesDesk(folder: folder, console: console, plan: planned, operated: operated)
        let ending = await course.play(
            operated?.console(console) ?? console, begin: { await desk.open(saying: operated?.remark ?? bottleneck) }, news: { await desk.take($0, $1) },
            close: { _ in })
        switch ending {
        case .played: break
        case .interrupted: run.interrupted = true
        case .unreachable(let diagnostic): run.unreachable = diagnostic
        }
        run.cases = results(await desk.results, of: run)
        if run.unreachable == nil { RunVerdicts(catalogue, plan.parts.map(\.scope)).settle(&run) }
        run.seconds = clock.now.seconds(since: begun)
        try folder.finish(run, planned: planned)
        if let diagnostic = run.unreachable { console.problem(diagnostic.description) }
        if await !desk.results.isEmpty || run.unreachable == nil { await desk.close(run) }
        if run.interrupted, operated != nil { console.line("The same command goes on with the first case that is not finished.") }
        if let trouble = await desk.trouble ?? operated?.journal.trouble { throw trouble }
        return ExitStatus(run)
    }

    private func results(_ judged: [String: CaseResult], of run: RunResult) -> [CaseResult] {
        let why =
            if run.unreachable != nil {
                "the run ended before this case, since the implementation could not be reached"
            } else {
                run.interrupted ? "the run was interrupted before this case" : "the run ended before this case"
            }
        return plan.selected.map { judged[$0.id] ?? .notFinished($0, reason: why) }
    }

    /// Cases wait for users that nobody else plays; what that costs is said where it costs something.
    private var bottleneck: String? {
        if plan.implementation.description.role == .client, plan.implementation.sharedUsers != nil {
            return plan.selected.count > 1 ? "one case at a time, since there is one client" : nil
        }
        let most = plan.selected.map(\.leasedUsers).max() ?? 0
        guard let users = plan.implementation.sharedUsers, most > 0 else { return nil }
        let atOnce = max(1, users / most)
        guard atOnce < min(jobs, plan.selected.count) else { return nil }
        return "\(atOnce) \(atOnce == 1 ? "case" : "cases") at once, since there are \(users) users and a case takes up to "
            + "\(most); more of them under 'ixit.users' make the run shorter"
    }
}

/// Judges cases as they end, writes their recordings, and says so on the terminal.
private actor JudgesDesk {
    private(set) var results: [String: CaseResult] = [:]
    /// The first recording that could not be written; the run goes on, its exit code tells.
    private(set) var trouble: Diagnostic?
    private let folder: ReportFolder
    private let console: Console
    private let plan: RunResult
    private var terminal: TerminalReport
    private let operated: OperatedRun?

    init(folder: ReportFolder, console: Console, plan: RunResult, operated: OperatedRun?) {
        self.operated = operated
        results = operated?.kept ?? [:]
        self.folder = folder
        self.console = console
        self.plan = plan
        terminal = TerminalReport(coloured: console.isTerminal && console.environment["NO_COLOR"] == nil)
    }

    /// The line above all others, and what else there is to know before.
    func open(saying remark: String?) {
        var text = ""
        terminal.begin(plan, to: &text)
        if let remark { text += remark + "\n" }
        // Counted among those that have ended, and not told again.
        var told = ""
        for result in results.values { terminal.write(result, to: &told) }
        console.out(text)
    }

    /// True when the case is to be played again, since the harness was held up in it.
    func take(_ progress: RunProgress, _ turn: RunCourse.Turn) async -> Bool {
        guard case .ended(let played) = progress else { return false }
        var result = await self.result(of: played)
        result.attempts = turn.attempt
        results[result.id] = result
        if !turn.isLast, let recording = played.recording, result.verdict.isLate(in: recording), played.end != .interrupted {
            console.line("the harness was held up in \(result.id), which is played again")
            return true
        }
        keep(played, result)
        var text = ""
        terminal.write(result, to: &text)
        console.out(text)
        return false
    }

    /// Lets the session of an operator go on behind this case.
    private func keep(_ played: PlayedCase, _ result: CaseResult) {
        guard let operated, OperatedRun.isFinished(played, result), let name = result.recording,
            let sum = played.recording?.footer?.sha256
        else { return }
        operated.journal.finished(played.testCase, recording: name, sha256: sum)
    }

    /// The table at the end.
    func close(_ run: RunResult) {
        var text = ""
        terminal.finish(run, to: &text)
        console.out(text)
    }

    private func result(of played: PlayedCase) async -> CaseResult {
        guard let recording = played.recording else {
            return .notFinished(played.testCase, reason: "the run was interrupted before this case")
        }
        var result = await Prover.result(of: played, recording)
        let folder = folder
        let written = await LongWork.outcome { () -> Result<String, Diagnostic> in
            do throws(Diagnostic) {
                return .success(try folder.write(recording, of: played.testCase.id))
            } catch {
                return .failure(error)
            }
        }
        switch written {
        case .success(let name): result.recording = name
        case .failure(let diagnostic): trouble = trouble ?? diagnostic
        }
        if played.end == .interrupted {
            // What was recorded so far stays in the folder; the case itself was not finished.
            let recordingName = result.recording
            result = .notFinished(played.testCase, reason: "the run ended during this case")
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
