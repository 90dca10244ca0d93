import Connections
import Diagnostics
import Foundation
import MSRP
import NIOCore
import NIOPosix

/// SEND of 1 kB and its 200 over one connection, both ends of ours on one event loop, as in a case.
enum MSRPExchange {
    static let body = (0..<1024).map { UInt8(ascii: "a") + UInt8($0 % 26) }

    /// Seconds of wall and CPU for so many exchanges, after a short run to warm up.
    static func run(count: Int, window: Int) async throws -> (wall: Double, cpu: Double) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result = try await LoopActor(group.next()).perform { bench in
            try await exchange(count: count, window: window, on: bench)
        }
        try await group.shutdownGracefully()
        return result
    }

    private static func exchange(
        count: Int, window: Int, on bench: isolated LoopActor
    ) async throws -> (wall: Double, cpu: Double) {
        let alice = MSRPEndpoint(eventLoop: bench.loop, tokens: TokenSource(seed: 1), tap: nil)
        let bob = MSRPEndpoint(eventLoop: bench.loop, tokens: TokenSource(seed: 2), tap: nil)
        _ = try await bob.listen(host: "127.0.0.1", port: 0, tls: nil).get()
        var received = 0
        let passive = bob.makeSession { _, signal in if case .received = signal { received += 1 } }
        let active = alice.makeSession { _, _ in }
        passive.expect(from: [active.localURI])
        active.connect(to: [passive.localURI], tls: nil, bind: true)
        while !passive.isConnected { try await Task.sleep(for: .milliseconds(2)) }
        try await Course(active, count: count / 10).run(window: window, on: bench)
        let cpu = cpuSeconds()
        let began = wallSeconds()
        try await Course(active, count: count).run(window: window, on: bench)
        let result = (wallSeconds() - began, cpuSeconds() - cpu)
        guard received == count + count / 10 else {
            throw Child.Failure(description: "of \(count + count / 10) messages \(received) came")
        }
        try await alice.close().get()
        try await bob.close().get()
        return result
    }

    private final class Course {
        let session: MSRPSession
        let count: Int
        var sent = 0
        var answered = 0
        var onEnd: ((Result<Void, any Error>) -> Void)?

        init(_ session: MSRPSession, count: Int) {
            self.session = session
            self.count = count
        }

        func run(window: Int, on bench: isolated LoopActor) async throws {
            try await withCheckedThrowingContinuation { continuation in
                onEnd = { continuation.resume(with: $0) }
                for _ in 0..<window { sendNext() }
            }
        }

        func sendNext() {
            guard sent < count else { return }
            sent += 1
            let message = MSRPOutgoingMessage(
                messageID: "bench.\(sent)", contentType: "text/plain", body: MSRPExchange.body)
            session.send(message) { self.took($0) }
        }

        func took(_ outcome: MSRPSendOutcome) {
            guard case .answered(200, _) = outcome else {
                onEnd?(.failure(Child.Failure(description: "a SEND was not answered with 200: \(outcome)")))
                onEnd = nil
                return
            }
            answered += 1
            guard answered < count else {
                onEnd?(.success(()))
                onEnd = nil
                return
            }
            sendNext()
        }
    }
}
