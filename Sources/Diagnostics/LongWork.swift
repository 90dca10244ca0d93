internal import Foundation

/// Work that computes for long: judging, and writing what was recorded.
///
/// Tasks wait on as many threads as there are processors. Whoever computes on them for a second holds up everybody who
/// plays a case meanwhile, and a harness that is held up misses what it measures. Here the work has threads of its own, as
/// many again, and the system shares the processors between the two.
public enum LongWork {
    private static let threads: OperationQueue = {
        let queue = OperationQueue()
        queue.name = "long work"
        queue.maxConcurrentOperationCount = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return queue
    }()

    /// Does it and hands over what came of it. It is not called off with the task that waits for it.
    public static func outcome<Outcome: Sendable>(of work: @escaping @Sendable () -> Outcome) async -> Outcome {
        await withCheckedContinuation { waiting in
            threads.addOperation { waiting.resume(returning: work()) }
        }
    }
}
