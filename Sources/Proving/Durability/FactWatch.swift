import Facts
import NIOCore
import Recordings

/// Waits for what a recording has to say; confined to the event loop of the recorder.
final class FactWatch {
    private struct Waiting {
        var isTrue: () -> Bool
        var continuation: CheckedContinuation<Bool, Never>
        var limit: Scheduled<Void>
    }

    private let eventLoop: any EventLoop
    private var waiting: [Int: Waiting] = [:]
    private var count = 0

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Looks at everything that is waited for; to be called after each line.
    func look() {
        for (number, entry) in waiting where entry.isTrue() { settle(number, true) }
    }

    /// True as soon as the condition is met, false when it is not within the limit.
    func until(_ limit: Duration, isolation: isolated (any Actor), _ isTrue: @escaping () -> Bool) async -> Bool {
        if isTrue() { return true }
        count += 1
        let number = count
        return await withCheckedContinuation { continuation in
            let timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) { self.settle(number, false) }
            waiting[number] = Waiting(isTrue: isTrue, continuation: continuation, limit: timer)
        }
    }

    private func settle(_ number: Int, _ isMet: Bool) {
        guard let entry = waiting.removeValue(forKey: number) else { return }
        entry.limit.cancel()
        entry.continuation.resume(returning: isMet)
    }
}
