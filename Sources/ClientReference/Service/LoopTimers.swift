import NIOCore

/// A timer that can be called off. Not calling it off is no leak: the service calls all off when it stops.
final class LoopTimer {
    fileprivate var scheduled: Scheduled<Void>?
    fileprivate let number: Int
    private weak var owner: LoopTimers?

    fileprivate init(number: Int, owner: LoopTimers) {
        self.number = number
        self.owner = owner
    }

    func cancel() {
        scheduled?.cancel()
        scheduled = nil
        owner?.forget(number)
    }
}

/// All timers of one client, on its event loop.
final class LoopTimers {
    private let eventLoop: any EventLoop
    private var running: [Int: LoopTimer] = [:]
    private var last = 0

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Runs `body` once after some milliseconds.
    func after(milliseconds: Int64, _ body: @escaping () -> Void) -> LoopTimer {
        last += 1
        let timer = LoopTimer(number: last, owner: self)
        running[last] = timer
        schedule(timer, in: .milliseconds(max(0, milliseconds)), body)
        return timer
    }

    /// A loop that was held up has not yet read what came meanwhile: a timer that fires late waits once more for as
    /// long as it was late, so that a busy machine is not taken for a silent peer.
    private func schedule(_ timer: LoopTimer, in delay: TimeAmount, _ body: @escaping () -> Void) {
        let due = NIODeadline.now() + delay
        timer.scheduled = eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self, self.running[timer.number] != nil else { return }
            let late = NIODeadline.now() - due
            if late > Self.tolerance { return self.schedule(timer, in: late, body) }
            self.running[timer.number] = nil
            body()
        }
    }

    private static let tolerance = TimeAmount.milliseconds(50)

    fileprivate func forget(_ number: Int) { running[number] = nil }

    /// Calls every timer off.
    func cancelAll() {
        for timer in running.values { timer.scheduled?.cancel() }
        running.removeAll()
    }

    /// How many are running; for tests.
    var count: Int { running.count }
}
