import Connections
import NIOCore
import NIOPosix
import Testing

@testable import HTTP

/// A loop of its own for the servers of one test, shut down with the test.
func withLoop<Result: Sendable>(
    _ body: @Sendable (any EventLoop) async throws -> Result
) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
        let result = try await body(group.next())
        try await group.shutdownGracefully()
        return result
    } catch {
        try? await group.shutdownGracefully()
        throw error
    }
}

/// A server and a client for one test.
func withServer(
    _ settings: HTTPServerSettings = HTTPServerSettings(), client: HTTPClientSettings = HTTPClientSettings(),
    tap: HTTPTap? = nil, handler: @escaping HTTPServer.Handler,
    _ body: @Sendable (HTTPServer, HTTPClient) async throws -> Void
) async throws {
    try await withLoop { loop in
        let server = try await HTTPServer.start(on: loop, settings, handler: handler)
        let client = HTTPClient(client, tap: tap)
        do {
            try await body(server, client)
        } catch {
            await client.shutdown()
            await server.stop()
            throw error
        }
        await client.shutdown()
        await server.stop()
    }
}

/// A server that does not speak HTTP, but does what it is told to each connection.
func withPeer(
    tls: TLSServer? = nil, _ steps: [PeerStep], _ body: @Sendable (Peer) async throws -> Void
) async throws {
    try await withLoop { loop in
        let peer = try await Peer.start(on: loop, tls: tls, steps)
        do {
            try await body(peer)
        } catch {
            await peer.stop()
            throw error
        }
        await peer.stop()
    }
}

/// What a peer does to a connection, one after the other.
enum PeerStep: Sendable {
    /// Until the empty line after a head was read, and as many bytes more.
    case awaitRequest(body: Int = 0)
    case write(String)
    case writeBytes([UInt8])
    case pause(milliseconds: Int64)
    case close
    /// Byte by byte, with a pause between.
    case trickle(String, milliseconds: Int64)
}

final class Peer: Sendable {
    let port: Int
    private let loop: any EventLoop
    private let core: NIOLoopBound<Core>

    final class Core {
        var listener: (any Channel)?
        var open: [ObjectIdentifier: any Channel] = [:]
        /// All that was read, connection by connection.
        var received: [[UInt8]] = []
        var closedByPeer = 0
    }

    private init(_ port: Int, _ loop: any EventLoop, _ core: NIOLoopBound<Core>) {
        self.port = port
        self.loop = loop
        self.core = core
    }

    static func start(on loop: any EventLoop, tls: TLSServer?, _ steps: [PeerStep]) async throws -> Peer {
        try await loop.flatSubmit {
            let core = Core()
            let bound = NIOLoopBound(core, eventLoop: loop)
            return Sockets(eventLoop: loop, protocolName: "http", tap: nil)
                .listen(host: "127.0.0.1", port: 0, tls: tls) { channel in
                    core.open[ObjectIdentifier(channel)] = channel
                    core.received.append([])
                    let player = StepPlayer(steps, core, number: core.received.count - 1)
                    try channel.pipeline.syncOperations.addHandler(player)
                }
                .map { channel in
                    bound.value.listener = channel
                    return Peer(channel.localAddress?.port ?? 0, loop, bound)
                }
        }.get()
    }

    var received: [[UInt8]] {
        get async throws { try await loop.submit { [core] in core.value.received }.get() }
    }

    var closedByPeer: Int {
        get async throws { try await loop.submit { [core] in core.value.closedByPeer }.get() }
    }

    func stop() async {
        _ = try? await loop.submit { [core] in
            core.value.listener?.close(promise: nil)
            for channel in core.value.open.values { breakOff(channel) }
        }.get()
    }

    func url(_ scheme: String = "http", host: String = "127.0.0.1") throws -> HTTPURL {
        try HTTPURL("\(scheme)://\(host):\(port)/x")
    }
}

/// Plays the steps on one connection.
private final class StepPlayer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var steps: [PeerStep]
    private let core: Peer.Core
    private let number: Int
    private var isBusy = false
    private var closedHere = false

    init(_ steps: [PeerStep], _ core: Peer.Core, number: Int) {
        self.steps = steps
        self.core = core
        self.number = number
    }

    func channelActive(context: ChannelHandlerContext) { play(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        core.received[number] += Array(unwrapInboundIn(data).readableBytesView)
        play(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !closedHere { core.closedByPeer += 1 }
        core.open[ObjectIdentifier(context.channel)] = nil
        steps = []
    }

    private func play(_ context: ChannelHandlerContext) {
        while !isBusy, let step = steps.first {
            switch step {
            case .awaitRequest(let body):
                guard let end = core.received[number].endOfHead, core.received[number].count >= end + body else { return }
            case .write(let text): write(context, Array(text.utf8))
            case .writeBytes(let bytes): write(context, bytes)
            case .pause(let milliseconds): rest(context, milliseconds)
            case .close:
                closedHere = true
                context.close(promise: nil)
            case .trickle(let text, let milliseconds):
                guard let first = text.utf8.first else { break }
                write(context, [first])
                steps[0] = .trickle(String(text.dropFirst()), milliseconds: milliseconds)
                rest(context, milliseconds)
                continue
            }
            // Closing has ended them all.
            if !steps.isEmpty { steps.removeFirst() }
        }
    }

    private func write(_ context: ChannelHandlerContext, _ bytes: [UInt8]) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func rest(_ context: ChannelHandlerContext, _ milliseconds: Int64) {
        isBusy = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            self.isBusy = false
            self.play(context)
        }
    }
}

extension [UInt8] {
    /// The place after the empty line.
    var endOfHead: Int? {
        guard count >= 4 else { return nil }
        for index in 0...(count - 4) where self[index..<(index + 4)].elementsEqual([13, 10, 13, 10]) { return index + 4 }
        return nil
    }
}

/// Waits for something to become true.
func eventually(within limit: Duration = .seconds(10), _ isTrue: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await isTrue() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try await isTrue()
}

/// The failure with which a request ends.
func failure(_ client: HTTPClient, _ request: HTTPRequest) async -> HTTPFailure? {
    do {
        _ = try await client.send(request)
        return nil
    } catch {
        return error
    }
}
