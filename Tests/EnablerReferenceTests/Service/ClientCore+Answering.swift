import Connections
import Diagnostics
import MSRP
import Payloads
import SIP

@testable import EnablerReference

/// What a test client does with an invitation.
enum InvitePolicy: Sendable {
    case accept
    /// 180 and nothing more.
    case ring
    case silence
    case refuse(Int)
    /// Answers, but only when the CANCEL has come.
    case acceptWhenCancelled
}

// What comes to a test client over SIP.
extension ClientCore: SIPStackDelegate {
    func stack(_ stack: SIPStack, received request: SIPServerRequest) {
        let message = request.message
        requests.append(message)
        switch message.method {
        case .invite? where message.to?.tag != nil, .update?: refreshed(request)
        case .invite?: incomingInvite(request)
        case .bye?:
            let session = sessions.first { $0.dialog?.matches(message) == true }
            session?.isOver = true
            session?.msrp.close()
            log.append("bye \(message.sipCause.map(String.init) ?? "-")")
            stack.respond(message.response(200), to: request)
        case .notify?:
            if message.headers["Event"] == "conference", !message.body.isEmpty {
                log.append("notify " + Self.roster(message.body))
            } else {
                log.append("notify \(message.headers["Subscription-State"] ?? "") " + String(decoding: message.body, as: UTF8.self).trimmingWhitespace())
            }
            stack.respond(message.response(200), to: request)
        case .message?:
            log.append("page " + Self.line(message.contentType ?? "", message.body))
            stack.respond(message.response(200), to: request)
        case .ack?: break
        default: stack.respond(message.response(501), to: request)
        }
    }

    /// A re-INVITE or UPDATE in one of the sessions.
    private func refreshed(_ request: SIPServerRequest) {
        let message = request.message
        let session = sessions.first { $0.dialog?.matches(message) == true }
        var response = message.response(200)
        response.headers.add("Contact", contact)
        response.headers.add(contentsOf: sessionFields)
        if message.method == .invite {
            response.headers.add("Content-Type", "application/sdp")
            response.body = session?.description ?? []
        }
        stack.respond(response, to: request)
    }

    private func incomingInvite(_ request: SIPServerRequest) {
        invites.append(request.message)
        if let asked = request.message.headers["Session-Expires"].flatMap({ SessionExpires($0) }),
            asked.interval < leastSession
        {
            var response = request.message.response(422, toTag: tokens.token())
            response.headers.add("Min-SE", String(leastSession))
            return stack.respond(response, to: request)
        }
        switch policy {
        case .accept: accept(request)
        case .ring: stack.respond(request.message.response(180, toTag: "ringing"), to: request)
        case .silence: break
        case .refuse(let code): stack.respond(request.message.response(code, toTag: tokens.token()), to: request)
        case .acceptWhenCancelled: pendingInvite = request
        }
    }

    func accept(_ request: SIPServerRequest) {
        let message = request.message
        let session = makeSession(message.headers["Contribution-ID"] ?? "")
        guard let offer = InviteBody(message, limits: Limits()).sdp, let theirs = MSRPMedia(offer),
            let answer = media(session.msrp, setup: .active).answer(to: offer, sessionID: "2")
        else { return stack.respond(message.response(488), to: request) }
        let tag = tokens.token()
        session.dialog = SIPDialog(uas: message, localTag: tag, contact: contact)
        session.direction = theirs.direction
        focus = message.contacts.first?.uri ?? ""
        log.append("invited \(theirs.direction.rawValue)")
        var response = message.response(200, toTag: tag)
        response.headers.add("Contact", contact)
        response.headers.add("Content-Type", "application/sdp")
        response.headers.add(contentsOf: sessionFields)
        response.body = answer.serialized()
        session.description = response.body
        stack.respond(response, to: request)
        sessions.append(session)
        session.msrp.connect(to: theirs.path.compactMap { MSRPURI($0) }, tls: tls, bind: true)
    }

    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) {
        log.append("cancelled")
        if case .acceptWhenCancelled = policy, let pendingInvite { return accept(pendingInvite) }
        stack.respond(request.message.response(487, toTag: tokens.token()), to: request)
    }

    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) {
        log.append("closed: \(cause)")
    }
    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) { log.append("no ACK") }
    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {
        log.append("garbage \(error)")
    }
}
