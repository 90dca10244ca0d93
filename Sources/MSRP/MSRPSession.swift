public import Connections
import Diagnostics
import NIOCore

/// One MSRP session: a session id of its own here, a path to the other end, and at most one connection at a time.
///
/// Made by `MSRPEndpoint.makeSession`. Confined to the end point's event loop: call it only there; its closures are
/// called there.
public final class MSRPSession {
    private let alive = Alive("MSRP session")
    private enum State {
        case idle
        case connecting
        case bound(MSRPConnection)
        case closed
    }

    /// The URI of this end, for `a=path` in SDP.
    public let localURI: MSRPURI
    /// The path to the other end as `connect` or `expect` was given it, or as the first SEND told it.
    public private(set) var remotePath: [MSRPURI] = []
    /// Decides about each incoming message by the head of its first chunk: 200 takes it, an error refuses it (413, 415,
    /// 403, ...), 0 takes it but answers nothing.
    public var acceptance: (MSRPHead) -> Int = { _ in 200 }
    /// What the other end's description says of its certificate; to be set before `connect` or `expect`. A connection
    /// over TLS on which it shows another is closed, and the session with it (RFC 4975 §14.4).
    public var announced: AnnouncedCertificate?
    /// True leaves the answer to the last chunk of every message to the user, who calls `answer`; say, after a commit.
    public var holdsAnswers = false
    /// The largest message taken, in bytes (`a=max-size`); larger ones are refused with 413 as soon as they show.
    public var maxSize: Int? {
        get { assembler.maxSize }
        set { assembler.maxSize = newValue }
    }
    /// True from `.connected` to `.closed`.
    public var isConnected: Bool {
        if case .bound = state { return true }
        return false
    }
    /// Bytes of bodies that were given to `send` and wait for the socket.
    public var backlog: Int {
        if case .bound(let connection) = state { return connection.backlog }
        return waiting.reduce(0) { $0 + $1.message.body.count }
    }

    let sessionID: String
    let number: UInt64
    var assembler: MSRPMessageAssembler
    /// `To-Path`, `From-Path` and `Message-ID: ` of each SEND.
    private(set) var preamble: [UInt8] = []
    private var state = State.idle
    private weak var endpoint: MSRPEndpoint?
    private var onSignal: ((MSRPSession, MSRPSessionSignal) -> Void)?
    private var waiting: [(message: MSRPOutgoingMessage, onOutcome: (MSRPSendOutcome) -> Void)] = []
    private var silent: Set<String> = []

    init(
        endpoint: MSRPEndpoint, localURI: MSRPURI, number: UInt64,
        onSignal: @escaping (MSRPSession, MSRPSessionSignal) -> Void
    ) {
        self.endpoint = endpoint
        self.localURI = localURI
        sessionID = localURI.sessionID ?? ""
        self.number = number
        assembler = MSRPMessageAssembler(limits: endpoint.settings.limits)
        self.onSignal = onSignal
    }

    // MARK: Connecting

    /// Opens the connection to the first URI of the path (RFC 4975 §5.4): this is the active end.
    ///
    /// - Parameters:
    ///   - remotePath: the `a=path` of the other end.
    ///   - tls: how to check the peer when the URI is `msrps`; nil means the system's authorities.
    ///   - bind: sends an empty SEND at once, so that the passive end can send (RFC 4975 §5.4).
    public func connect(to remotePath: [MSRPURI], tls: TLSClient?, bind: Bool) {
        guard case .idle = state, let endpoint else { return }
        guard let hop = remotePath.first else { return end(cause: "there is no path to connect to") }
        setPath(remotePath)
        state = .connecting
        var check: TLSClient?
        if hop.isSecure {
            do {
                check = try tls ?? TLSClient()
                if let announced { check = try check?.expecting(announced) }
            } catch {
                return end(cause: "cannot connect to \(hop): \(error)")
            }
        }
        endpoint.connection(to: hop, tls: check) { [weak self] result in
            guard let self, case .connecting = self.state else { return false }
            switch result {
            case .failure(let error):
                self.end(cause: "cannot connect to \(hop): \(failureSentence(error))")
                return false
            case .success(let connection):
                self.bound(to: connection, bind: bind)
                return true
            }
        }
    }

    /// Waits for the other end to connect: this is the passive end. The first SEND to this session binds it.
    ///
    /// A session is bound by such a SEND before this call too, since the peer may be faster than its SDP.
    public func expect(from remotePath: [MSRPURI]) {
        setPath(remotePath)
        if case .bound(let connection) = state { _ = isAnnounced(connection) }
    }

    /// False when the peer of an accepted connection is not the one that was announced; then all is over.
    private func isAnnounced(_ connection: MSRPConnection) -> Bool {
        guard let announced, localURI.isSecure else { return true }
        do {
            try announced.check(connection.peerCertificate)
            return true
        } catch {
            let cause = "the connection of the other end is refused: \(error)"
            end(cause: cause)
            connection.fail(cause)
            return false
        }
    }

    private func setPath(_ path: [MSRPURI]) {
        remotePath = path
        let to = path.map(\.description).joined(separator: " ")
        preamble = Array("To-Path: \(to)\r\nFrom-Path: \(localURI)\r\nMessage-ID: ".utf8)
    }

    private func bound(to connection: MSRPConnection, bind: Bool) {
        state = .bound(connection)
        connection.bind(self)
        signal(.connected)
        if bind, let endpoint {
            let empty = MSRPOutgoingMessage(messageID: endpoint.makeMessageID(), contentType: nil, body: [])
            send(empty) { [weak self] outcome in
                guard case .answered(let code, let comment) = outcome else { return }
                if code == 200 { return self?.signal(.introduced) ?? () }
                self?.end(cause: "the other end refused to bind the session: \(code) \(comment)")
            }
        }
        let queued = waiting
        waiting = []
        for entry in queued { send(entry.message, onOutcome: entry.onOutcome) }
    }

    // MARK: Sending

    /// Queues a message. The outcome is told once, when every chunk is answered or cannot be any more.
    ///
    /// Before the connection is there the message waits; in a closed session it is `.connectionLost` at once.
    public func send(_ message: MSRPOutgoingMessage, onOutcome: @escaping (MSRPSendOutcome) -> Void) {
        switch state {
        case .closed: onOutcome(.connectionLost)
        case .bound(let connection):
            var message = message
            message.chunkSize = message.chunkSize ?? endpoint?.settings.chunkSize
            connection.send(message, of: self, onOutcome: onOutcome)
        case .idle, .connecting: waiting.append((message, onOutcome))
        }
    }

    /// Gives up every message of that id which is not sent whole yet: the peer is told with `#`, the outcome is
    /// `.aborted`. Nothing happens when it was sent whole.
    public func abort(messageID: String) {
        if case .bound(let connection) = state { return connection.abort(messageID, of: self) }
        let given = waiting.filter { $0.message.messageID == messageID }
        waiting.removeAll { $0.message.messageID == messageID }
        for entry in given { entry.onOutcome(.aborted) }
    }

    /// Answers a message that came while `holdsAnswers` was true; 200 also sends the REPORT it may ask for. Later calls
    /// for the same message send more answers, which only a defective end does.
    public func answer(_ message: MSRPIncomingMessage, code: Int, comment: String? = nil) {
        guard case .bound(let connection) = state, let ticket = message.ticket else { return }
        MSRPReceiver.answer(ticket, code, comment ?? responseComment(code), on: connection)
        if code == 200 { reportSuccess(of: message, on: connection) }
    }

    /// Sends a REPORT on a message, whatever was asked for.
    public func report(messageID: String, size: Int, code: Int, to path: [MSRPURI]? = nil) {
        guard case .bound(let connection) = state else { return }
        let to = (path ?? remotePath).map(\.description).joined(separator: " ")
        sendReport(messageID, size: size, code: code, to: to, on: connection)
    }

    /// Writes bytes as they are, in front of all messages. For tests of the other end.
    public func sendRaw(_ bytes: [UInt8]) {
        if case .bound(let connection) = state { connection.writeControl { $0.writeBytes(bytes) } }
    }

    /// Writes bytes as they are and, once the socket has them, closes the connection at once, without a word; every
    /// session on it is told `.closed`. For tests of the other end.
    public func breakConnection(after bytes: [UInt8] = []) {
        if case .bound(let connection) = state { connection.breakOff(after: bytes, "the connection was broken off here") }
    }

    /// Ends the session. Its messages without an outcome are `.connectionLost`; a connection without other sessions
    /// is closed when what was written is out. There is no signal after it.
    public func close() {
        guard let connection = leave() else { return }
        connection.unbind(self)
    }

    // MARK: Receiving, for the connection

    /// Whether the session may be used on that connection; binds it when it is passive and free.
    func admit(_ head: MSRPHead, on connection: MSRPConnection) -> MSRPRefusal? {
        switch state {
        case .bound(let other):
            return other === connection ? nil : MSRPRefusal(506, responseComment(506))
        case .connecting:
            return MSRPRefusal(506, responseComment(506))
        case .closed:
            return MSRPRefusal(481, responseComment(481))
        case .idle:
            guard isAnnounced(connection) else { return MSRPRefusal(403, responseComment(403)) }
            if remotePath.isEmpty { setPath(head.fromPath) }
            bound(to: connection, bind: false)
            signal(.introduced)
            return nil
        }
    }

    /// The user's and the assembler's word on a chunk.
    func begin(_ head: MSRPHead) -> MSRPRefusal? {
        let id = head.messageID ?? ""
        let isFirst = !assembler.knows(id)
        let now = endpoint?.now ?? 0
        if let refusal = assembler.begin(head, now: now) { return refusal }
        guard isFirst, head.contentType != nil else { return nil }
        let code = acceptance(head)
        if code == 0 { silent.insert(id) }
        guard code != 0, !(200..<300).contains(code) else { return nil }
        let refusal = MSRPRefusal(code, responseComment(code))
        assembler.refuse(refusal)
        return refusal
    }

    func chunkEnded(
        _ head: MSRPHead, _ continuation: MSRPContinuation, isAnswered: Bool, on connection: MSRPConnection
    ) {
        let id = head.messageID ?? ""
        let ticket = MSRPAnswerTicket(answering: head)
        let isSilent = !silent.isEmpty && silent.contains(id)
        func answer(_ code: Int, _ comment: String) {
            if !isAnswered, !isSilent { MSRPReceiver.answer(ticket, code, comment, on: connection) }
        }
        switch assembler.end(continuation, now: endpoint?.now ?? 0) {
        case .partial, .empty:
            answer(200, "OK")
        case .complete(var message):
            silent.remove(id)
            if holdsAnswers, !isSilent {
                message.ticket = ticket
            } else {
                answer(200, "OK")
                if !isSilent { reportSuccess(of: message, on: connection) }
            }
            signal(.received(message))
        case .aborted:
            answer(200, "OK")
            silent.remove(id)
            signal(.incomplete(messageID: id, cause: "its sender gave it up"))
        case .refused(let refusal, _):
            answer(refusal.code, refusal.comment)
            silent.remove(id)
            if !isAnswered { signal(.incomplete(messageID: id, cause: refusal.comment)) }
        }
    }

    private func reportSuccess(of message: MSRPIncomingMessage, on connection: MSRPConnection) {
        guard message.successReport else { return }
        sendReport(message.messageID, size: message.body.count, code: 200, to: message.fromPathText, on: connection)
    }

    private func sendReport(_ messageID: String, size: Int, code: Int, to path: String, on connection: MSRPConnection) {
        guard let endpoint else { return }
        let report = MSRPReportRequest(
            transactionID: endpoint.transactionIDs.next(), toPath: path, fromPath: localURI.description,
            messageID: messageID, byteRange: MSRPByteRange(start: 1, end: size, total: size), code: code)
        connection.writeControl { report.write(to: &$0) }
    }

    func takeReport(_ head: MSRPHead) {
        guard case .bound = state, let id = head.messageID, let status = head.status else { return }
        signal(.report(messageID: id, statusCode: status.code, byteRange: head.byteRange))
    }

    func expire(startedBefore deadline: Int64) {
        for id in assembler.expire(startedBefore: deadline).sorted() {
            silent.remove(id)
            signal(.incomplete(messageID: id, cause: "its last chunk did not come in time"))
        }
    }

    // MARK: The end

    func connectionEnded(cause: String) {
        _ = leave(cause: cause)
    }

    private func end(cause: String) {
        leave(cause: cause)?.unbind(self)
    }

    func signal(_ signal: MSRPSessionSignal) { onSignal?(self, signal) }

    /// Leaves every register; the connection it was on, if there was one. With a cause the user is told.
    private func leave(cause: String? = nil) -> MSRPConnection? {
        if case .closed = state { return nil }
        var connection: MSRPConnection?
        if case .bound(let bound) = state { connection = bound }
        state = .closed
        endpoint?.forget(self)
        let lost = waiting
        waiting = []
        for entry in lost { entry.onOutcome(.connectionLost) }
        if let cause { signal(.closed(cause: cause)) }
        onSignal = nil
        acceptance = { _ in 481 }
        return connection
    }
}
