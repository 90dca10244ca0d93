import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Playing

@Suite("Lateness of the harness")
struct HeartbeatTests {
    @Test("what ends more than 400 ms after it was due was held up; less is worth no word")
    func lateness() {
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 12_000_000_000) == 7_000)
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 5_400_000_000) == nil)
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 5_401_000_000) == 401)
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 4_000_000_000) == nil)
    }

    @Test("tasks that find no thread are held up, though the loop goes on")
    func busyThreads() async throws {
        let told = Mutex<[Int64]>([])
        let beats = Atomic<Int>(0)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let heartbeat = try await loop.submit {
            var heartbeat = Heartbeat()
            heartbeat.start(
                on: loop, { beats.add(1, ordering: .relaxed) }, heldUp: { late in told.withLock { $0.append(late) } })
            return heartbeat
        }.get()
        // Every thread on which tasks wait is kept for more than a second.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 * ProcessInfo.processInfo.activeProcessorCount { group.addTask { holdThread(seconds: 0.6) } }
        }
        for _ in 0..<100 where told.withLock(\.isEmpty) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(told.withLock(\.first) ?? 0 > 400)
        #expect(beats.load(ordering: .relaxed) > 5)
        var stopped = heartbeat
        stopped.stop()
    }
}

private func holdThread(seconds: Double) { Thread.sleep(forTimeInterval: seconds) }
