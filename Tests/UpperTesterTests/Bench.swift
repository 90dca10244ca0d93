import Connections
import HTTP
import NIOCore
import NIOPosix
import Testing

@testable import UpperTester

/// A server with any handler, and its address.
func withHandler(
    _ handler: @escaping HTTPServer.Handler, _ settings: HTTPServerSettings = HTTPServerSettings(),
    _ body: @Sendable (HTTPServer) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await HTTPServer.start(on: group.next(), settings, handler: handler)
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(server))
    } catch {
        result = .failure(error)
    }
    await server.stop()
    try await group.shutdownGracefully()
    try result.get()
}

/// An upper tester and a client of it.
func withUpperTester(
    _ fake: FakeClient = FakeClient(), basePath: String = "/tester",
    _ body: @Sendable (UpperTesterClient, FakeClient) async throws -> Void
) async throws {
    try await withHandler(handler(UpperTesterRoutes(fake, basePath: basePath))) { server in
        try await withClient("http://\(server.address)\(basePath)/") { try await body($0, fake) }
    }
}

func handler(_ routes: UpperTesterRoutes) -> HTTPServer.Handler {
    { await routes.answer($0) }
}

func withClient(
    _ url: String, _ change: (inout UpperTesterSettings) -> Void = { _ in },
    _ body: (UpperTesterClient) async throws -> Void
) async throws {
    var settings = UpperTesterSettings(baseURL: url)
    change(&settings)
    let client = try UpperTesterClient(settings)
    do {
        try await body(client)
    } catch {
        await client.shutdown()
        throw error
    }
    await client.shutdown()
}

/// Waits for something to become true.
func eventually(within limit: Duration = .seconds(10), _ isTrue: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await isTrue() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return await isTrue()
}

/// The failure with which an operation ends.
func failure<Value>(_ operation: () async throws -> Value) async -> UpperTesterFailure? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return error as? UpperTesterFailure
    }
}

/// A server that answers whatever it reads with the same text, and its port.
func withRawAnswer(_ text: String, _ body: @Sendable (Int) async throws -> Void) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let listener = try await loop.flatSubmit {
        Sockets(eventLoop: loop, protocolName: "http", tap: nil).listen(host: "127.0.0.1", port: 0, tls: nil) { channel in
            try channel.pipeline.syncOperations.addHandler(SameAnswer(text))
        }
    }.get()
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(listener.localAddress?.port ?? 0))
    } catch {
        result = .failure(error)
    }
    try await group.shutdownGracefully()
    try result.get()
}

private final class SameAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let text: String

    init(_ text: String) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
