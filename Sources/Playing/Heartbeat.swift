import Diagnostics
import NIOCore
import Recordings

/// Notices when the harness itself was held up: a limit missed meanwhile says nothing about the implementation.
struct Heartbeat {
    static let interval: TimeAmount = .milliseconds(100)
    /// Held up longer than this is recorded.
    private static let tolerance: TimeAmount = .milliseconds(400)

    private var task: RepeatedTask?
    /// Sleeps as the steps of the script do.
    private var sleeper: Task<Void, Never>?
    private var last = NIODeadline.now()

    /// Calls `beat` on the loop in every interval; whoever is called asks `late`.
    ///
    /// - Parameter heldUp: called with the milliseconds by which a task that slept was woken too late: steps of the script
    ///   wait as tasks do, on threads that others may keep busy while the loop is not.
    mutating func start(
        on loop: any EventLoop, _ beat: @escaping @Sendable () -> Void, heldUp: @escaping @Sendable (Int64) async -> Void
    ) {
        last = .now()
        task = loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in beat() }
        sleeper = startTask {
            while !Task.isCancelled {
                let due = NIODeadline.now() + Self.interval
                // Ends early only when it is called off.
                try? await Task.sleep(for: .nanoseconds(Self.interval.nanoseconds))
                if !Task.isCancelled, let late = Self.worthAWord(NIODeadline.now() - due) { await heldUp(late) }
            }
        }
    }

    mutating func stop() {
        task?.cancel()
        task = nil
        sleeper?.cancel()
        sleeper = nil
    }

    /// By how many milliseconds this beat came too late; nil when it is worth no word.
    private mutating func late() -> Int64? {
        let now = NIODeadline.now()
        let late = now - last - Self.interval
        last = now
        return Self.worthAWord(late)
    }

    /// By how many milliseconds something that was due then comes too late now; nil when it is worth no word.
    static func lateness(due: Int64, now: Int64) -> Int64? { worthAWord(.nanoseconds(now - due)) }

    private static func worthAWord(_ late: TimeAmount) -> Int64? {
        late > tolerance ? late.nanoseconds / 1_000_000 : nil
    }

    /// Writes down that the harness was held up, if it was.
    mutating func beat(_ recorder: Recorder) {
        if let late = late() { heldUp(late, recorder) }
    }

    /// Writes down that it was, by so many milliseconds.
    func heldUp(_ milliseconds: Int64, _ recorder: Recorder) {
        if task != nil { recorder.add(.stall, fields: ["ms": .integer(milliseconds)]) }
    }
}
