import Connections
import Diagnostics
public import NIOCore
import NIOHTTP1

/// A small HTTP/1.1 server on one event loop. Each request is handed whole to a handler that may take its time.
///
/// A handler's task is cancelled when its client goes away and when the server stops; what it answers then goes nowhere.
public final class HTTPServer: Sendable {
    public typealias Handler = @Sendable (HTTPServerRequest) async -> HTTPServerResponse

    /// Numeric address and port at which it listens, as `127.0.0.1:8080` or `[::1]:8080`.
    public let address: String
    public let port: Int
    private let eventLoop: any EventLoop
    private let core: NIOLoopBound<ServerCore>

    private init(_ channel: any Channel, _ core: NIOLoopBound<ServerCore>) {
        address = numericAddress(channel.localAddress)
        port = channel.localAddress?.port ?? 0
        eventLoop = channel.eventLoop
        self.core = core
    }

    /// Listens. The server runs until `stop`, which must be called before the event loop ends.
    ///
    /// - Throws: what binding failed with; `failureSentence` says it in words.
    public static func start(
        on eventLoop: any EventLoop, _ settings: HTTPServerSettings = HTTPServerSettings(), handler: @escaping Handler
    ) async throws -> HTTPServer {
        try await eventLoop.flatSubmit {
            let core = ServerCore(eventLoop, settings, handler)
            let bound = NIOLoopBound(core, eventLoop: eventLoop)
            return Sockets(eventLoop: eventLoop, protocolName: "http", tap: nil)
                .listen(host: settings.host, port: settings.port, tls: settings.tls) { try core.admit($0) }
                .map { channel in
                    bound.value.listener = channel
                    return HTTPServer(channel, bound)
                }
        }.get()
    }

    /// Closes the port and every connection, cancels all handlers and returns when they have returned.
    public func stop() async {
        await withCheckedContinuation { waiting in
            eventLoop.execute { [core] in
                core.value.stop { waiting.resume() }
            }
        }
    }
}

/// What a server holds; confined to its event loop.
final class ServerCore {
    private let alive = Alive("HTTP server")
    let eventLoop: any EventLoop
    let settings: HTTPServerSettings
    let handler: HTTPServer.Handler
    var listener: (any Channel)?
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var handlers = 0
    private var isStopping = false
    private var mourners: [() -> Void] = []

    struct NotAdmitted: Error {}

    init(_ eventLoop: any EventLoop, _ settings: HTTPServerSettings, _ handler: @escaping HTTPServer.Handler) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.handler = handler
    }

    /// Furnishes a connection that was accepted; throwing closes it.
    func admit(_ channel: any Channel) throws {
        guard !isStopping, connections.count < settings.maximumConnections else { throw NotAdmitted() }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = settings.maximumHead
        limits.maxHeaderFieldSize = settings.maximumHead
        limits.maxHeaderFieldCount = settings.maximumHeaderCount
        let connection = ServerConnection(self)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)),
            HTTPServerPipelineHandler(), connection,
        ])
        let key = ObjectIdentifier(connection)
        connections[key] = connection
        channel.closeFuture.assumeIsolated().whenComplete { [weak self] _ in
            self?.connections[key] = nil
            self?.mournIfOver()
        }
    }

    func handlerBegan() { handlers += 1 }

    func handlerEnded() {
        handlers -= 1
        mournIfOver()
    }

    func stop(_ stopped: @escaping () -> Void) {
        mourners.append(stopped)
        isStopping = true
        for connection in connections.values { connection.breakOffNow() }
        guard let listener else { return mournIfOver() }
        listener.closeFuture.assumeIsolated().whenComplete { _ in
            self.listener = nil
            self.mournIfOver()
        }
        listener.close(promise: nil)
    }

    private func mournIfOver() {
        guard isStopping, listener == nil, connections.isEmpty, handlers == 0 else { return }
        let all = mourners
        mourners = []
        for mourner in all { mourner() }
    }
}
