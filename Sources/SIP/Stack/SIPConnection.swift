import Connections
import Diagnostics
import NIOCore
import NIOPosix

/// One TCP or TLS connection of a stack.
final class SIPConnection {
    private let alive = Alive("SIP connection")
    enum State { case opening, open, closed }

    let id: SIPConnectionID
    var state = State.opening
    var channel: (any Channel)?
    var parser: SIPStreamParser
    /// The place in the table of connections we made; nil for one that was accepted.
    var place: SIPPlace?
    var isSecure: Bool
    var local: SocketAddress?
    var remote: SocketAddress?
    /// The numeric host of the peer, as a Via would name it.
    var remoteHost = ""
    var remoteText = "unknown"
    /// What waits to be written at the end of this turn of the loop.
    var outgoing = ByteBuffer()
    var isDirty = false
    /// After garbage nothing more is read.
    var isDeaf = false
    /// Messages taken, to tell whether the same one is still unfinished.
    var messages = 0
    var watchesCompletion = false
    /// When something came last.
    var heardAt: Int64 = 0
    /// The keep-alive of this flow; nil where nobody asked for one.
    var keepAlive: KeepAlive?
    var keepAliveTimer: TimerID?
    /// Of a connection that the peer opened.
    var idleTimer: TimerID?
    /// Why we closed it, when we did.
    var cause: String?
    var waiters: [(Result<SIPConnection, SIPClientFailure>) -> Void] = []

    init(id: SIPConnectionID, limits: Limits, isSecure: Bool) {
        self.id = id
        self.isSecure = isSecure
        parser = SIPStreamParser(limits: limits)
    }

    func opened(_ channel: any Channel) {
        self.channel = channel
        state = .open
        local = channel.localAddress
        remote = channel.remoteAddress
        remoteHost = channel.remoteAddress?.ipAddress ?? ""
        remoteText = numericAddress(channel.remoteAddress)
    }

    /// Closes at once, without a word.
    func breakOff() {
        if let channel { Connections.breakOff(channel) }
    }
}

/// The end of the pipeline: hands what was read to the stack.
final class SIPChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private weak var stack: SIPStack?
    private let connection: SIPConnection
    private let accepted: Bool
    private var failure: String?

    init(stack: SIPStack, connection: SIPConnection, accepted: Bool) {
        self.stack = stack
        self.connection = connection
        self.accepted = accepted
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if accepted, context.channel.isActive { accept(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        if accepted { accept(context) }
        context.fireChannelActive()
    }

    private func accept(_ context: ChannelHandlerContext) {
        guard connection.state == .opening else { return }
        connection.opened(context.channel)
        guard let stack, stack.accepted(connection) else { return context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        stack?.read(unwrapInboundIn(data), on: connection)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        stack?.readComplete(connection)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil { failure = connectionSentence(error) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Of a connection of ours that never came up its future tells, with the reason.
        guard accepted || connection.state != .opening else { return context.fireChannelInactive() }
        stack?.closed(connection, cause: connection.cause ?? failure ?? "the peer closed the connection")
        context.fireChannelInactive()
    }
}

/// A connection error in the words it brings along.
func connectionSentence(_ error: any Error) -> String {
    if let failure = error as? SIPClientFailure { return failure.description }
    return failureSentence(error)
}
