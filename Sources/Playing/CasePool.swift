import NIOCore
import NIOPosix
public import TestCases

/// One case against one implementation, to be played.
public struct Booking: Sendable {
    public var testCase: TestCase
    public var implementation: any ImplementationUnderTest
    public var settings: PlaySettings

    public init(_ testCase: TestCase, against implementation: any ImplementationUnderTest, settings: PlaySettings) {
        self.testCase = testCase
        self.implementation = implementation
        self.settings = settings
    }
}

/// Plays bookings side by side, the longest first (one at a time: as they are given), each on an event loop of its own; they
/// may be against different implementations. What is played is handed over as it ends and not kept.
///
/// Cancelling the task that runs it is the interruption: cases being played close their sockets within a second and
/// are handed over as far as they came, the others are never begun.
public struct CasePool: Sendable {
    /// Cases played at once, at least 1.
    public let jobs: Int

    public init(jobs: Int) { self.jobs = max(1, jobs) }

    /// Cases at once when nobody says how many: they wait much more than they work.
    public static var defaultJobs: Int { 32 }

    /// Plays the bookings and returns what was made of each, in the order given; nil for what was never begun.
    ///
    /// - Parameters:
    ///   - began: called as cases begin, with the place of the booking, never at the same time as it or `ended`.
    ///   - finish: makes of a played case what is kept of it; called side by side.
    ///   - ended: called with what `finish` made, never at the same time as it or `began`.
    public func play<Outcome: Sendable>(
        _ bookings: [Booking], began: @escaping @Sendable (Int) async -> Void = { _ in },
        finish: @escaping @Sendable (Int, PlayedCase) async -> Outcome,
        ended: @escaping @Sendable (Int, Outcome) async -> Void = { _, _ in }
    ) async -> [Outcome?] {
        guard !bookings.isEmpty else { return [] }
        let threads = min(jobs, bookings.count, max(1, System.coreCount))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let outcomes = await play(bookings, on: group, began: began, finish: finish, ended: ended)
        // Failing to shut down leaves threads, not verdicts; there is nobody to tell.
        try? await group.shutdownGracefully()
        return outcomes
    }

    private func play<Outcome: Sendable>(
        _ bookings: [Booking], on group: MultiThreadedEventLoopGroup,
        began: @escaping @Sendable (Int) async -> Void,
        finish: @escaping @Sendable (Int, PlayedCase) async -> Outcome,
        ended: @escaping @Sendable (Int, Outcome) async -> Void
    ) async -> [Outcome?] {
        // One after the other there is nothing to gain, and a person who follows them wants them as they are listed.
        var queue = CaseQueue(jobs == 1 ? Array(bookings.indices) : Self.longestFirst(bookings)) { bookings[$0].testCase.isLaborious }
        return await withTaskGroup(of: (Int, Outcome).self) { tasks in
            var outcomes = [Outcome?](repeating: nil, count: bookings.count)
            var running = 0
            while running > 0 || !queue.isEmpty {
                while running < jobs, !Task.isCancelled, let index = queue.next() {
                    running += 1
                    await began(index)
                    let loop = group.next()
                    tasks.addTask { (index, await finish(index, await Self.play(bookings[index], on: loop))) }
                    if !queue.isEmpty { await pace(loop) }
                }
                guard running > 0, let (index, outcome) = await tasks.next() else { break }
                running -= 1
                queue.ended(index)
                outcomes[index] = outcome
                await ended(index, outcome)
            }
            return outcomes
        }
    }

    private static func longestFirst(_ bookings: [Booking]) -> [Int] {
        let lengths = bookings.map { $0.testCase.expectedMilliseconds($0.implementation.description.ixit.timers) }
        return bookings.indices.sorted { lengths[$0] == lengths[$1] ? $0 < $1 : lengths[$0] > lengths[$1] }
    }

    /// Cases that all begin in one moment make one another late, and a late harness misses the limits it measures:
    /// so the next one waits until the loop has time again, and a little more.
    private func pace(_ loop: any EventLoop) async {
        try? await loop.submit {}.get()
        // Sleeping ends early only when the run is interrupted, and then nothing more begins.
        try? await Task.sleep(for: .milliseconds(15))
    }

    private static func play(_ booking: Booking, on loop: any EventLoop) async -> PlayedCase {
        let player = CasePlayer(
            booking.testCase, implementation: booking.implementation, settings: booking.settings, eventLoop: loop)
        return await player.play()
    }
}
