import Diagnostics
import Judging
import Playing
import Recordings
import TestCases

/// The course of a run, once or in several rounds: until all is played, the implementation is gone or the user wants it to
/// end.
struct RunCourse: Sendable {
    enum Ending: Sendable {
        case played, interrupted
        case unreachable(Diagnostic)
    }

    /// Where in the course a case is played.
    struct Turn: Sendable {
        /// Counted from 1.
        var round: Int
        /// Counted from 1: a case in which the harness was held up is played again, with fewer at once.
        var attempt: Int
        var isLast: Bool
    }

    let plan: RunPlan
    let settings: PlaySettings
    let jobs: Int
    var rounds = 1
    /// Cases that need not be played, by their IDs.
    var finished: Set<String> = []

    /// Everything that is to be judged, as not finished: what the reports say if the run dies at once.
    func planned() -> RunResult {
        RunResult(
            command: "run", started: RecordingHeader.timestamp(milliseconds: settings.wallClock()), seconds: 0,
            implementation: plan.implementationName,
            cases: plan.selected.map { .notFinished($0, reason: "the run ended before this case") },
            notApplicable: plan.notApplicable.map { NotApplicableCase($0.testCase, reason: $0.reason) })
    }

    /// Looks whether the implementation is there, and plays.
    ///
    /// - Parameters:
    ///   - begin: called once it was found.
    ///   - news: called with what happens, never at the same time; true asks for the case that ended to be played again.
    ///   - close: called at the end of each round that was played whole.
    func play(
        _ console: Console, begin: @escaping @Sendable () async -> Void,
        news: @escaping @Sendable (RunProgress, Turn) async -> Bool, close: @escaping @Sendable (Int) async -> Void
    ) async -> Ending {
        let implementation = plan.implementation
        let (losses, lost) = AsyncStream.makeStream(of: Diagnostic.self)
        let ending = await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do throws(Diagnostic) {
                    try await implementation.probe()
                } catch {
                    return .unreachable(error)
                }
                await begin()
                for round in 1...rounds where !Task.isCancelled {
                    await play(round: round, news) { diagnostic in
                        // The rest is not played against nobody: nothing more begins until the run is called off.
                        lost.yield(diagnostic)
                        try? await Task.sleep(for: .seconds(3600))
                    }
                    if !Task.isCancelled { await close(round) }
                }
                return .played
            }
            group.addTask {
                for await diagnostic in losses { return .unreachable(diagnostic) }
                return .played
            }
            group.addTask {
                await console.interruption()
                return .interrupted
            }
            // Whichever comes first ends the others; an interrupted run still hands over what it has.
            let first = await group.next() ?? .played
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        await implementation.finish()
        return ending
    }

    /// All cases once, and those again in which the harness was held up.
    private func play(
        round: Int, _ news: @escaping @Sendable (RunProgress, Turn) async -> Bool,
        lost: @escaping @Sendable (Diagnostic) async -> Void
    ) async {
        var open = plan.selected.filter { !finished.contains($0.id) }
        for attempt in Attempts(jobs: jobs) where !open.isEmpty && !Task.isCancelled {
            let turn = Turn(round: round, attempt: attempt.number, isLast: attempt.isLast)
            let (again, late) = AsyncStream.makeStream(of: TestCase.self)
            let scheduler = RunScheduler(implementation: plan.implementation, settings: settings, jobs: attempt.jobs)
            _ = await scheduler.run(open) { progress in
                let isWanted = await news(progress, turn)
                guard case .ended(let played) = progress else { return }
                if case .unreachable(let diagnostic) = played.end { return await lost(diagnostic) }
                if isWanted { late.yield(played.testCase) }
            }
            late.finish()
            open = []
            for await testCase in again { open.append(testCase) }
        }
    }
}
