import Payloads
import SIP

/// One SIP message of an actor, and what it says.
struct SIPReading {
    let actor: String
    let device: Int
    let message: SIPMessage
    let lines: [Int]
    /// True when the implementation sent it.
    let isReceived: Bool

    private var sender: Side { isReceived ? .implementation : .user }

    func apply(_ state: inout DecoderState) {
        guard let callID = message.callID else { return }
        if let status = message.status {
            response(status, callID, &state)
        } else {
            request(callID, &state)
        }
    }

    private func request(_ callID: String, _ state: inout DecoderState) {
        switch message.method {
        case .register?: state.register(actor, callID, message)
        case .invite?: invite(callID, &state)
        case .cancel?:
            if let id = state.session(actor, dialog: callID) {
                state.emit(.withdrawn(user: actor, session: id, by: sender), lines: lines)
            }
        case .bye?:
            if let id = state.session(actor, dialog: callID) {
                state.markEnded(id, by: sender, cause: Self.cause(message), lines: lines)
            }
        case .subscribe? where !isReceived: subscribe(&state)
        case .notify? where isReceived: notify(callID, &state)
        case .message?: chat(callID, &state)
        default: break
        }
    }

    // MARK: INVITE

    private func invite(_ callID: String, _ state: inout DecoderState) {
        if let id = state.session(actor, dialog: callID) {
            // A request in the dialog, or the same one again with credentials.
            readDescription(into: id, &state)
            return
        }
        guard message.to?.tag == nil else { return }
        var session = state.makeSession(actor, dialog: callID, by: sender)
        session.device = device
        if let conversation = message.headers["Conversation-ID"], let contribution = message.headers["Contribution-ID"] {
            session.group = GroupIdentity(conversation: conversation, contribution: contribution)
        } else if isReceived {
            session.problems.append("the invitation lacks Conversation-ID or Contribution-ID")
        }
        if isReceived {
            session.focus = message.contacts.first.map { AddressBook.canonical($0.uri) }
            session.inviter = (message.headers["Referred-By"] ?? message.headers["P-Asserted-Identity"])
                .flatMap { NameAddress($0)?.uri }
            session.invitedWith = invitedWith(&session.problems)
        } else {
            session.focus = message.requestURI.map(AddressBook.canonical)
            session.inviting = invitedWith(&session.problems)
        }
        let description = SIPBody(message).description
        if isReceived { session.form = Self.form(description) }
        state.tell(session, lines: lines)
        readDescription(into: session.id, &state)
    }

    /// The members that came with the invitation (RFC 5366, `recipient-list-history`).
    private func invitedWith(_ problems: inout [String]) -> [String]? {
        guard let part = SIPBody(message).part(type: MediaType.resourceLists.essence) else { return nil }
        do {
            return try ResourceList(parsing: part).entries.map(\.uri)
        } catch {
            problems.append("the list of the invitation cannot be read: \(error)")
            return nil
        }
    }

    /// Learns the MSRP session id that the actor announces, so that what comes on its connection finds its session.
    private func readDescription(into id: Int, _ state: inout DecoderState) {
        guard let description = SIPBody(message).description, !description.isRefused else {
            let isAccepting = !isReceived && message.cseq?.method == .invite && (200..<300).contains(message.status ?? 0)
            if isAccepting { state.describeNothing(id, lines: lines) }
            return
        }
        state.describe(id, description, isOfUser: !isReceived, lines: lines)
        if !isReceived {
            if let carriage = description.path.last.flatMap(MSRPCarriage.sessionID) {
                state.bind(actor, carriage: carriage, to: id)
            }
        } else if state.sessions[id].by == .implementation || state.sessions[id].form == .unknown {
            let form = Self.form(description)
            state.update(id) { if form != .unknown { $0.form = form } }
        }
    }

    private static func form(_ description: MSRPMedia?) -> GroupSession.Form {
        switch description?.direction {
        case .sendonly?: .deferred
        case .sendrecv?: .live
        default: .unknown
        }
    }

    // MARK: responses

    private func response(_ status: Int, _ callID: String, _ state: inout DecoderState) {
        switch message.cseq?.method {
        case .register? where isReceived: state.registerAnswered(actor, callID, message, lines: lines)
        case .invite?: inviteAnswered(status, callID, &state)
        case .notify? where !isReceived: state.settleOffer("\(actor)\n\(callID)\n\(message.cseq?.number ?? 0)", status)
        case .message?:
            let key = "\(actor)\n\(callID)\n\(message.cseq?.number ?? 0)"
            if isReceived {
                if status >= 200, status != 401, status != 407 { state.settleSubmission(key, status, lines: lines) }
            } else {
                state.settleOffer(key, status)
            }
        default: break
        }
    }

    private func inviteAnswered(_ status: Int, _ callID: String, _ state: inout DecoderState) {
        guard let id = state.session(actor, dialog: callID) else { return }
        readDescription(into: id, &state)
        switch status {
        case 101...199:
            if !state.isJoined(id) { state.emit(.alerting(user: actor, session: id), lines: lines) }
        case 200...299:
            if state.sessions[id].by == .user, let contact = message.contacts.first {
                let focus = AddressBook.canonical(contact.uri)
                state.update(id) { $0.focus = focus }
                if !state.isJoined(id) { state.emit(.focus(session: id, focus), lines: lines) }
            }
            state.markJoined(id, lines: lines)
        case 401, 407: break
        case 300...:
            if !state.isJoined(id) {
                state.emit(.refused(user: actor, session: id, by: sender, code: status), lines: lines)
            }
        default: break
        }
    }

    /// The Reason of a BYE (RFC 3326).
    private static func cause(_ message: SIPMessage) -> EndCause {
        guard let reason = message.headers["Reason"], let parameters = SIPParameters(
            String(reason.drop { $0 != ";" }))
        else { return EndCause(code: nil, text: nil) }
        return EndCause(code: parameters["cause"].flatMap { Int($0) }, text: parameters["text"])
    }

    // MARK: items outside a session's carriage

    private func subscribe(_ state: inout DecoderState) {
        guard message.to?.tag == nil, message.expires != 0, let focus = message.requestURI,
            message.headers["Event"]?.prefix(while: { $0 != ";" }).lowercased() == "conference"
        else { return }
        state.emit(.subscribed(user: actor, focus: AddressBook.canonical(focus)), lines: lines)
    }

    private func notify(_ callID: String, _ state: inout DecoderState) {
        let event = message.headers["Event"]?.prefix { $0 != ";" }.lowercased()
        guard event == "conference" else { return }
        let stream = state.stream("\(actor)\n\(callID)")
        if !message.body.isEmpty {
            let focus = message.contacts.first.map { AddressBook.canonical($0.uri) }
            let session = focus.flatMap { state.session(actor, focus: $0) }
            let item = ItemReader(limits: state.limits).read(
                message.body, type: message.contentType, stream: stream, carriage: .subscription)
            let id = state.offer(item, to: actor, session: session, lines: lines)
            state.expectAnswer("\(actor)\n\(callID)\n\(message.cseq?.number ?? 0)", for: id)
        }
        if message.headers["Subscription-State"]?.lowercased().hasPrefix("terminated") == true {
            state.emit(.streamEnded(user: actor, stream: stream), lines: lines)
        }
    }

    private func chat(_ callID: String, _ state: inout DecoderState) {
        let key = "\(actor)\n\(callID)\n\(message.cseq?.number ?? 0)"
        let stream = state.stream("\(actor)\nmessage")
        let item = ItemReader(limits: state.limits).read(
            message.body, type: message.contentType, stream: stream, carriage: .session)
        if isReceived {
            state.expectAnswer(key, for: state.offer(item, to: actor, session: nil, lines: lines))
        } else {
            state.expectSubmissionAnswer(key, for: state.submit(item, from: actor, session: nil, lines: lines))
        }
    }
}
