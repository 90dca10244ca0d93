import NIOCore
import NIOPosix
public import TestCases

/// Plays cases side by side, the longest first, each on an event loop of its own.
///
/// Cancelling the task that runs it is the interruption: cases being played close their sockets within a second and
/// are handed over as far as they came, the others are reported as not begun.
public struct RunScheduler: Sendable {
    public var implementation: any ImplementationUnderTest
    public var settings: PlaySettings
    /// Cases played at once, at least 1.
    public var jobs: Int

    public init(implementation: any ImplementationUnderTest, settings: PlaySettings, jobs: Int) {
        self.implementation = implementation
        self.settings = settings
        self.jobs = max(1, jobs)
    }

    /// Cases at once when nobody says how many: they wait much more than they work.
    public static var defaultJobs: Int { 32 }

    /// Plays the cases and returns them in the order given.
    ///
    /// - Parameter progress: called as cases begin and end, from any thread, never at the same time.
    public func run(
        _ cases: [TestCase], progress: @escaping @Sendable (RunProgress) async -> Void = { _ in }
    ) async -> [PlayedCase] {
        guard !cases.isEmpty else { return [] }
        let threads = min(jobs, cases.count, max(1, System.coreCount))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let played = await play(cases, on: group, progress: progress)
        // Failing to shut down leaves threads, not verdicts; there is nobody to tell.
        try? await group.shutdownGracefully()
        return played
    }

    private func play(
        _ cases: [TestCase], on group: MultiThreadedEventLoopGroup,
        progress: @escaping @Sendable (RunProgress) async -> Void
    ) async -> [PlayedCase] {
        let timers = implementation.description.ixit.timers
        var queue = cases.indices.sorted {
            let (a, b) = (cases[$0].expectedMilliseconds(timers), cases[$1].expectedMilliseconds(timers))
            return a == b ? $0 < $1 : a > b
        }[...]
        return await withTaskGroup(of: (Int, PlayedCase).self) { tasks in
            var results = [PlayedCase?](repeating: nil, count: cases.count)
            var running = 0
            while running > 0 || !queue.isEmpty {
                while running < jobs, let index = queue.first, !Task.isCancelled {
                    queue.removeFirst()
                    running += 1
                    await progress(.began(cases[index]))
                    let loop = group.next()
                    tasks.addTask { (index, await playOne(cases[index], on: loop)) }
                    if !queue.isEmpty { await pace(loop) }
                }
                guard running > 0, let (index, played) = await tasks.next() else { break }
                running -= 1
                results[index] = played
                await progress(.ended(played))
            }
            return cases.indices.map { results[$0] ?? PlayedCase(cases[$0], end: .notBegun) }
        }
    }

    /// Cases that all begin in one moment make one another late, and a late harness misses the limits it measures:
    /// so the next one waits until the loop has time again, and a little more.
    private func pace(_ loop: any EventLoop) async {
        try? await loop.submit {}.get()
        // Sleeping ends early only when the run is interrupted, and then nothing more begins.
        try? await Task.sleep(for: .milliseconds(15))
    }

    private func playOne(_ testCase: TestCase, on loop: any EventLoop) async -> PlayedCase {
        await CasePlayer(testCase, implementation: implementation, settings: settings, eventLoop: loop).play()
    }
}

/// News of a run.
public enum RunProgress: Sendable {
    case began(TestCase)
    case ended(PlayedCase)
}
