import Foundation
import MSRP
import NIOCore
import NIOPosix
import Payloads
import Recordings
import SIP
import Testing

@testable import Actors

/// A peer and what is needed to make actors that talk to it, on one event loop of its own.
struct Stage: Sendable {
    let peer: ScriptedPeer
    let eventLoop: any EventLoop
    let tape: Tape

    /// Runs `body` with a fresh peer and loop, and takes both down.
    static func with(
        _ script: ScriptedPeer.Script = ScriptedPeer.Script(), host: String = "127.0.0.1",
        _ body: (Stage) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let peer = ScriptedPeer(eventLoop: loop, script: script)
        do {
            try await peer.start(host: host)
            try await body(Stage(peer: peer, eventLoop: loop, tape: Tape(loop)))
        } catch {
            try await peer.stop()
            try await group.shutdownGracefully()
            throw error
        }
        try await peer.stop()
        try await group.shutdownGracefully()
    }

    func settings(_ user: String = "alice") async -> ClientSettings {
        var settings = ClientSettings(
            address: "sip:\(user)@test.example", domain: "test.example", factoryURI: "sip:factory@test.example",
            outboundHost: "127.0.0.1", outboundPort: await peer.port)
        settings.answerLimit = .seconds(2)
        settings.password = "secret"
        return settings
    }

    func actor(_ name: String = "alice", _ change: (inout ClientSettings) -> Void = { _ in }) async -> SIPClientActor {
        var settings = await settings(name)
        change(&settings)
        return SIPClientActor(
            name: name, settings: settings,
            environment: ActorEnvironment(eventLoop: eventLoop, recorder: await tape.bound, seed: 1) {
                1_767_225_600_000
            })
    }
}

/// Holds a recorder on its loop.
actor Tape {
    private let loop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let recorder: Recorder

    init(_ loop: any EventLoop) {
        self.loop = loop
        executor = loop.executor
        let header = RecordingHeader(start: "2026-01-01T00:00:00Z", case: .null, iut: .null, binding: .null, seed: 1)
        let zero = NIODeadline.now()
        recorder = Recorder(header: header, now: { (NIODeadline.now() - zero).nanoseconds })
    }

    var bound: NIOLoopBound<Recorder> { NIOLoopBound(recorder, eventLoop: loop) }
    var recording: Recording { recorder.finish() }
}

/// Waits until a condition holds.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}

/// How many sockets this process has open that listen on, or are connected from or to, one of these ports.
func openSockets(at ports: Set<Int>) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.count { descriptor in
        !ports.isDisjoint(with: [port(descriptor, getsockname), port(descriptor, getpeername)].compactMap { $0 })
    }
}

private typealias AddressCall = (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32

private func port(_ descriptor: Int32, _ call: AddressCall) -> Int? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
        let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
        guard call(descriptor, address, &length) == 0, length >= 4 else { return nil }
        return Int(bytes[2]) << 8 | Int(bytes[3])
    }
}

/// What tests look at inside of an actor.
extension SIPClientActor {
    var ports: Set<Int> {
        let sip = equipment?.sip.listeningAddresses.compactMap(\.port) ?? []
        return Set(sip + [equipment?.msrp.localAddress?.port].compactMap { $0 })
    }
    var contact: String { equipment?.requests.contact ?? "" }
    var openSessions: Int { sessions.count }
    var openSubscriptions: Int { subscriptions.count }
    var standingSubscriptions: Int { subscriptions.values.count { $0.dialog != nil } }
    var hasEquipment: Bool { equipment != nil }
    func direction(of callID: String) -> MediaDirection? { sessions[callID]?.direction }
    func knows(_ callID: String) -> Bool { sessions[callID] != nil }
}
