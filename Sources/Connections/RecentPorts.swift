import NIOCore
import Synchronization

/// Ports on which this process has listened a short while ago, so that none is listened on again too soon.
///
/// Whoever knew the former listener may still call there: an implementation under test goes on sending to the clients of a
/// case that has ended. Such a call must be refused, and not reach a client of another case.
final class RecentPorts: Sendable {
    static let shared = RecentPorts()

    /// Longer than any transaction lasts (64 times T1 is 32 s, RFC 3261 §17).
    static let rest: TimeAmount = .seconds(60)

    private struct Left {
        var at: [Int: NIODeadline] = [:]
        var nextSweep = NIODeadline.uptimeNanoseconds(0)
    }

    private let left = Mutex(Left())

    /// False while the port is to rest.
    func isRested(_ port: Int, now: NIODeadline = .now()) -> Bool {
        left.withLock { left in left.at[port].map { $0 + Self.rest <= now } ?? true }
    }

    /// The listener of that port is gone.
    func leave(_ port: Int, now: NIODeadline = .now()) {
        left.withLock { left in
            left.at[port] = now
            guard left.nextSweep <= now else { return }
            left.nextSweep = now + Self.rest
            left.at = left.at.filter { $0.value + Self.rest > now }
        }
    }
}
