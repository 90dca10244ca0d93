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

/// All timers of one enabler, on its event loop.
final class LoopTimers {
    private let eventLoop: any EventLoop
    private var running: [Int: LoopTimer] = [:]
    private var last = 0

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Runs `body` once after some milliseconds.
    func after(milliseconds: Int64, _ body: @escaping () -> Void) -> LoopTimer {
        last += 1
        let timer = LoopTimer(number: last, owner: self)
        let number = last
        running[number] = timer
        timer.scheduled = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(max(0, milliseconds))) {
            [weak self] in
            guard self?.running.removeValue(forKey: number) != nil else { return }
            body()
        }
        return timer
    }

    fileprivate func forget(_ number: Int) { running[number] = nil }

    /// Calls every timer off.
    func cancelAll() {
        for timer in running.values { timer.scheduled?.cancel() }
        running.removeAll()
    }

    /// How many are running; for tests.
    var count: Int { running.count }
}
