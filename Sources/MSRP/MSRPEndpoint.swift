public import Connections
public import Diagnostics
public import NIOCore

/// What an MSRP end point does, and how long and how much of it.
public struct MSRPSettings: Sendable {
    public var limits = Limits()
    /// Nanoseconds from the end of a chunk to its answer (RFC 4975 §7.1.1: 30 s).
    public var responseTimeout: Int64 = 30_000_000_000
    /// Bytes of body in one chunk where a message does not say; nil sends one interruptible chunk.
    public var chunkSize: Int?
    /// A message of at most this many bytes goes in front of one with more left that the socket holds up.
    public var smallMessage = 16 * 1024
    /// The host in the URIs of sessions; nil means the address listened on.
    public var advertisedHost: String?
    /// Nanoseconds for a connection, TLS included, to come about.
    public var connectTimeout: Int64 = 5_000_000_000
    /// True lets a session use an open connection to the same place (RFC 4975 §5.4); false opens one for each, which
    /// is what implementations expect.
    public var sharesConnections = false

    /// Connections that others may have open at once; further ones are closed.
    public var maximumAcceptedConnections = 4_096

    public init() {}
}

/// An MSRP end point: a listener, sessions and their connections, all on one event loop.
///
/// Not Sendable; make, call and let go of it on that loop only.
public final class MSRPEndpoint {
    private let alive = Alive("MSRP end point")
    public let eventLoop: any EventLoop
    public let settings: MSRPSettings
    /// False: falls silent. Sockets stay open and are read, but nothing read is answered or told, and nothing is sent.
    public var isAnswering = true {
        didSet { if isAnswering, !oldValue { connections.values.forEach { $0.flushSoon() } } }
    }
    /// True: what was said so far still goes out, and nothing that is read from now on is answered or told.
    public var isDeaf = false
    /// Called when a part of a message has been read, and the rest is still to come.
    public var onPartialMessage: (() -> Void)?
    /// The address listened on; nil before `listen` and after a close.
    public private(set) var localAddress: SocketAddress?

    let transactionIDs: TokenDraw
    private let tokens: TokenSource
    private let sockets: Sockets
    private var listener: (any Channel)?
    private var listensSecurely = false
    private var sessions: [String: MSRPSession] = [:]
    private var connections: [ObjectIdentifier: MSRPConnection] = [:]
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private var shared: [Hop: MSRPConnection] = [:]
    private var lastNumber: UInt64 = 0
    private var acceptedCount = 0

    private struct Hop: Hashable {
        var host: String
        var port: Int
        var isSecure: Bool
    }

    /// - Parameters:
    ///   - tokens: makes session, message and transaction ids.
    ///   - tap: sees every connection and byte; nil when nobody records.
    public init(
        eventLoop: any EventLoop, settings: MSRPSettings = MSRPSettings(), tokens: TokenSource,
        tap: (any ConnectionTap)?
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.tokens = tokens
        transactionIDs = TokenDraw.counting(from: tokens)
        sockets = Sockets(
            eventLoop: eventLoop, protocolName: "msrp", tap: tap, handshakeTimeout: .nanoseconds(settings.limits.handshake))
    }

    var now: Int64 { Int64(truncatingIfNeeded: eventLoop.now.uptimeNanoseconds) }

    func makeMessageID() -> String { tokens.token() }

    // MARK: Listening and sessions

    /// Listens on a numeric or resolvable address; port 0 takes a free one. Fails with the reason of the system.
    public func listen(host: String, port: Int, tls: TLSServer?) -> EventLoopFuture<SocketAddress> {
        // Whoever announces a certificate in SDP can show it only when asked.
        let bound = sockets.listen(host: host, port: port, tls: tls?.askingForCertificate()) { [weak self] channel in
            guard let self, self.acceptedCount < self.settings.maximumAcceptedConnections else {
                throw ChannelError.ioOnClosedChannel
            }
            try self.add(MSRPConnection(endpoint: self, isAccepted: true), to: channel)
            self.acceptedCount += 1
        }
        return bound.assumeIsolated().flatMapThrowing { [weak self] channel in
            guard let self, let address = channel.localAddress else { throw ChannelError.ioOnClosedChannel }
            self.listener = channel
            self.listensSecurely = tls != nil
            self.localAddress = address
            return address
        }.nonisolated()
    }

    /// Makes a session with an id and a URI of its own.
    ///
    /// The URI names the address listened on, or port 9 when nothing listens, for a session that will be active. Its
    /// scheme is that of the listener unless `secure` says otherwise.
    public func makeSession(
        secure: Bool? = nil, onSignal: @escaping (MSRPSession, MSRPSessionSignal) -> Void
    ) -> MSRPSession {
        var id = tokens.token()
        while sessions[id] != nil { id = tokens.token() }
        let uri = MSRPURI(
            secure: secure ?? listensSecurely,
            host: settings.advertisedHost ?? localAddress?.ipAddress ?? "127.0.0.1",
            port: localAddress?.port ?? 9, sessionID: id)
        lastNumber += 1
        let session = MSRPSession(endpoint: self, localURI: uri, number: lastNumber, onSignal: onSignal)
        sessions[id] = session
        return session
    }

    /// The session a request is for: its To-Path ends here and names it.
    func session(for head: MSRPHead) -> MSRPSession? {
        guard let path = head["To-Path"], !path.utf8.contains(Octet.space),
            let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")),
            let end = path.utf8[slash...].firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        if let session = sessions[String(path[path.utf8.index(after: slash)..<end])] { return session }
        return MSRPURI(path)?.sessionID.flatMap { sessions[$0] }
    }

    func forget(_ session: MSRPSession) { sessions[session.sessionID] = nil }

    // MARK: Connections

    private func add(_ connection: MSRPConnection, to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(connection)
        connections[ObjectIdentifier(connection)] = connection
        channels[ObjectIdentifier(connection)] = channel
    }

    func forget(_ connection: MSRPConnection) {
        let known = connections.removeValue(forKey: ObjectIdentifier(connection))
        if known?.isAccepted == true { acceptedCount -= 1 }
        channels[ObjectIdentifier(connection)] = nil
        if let hop = shared.first(where: { $0.value === connection })?.key { shared[hop] = nil }
    }

    /// Gives `use` a connection to a place, an open one where they are shared. `use` returns false when nobody wants it
    /// any more; then it is closed.
    func connection(
        to uri: MSRPURI, tls: TLSClient?, use: @escaping (Result<MSRPConnection, any Error>) -> Bool
    ) {
        let hop = Hop(host: uri.host.lowercased(), port: uri.port ?? 2855, isSecure: uri.isSecure)
        if settings.sharesConnections, let open = shared[hop], !open.isClosed {
            // Not at once, so that the caller hears of it in the same way as of a new one.
            return eventLoop.assumeIsolated().execute { _ = use(.success(open)) }
        }
        let connection = MSRPConnection(endpoint: self, isAccepted: false)
        let opened = sockets.connect(
            host: uri.host, port: hop.port, tls: tls, timeout: .nanoseconds(settings.connectTimeout)
        ) { [weak self] channel in
            guard let self else { throw ChannelError.ioOnClosedChannel }
            try self.add(connection, to: channel)
        }
        opened.assumeIsolated().whenComplete { [weak self] result in
            switch result {
            case .failure(let error):
                self?.forget(connection)
                _ = use(.failure(error))
            case .success:
                if self?.settings.sharesConnections == true { self?.shared[hop] = connection }
                guard !connection.isClosed else {
                    _ = use(.failure(ChannelError.ioOnClosedChannel))
                    return
                }
                if !use(.success(connection)) { connection.breakOff("nobody uses the connection any more") }
            }
        }
    }

    // MARK: The end

    /// Closes the listener and every connection at once, without a word to the peers. Sessions on them are told
    /// `.closed`. The end point can listen and connect again afterwards.
    public func breakConnections() {
        stopListening()
        for connection in Array(connections.values) { connection.breakOff("the connections were broken off here") }
    }

    /// Closes every session, lets what was written go out, and closes all sockets; nothing is left when it succeeds.
    public func close() -> EventLoopFuture<Void> {
        var ends = channels.values.map(\.closeFuture)
        if let listener { ends.append(listener.closeFuture) }
        stopListening()
        for session in Array(sessions.values) { session.close() }
        for connection in Array(connections.values) { connection.closeOrderly("the end point was closed") }
        return EventLoopFuture.andAllComplete(ends, on: eventLoop)
    }

    private func stopListening() {
        listener?.close(promise: nil)
        listener = nil
        localAddress = nil
    }
}
