import Connections
import SIP

/// Requests that come to the client, but for invitations.
extension SIPClientActor {
    func received(_ request: SIPServerRequest) {
        guard presence == .open, let method = request.message.method else { return }
        if let unsupported = unsupportedExtensions(request.message), method != .ack {
            respond(420, to: request, fields: [("Unsupported", unsupported)])
            return
        }
        switch method {
        case .invite: invited(request)
        case .ack: acknowledged(request)
        case .bye: ended(request)
        case .notify: notified(request)
        case .update: updated(request)
        case .message: respond(200, to: request)
        case .options:
            respond(
                200, to: request,
                fields: [("Allow", ServiceIdentifiers.allow), ("Accept", "application/sdp, message/cpim")])
        case .info, .prack, .refer, .subscribe, .register:
            respond(405, to: request, fields: [("Allow", ServiceIdentifiers.allow)])
        default: respond(501, to: request, fields: [("Allow", ServiceIdentifiers.allow)])
        }
    }

    /// Option tags that are required and not known here (RFC 3261 §8.2.2.3); nil when there are none.
    private func unsupportedExtensions(_ message: SIPMessage) -> String? {
        let known = ["timer", "path", "outbound", "norefersub"]
        let others = message.headers.values("Require").filter { !known.contains($0.lowercased()) }
        return others.isEmpty ? nil : others.joined(separator: ", ")
    }

    func respond(
        _ status: Int, to request: SIPServerRequest, tag: String? = nil, fields: [(String, String)] = [],
        content: RequestContent? = nil
    ) {
        var response = request.message.response(status, toTag: tag ?? tokens.token(length: 12))
        for (name, value) in fields + (content?.fields ?? []) { response.headers.add(name, value) }
        if let content { response.body = content.body }
        equipment?.sip.respond(response, to: request)
    }

    /// The session whose dialog a request belongs to, with the sequence of the request checked (RFC 3261 §12.2.2).
    ///
    /// Answers the request itself and returns nil when it belongs to none or comes out of order.
    func session(of request: SIPServerRequest) -> ClientSession? {
        guard let callID = request.message.callID, let session = sessions[callID],
            session.dialog?.matches(request.message) == true
        else {
            respond(481, to: request)
            return nil
        }
        guard session.dialog?.receive(request.message) != .outOfOrder else {
            respond(500, to: request)
            return nil
        }
        return session
    }

    private func ended(_ request: SIPServerRequest) {
        guard let session = session(of: request) else { return }
        respond(200, to: request, tag: session.localTag)
        let join = session.join
        finish(session)
        join?.fail(
            .unusable(
                awaited: join?.awaited ?? "",
                why: "the peer ended the session by BYE, \(request.message.headers["Reason"] ?? "without a Reason")"))
    }

    private func updated(_ request: SIPServerRequest) {
        guard let session = session(of: request) else { return }
        guard let timer = agreeOnTimer(session, request) else { return }
        respond(
            200, to: request, tag: session.localTag,
            fields: [("Contact", equipment?.requests.contact ?? "")] + timer)
    }

    private func notified(_ request: SIPServerRequest) {
        let message = request.message
        guard let callID = message.callID else { return }
        if let subscription = subscriptions[callID], message.to?.tag == subscription.localTag {
            respond(200, to: request, tag: subscription.localTag)
            if message.headers["Subscription-State"]?.lowercased().hasPrefix("terminated") == true {
                subscription.stopTimer()
                subscriptions[callID] = nil
            }
        } else if referrals.contains(callID) || sessions[callID] != nil {
            respond(200, to: request, tag: message.to?.tag)
        } else {
            respond(481, to: request)
        }
    }
}
