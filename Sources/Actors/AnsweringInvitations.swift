import Connections
import MSRP
import Payloads
import SIP

/// Invitations of the focus: the first one as the actor's attitude says, re-INVITEs as the session stands.
extension SIPClientActor {
    func invited(_ request: SIPServerRequest) {
        if request.message.to?.tag != nil {
            reinvited(request)
            return
        }
        let message = request.message
        guard let callID = message.callID, sessions[callID] == nil else {
            respond(482, to: request)
            return
        }
        let group = GroupIDs(
            conversationID: message.headers["Conversation-ID"] ?? "",
            contributionID: message.headers["Contribution-ID"] ?? "")
        let session = ClientSession(
            callID: callID, group: group, phase: .offered, localTag: tokens.token(length: 12),
            focusURI: message.contacts.first?.uri ?? "")
        session.invitation = request
        keep(session)
        meet(session, request)
    }

    private func meet(_ session: ClientSession, _ request: SIPServerRequest) {
        switch attitude {
        case .accept: accept(session)
        case .ringForEver: respond(180, to: request, tag: session.localTag, fields: contactField)
        case .trying: respond(100, to: request, tag: nil)
        case .silence: break
        case .refuse(let status):
            respond(status, to: request, tag: session.localTag)
            finish(session)
        }
    }

    private var contactField: [(String, String)] { [("Contact", equipment?.requests.contact ?? "")] }

    public func answerInvitation(to group: GroupHandle) async throws(ActorFailure) {
        _ = try present("answer an invitation")
        guard let session = session(in: group.identity, where: { $0.phase == .offered }) else {
            throw .impossible("no invitation to the group waits at \(name)")
        }
        _ = try await wait(for: "the session of the accepted invitation") { wait in
            session.join = wait
            accept(session)
        }
    }

    /// Answers the INVITE with 200, or with 488 where its offer cannot be used.
    private func accept(_ session: ClientSession) {
        guard let request = session.invitation, let equipment else { return }
        guard let timer = agreeOnTimer(session, request) else {
            let join = session.join
            finish(session)
            join?.fail(.unusable(awaited: join?.awaited ?? "", why: "its Session-Expires is too small"))
            return
        }
        let answer: SessionDescription
        do throws(MediaFailure) {
            answer = try makeAnswer(to: request.message, in: session)
        } catch {
            let join = session.join
            respond(488, to: request, tag: session.localTag, fields: [("Warning", "399 client \"\(error.plain)\"")])
            finish(session)
            join?.fail(.unusable(awaited: join?.awaited ?? "", why: error.why))
            return
        }
        session.dialog = SIPDialog(
            uas: request.message, localTag: session.localTag, contact: equipment.requests.contact)
        session.phase = .accepted
        session.inviteSequence = request.message.cseq?.number ?? 0
        focuses[session.group] = session.focusURI
        let fields = contactField + [("Allow", ServiceIdentifiers.allow)] + timer
        respond(
            200, to: request, tag: session.localTag, fields: fields,
            content: RequestContent(type: "application/sdp", body: answer.serialized()))
    }

    /// ACK to our 200: the session stands.
    func acknowledged(_ request: SIPServerRequest) {
        guard let callID = request.message.callID, let session = sessions[callID], session.phase == .accepted else {
            return
        }
        session.phase = .established
        session.invitation = nil
        if !request.message.body.isEmpty { try? useAnswer(request.message, in: session) }
        scheduleSessionTimer(session)
        joined(session)
        subscribeOnJoining(session)
    }

    /// A re-INVITE refreshes the session or moves its target; the media stay as they are (RFC 3261 §14.2).
    private func reinvited(_ request: SIPServerRequest) {
        guard let session = session(of: request) else { return }
        session.dialog?.refresh(target: request.message)
        guard let description = session.localDescription else {
            respond(488, to: request, tag: session.localTag)
            return
        }
        guard let timer = agreeOnTimer(session, request) else { return }
        respond(
            200, to: request, tag: session.localTag,
            fields: contactField + timer,
            content: RequestContent(type: "application/sdp", body: description.serialized()))
    }

    /// CANCEL of an invitation that waits; the stack has answered the CANCEL itself.
    func cancelled(_ request: SIPServerRequest) {
        guard presence == .open, let callID = request.message.callID, let session = sessions[callID],
            session.phase == .offered
        else { return }
        respond(487, to: request, tag: session.localTag)
        let join = session.join
        finish(session)
        join?.fail(.unusable(awaited: join?.awaited ?? "", why: "the invitation was cancelled"))
    }

    /// No ACK came for our 200: the session is ended (RFC 3261 §13.3.1.4).
    func unacknowledged(_ request: SIPServerRequest) {
        guard let callID = request.message.callID, let session = sessions[callID], session.phase == .accepted else {
            return
        }
        sendBye(in: session, cause: .failure)
        finish(session)
    }
}
