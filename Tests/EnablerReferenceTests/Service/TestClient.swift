import Connections
import MSRP
import NIOCore
import SIP
import Testing

@testable import EnablerReference

/// A test client from outside its loop.
struct TestClient: Sendable {
    let core: NIOLoopBoundBox<ClientCore>

    static func make(
        _ name: String, on loop: any EventLoop, _ addresses: EnablerAddresses, tls: TLSClient? = nil
    ) async throws -> TestClient {
        try await loop.flatSubmit {
            let core = ClientCore(name: name, loop: loop, addresses: addresses, tls: tls)
            let client = TestClient(core: NIOLoopBoundBox(core, eventLoop: loop))
            return core.listen().map { client }
        }.get()
    }

    @discardableResult
    func run<Value: Sendable>(_ body: @escaping @Sendable (ClientCore) -> Value) async throws -> Value {
        try await core.eventLoop.submit { body(core.value) }.get()
    }

    /// Waits until something holds, or records what was there instead.
    func wait(
        _ what: String, seconds: Double = 5, sourceLocation: SourceLocation = #_sourceLocation,
        until holds: @escaping @Sendable (ClientCore) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await run(holds) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        let seen = try await run { "\($0.name): \($0.log) \($0.statuses)" }
        #expect(Bool(false), "\(what) did not come; \(seen)", sourceLocation: sourceLocation)
        throw CancellationError()
    }

    var log: [String] { get async throws { try await run { $0.log } } }

    /// How many requests of a method came.
    func count(_ method: SIPMethod) async throws -> Int { try await run { $0.count(method) } }

    func stop() async throws {
        try await core.eventLoop.flatSubmit { core.value.stack.close().and(core.value.msrp.close()).map { _ in } }.get()
    }
}
