#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import NIOCore
import NIOSSL

/// Which way bytes went, seen from this end of the connection.
public enum WireDirection: String, Sendable, Hashable {
    case received = "in"
    case sent = "out"
}

/// What is known of a connection when it is there.
public struct ConnectionInfo: Sendable, Hashable {
    /// `sip` or `msrp`.
    public var protocolName: String
    /// True when the peer opened the connection.
    public var accepted: Bool
    /// Numeric address and port of this end, as `127.0.0.1:5060` or `[::1]:5060`.
    public var local: String
    /// Numeric address and port of the peer.
    public var remote: String

    public init(protocolName: String, accepted: Bool, local: String, remote: String) {
        self.protocolName = protocolName
        self.accepted = accepted
        self.local = local
        self.remote = remote
    }
}

/// Sees every connection of an end point and every byte on it, inside TLS, in the channel handler.
///
/// The calls come on the connection's event loop, in the order things happened.
public protocol ConnectionTap: AnyObject {
    /// A connection is there; the number it is given here comes back with each later call.
    func opened(_ info: ConnectionInfo) -> Int
    /// The TLS handshake is done; `version` such as `TLSv1.3`.
    func secured(_ connection: Int, version: String)
    /// Bytes were read, or handed to the socket.
    func passed(_ connection: Int, _ direction: WireDirection, _ bytes: ByteBuffer)
    /// The connection is gone; `cause` is one short clause.
    func closed(_ connection: Int, cause: String)
}

/// The handler that feeds a tap; it stands next to the socket, or next to TLS where there is TLS.
final class TapHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let tap: any ConnectionTap
    private let protocolName: String
    private let accepted: Bool
    private var number: Int?
    private var closedHere = false
    private var brokenOff: String?
    private var failure: String?

    init(tap: any ConnectionTap, protocolName: String, accepted: Bool) {
        self.tap = tap
        self.protocolName = protocolName
        self.accepted = accepted
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        guard number == nil else { return }
        number = tap.opened(
            ConnectionInfo(
                protocolName: protocolName, accepted: accepted,
                local: numericAddress(context.channel.localAddress),
                remote: numericAddress(context.channel.remoteAddress)))
    }

    /// Called by the end of the pipeline that learns of the handshake.
    func secured(version: String) {
        if let number { tap.secured(number, version: version) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let number { tap.passed(number, .received, unwrapInboundIn(data)) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if let number { tap.passed(number, .sent, unwrapOutboundIn(data)) }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        closedHere = true
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is BrokenOffHere { closedHere = true }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // This end closes in answer to either; what came first counts.
        if case NIOSSLError.uncleanShutdown = error {
            if !closedHere { brokenOff = "TLS was not ended" }
        } else if let failed = error as? IOError, failed.errnoCode == ECONNRESET {
            if !closedHere { brokenOff = "the connection was reset" }
        } else {
            failure = failureSentence(error)
        }
        context.fireErrorCaught(error)
    }

    private var cause: String {
        if let failure { return "failed: \(failure)" }
        if let brokenOff { return "broken off by the peer: \(brokenOff)" }
        return closedHere ? "closed here" : "closed by the peer"
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let number {
            tap.closed(number, cause: cause)
        }
        number = nil
        context.fireChannelInactive()
    }
}

/// `127.0.0.1:5060` or `[::1]:5060`; `unknown` when the socket has gone already.
public func numericAddress(_ address: SocketAddress?) -> String {
    guard let address, let ip = address.ipAddress, let port = address.port else { return "unknown" }
    return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
}
