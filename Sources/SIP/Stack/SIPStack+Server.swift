import Connections
import NIOCore

// Server transactions.
extension SIPStack {
    /// Answers a request. Server and a tag on To are added where they are missing (RFC 3261 §8.2.6.2).
    ///
    /// A 2xx to INVITE is repeated until its ACK. An answer to a transaction that has ended is dropped. Where the
    /// connection has gone, TCP to the top Via is tried (RFC 3261 §18.2.2).
    public func respond(_ response: SIPMessage, to request: SIPServerRequest) {
        guard let transaction = serverTransactions[request.transaction], let status = response.status
        else { return }
        let actions = transaction.machine.answer(status: status)
        guard actions.contains(.send) else { return }
        perform(actions, transaction, finished(response, of: transaction, status))
    }

    func receivedRequest(_ message: SIPMessage, on connection: SIPConnection) {
        guard case .request(let method, _) = message.start else { return }
        guard let via = message.topVia else { return garbage(.unanswerable(field: "Via"), on: connection) }
        var message = message
        note(via, in: &message, from: connection)
        if let broken = Self.brokenField(of: message, method) {
            if method == .ack { return }
            let response = message.response(400, "Missing or Broken \(broken)", toTag: tokens.token())
            return write(withServer(response), to: connection)
        }
        let key = Self.key(of: message, via, method == .ack ? .invite : method)
        let request = SIPServerRequest(
            message: message, connection: connection.id, transaction: key, remoteAddress: connection.remoteText)
        switch method {
        case .ack: receivedAck(request)
        case .cancel: receivedCancel(request, via, on: connection)
        default: receivedOther(request, on: connection)
        }
    }

    private func receivedOther(_ request: SIPServerRequest, on connection: SIPConnection) {
        if let known = serverTransactions[request.transaction] {
            return perform(known.machine.repeated(), known, nil)
        }
        guard serverTransactions.count < settings.maximumServerTransactions else {
            var response = request.message.response(503, toTag: tokens.token())
            response.headers.add("Retry-After", "5")
            return write(withServer(response), to: connection)
        }
        let machine = ServerMachine(request.transaction.method, settings.times)
        let transaction = ServerTransaction(request: request, machine: machine)
        serverTransactions[request.transaction] = transaction
        perform(transaction.machine.begin(trying: settings.sendsTrying), transaction, nil)
        delegate?.stack(self, received: request)
    }

    /// An ACK in the INVITE's transaction is for a non-2xx and ends here; another one goes to the user.
    private func receivedAck(_ request: SIPServerRequest) {
        if let transaction = serverTransactions[request.transaction], transaction.acknowledgement == nil {
            return perform(transaction.machine.acknowledged(), transaction, nil)
        }
        if let key = Self.acknowledgement(request.message), let known = acknowledgements[key],
            let transaction = serverTransactions[known]
        {
            perform(transaction.machine.acknowledged(), transaction, nil)
        }
        delegate?.stack(self, received: request)
    }

    private func receivedCancel(_ request: SIPServerRequest, _ via: SIPVia, on connection: SIPConnection) {
        let key = Self.key(of: request.message, via, .invite)
        guard let invite = serverTransactions[key] else {
            return write(withServer(request.message.response(481, toTag: tokens.token())), to: connection)
        }
        let tag = localTag(of: invite)
        write(withServer(request.message.response(200, toTag: tag)), to: connection)
        if invite.machine.isOpen { delegate?.stack(self, cancelled: invite.request) }
    }

    func serverTimer(_ timer: ServerTimer, of key: SIPTransactionKey) {
        guard let transaction = serverTransactions[key] else { return }
        transaction.timers[timer.rawValue] = nil
        perform(transaction.machine.expired(timer), transaction, nil)
    }

    private func perform(_ actions: [ServerAction], _ transaction: ServerTransaction, _ response: SIPMessage?) {
        let key = transaction.request.transaction
        var isUnacknowledged = false
        for action in actions {
            switch action {
            case .start(let timer, let delay):
                stop(&transaction.timers[timer.rawValue])
                transaction.timers[timer.rawValue] = setTimer(after: delay, .server(key, timer))
            case .stop(let timer): stop(&transaction.timers[timer.rawValue])
            case .send:
                transaction.lastResponse = response
                transmit(transaction)
            case .sendAgain: transmit(transaction)
            case .sendTrying:
                transaction.lastResponse = withServer(transaction.request.message.response(100))
                transmit(transaction)
            case .unacknowledged: isUnacknowledged = true
            case .end:
                serverTransactions[key] = nil
                if let acknowledgement = transaction.acknowledgement { acknowledgements[acknowledgement] = nil }
            }
        }
        if isUnacknowledged, isAnswering { delegate?.stack(self, unacknowledged: transaction.request) }
    }

    private func transmit(_ transaction: ServerTransaction) {
        guard let response = transaction.lastResponse else { return }
        if let connection = connections[transaction.request.connection], connection.state == .open {
            return write(response, to: connection)
        }
        guard isAnswering, let via = response.topVia, asciiCaseEqual(via.transport, "TCP") else { return }
        let host = via.parameters["received"] ?? via.host
        sendStateless(response, to: .address(host: host, port: via.port ?? 5060, tls: nil))
    }

    private func finished(_ response: SIPMessage, of transaction: ServerTransaction, _ status: Int) -> SIPMessage {
        var response = withServer(response)
        if status > 100, let index = response.headers.firstIndex(of: .to) {
            let to = response.headers.fields[index].value
            if NameAddress(to)?.tag == nil {
                let isBare = !to.utf8.contains(UInt8(ascii: "<"))
                let address = isBare ? "<\(to)>" : to
                response.headers.fields[index].value = "\(address);tag=\(localTag(of: transaction))"
            }
        }
        if status >= 200, status < 300, transaction.request.transaction.method == .invite,
            let key = Self.acknowledgement(response)
        {
            transaction.acknowledgement = key
            acknowledgements[key] = transaction.request.transaction
        }
        return response
    }

    private func localTag(of transaction: ServerTransaction) -> String {
        let tag = transaction.localTag ?? transaction.lastResponse?.to?.tag ?? tokens.token()
        transaction.localTag = tag
        return tag
    }

    private func withServer(_ response: SIPMessage) -> SIPMessage {
        if settings.userAgent.isEmpty || response.headers.has(.server) { return response }
        var response = response
        response.headers.add("Server", settings.userAgent)
        return response
    }

    // MARK: Reading the request

    /// The field without which the request cannot be served, if any (RFC 3261 §8.1.1).
    private static func brokenField(of message: SIPMessage, _ method: SIPMethod) -> String? {
        if message.callID?.isEmpty != false { return "Call-ID" }
        guard let cseq = message.cseq, cseq.method == method else { return "CSeq" }
        if message.from == nil { return "From" }
        if message.to == nil { return "To" }
        return nil
    }

    /// By branch and sent-by; without the magic cookie by the fields RFC 3261 §17.2.3 names for old clients.
    private static func key(of message: SIPMessage, _ via: SIPVia, _ method: SIPMethod) -> SIPTransactionKey {
        if let branch = via.branch, branch.utf8.starts(with: "z9hG4bK".utf8) {
            return SIPTransactionKey(branch: branch, sentBy: via.sentBy, method: method)
        }
        let number = message.cseq.map { String($0.number) } ?? ""
        let pieces = [
            message.requestURI ?? "", message.from?.tag ?? "", message.callID ?? "", number, via.description,
        ]
        return SIPTransactionKey(branch: pieces.joined(separator: "\n"), sentBy: via.sentBy, method: method)
    }

    private static func acknowledgement(_ message: SIPMessage) -> AcknowledgementKey? {
        guard let callID = message.callID, let number = message.cseq?.number else { return nil }
        return AcknowledgementKey(
            callID: callID, number: number, fromTag: message.from?.tag ?? "", toTag: message.to?.tag ?? "")
    }

    /// Notes in the top Via where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4). What the peer says of that
    /// itself is taken out: answers would go where it points to.
    private func note(_ via: SIPVia, in message: inout SIPMessage, from connection: SIPConnection) {
        let wantsPort = via.parameters.has("rport")
        let isElsewhere = wantsPort || via.host != connection.remoteHost
        guard isElsewhere || via.parameters.has("received"), let index = message.headers.firstIndex(of: .via) else { return }
        var via = via
        via.parameters["received"] = isElsewhere && !connection.remoteHost.isEmpty ? connection.remoteHost : nil
        if wantsPort { via.parameters["rport"] = connection.remote?.port.map(String.init) }
        let others = splitList(message.headers.fields[index].value, at: UInt8(ascii: ",")).dropFirst()
        message.headers.fields[index].value = ([via.description] + others).joined(separator: ", ")
    }
}
