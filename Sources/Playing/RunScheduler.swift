public import TestCases

/// Plays cases side by side against one implementation, as `CasePool` does.
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
    public static var defaultJobs: Int { CasePool.defaultJobs }

    /// Plays the cases and returns them in the order given.
    ///
    /// - Parameter progress: called as cases begin and end, from any thread, never at the same time.
    public func run(
        _ cases: [TestCase], progress: @escaping @Sendable (RunProgress) async -> Void = { _ in }
    ) async -> [PlayedCase] {
        let bookings = cases.map { Booking($0, against: implementation, settings: settings) }
        let played = await CasePool(jobs: jobs).play(
            bookings, began: { await progress(.began(cases[$0])) }, finish: { _, played in played },
            ended: { await progress(.ended($1)) })
        return zip(cases, played).map { $1 ?? PlayedCase($0, end: .notBegun) }
    }
}

/// News of a run.
public enum RunProgress: Sendable {
    case began(TestCase)
    case ended(PlayedCase)
}
