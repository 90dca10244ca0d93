import Foundation
import Synchronization

/// What a console's input gave.
public enum ConsoleInput: Sendable, Hashable {
    /// A line, without its end.
    case line(String)
    /// A line that is longer than anybody's answer; it was thrown away.
    case tooLong
    /// There is no more.
    case end
}

/// Standard input, line by line; a wait for a line ends when its task is cancelled. One wait at a time.
final class StandardInput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        /// The line at hand is too long, and what is left of it is thrown away.
        var isSkipping = false
        var isAtEnd = false
    }

    /// Bytes of the longest line that is taken.
    static let longest = 2_000
    private let descriptor: Int32
    private let state = Mutex(State())

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Nil when the task was cancelled. On a terminal, what was typed before it was asked for is thrown away.
    func line() async -> ConsoleInput? {
        if isatty(descriptor) == 1 { tcflush(descriptor, TCIFLUSH) }
        let isCancelled = Flag()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A thread that blocks on purpose has no place among those that the tasks run on.
                DispatchQueue.global(qos: .userInitiated).async {
                    continuation.resume(returning: self.wait(unless: isCancelled))
                }
            }
        } onCancel: {
            isCancelled.raise()
        }
    }

    private func wait(unless isCancelled: Flag) -> ConsoleInput? {
        while !isCancelled.isRaised {
            if let input = state.withLock({ Self.take(&$0) }) { return input }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 200) != 0 else { continue }
            var chunk = [UInt8](repeating: 0, count: 1_024)
            let got = read(descriptor, &chunk, chunk.count)
            if got < 0, errno == EINTR || errno == EAGAIN { continue }
            state.withLock { state in
                if got > 0 { state.bytes += chunk[..<got] } else { state.isAtEnd = true }
            }
        }
        return nil
    }

    private static func take(_ state: inout State) -> ConsoleInput? {
        guard let end = state.bytes.firstIndex(of: 0x0A) else {
            if state.bytes.count > longest {
                state.bytes = []
                state.isSkipping = true
            }
            guard state.isAtEnd else { return nil }
            defer { state.bytes = [] }
            return state.bytes.isEmpty ? .end : line(&state, state.bytes[...])
        }
        let bytes = state.bytes[..<end]
        defer { state.bytes.removeFirst(end + 1) }
        return line(&state, bytes)
    }

    private static func line(_ state: inout State, _ bytes: ArraySlice<UInt8>) -> ConsoleInput {
        defer { state.isSkipping = false }
        return state.isSkipping || bytes.count > longest ? .tooLong : .line(String(decoding: bytes, as: UTF8.self))
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)
    var isRaised: Bool { value.withLock { $0 } }
    func raise() { value.withLock { $0 = true } }
}
