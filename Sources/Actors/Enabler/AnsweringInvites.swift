import Connections
import Payloads
import SIP

/// Sessions that clients ask for, at the factory or at a focus.
extension SIPEnablerActor {
    public func setFactoryAttitude(_ attitude: FactoryAttitude) {
        factoryAttitude = attitude
        if case .accept(let focusURI) = attitude { focuses[focusKey(focusURI)] = .accept }
    }

    public func setFocusAttitude(_ focusURI: String, _ attitude: FocusAttitude) {
        focuses[focusKey(focusURI)] = attitude
    }

    public func awaitSession(of user: String, in group: GroupIDs) async throws(ActorFailure) -> EnablerSessionID {
        let name = try self.user(user).name
        _ = try present("await a session")
        return try await watch(for: "a session that \(name) asks for in the group") {
            let found = self.dialogs.values
                .filter { $0.isOfClient && !$0.isHandedOut && $0.stands && $0.user.name == name && $0.group == group }
                .min { $0.id.number < $1.id.number }
            guard let found else { return nil }
            found.isHandedOut = true
            return .success(found.id)
        }
    }

    /// An INVITE that begins a session.
    func asked(_ request: SIPServerRequest) {
        let message = request.message
        guard let callID = message.callID, dialogs[callID] == nil else { return respond(482, to: request) }
        let target = focusKey(message.requestURI ?? "")
        if target == focusKey(settings.factoryURI) {
            switch factoryAttitude {
            case .silence: return
            case .refuse(let status, let warning): return refuse(request, status, warning)
            case .accept(let focusURI): return accept(request, at: focusURI)
            }
        }
        if mayApproach(request) { accept(request, at: message.requestURI ?? "") }
    }

    /// Whether an initial request to a focus is to be accepted; what is not has been met as the attitude says.
    func mayApproach(_ request: SIPServerRequest) -> Bool {
        switch focuses[focusKey(request.message.requestURI ?? "")] {
        case .accept: return true
        case .silence: return false
        case .refuse(let status, let warning): refuse(request, status, warning)
        case nil: refuse(request, 404, nil)
        }
        return false
    }

    private func refuse(_ request: SIPServerRequest, _ status: Int, _ warning: String?) {
        respond(status, to: request, fields: warning.map { [("Warning", $0)] } ?? [])
    }

    /// Sessions that there may ever be: what a client makes us remember has an end.
    private static let mostSessions = 10_000

    /// Answers with 200, or with 488 where the offer cannot be used.
    private func accept(_ request: SIPServerRequest, at focusURI: String) {
        let message = request.message
        guard let user = sender(of: request) else { return respond(403, to: request) }
        guard sessions.count < Self.mostSessions else { return respond(503, to: request) }
        let session = EnablerSession(
            EnablerSession.Beginning(
                id: nextID(), callID: message.callID ?? "", user: user,
                group: GroupIDs(
                    conversationID: message.headers["Conversation-ID"] ?? "",
                    contributionID: message.headers["Contribution-ID"] ?? ""),
                focusURI: focusURI, isOfClient: true, localTag: tokens.token(length: 12), flow: request.connection))
        session.dialog = SIPDialog(uas: message, localTag: session.localTag, contact: contact(of: session))
        guard session.dialog != nil else { return respond(400, to: request) }
        keep(session)
        do throws(MediaFailure) {
            let answer = try message.body.isEmpty
                ? makeOwnOffer(for: session)
                : makeAnswer(to: message, in: session, wishes: MediaWishes(acceptTypes: settings.acceptTypes))
            let fields = [("Contact", contact(of: session)), ("Allow", EnablerRequests.allow)] + timerFields(message)
            respond(
                200, to: request, tag: session.localTag, fields: fields,
                content: RequestContent(type: "application/sdp", body: answer.serialized()))
        } catch {
            respond(488, to: request, tag: session.localTag, fields: [("Warning", "399 enabler \"\(error.plain)\"")])
            end(session, .unusable(awaited: session.awaited, why: error.why))
        }
    }

    /// ACK to our 200.
    func acknowledged(_ request: SIPServerRequest) {
        guard let session = request.message.callID.flatMap({ dialogs[$0] }), session.phase == .accepted else { return }
        session.phase = .established
        if !request.message.body.isEmpty {
            do throws(MediaFailure) {
                try useAnswer(request.message, in: session)
            } catch {
                return hangUpUnasked(session, .unusable(awaited: session.awaited, why: error.why))
            }
        }
        somethingHappened()
    }

    /// CANCEL of an INVITE that was left without an answer; the stack has answered the CANCEL itself.
    func cancelled(_ request: SIPServerRequest) { respond(487, to: request) }

    /// No ACK came for our 200 (RFC 3261 §13.3.1.4).
    func unacknowledged(_ request: SIPServerRequest) {
        guard let session = request.message.callID.flatMap({ dialogs[$0] }), session.phase == .accepted else { return }
        hangUpUnasked(session, .unusable(awaited: session.awaited, why: "no ACK came for the 200"))
    }
}
