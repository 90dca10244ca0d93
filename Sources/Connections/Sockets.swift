public import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Opens and answers TCP and TLS connections on one event loop, with the tap in its place.
///
/// Everything happens on `eventLoop`; the `configure` closures run there and add the protocol's handlers with
/// `channel.pipeline.syncOperations`. Not Sendable: make one per end point.
public final class Sockets {
    /// The loop on which all connections of this end point live.
    public let eventLoop: any EventLoop
    private let protocolName: String
    private let tap: (any ConnectionTap)?
    private let handshakeTimeout: TimeAmount

    /// - Parameters:
    ///   - protocolName: `sip` or `msrp`, as the tap is told.
    ///   - tap: sees every byte; nil when nobody records.
    ///   - handshakeTimeout: how long the TLS handshake of a peer that has connected may take; it is closed then.
    public init(
        eventLoop: any EventLoop, protocolName: String, tap: (any ConnectionTap)?, handshakeTimeout: TimeAmount = .seconds(30)
    ) {
        self.eventLoop = eventLoop
        self.protocolName = protocolName
        self.tap = tap
        self.handshakeTimeout = handshakeTimeout
    }

    /// Listens on a numeric or resolvable address; port 0 takes a free one, which the channel's `localAddress` tells: none
    /// on which this process has listened within the last minute.
    public func listen(
        host: String, port: Int, tls: TLSServer?, configure: @escaping (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound((self, configure), eventLoop: eventLoop)
        let bootstrap = ServerBootstrap(group: eventLoop, childGroup: eventLoop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (sockets, configure) = bound.value
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(tls.makeHandler()) }
                    let limit = tls == nil ? nil : sockets.handshakeTimeout
                    try sockets.addTap(to: channel, accepted: true, HandshakeWatcher(limit: limit))
                    try configure(channel)
                }
            }
        let bind = { () -> EventLoopFuture<any Channel> in
            if let address = try? SocketAddress(ipAddress: host, port: port) { return bootstrap.bind(to: address) }
            return bootstrap.bind(host: host, port: port)
        }
        return port == 0 ? bindRested(bind, tries: 64) : bind()
    }

    /// Binds until the port is one that has rested; those that have not are kept meanwhile, so that they are not given again.
    private func bindRested(_ bind: @escaping () -> EventLoopFuture<any Channel>, tries: Int) -> EventLoopFuture<any Channel> {
        let again = NIOLoopBound((self, bind), eventLoop: eventLoop)
        return bind().flatMap { channel in
            guard let port = channel.localAddress?.port else { return channel.eventLoop.makeSucceededFuture(channel) }
            guard RecentPorts.shared.take(port) || tries <= 1 else {
                let (sockets, bind) = again.value
                return sockets.bindRested(bind, tries: tries - 1).always { _ in channel.close(promise: nil) }
            }
            channel.closeFuture.whenComplete { _ in RecentPorts.shared.leave(port) }
            return channel.eventLoop.makeSucceededFuture(channel)
        }
    }

    /// Connects; the future succeeds once TCP, and TLS where asked for, is up, and fails with the reason otherwise.
    public func connect(
        host: String, port: Int, tls: TLSClient?, timeout: TimeAmount = .seconds(5),
        configure: @escaping (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let secured = tls == nil ? nil : eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((self, configure), eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (sockets, configure) = bound.value
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls.makeHandler(for: host)) }
                    let watcher = HandshakeWatcher(secured: secured) { try tls?.check($0) }
                    try sockets.addTap(to: channel, accepted: false, watcher)
                    try configure(channel)
                }
            }
        let connected: EventLoopFuture<any Channel>
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            connected = bootstrap.connect(to: address)
        } else {
            connected = bootstrap.connect(host: host, port: port)
        }
        guard let secured else { return connected }
        connected.whenFailure { secured.fail($0) }
        return connected.flatMap { channel in
            let limit = channel.eventLoop.scheduleTask(in: timeout) {
                secured.fail(ConnectFailure.handshakeTimedOut)
                channel.close(promise: nil)
            }
            return secured.futureResult.map { _ in channel }.always { _ in limit.cancel() }
        }
    }

    private func addTap(to channel: any Channel, accepted: Bool, _ watcher: HandshakeWatcher) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tap {
            let handler = TapHandler(tap: tap, protocolName: protocolName, accepted: accepted)
            try pipeline.addHandler(handler)
            watcher.tap = handler
        }
        try pipeline.addHandler(watcher)
    }
}

/// Why a connection could not be opened, where NIO has no error of its own.
public enum ConnectFailure: Error, Sendable, CustomStringConvertible {
    case handshakeTimedOut
    case closedDuringHandshake
    /// The certificate is good, and does not name whom the user asked for.
    case certificateForAnotherName(String)
    /// The certificate is not the one of which the session description gave the fingerprint.
    case certificateNotAnnounced(shown: String)
    /// The session description gave a fingerprint, and the peer showed no certificate.
    case announcedCertificateNotShown
    /// The session description gave fingerprints, none of which can be read or has a hash function known here.
    case fingerprintNotUsable

    public var description: String {
        switch self {
        case .handshakeTimedOut: "the TLS handshake did not finish in time"
        case .certificateForAnotherName(let name): "the certificate is for another name than \(name)"
        case .certificateNotAnnounced(let shown):
            "the certificate does not fit the fingerprint that was announced; it has \(shown)"
        case .announcedCertificateNotShown: "a fingerprint was announced, and no certificate was shown"
        case .fingerprintNotUsable: "of the fingerprints announced none can be used"
        case .closedDuringHandshake: "the peer closed the connection during the TLS handshake"
        }
    }
}

/// Tells the tap and the opener when TLS is up, and keeps late errors from being lost.
final class HandshakeWatcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var tap: TapHandler?
    private var secured: EventLoopPromise<Void>?
    private let check: (any Channel) throws -> Void
    private var isRefused = false
    private let limit: TimeAmount?
    private var alarm: Scheduled<Void>?

    /// - Parameters:
    ///   - limit: how long the handshake may take; nil leaves that to the opener.
    ///   - check: what is to be asked of the peer when the handshake is done; throwing breaks the connection off.
    init(
        secured: EventLoopPromise<Void>? = nil, limit: TimeAmount? = nil,
        check: @escaping (any Channel) throws -> Void = { _ in }
    ) {
        self.secured = secured
        self.limit = limit
        self.check = check
    }

    func channelActive(context: ChannelHandlerContext) {
        if let limit {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            alarm = context.eventLoop.scheduleTask(in: limit) {
                bound.value.fireErrorCaught(ConnectFailure.handshakeTimedOut)
                breakOff(bound.value.channel)
            }
        }
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { alarm?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            alarm?.cancel()
            let version = (try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self))?.tlsVersion
                ?? (try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self))?.tlsVersion
            tap?.secured(version: version.map { "\($0)" } ?? "TLS")
            do {
                try check(context.channel)
                secured?.succeed()
            } catch {
                isRefused = true
                secured?.fail(error)
                breakOff(context.channel)
            }
            secured = nil
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Of a peer that was refused nothing is passed on.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isRefused { context.fireChannelRead(data) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        secured?.fail(error)
        secured = nil
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        secured?.fail(ConnectFailure.closedDuringHandshake)
        secured = nil
        context.fireChannelInactive()
    }
}
