import NIOCore
import Recordings

/// Notices when the harness itself was held up: a limit missed meanwhile says nothing about the implementation.
struct Heartbeat {
    var beat: RepeatedTask
    var last: NIODeadline
}

extension CaseStage {
    private static var interval: TimeAmount { .milliseconds(100) }
    /// Held up longer than this is recorded.
    private static var tolerance: TimeAmount { .milliseconds(400) }

    func startHeartbeat() {
        let beat = eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            self.assumeIsolated { $0.beat() }
        }
        heartbeat = Heartbeat(beat: beat, last: .now())
    }

    private func beat() {
        guard let last = heartbeat?.last else { return }
        let now = NIODeadline.now()
        let late = now - last - Self.interval
        heartbeat?.last = now
        guard late > Self.tolerance else { return }
        recorder.add(.stall, fields: ["ms": .integer(late.nanoseconds / 1_000_000)])
    }

    func stopHeartbeat() {
        heartbeat?.beat.cancel()
        heartbeat = nil
    }
}
