import NIOCore
import Synchronization

/// Ports on which this process listens or has listened a short while ago, so that none is listened on again too soon.
///
/// Whoever knew the former listener may still call there: an implementation under test goes on sending to the clients of a
/// case that has ended. Such a call must be refused, and not reach a client of another case.
final class RecentPorts: Sendable {
    static let shared = RecentPorts()

    /// Longer than any transaction lasts (64 times T1 is 32 s, RFC 3261 §17).
    static let rest: TimeAmount = .seconds(60)

    private struct Ports {
        /// Listened on, as far as anybody has said. The system may give one away again before its listener is known to be gone.
        var taken: Set<Int> = []
        var left: [Int: NIODeadline] = [:]
        var nextSweep = NIODeadline.uptimeNanoseconds(0)
    }

    private let ports = Mutex(Ports())

    /// Takes a port to listen on; false while it is to rest, or is taken by a listener that is about to be gone.
    func take(_ port: Int, now: NIODeadline = .now()) -> Bool {
        ports.withLock { ports in
            if let left = ports.left[port], left + Self.rest > now { return false }
            return ports.taken.insert(port).inserted
        }
    }

    /// The listener of that port is gone.
    func leave(_ port: Int, now: NIODeadline = .now()) {
        ports.withLock { ports in
            ports.taken.remove(port)
            ports.left[port] = now
            guard ports.nextSweep <= now else { return }
            ports.nextSweep = now + Self.rest
            ports.left = ports.left.filter { $0.value + Self.rest > now }
        }
    }
}
