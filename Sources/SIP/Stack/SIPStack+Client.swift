import Connections
import NIOCore

// Client transactions and what goes out besides them.
extension SIPStack {
    /// Sends a request in a transaction of its own.
    ///
    /// Via is added, Max-Forwards and User-Agent where they are missing. `onOutcome` comes on the event loop, never
    /// before this call returns; `close` ends all that is open. An ACK goes out without transaction.
    @discardableResult
    public func send(
        _ request: SIPMessage, to hop: SIPHop, onOutcome: @escaping (SIPClientOutcome) -> Void
    ) -> SIPTransactionKey {
        let method = request.method ?? SIPMethod(rawValue: "")
        let key = SIPTransactionKey(branch: newBranch(), sentBy: "", method: method)
        if method == .ack {
            sendStateless(request, to: hop)
            return key
        }
        if isClosed {
            later { onOutcome(.failed(Self.closedFailure)) }
            return key
        }
        let machine = ClientMachine(method, settings.times)
        let transaction = ClientTransaction(key: key, request: request, machine: machine, onOutcome: onOutcome)
        clientTransactions[key] = transaction
        perform(transaction.machine.begin(), transaction, nil)
        withConnection(hop) { [weak self] result in
            guard let self, self.clientTransactions[key] != nil else { return }
            switch result {
            case .success(let connection):
                transaction.connection = connection.id
                self.complete(&transaction.request, branch: key.branch, for: connection)
                self.write(transaction.request, to: connection)
            case .failure(let failure):
                self.lose(transaction, failure)
            }
        }
        return key
    }

    /// Cancels an INVITE: at once after a provisional response, else with the first; not after a final one (§9.1).
    ///
    /// The INVITE's outcome still comes: 487, a 2xx that crossed, or `timeout` 64*T1 after the CANCEL.
    /// - Parameter headers: added to the CANCEL, such as Reason.
    public func cancel(_ key: SIPTransactionKey, headers: SIPHeaders = [:]) {
        guard let transaction = clientTransactions[key] else { return }
        transaction.cancelHeaders = headers
        perform(transaction.machine.cancel(), transaction, nil)
    }

    /// Sends a message without transaction: the ACK to a 2xx with Via added, or a response as it is.
    public func sendStateless(_ message: SIPMessage, to hop: SIPHop) {
        withConnection(hop) { [weak self] result in
            guard let self, case .success(let connection) = result else { return }
            var message = message
            if message.isRequest { self.complete(&message, branch: self.newBranch(), for: connection) }
            self.write(message, to: connection)
        }
    }

    /// Sends bytes as they are.
    public func sendRaw(_ bytes: [UInt8], to hop: SIPHop) {
        withConnection(hop) { [weak self] result in
            if case .success(let connection) = result { self?.write(bytes, to: connection) }
        }
    }

    private func newBranch() -> String { "z9hG4bK" + tokens.token(length: 16) }

    private func complete(_ request: inout SIPMessage, branch: String, for connection: SIPConnection) {
        request.headers.insert("Via", via(branch: branch, for: connection))
        if !request.headers.has(.maxForwards) { request.headers.add("Max-Forwards", "70") }
        if !settings.userAgent.isEmpty, !request.headers.has(.userAgent) {
            request.headers.add("User-Agent", settings.userAgent)
        }
    }

    /// Sent-by names where this end listens, so that a response can be sent there (RFC 3261 §18.1.1).
    private func via(branch: String, for connection: SIPConnection) -> String {
        let host = settings.advertisedHost ?? connection.local?.ipAddress ?? "invalid"
        let port = listeningPort(secure: connection.isSecure) ?? connection.local?.port
        let place = HostPort(host: host, port: port)
        return "SIP/2.0/\(connection.isSecure ? "TLS" : "TCP") \(place);branch=\(branch)"
    }

    func receivedResponse(_ message: SIPMessage) {
        guard let status = message.status, let method = message.cseq?.method,
            let branch = message.headers.first(.via).flatMap({ SIPVia.branch(of: $0) }),
            let transaction = clientTransactions[SIPTransactionKey(branch: branch, sentBy: "", method: method)]
        else { return }
        perform(transaction.machine.received(status: status), transaction, message)
    }

    func clientTimer(_ timer: ClientTimer, of key: SIPTransactionKey) {
        guard let transaction = clientTransactions[key] else { return }
        transaction.timers[timer.rawValue] = nil
        perform(transaction.machine.expired(timer), transaction, nil)
    }

    /// All client transactions on a connection end; those without a final response tell their user why.
    func loseTransactions(of connection: SIPConnectionID, _ failure: SIPClientFailure) {
        let lost = clientTransactions.values.filter { $0.connection == connection }
        for transaction in lost.sorted(by: { $0.key.branch < $1.key.branch }) { lose(transaction, failure) }
    }

    func lose(_ transaction: ClientTransaction, _ failure: SIPClientFailure) {
        transaction.failure = failure
        perform(transaction.machine.connectionLost(), transaction, nil)
    }

    private func perform(_ actions: [ClientAction], _ transaction: ClientTransaction, _ response: SIPMessage?) {
        for action in actions {
            switch action {
            case .start(let timer, let delay):
                stop(&transaction.timers[timer.rawValue])
                transaction.timers[timer.rawValue] = setTimer(after: delay, .client(transaction.key, timer))
            case .stop(let timer): stop(&transaction.timers[timer.rawValue])
            case .acknowledge: if let response { acknowledge(response, of: transaction) }
            case .sendCancel: sendCancel(of: transaction)
            case .end: clientTransactions[transaction.key] = nil
            case .deliver, .timedOut, .lost: break
            }
        }
        // The user is told last, when the tables are right, since it may send, cancel or close from there.
        for action in actions {
            switch action {
            case .deliver: if let response { transaction.onOutcome(.response(response)) }
            case .timedOut: transaction.onOutcome(.failed(.timeout))
            case .lost: transaction.onOutcome(.failed(transaction.failure))
            default: break
            }
        }
    }

    func stop(_ slot: inout TimerID?) {
        if let id = slot { timers.stop(id) }
        slot = nil
    }

    /// The ACK of the same transaction (RFC 3261 §17.1.1.3).
    private func acknowledge(_ response: SIPMessage, of transaction: ClientTransaction) {
        guard var ack = derived(.ack, from: transaction), let to = response.headers.first(.to) else { return }
        ack.headers.set("To", to)
        send(derived: ack, of: transaction)
    }

    /// The CANCEL has the INVITE's Via and a transaction of its own (RFC 3261 §9.1).
    private func sendCancel(of transaction: ClientTransaction) {
        guard var cancel = derived(.cancel, from: transaction) else { return }
        cancel.headers.add(contentsOf: transaction.cancelHeaders)
        let key = SIPTransactionKey(branch: transaction.key.branch, sentBy: "", method: .cancel)
        let own = ClientTransaction(
            key: key, request: cancel, machine: ClientMachine(.cancel, settings.times), onOutcome: { _ in })
        own.connection = transaction.connection
        clientTransactions[key] = own
        perform(own.machine.begin(), own, nil)
        send(derived: cancel, of: transaction)
    }

    private func send(derived message: SIPMessage, of transaction: ClientTransaction) {
        guard let connection = transaction.connection.flatMap({ connections[$0] }) else { return }
        write(message, to: connection)
    }

    /// ACK or CANCEL: Request-URI, top Via, Route, From, To, Call-ID and number of the INVITE.
    private func derived(_ method: SIPMethod, from transaction: ClientTransaction) -> SIPMessage? {
        let request = transaction.request
        guard let uri = request.requestURI, let number = request.cseq?.number, let via = request.topVia
        else { return nil }
        var headers: SIPHeaders = ["Via": via.description]
        for field in request.headers where [.route, .from, .to, .callID].contains(field.code) {
            headers.add(field.name, field.value)
        }
        headers.add("CSeq", "\(number) \(method)")
        headers.add("Max-Forwards", "70")
        if !settings.userAgent.isEmpty { headers.add("User-Agent", settings.userAgent) }
        return SIPMessage(start: .request(method: method, uri: uri), headers: headers)
    }
}
