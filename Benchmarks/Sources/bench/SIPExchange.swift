import Connections
import Diagnostics
import Foundation
import NIOCore
import NIOPosix
import SIP

/// MESSAGE and its 200 over one TCP connection, both ends stacks of ours.
enum SIPExchange {
    static let body = Array("From a bench: no message of a user, and nobody keeps it.".utf8)

    /// Seconds of wall and CPU for so many exchanges, after a short run to warm up.
    /// - Parameter loops: one loop for both ends, or two for one each.
    static func run(count: Int, inFlight: Int, loops: Int) async throws -> (wall: Double, cpu: Double) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let server = AnsweringEnd(group.next())
        let client = AskingEnd(group.next())
        let port = try await server.start()
        _ = try await client.exchange(count: count / 10, inFlight: inFlight, port: port)
        let cpu = cpuSeconds()
        let wall = try await client.exchange(count: count, inFlight: inFlight, port: port)
        let used = cpuSeconds() - cpu
        await client.stop()
        await server.stop()
        try await group.shutdownGracefully()
        return (wall, used)
    }
}

/// Answers every request with 200.
private actor AnsweringEnd {
    nonisolated let loop: any EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }
    private let listener = Listener()
    private lazy var stack = SIPStack(eventLoop: loop, tokens: TokenSource(seed: 2))

    init(_ loop: any EventLoop) { self.loop = loop }

    func start() async throws -> Int {
        stack.delegate = listener
        return try await stack.listen(host: "127.0.0.1", port: 0).get().port ?? 0
    }

    func stop() async { try? await stack.close().get() }

    final class Listener: SIPStackDelegate {
        func stack(_ stack: SIPStack, received request: SIPServerRequest) {
            stack.respond(request.message.response(200, toTag: "bench"), to: request)
        }
        func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) {}
        func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) {}
        func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) {}
        func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {}
    }
}

/// Sends requests, each as soon as one before it is answered.
private actor AskingEnd {
    nonisolated let loop: any EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }
    private lazy var stack = SIPStack(eventLoop: loop, tokens: TokenSource(seed: 1))
    private var calls = 0

    init(_ loop: any EventLoop) { self.loop = loop }

    func exchange(count: Int, inFlight: Int, port: Int) async throws -> Double {
        let hop = SIPHop.address(host: "127.0.0.1", port: port, tls: nil)
        _ = try await stack.connect(hop).get()
        let course = Course(stack: stack, hop: hop, firstCall: calls, count: count)
        calls += count
        let began = wallSeconds()
        try await withCheckedThrowingContinuation { continuation in
            course.onEnd = { continuation.resume(with: $0) }
            for _ in 0..<inFlight { course.sendNext() }
        }
        return wallSeconds() - began
    }

    func stop() async { try? await stack.close().get() }

    private final class Course {
        let stack: SIPStack
        let hop: SIPHop
        let count: Int
        let firstCall: Int
        var sent = 0
        var answered = 0
        var onEnd: ((Result<Void, any Error>) -> Void)?
        let from = NameAddress(uri: "sip:bench@cpm.example", parameters: ["tag": "1928301774"])
        let to = NameAddress(uri: "sip:service@cpm.example")

        init(stack: SIPStack, hop: SIPHop, firstCall: Int, count: Int) {
            self.stack = stack
            self.hop = hop
            self.firstCall = firstCall
            self.count = count
        }

        func sendNext() {
            guard sent < count else { return }
            sent += 1
            let identity = SIPRequestIdentity(from: from, to: to, callID: "bench-\(firstCall + sent)@127.0.0.1")
            let message = SIPMessage.request(
                .message, uri: "sip:service@cpm.example", identity, headers: ["Content-Type": "text/plain"],
                body: SIPExchange.body)
            stack.send(message, to: hop) { self.took($0) }
        }

        func took(_ outcome: SIPClientOutcome) {
            guard case .response(let response) = outcome, response.status == 200 else {
                onEnd?(.failure(Child.Failure(description: "a MESSAGE was not answered with 200: \(outcome)")))
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
