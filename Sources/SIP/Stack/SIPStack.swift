public import Connections
import Diagnostics
public import NIOCore

/// Transport and transactions of one SIP element over TCP and TLS (RFC 3261 §17, §18; RFC 6026; RFC 5626 §4.4.1).
///
/// Confined to its event loop: every call is made there, and every call-back comes there. What is written in one turn
/// of the loop goes out in one write per connection. Call `close` at the end.
public final class SIPStack {
    private let alive = Alive("SIP stack")
    public let eventLoop: any EventLoop
    public let settings: SIPStackSettings
    public weak var delegate: (any SIPStackDelegate)?

    /// False: falls silent. Sockets stay open and are read, but nothing is told to the delegate, answered or sent,
    /// by the stack or by its user; own requests run into their time-outs.
    public var isAnswering = true

    let tokens: TokenSource
    let sockets: Sockets
    var connections: [SIPConnectionID: SIPConnection] = [:]
    var places: [SIPPlace: SIPConnectionID] = [:]
    var acceptedCount = 0
    var clientTransactions: [SIPTransactionKey: ClientTransaction] = [:]
    var serverTransactions: [SIPTransactionKey: ServerTransaction] = [:]
    var acknowledgements: [AcknowledgementKey: SIPTransactionKey] = [:]
    var timers = TimerQueue<StackTimer>()
    var isClosed = false
    private var listeners: [Listener] = []
    /// Ports that were listened on and broken off; the peer's next call there must reach nobody else.
    private var heldPorts: [HeldPort] = []
    private var dirty: [SIPConnection] = []
    private var flushIsDue = false
    private var alarm: (task: Scheduled<Void>, deadline: Int64)?
    private var lastConnection = 0

    private struct Listener {
        let channel: any Channel
        let isSecure: Bool
    }

    /// - Parameters:
    ///   - eventLoop: where everything happens.
    ///   - tokens: makes branches and tags.
    ///   - tap: sees every byte; nil when nobody records.
    public init(
        eventLoop: any EventLoop, settings: SIPStackSettings = SIPStackSettings(), tokens: TokenSource,
        tap: (any ConnectionTap)? = nil
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.tokens = tokens
        sockets = Sockets(
            eventLoop: eventLoop, protocolName: "sip", tap: tap, handshakeTimeout: .nanoseconds(settings.limits.handshake))
    }

    /// Listens; port 0 takes a free one. May be called several times, such as for TCP and TLS.
    ///
    /// - Returns: the bound address; fails with the error of the socket.
    public func listen(host: String, port: Int, tls: TLSServer? = nil) -> EventLoopFuture<SocketAddress> {
        guard !isClosed else { return eventLoop.makeFailedFuture(Self.closedFailure) }
        let isSecure = tls != nil
        // The same port may be wanted again.
        if port != 0 { heldPorts = [] }
        let bound = sockets.listen(host: host, port: port, tls: tls) { [weak self] channel in
            guard let self else { return }
            let connection = self.makeConnection(isSecure: isSecure)
            let handler = SIPChannelHandler(stack: self, connection: connection, accepted: true)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        return bound.assumeIsolated().flatMapThrowing { [weak self] channel in
            guard let self, !self.isClosed, let address = channel.localAddress else {
                channel.close(promise: nil)
                throw Self.closedFailure
            }
            self.listeners.append(Listener(channel: channel, isSecure: isSecure))
            return address
        }.nonisolated()
    }

    /// Opens a connection, or finds the one that is there.
    ///
    /// - Returns: fails with `SIPClientFailure.connection`.
    public func connect(_ hop: SIPHop) -> EventLoopFuture<SIPConnectionID> {
        let promise = eventLoop.makePromise(of: SIPConnectionID.self)
        withConnection(hop) { promise.completeWith($0.map(\.id).mapError { $0 as any Error }) }
        return promise.futureResult
    }

    /// The address of this end of a connection; nil when it is gone.
    public func localAddress(of connection: SIPConnectionID) -> SocketAddress? { connections[connection]?.local }

    /// The address of the peer; nil when the connection is gone.
    public func remoteAddress(of connection: SIPConnectionID) -> SocketAddress? { connections[connection]?.remote }

    /// True for a connection that is open and runs over TLS.
    public func isSecure(_ connection: SIPConnectionID) -> Bool { connections[connection]?.isSecure == true }

    /// Connections that are open or being opened.
    public var connectionCount: Int { connections.count }

    /// The addresses listened on.
    public var listeningAddresses: [SocketAddress] { listeners.compactMap { $0.channel.localAddress } }

    /// Closes one connection; the delegate hears of it.
    public func close(_ connection: SIPConnectionID) {
        guard let connection = connections[connection] else { return }
        shut(connection, cause: "closed here")
    }

    /// Closes one connection at once, without a word; the delegate hears of it.
    public func breakOff(_ connection: SIPConnectionID) {
        guard let connection = connections[connection] else { return }
        breakOff(connection)
    }

    private func breakOff(_ connection: SIPConnection) {
        connection.cause = connection.cause ?? "broken off here"
        connection.outgoing.clear()
        if connection.state == .opening { abandon(connection) } else { connection.breakOff() }
    }

    /// Closes every socket and listener at once, without a word; requests under way fail. The stack can be used again.
    public func breakConnections() {
        for listener in listeners {
            let address = listener.channel.localAddress
            listener.channel.closeFuture.assumeIsolated().whenComplete { [weak self] _ in
                guard let self, !self.isClosed, let held = address.flatMap({ HeldPort($0) }) else { return }
                self.heldPorts.append(held)
            }
        }
        closeListeners()
        for connection in Array(connections.values) { breakOff(connection) }
    }

    /// Closes all in order: what is written still goes out, requests under way fail, timers end.
    ///
    /// - Returns: succeeds when every socket is closed; a peer that does not end TLS is not waited for over 500 ms.
    public func close() -> EventLoopFuture<Void> {
        flush()
        isClosed = true
        alarm?.task.cancel()
        alarm = nil
        let open = connections.values.filter { $0.state == .open }
        let opening = connections.values.filter { $0.state == .opening }
        let channels = open.compactMap(\.channel) + listeners.map(\.channel)
        let ended = EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: eventLoop)
        connections = [:]
        for connection in opening { abandon(connection) }
        for connection in open { end(connection) }
        closeListeners()
        for transaction in Array(clientTransactions.values) { lose(transaction, Self.closedFailure) }
        clear()
        return ended
    }

    static let closedFailure = SIPClientFailure.connection("the stack is closed")

    private func clear() {
        timers.removeAll()
        heldPorts = []
        clientTransactions = [:]
        serverTransactions = [:]
        acknowledgements = [:]
        places = [:]
        dirty = []
    }

    private func closeListeners() {
        let all = listeners
        listeners = []
        for listener in all { listener.channel.close(promise: nil) }
    }

    private func end(_ connection: SIPConnection) {
        guard let channel = connection.channel else { return }
        connection.state = .closed
        let limit = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(500)) { connection.breakOff() }
        channel.closeFuture.whenComplete { _ in limit.cancel() }
        channel.close(promise: nil)
    }

    func makeConnection(isSecure: Bool) -> SIPConnection {
        lastConnection += 1
        return SIPConnection(
            id: SIPConnectionID(number: lastConnection), limits: settings.limits, isSecure: isSecure)
    }

    /// The port others reach this end at over the kind of connection; nil when it does not listen.
    func listeningPort(secure: Bool) -> Int? {
        listeners.first { $0.isSecure == secure }?.channel.localAddress?.port
    }

    // MARK: Writing

    func write(_ message: SIPMessage, to connection: SIPConnection) {
        guard isAnswering, connection.state == .open else { return }
        if let form = settings.form {
            connection.outgoing.writeBytes(form(message))
        } else {
            message.write(into: &connection.outgoing)
        }
        mark(connection)
    }

    func write(_ bytes: [UInt8], to connection: SIPConnection) {
        guard isAnswering, connection.state == .open else { return }
        connection.outgoing.writeBytes(bytes)
        mark(connection)
    }

    private func mark(_ connection: SIPConnection) {
        if connection.isDirty { return }
        connection.isDirty = true
        dirty.append(connection)
        if flushIsDue { return }
        flushIsDue = true
        eventLoop.assumeIsolated().execute { [weak self] in self?.flush() }
    }

    func flush() {
        flushIsDue = false
        let all = dirty
        dirty.removeAll(keepingCapacity: true)
        for connection in all {
            connection.isDirty = false
            guard let channel = connection.channel, connection.outgoing.readableBytes > 0 else { continue }
            let bytes = connection.outgoing
            connection.outgoing = ByteBuffer()
            channel.writeAndFlush(bytes, promise: nil)
            if !channel.isWritable { checkBacklog(of: connection, channel) }
        }
    }

    /// A peer that does not read must not fill our memory.
    private func checkBacklog(of connection: SIPConnection, _ channel: any Channel) {
        let waiting = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if waiting > settings.limits.writeBacklog {
            shut(connection, cause: "the peer does not read: \(waiting) bytes were waiting")
        }
    }

    // MARK: Timers

    var now: Int64 { Int64(eventLoop.now.uptimeNanoseconds) }

    func setTimer(after delay: Int64, _ timer: StackTimer) -> TimerID {
        let deadline = now + delay
        let id = timers.set(at: deadline, timer)
        if alarm.map({ deadline < $0.deadline }) ?? true { setAlarm(at: deadline) }
        return id
    }

    private func setAlarm(at deadline: Int64) {
        guard !isClosed else { return }
        alarm?.task.cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(
            deadline: .uptimeNanoseconds(UInt64(max(0, deadline)))
        ) { [weak self] in
            guard let self else { return }
            self.rang()
        }
        alarm = (task, deadline)
    }

    private func rang() {
        alarm = nil
        while !isClosed, let due = timers.popDue(now) { fire(due) }
        if alarm == nil, let next = timers.nextDeadline() { setAlarm(at: next) }
    }

    private func fire(_ timer: StackTimer) {
        switch timer {
        case .client(let key, let timer): clientTimer(timer, of: key)
        case .server(let key, let timer): serverTimer(timer, of: key)
        case .completion(let id, let messages): checkCompletion(id, messages)
        case .keepAlive(let id, let number): keepAliveRang(id, number)
        case .idle(let id): checkIdleness(id)
        }
    }
}
