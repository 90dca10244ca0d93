import Connections
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HTTP

/// A raw connection to a server, which keeps what it reads.
private final class RawClient: Sendable {
    private let channel: any Channel
    private let kept: Kept

    private final class Kept: Sendable {
        let bytes = Mutex<[UInt8]>([])
        let isClosed = Mutex(false)
    }

    private final class Keeper: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let kept: Kept
        init(_ kept: Kept) { self.kept = kept }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            kept.bytes.withLock { $0 += Array(unwrapInboundIn(data).readableBytesView) }
        }
        func channelInactive(context: ChannelHandlerContext) { kept.isClosed.withLock { $0 = true } }
    }

    init(_ server: HTTPServer) async throws {
        let kept = Kept()
        self.kept = kept
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Keeper(kept)) }
            }
            .connect(host: "127.0.0.1", port: server.port).get()
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }
    func close() async { try? await channel.close() }
    var text: String { kept.bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    var isClosed: Bool { kept.isClosed.withLock { $0 } }

    func reads(_ wanted: String) async -> Bool { await eventually { text.contains(wanted) } }
    func seesClose(within limit: Duration = .seconds(5)) async -> Bool { await eventually(within: limit) { isClosed } }
}

@Suite("The HTTP server", .timeLimit(.minutes(2)))
struct ServerTests {
    private func serve(
        _ settings: HTTPServerSettings = HTTPServerSettings(), handler: HTTPServer.Handler? = nil,
        _ body: @Sendable (HTTPServer) async throws -> Void
    ) async throws {
        try await withLoop { loop in
            let server = try await HTTPServer.start(
                on: loop, settings,
                handler: handler ?? { HTTPServerResponse(status: 200, text: "\($0.method) \($0.target) \($0.body.count)\n") })
            do {
                try await body(server)
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    @Test("a request fed byte by byte, and three at once, are answered in order")
    func pieces() async throws {
        try await serve { server in
            let client = try await RawClient(server)
            for character in "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" { try await client.send(String(character)) }
            #expect(await client.reads("POST /slow 3\n"))
            try await client.send(
                "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPUT /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
                    + "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(await client.reads("GET /3 0\n"))
            let lines = client.text.split { $0 == "\n" || $0 == "\r\n" }
            let answers = lines.filter { $0.contains(" /") }
            #expect(answers == ["POST /slow 3", "GET /1 0", "PUT /2 1", "GET /3 0"])
            #expect(await client.seesClose())
        }
    }

    @Test("who asks whether to go on is told to")
    func expectation() async throws {
        try await serve { server in
            let client = try await RawClient(server)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(await client.reads("HTTP/1.1 100 Continue\r\n\r\n"))
            try await client.send("ab")
            #expect(await client.reads("POST / 2"))
            await client.close()
        }
    }

    @Test(
        "what cannot be a request is refused in words and ends the connection",
        arguments: [
            ("who?\r\n\r\n", "400"), ("GET / HTTP/9.9\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nbad header\r\n\r\n", "400"),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
            ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000) + "\r\n\r\n", "431"),
            ("GET / HTTP/1.1\r\n" + String(repeating: "X: a\r\n", count: 200) + "\r\n", "431"),
            ("POST / HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n", "413"),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + String(repeating: "a", count: 1_024) + "\r\n", "413"),
        ])
    func refused(_ request: String, _ status: String) async throws {
        var settings = HTTPServerSettings()
        settings.maximumBody = 1_000
        try await serve(settings) { server in
            let client = try await RawClient(server)
            try await client.send(request)
            #expect(await client.reads("HTTP/1.1 \(status) "), "\(client.text)")
            #expect(await client.seesClose())
        }
    }

    @Test("who says nothing, or never comes to an end, is cut off; a handler may take longer than that")
    func idle() async throws {
        var settings = HTTPServerSettings()
        settings.idleTime = .milliseconds(1_000)
        try await serve(settings, handler: { _ in
            try? await Task.sleep(for: .milliseconds(2_500))
            return HTTPServerResponse(status: 200)
        }) { server in
            let good = try await RawClient(server)
            try await good.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let silent = try await RawClient(server)
            let slow = try await RawClient(server)
            // It may be cut off already.
            try? await slow.send("GET / HTTP/1.1\r\nHo")
            #expect(await silent.seesClose())
            #expect(await slow.seesClose())
            #expect(await good.reads("200 OK"))
            #expect(await good.seesClose())
        }
    }

    @Test("one connection more than is allowed is closed; when another has gone there is room again")
    func tooMany() async throws {
        var settings = HTTPServerSettings()
        settings.maximumConnections = 2
        try await serve(settings) { server in
            let (first, second) = (try await RawClient(server), try await RawClient(server))
            for client in [first, second] {
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await client.reads("200 OK"))
            }
            #expect(await (try RawClient(server)).seesClose())
            await first.close()
            let isRoom = try await eventually {
                let client = try await RawClient(server)
                try? await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let isAnswered = await eventually(within: .milliseconds(500)) { client.isClosed || client.text.contains("200 OK") }
                return isAnswered && client.text.contains("200 OK")
            }
            #expect(isRoom)
        }
    }

    @Test("a handler is cancelled when its client goes away")
    func gone() async throws {
        let log = Mutex<[String]>([])
        try await serve(handler: { _ in
            log.withLock { $0.append("began") }
            try? await Task.sleep(for: .seconds(60))
            log.withLock { $0.append(Task.isCancelled ? "cancelled" : "slept") }
            return HTTPServerResponse(status: 200)
        }) { server in
            let client = try await RawClient(server)
            try await client.send("GET /poll HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { log.withLock { $0 } == ["began"] })
            await client.close()
            #expect(await eventually(within: .seconds(2)) { log.withLock { $0 } == ["began", "cancelled"] })
        }
    }

    @Test("stopping cancels the handlers, waits for them, closes connections and port; stopping twice does no harm")
    func stop() async throws {
        let log = Mutex<[String]>([])
        try await withLoop { loop in
            let server = try await HTTPServer.start(on: loop) { _ in
                log.withLock { $0.append("began") }
                try? await Task.sleep(for: .seconds(60))
                log.withLock { $0.append("ended") }
                return HTTPServerResponse(status: 200)
            }
            let client = try await RawClient(server)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { log.withLock { $0 } == ["began"] })
            await server.stop()
            #expect(log.withLock { $0 } == ["began", "ended"])
            #expect(await client.seesClose())
            await server.stop()
            await #expect(throws: (any Error).self) { try await RawClient(server) }
        }
    }
}
