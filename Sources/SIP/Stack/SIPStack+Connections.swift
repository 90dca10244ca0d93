import Connections
import Diagnostics
import NIOCore

// Connections: opening, reading, garbage, closing.
extension SIPStack {
    /// Calls back with an open connection, at once where one is there; never calls back at once with a failure.
    func withConnection(_ hop: SIPHop, _ then: @escaping (Result<SIPConnection, SIPClientFailure>) -> Void) {
        if isClosed { return later { then(.failure(Self.closedFailure)) } }
        switch hop {
        case .connection(let id):
            if let connection = connections[id], connection.state == .open { return then(.success(connection)) }
            if let connection = connections[id] { return connection.waiters.append(then) }
            later { then(.failure(.connection("the connection is gone"))) }
        case .address(let host, let port, let tls):
            let place = SIPPlace(host: asciiLowercased(host), port: port, secure: tls != nil)
            if let connection = places[place].flatMap({ connections[$0] }) {
                if connection.state == .open { return then(.success(connection)) }
                return connection.waiters.append(then)
            }
            open(place, tls: tls, then)
        }
    }

    func later(_ work: @escaping () -> Void) { eventLoop.assumeIsolated().execute(work) }

    private func open(
        _ place: SIPPlace, tls: TLSClient?, _ then: @escaping (Result<SIPConnection, SIPClientFailure>) -> Void
    ) {
        let connection = makeConnection(isSecure: tls != nil)
        connection.place = place
        connection.waiters = [then]
        connections[connection.id] = connection
        places[place] = connection.id
        sockets.connect(
            host: place.host, port: place.port, tls: tls, timeout: .nanoseconds(settings.connectTimeout)
        ) { [weak self] channel in
            guard let self, connection.state == .opening else { throw Self.closedFailure }
            connection.channel = channel
            let handler = SIPChannelHandler(stack: self, connection: connection, accepted: false)
            try channel.pipeline.syncOperations.addHandler(handler)
        }.assumeIsolated().whenComplete { [weak self] result in
            switch result {
            case .success(let channel):
                guard let self, connection.state == .opening else { return channel.close(promise: nil) }
                if channel.isActive { return self.opened(connection, channel) }
                self.closed(connection, cause: "the peer closed the connection")
            case .failure(let error):
                let cause = "no connection to \(HostPort(host: place.host, port: place.port)): "
                self?.closed(connection, cause: connection.cause ?? cause + connectionSentence(error))
            }
        }
    }

    private func opened(_ connection: SIPConnection, _ channel: any Channel) {
        connection.opened(channel)
        let waiters = connection.waiters
        connection.waiters = []
        for waiter in waiters { waiter(.success(connection)) }
    }

    /// Gives up a connection that is not up yet; what comes of it later closes itself.
    func abandon(_ connection: SIPConnection) {
        closed(connection, cause: connection.cause ?? "closed here")
        connection.breakOff()
    }

    /// A peer has connected; false when there are too many.
    func accepted(_ connection: SIPConnection) -> Bool {
        guard !isClosed, acceptedCount < settings.maximumAcceptedConnections else { return false }
        acceptedCount += 1
        connections[connection.id] = connection
        connection.heardAt = now
        watchIdleness(of: connection)
        return true
    }

    private func watchIdleness(of connection: SIPConnection) {
        let rest = connection.heardAt + settings.limits.idle - now
        connection.idleTimer = setTimer(after: max(0, rest), .idle(connection.id))
    }

    /// A connection over which nothing has come for so long is nobody's any more.
    func checkIdleness(_ id: SIPConnectionID) {
        guard let connection = connections[id], connection.state == .open else { return }
        connection.idleTimer = nil
        guard now - connection.heardAt >= settings.limits.idle else { return watchIdleness(of: connection) }
        shut(connection, cause: "nothing came from the peer for \(settings.limits.idle / 1_000_000_000) s")
    }

    func closed(_ connection: SIPConnection, cause: String) {
        guard connection.state != .closed else { return }
        connection.state = .closed
        connection.outgoing.clear()
        connection.keepAlive = nil
        connection.keepAliveTimer.map { timers.stop($0) }
        connection.idleTimer.map { timers.stop($0) }
        let waiters = connection.waiters
        connection.waiters = []
        guard connections.removeValue(forKey: connection.id) != nil || !waiters.isEmpty else { return }
        if let place = connection.place, places[place] == connection.id {
            places[place] = nil
        } else if connection.place == nil {
            acceptedCount -= 1
        }
        for waiter in waiters { waiter(.failure(.connection(cause))) }
        loseTransactions(of: connection.id, .connection(cause))
        if !isClosed { delegate?.stack(self, closed: connection.id, cause: cause) }
    }

    /// Closes with a reason of our own; what was written before still goes out.
    func shut(_ connection: SIPConnection, cause: String) {
        connection.cause = connection.cause ?? cause
        if connection.state == .opening { return abandon(connection) }
        if connection.outgoing.readableBytes > 0, let channel = connection.channel {
            let bytes = connection.outgoing
            connection.outgoing = ByteBuffer()
            channel.writeAndFlush(bytes, promise: nil)
        }
        connection.isDeaf = true
        connection.channel?.close(promise: nil)
    }

    // MARK: Reading

    func read(_ bytes: ByteBuffer, on connection: SIPConnection) {
        if connection.isDeaf || connection.state == .closed { return }
        connection.heardAt = now
        heard(from: connection)
        connection.parser.append(bytes)
        do {
            while !connection.isDeaf, connection.state != .closed, let message = try connection.parser.next() {
                connection.messages += 1
                if isAnswering { received(message, on: connection) }
            }
        } catch {
            garbage(error, on: connection)
        }
        if connection.parser.pings > 0 {
            // On a connection that this end opened they are answers to its own pings (RFC 5626 §4.4.1).
            if connection.place == nil {
                for _ in 0..<connection.parser.pings { write([0x0D, 0x0A], to: connection) }
            }
            connection.parser.pings = 0
        }
    }

    func readComplete(_ connection: SIPConnection) {
        if connection.parser.pending > 0, !connection.watchesCompletion, connection.state == .open {
            watchCompletion(of: connection)
        }
    }

    private func received(_ message: SIPMessage, on connection: SIPConnection) {
        if message.isRequest {
            receivedRequest(message, on: connection)
        } else {
            receivedResponse(message)
        }
    }

    private func watchCompletion(of connection: SIPConnection) {
        connection.watchesCompletion = true
        _ = setTimer(
            after: settings.limits.completion, .completion(connection.id, messages: connection.messages))
    }

    /// The same message unfinished after the whole time is garbage; another one gets its own time.
    func checkCompletion(_ id: SIPConnectionID, _ messages: Int) {
        guard let connection = connections[id] else { return }
        connection.watchesCompletion = false
        guard connection.parser.pending > 0, !connection.isDeaf else { return }
        if connection.messages != messages { return watchCompletion(of: connection) }
        let seconds = Int(settings.limits.completion / 1_000_000_000)
        garbage(.incomplete(bytes: connection.parser.pending, seconds: seconds), on: connection)
    }

    /// Tells the delegate, fails what waits on the connection, and closes it; a silent stack only stops reading.
    func garbage(_ error: SIPParseError, on connection: SIPConnection) {
        connection.isDeaf = true
        guard isAnswering else { return }
        loseTransactions(of: connection.id, .garbage(error.description))
        delegate?.stack(self, garbage: error, on: connection.id)
        shut(connection, cause: "the peer sent garbage: \(error)")
    }
}
