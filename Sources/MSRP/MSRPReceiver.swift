import NIOCore

/// Goes through the requests that come on one connection, finds their sessions and answers (RFC 4975 §7.2, §7.3).
///
/// A class, because the user may close a session from within a call that started here.
final class MSRPReceiver {
    private enum Current {
        case nothing
        /// A SEND for this session; `isAnswered` when it was refused before its end.
        case send(MSRPHead, MSRPSession, isAnswered: Bool)
    }

    private var current = Current.nothing
    /// The last head without fault: most that follow have the same paths.
    private var sound: MSRPHead?

    init() {}

    /// The session is closed: the rest of its chunk is of no interest.
    func forget(_ session: MSRPSession) {
        if case .send(_, let other, _) = current, other === session { current = .nothing }
    }

    func take(_ element: MSRPStreamElement, on connection: MSRPConnection) {
        guard connection.endpoint.isAnswering, !connection.endpoint.isDeaf else {
            current = .nothing
            return
        }
        switch element {
        case .head(let head):
            current = .nothing
            begin(head, on: connection)
        case .body(let slice):
            guard case .send(let head, let session, false) = current, let refusal = session.assembler.append(slice) else {
                return
            }
            current = .send(head, session, isAnswered: true)
            MSRPReceiver.refuse(head, refusal, on: connection)
        case .end(let continuation):
            let ended = current
            current = .nothing
            if case .send(let head, let session, let isAnswered) = ended {
                session.chunkEnded(head, continuation, isAnswered: isAnswered, on: connection)
            }
        }
    }

    private func begin(_ head: MSRPHead, on connection: MSRPConnection) {
        if head.method == "REPORT" {
            if head.fault == nil { connection.endpoint.session(for: head)?.takeReport(head) }
            return
        }
        if let fault = head.fault(knowing: sound) { return MSRPReceiver.refuse(head, MSRPRefusal(400, fault), on: connection) }
        sound = head
        guard head.method == "SEND" else {
            return MSRPReceiver.refuse(head, MSRPRefusal(501, responseComment(501)), on: connection)
        }
        guard let session = connection.endpoint.session(for: head) else {
            return MSRPReceiver.refuse(head, MSRPRefusal(481, responseComment(481)), on: connection)
        }
        if let refusal = session.admit(head, on: connection) {
            return MSRPReceiver.refuse(head, refusal, on: connection)
        }
        if let refusal = session.begin(head) {
            current = .send(head, session, isAnswered: true)
            MSRPReceiver.refuse(head, refusal, on: connection)
        } else {
            current = .send(head, session, isAnswered: false)
        }
    }

    static func refuse(_ head: MSRPHead, _ refusal: MSRPRefusal, on connection: MSRPConnection) {
        answer(MSRPAnswerTicket(answering: head), refusal.code, refusal.comment, on: connection)
    }

    /// Writes a response where `Failure-Report` wants one.
    static func answer(_ ticket: MSRPAnswerTicket, _ code: Int, _ comment: String, on connection: MSRPConnection) {
        switch ticket.failureReport {
        case .no: return
        case .partial where (200..<300).contains(code): return
        case .partial, .yes: break
        }
        connection.writeControl { $0.writeResponse(code, comment, to: ticket) }
    }
}
