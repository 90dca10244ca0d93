import Connections
import Diagnostics
import NIOCore
import NIOPosix
import Testing

@testable import MSRP

/// Two end points on loopback on one event loop, and what happened to them. Its executor is that loop, so that the
/// end points can be used without hops.
actor SocketBench {
    /// A loop of its own, so that a test which works hard does not hold up another's time limits.
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    nonisolated let loop: any EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    var settings = MSRPSettings()
    var tap: WireTap?
    private(set) lazy var alice = MSRPEndpoint(
        eventLoop: loop, settings: settings, tokens: TokenSource(seed: 1), tap: nil)
    private(set) lazy var bob = MSRPEndpoint(
        eventLoop: loop, settings: settings, tokens: TokenSource(seed: 2), tap: tap)

    var received: [String: [MSRPIncomingMessage]] = [:]
    var events: [String] = []
    /// Why sessions were closed, by name.
    var causes: [String: String] = [:]
    /// Ends whose peer knows the session.
    var introduced: Set<String> = []
    var onIntroduced: () -> Void = {}
    var outcomes: [String: MSRPSendOutcome] = [:]

    init() { loop = group.next() }

    deinit { group.shutdownGracefully { _ in } }

    /// Signals of a session under a name.
    func note(_ name: String) -> (MSRPSession, MSRPSessionSignal) -> Void {
        { _, signal in
            switch signal {
            case .introduced: 
                self.introduced.insert(name)
                self.onIntroduced()
            case .connected: self.events.append("\(name) connected")
            case .received(let message): self.received[name, default: []].append(message)
            case .incomplete(let id, let cause): self.events.append("\(name) incomplete \(id): \(cause)")
            case .report(let id, let code, let range):
                self.events.append("\(name) report \(id) \(code) \(range.map { "\($0)" } ?? "-")")
            case .refusedLate(let id, let code, _): self.events.append("\(name) late \(id) \(code)")
            case .closed(let cause):
                self.events.append("\(name) closed")
                self.causes[name] = cause
            }
        }
    }

    /// Keeps the outcome of a message under its id.
    func send(_ session: MSRPSession, _ message: MSRPOutgoingMessage) {
        session.send(message) {
            #expect(self.outcomes[message.messageID] == nil, "the outcome of \(message.messageID) is told twice")
            self.outcomes[message.messageID] = $0
        }
    }

    /// Waits for something to become true; fails the test after thirty seconds, which only a hung test takes.
    func until(_ what: String, limit: Duration = .seconds(30), _ isTrue: () -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while !isTrue() {
            try #require(clock.now < deadline, "it never came to pass that \(what); \(events); \(outcomes)")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// A passive session at bob's and an active one at alice's, connected.
    func connected(
        host: String = "127.0.0.1", tls: (TLSServer, TLSClient)? = nil
    ) async throws -> (alice: MSRPSession, bob: MSRPSession) {
        if bob.localAddress == nil { _ = try await bob.listen(host: host, port: 0, tls: tls?.0).get() }
        let passive = bob.makeSession(onSignal: note("bob"))
        let active = alice.makeSession(onSignal: note("alice"))
        passive.expect(from: [active.localURI])
        active.connect(to: [passive.localURI], tls: tls?.1, bind: true)
        try await until("both ends are connected") { active.isConnected && passive.isConnected }
        return (active, passive)
    }

    func finish() async throws {
        try await alice.close().get()
        try await bob.close().get()
    }

    /// Runs a test on the loop and closes everything at its end.
    static func run(
        _ change: (inout MSRPSettings) -> Void = { _ in }, _ test: @Sendable (isolated SocketBench) async throws -> Void
    ) async throws {
        let bench = SocketBench()
        var settings = MSRPSettings()
        change(&settings)
        try await bench.perform(settings, test)
    }

    private func perform(
        _ settings: MSRPSettings, _ test: @Sendable (isolated SocketBench) async throws -> Void
    ) async throws {
        self.settings = settings
        tap = WireTap()
        try await test(self)
        try await finish()
    }
}

/// Keeps what passed over the connections of an end point.
final class WireTap: ConnectionTap {
    var bytes: [WireDirection: [UInt8]] = [:]
    var opened = 0
    var closed: [String] = []
    var versions: [String] = []

    func opened(_ info: ConnectionInfo) -> Int {
        opened += 1
        return opened
    }
    func secured(_ connection: Int, version: String) { versions.append(version) }
    func passed(_ connection: Int, _ direction: WireDirection, _ bytes: ByteBuffer) {
        self.bytes[direction, default: []].append(contentsOf: bytes.readableBytesView)
    }
    func closed(_ connection: Int, cause: String) { closed.append(cause) }

    func text(_ direction: WireDirection) -> String { String(decoding: bytes[direction] ?? [], as: UTF8.self) }
}

func message(
    _ id: String, _ text: String, success: Bool = false, failure: MSRPFailureReport = .yes, chunk: Int? = nil
) -> MSRPOutgoingMessage {
    MSRPOutgoingMessage(
        messageID: id, contentType: "text/plain", body: Array(text.utf8), successReport: success,
        failureReport: failure, chunkSize: chunk)
}
