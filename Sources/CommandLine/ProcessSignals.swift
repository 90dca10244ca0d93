import Dispatch
import Foundation

/// Where a signal is told to those who wait; negative while none is caught. A signal may find any thread anywhere, so its
/// handler does no more than write a byte there.
private nonisolated(unsafe) var told: Int32 = -1

/// SIGINT and SIGTERM of this process, none of which is lost between being caught and being waited for.
///
/// A signal source of Dispatch looks after a signal only some time after it was activated, and one that comes before is gone:
/// whoever was told to end as soon as it was ready went on for ever.
enum ProcessSignals {
    /// The end of the pipe that can be read once a signal has come; nil where there is no pipe.
    private static let heard: Int32? = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        told = ends[1]
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                var byte: UInt8 = 0
                _ = write(told, &byte, 1)
                // A second one ends the process at once, for a user who will not wait.
                signal(number, SIG_DFL)
            }
        }
        return ends[0]
    }()

    /// From now on a first signal ends nothing by itself, and is kept for whoever asks.
    static func hold() { _ = heard }

    /// Returns once a signal has come, also before this was called, or when the task is cancelled.
    static func first() async {
        let (signals, arrived) = AsyncStream.makeStream(of: Void.self)
        // Without a pipe nothing is caught: a signal ends the process.
        guard let heard else { return await signals.first { _ in true } ?? () }
        let source = DispatchSource.makeReadSource(fileDescriptor: heard)
        source.setEventHandler { arrived.yield() }
        source.activate()
        for await _ in signals { break }
        source.cancel()
    }
}
