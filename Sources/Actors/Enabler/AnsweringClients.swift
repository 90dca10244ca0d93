import Connections
import Payloads
import SIP

/// Requests of clients, but for REGISTER, SUBSCRIBE and the INVITEs that begin sessions.
extension SIPEnablerActor {
    func received(_ request: SIPServerRequest) {
        let message = request.message
        guard equipment != nil, let method = message.method else { return }
        noteOwner(of: request)
        switch method {
        case .register: register(request)
        case .invite where message.to?.tag == nil: asked(request)
        case .invite: reinvited(request)
        case .ack: acknowledged(request)
        case .bye: ended(request)
        case .update: updated(request)
        case .subscribe: subscribed(request)
        case .refer, .message, .info, .prack: acceptedWithoutMore(request, method)
        case .options:
            let fields = [("Allow", EnablerRequests.allow), ("Accept", "application/sdp, message/cpim")]
            respond(200, to: request, fields: fields)
        case .notify: respond(481, to: request)
        default: respond(501, to: request, fields: [("Allow", EnablerRequests.allow)])
        }
    }

    /// Who sent a request: by From, else the one who registered over the connection, else the only user.
    func sender(of request: SIPServerRequest) -> EnablerUser? {
        if let known = request.message.from.flatMap({ directory.user(at: $0.uri) }) { return known }
        if let owner = owners[request.connection] { return directory.user(owner) }
        return directory.users.count == 1 ? directory.users.first : nil
    }

    private func noteOwner(of request: SIPServerRequest) {
        if owners[request.connection] == nil { owners[request.connection] = sender(of: request)?.name }
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

    /// MESSAGE, INFO, PRACK and REFER need no more than their answer; what they say is in the recording.
    private func acceptedWithoutMore(_ request: SIPServerRequest, _ method: SIPMethod) {
        let message = request.message
        if message.to?.tag != nil, !isInDialog(request) { return }
        if message.to?.tag == nil, method == .refer, !mayApproach(request) { return }
        if message.to?.tag == nil, method == .info || method == .prack { return respond(481, to: request) }
        guard method == .refer else { return respond(200, to: request) }
        var fields = [("Contact", ownContact(message))]
        // RFC 4488 §4: no subscription comes of it where the client wants none.
        if message.headers["Refer-Sub"]?.lowercased().hasPrefix("false") == true { fields.append(("Refer-Sub", "false")) }
        respond(202, to: request, fields: fields)
    }

    /// This enabler's Contact for the focus that a request is for.
    func ownContact(_ message: SIPMessage) -> String {
        guard let address = equipment?.address else { return "" }
        return EnablerRequests(settings: settings, address: address).contact(message.requestURI ?? "")
    }

    // MARK: In dialogs

    /// The session whose dialog a request belongs to; answers it itself where there is none (RFC 3261 §12.2.2).
    private func session(of request: SIPServerRequest) -> EnablerSession? {
        guard let session = request.message.callID.flatMap({ dialogs[$0] }),
            session.dialog?.matches(request.message) == true
        else {
            respond(481, to: request)
            return nil
        }
        guard session.dialog?.receive(request.message) != .outOfOrder else {
            respond(500, to: request)
            return nil
        }
        session.flow = request.connection
        return session
    }

    private func isInDialog(_ request: SIPServerRequest) -> Bool {
        if let subscription = subscriptions.first(where: { $0.dialog?.matches(request.message) == true }) {
            return subscription.dialog?.receive(request.message) == .fresh
        }
        return session(of: request) != nil
    }

    private func ended(_ request: SIPServerRequest) {
        guard let session = session(of: request) else { return }
        respond(200, to: request, tag: session.localTag)
        let reason = request.message.headers["Reason"] ?? "without a Reason"
        end(session, .unusable(awaited: session.awaited, why: "the client ended the session by BYE, \(reason)"))
    }

    private func updated(_ request: SIPServerRequest) {
        guard let session = session(of: request) else { return }
        let fields = [("Contact", contact(of: session))] + timerFields(request.message)
        respond(200, to: request, tag: session.localTag, fields: fields)
    }

    /// A re-INVITE refreshes the session; the media stay as they are (RFC 3261 §14.2).
    private func reinvited(_ request: SIPServerRequest) {
        guard let session = session(of: request) else { return }
        guard let description = session.localDescription else { return respond(488, to: request, tag: session.localTag) }
        let fields = [("Contact", contact(of: session))] + timerFields(request.message)
        respond(
            200, to: request, tag: session.localTag, fields: fields,
            content: RequestContent(type: "application/sdp", body: description.serialized()))
    }

    func contact(of session: EnablerSession) -> String {
        guard let address = equipment?.address else { return "" }
        return EnablerRequests(settings: settings, address: address).contact(session.focusURI)
    }

    /// A session timer is agreed on where the client refreshes: this end has no timers (RFC 4028 §9).
    func timerFields(_ message: SIPMessage) -> [(String, String)] {
        guard message.headers.lists("timer", in: "Supported"),
            let asked = message.headers["Session-Expires"].flatMap({ SessionExpires($0) }), asked.refresher != .uas
        else { return [] }
        return [
            ("Supported", "timer"), ("Require", "timer"), ("Session-Expires", "\(asked.interval);refresher=uac"),
        ]
    }
}
