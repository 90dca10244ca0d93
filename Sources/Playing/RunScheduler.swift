import Synchronization
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

    /// Plays the cases and returns how each ended, in the order given. What was recorded is handed over with the progress and
    /// not kept, since the recordings of a run may be larger than the memory.
    ///
    /// - Parameter progress: called as cases begin and end, from any thread, never at the same time.
    public func run(
        _ cases: [TestCase], progress: @escaping @Sendable (RunProgress) async -> Void = { _ in }
    ) async -> [PlayedCase] {
        let bookings = cases.map { Booking($0, against: implementation, settings: settings) }
        let played = await CasePool(jobs: jobs).play(
            bookings, began: { await progress(.began(cases[$0])) }, finish: { _, played in HandedOver(played) },
            ended: { if let whole = $1.take() { await progress(.ended(whole)) } })
        return zip(cases, played).map { $1?.rest ?? PlayedCase($0, end: .notBegun) }
    }
}

/// A played case that is given away once.
private final class HandedOver: Sendable {
    /// What remains.
    let rest: PlayedCase
    private let whole: Mutex<PlayedCase?>

    init(_ played: PlayedCase) {
        rest = played.withoutRecording
        whole = Mutex(played)
    }

    func take() -> PlayedCase? {
        whole.withLock { kept in
            defer { kept = nil }
            return kept
        }
    }
}

/// News of a run.
public enum RunProgress: Sendable {
    case began(TestCase)
    case ended(PlayedCase)
}
