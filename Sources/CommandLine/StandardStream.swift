import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard output or standard error: writes all it is given, and no more once nobody reads it or it takes nothing.
///
/// A reader that closes its end, as `head` does, wants no more: that is no trouble. Anything else is.
final class StandardStream: Sendable {
    private enum State {
        case open
        case closed
        /// With the number of the system's error.
        case failed(Int32)
    }

    private let descriptor: Int32
    private let state = Mutex(State.open)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// What the system said when something could not be written; nil when all was, or nobody reads it any more.
    var failure: String? {
        state.withLock { state in
            if case .failed(let number) = state { String(cString: strerror(number)) } else { nil }
        }
    }

    func write(_ text: String) {
        state.withLock { state in
            guard case .open = state else { return }
            switch put(Array(text.utf8)) {
            case nil: break
            case EPIPE, EBADF: state = .closed
            case let failure?: state = .failed(failure)
            }
        }
    }

    /// The number of the system's error, if not everything could be written.
    private func put(_ bytes: [UInt8]) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written == 0 {
                    return ENOSPC
                } else if errno == EAGAIN {
                    // The other end of a pipe that does not block reads slowly.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&ready, 1, 1000)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }
}

/// `write` of the system; a function of its own, since methods here have that name too.
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    write(descriptor, buffer.baseAddress, buffer.count)
}
