import ClientReference
import Connections
import Foundation
import HTTP
import NIOCore
import NIOPosix
import Synchronization
import UpperTester

/// The reference client with an upper tester that is spoilt on its way out.
struct MischievousTester: Sendable {
    typealias Spoiling = @Sendable (HTTPServerRequest, @Sendable () async -> HTTPServerResponse) async -> HTTPServerResponse

    let url: String
    private let client: ReferenceClient
    private let server: HTTPServer
    private let doorkeeper: Doorkeeper?

    /// - Parameters:
    ///   - enabler: the port at which the client looks for its enabler.
    ///   - slam: requests whose connection is closed without an answer, by a part of the request line.
    static func start(
        enabler port: Int, slam: String? = nil, spoiling spoil: @escaping Spoiling = { _, answer in await answer() }
    ) async throws -> MischievousTester {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = ReferenceClientSettings(
            address: "sip:cpm-1@cpm.example", domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
            outboundHost: "127.0.0.1", outboundPort: port)
        settings.quiet = 200
        settings.seed = UInt64.random(in: 1...1_000_000)
        let client = ReferenceClient(eventLoop: loop, settings: settings)
        try await client.start()
        let routes = UpperTesterRoutes(client)
        let server = try await HTTPServer.start(on: loop) { request in await spoil(request) { await routes.answer(request) } }
        let doorkeeper = slam == nil ? nil : try await Doorkeeper.start(before: server.port, closingAt: slam ?? "")
        return MischievousTester(
            url: "http://127.0.0.1:\(doorkeeper?.port ?? server.port)", client: client, server: server, doorkeeper: doorkeeper)
    }

    func stop() async {
        try? await doorkeeper?.channel.close()
        await server.stop()
        await client.stop()
    }
}

/// Stands before a server, hands on what passes, and closes the door at certain requests.
private struct Doorkeeper: Sendable {
    let channel: any Channel
    var port: Int { channel.localAddress?.port ?? 0 }

    static func start(before port: Int, closingAt word: String) async throws -> Doorkeeper {
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { outer in
                let inside = ClientBootstrap(group: outer.eventLoop)
                    .channelInitializer { inner in
                        inner.eventLoop.makeCompletedFuture {
                            try inner.pipeline.syncOperations.addHandler(HandingOn(to: outer, closingAt: nil))
                        }
                    }
                    .connect(host: "127.0.0.1", port: port)
                return inside.flatMap { inner in
                    outer.eventLoop.makeCompletedFuture {
                        try outer.pipeline.syncOperations.addHandler(HandingOn(to: inner, closingAt: word))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Doorkeeper(channel: channel)
    }
}

/// Hands on what it reads to another channel of the same loop.
private final class HandingOn: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let word: String?

    init(to other: any Channel, closingAt word: String?) {
        self.other = other
        self.word = word
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let word, String(buffer: bytes).contains(word) {
            context.close(promise: nil)
        } else {
            other.writeAndFlush(bytes, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
}
