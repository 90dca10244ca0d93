import Connections
import MSRP
import NIOCore
import Payloads
import SIP

/// Sessions that the enabler asks for, and their end from this side.
extension SIPEnablerActor {
    public func invite(_ plan: EnablerInvitation) async throws(ActorFailure) -> EnablerSessionID {
        let session = try await begin(plan)
        try await wait(for: session.awaited) { (wait: VerbWait<Void>) in
            wait.whenAbandoned { _ in self.withdraw(session) }
            self.watch(wait) { session.result }
        }
        return session.id
    }

    public func propose(_ plan: EnablerInvitation) async throws(ActorFailure) -> EnablerSessionID {
        try await begin(plan).id
    }

    public func awaitSession(_ session: EnablerSessionID) async throws(ActorFailure) {
        let session = try self.session(session)
        try await watch(for: session.awaited) { session.result }
    }

    public func stands(_ session: EnablerSessionID) -> Bool { sessions[session]?.stands == true }

    @discardableResult
    public func cancel(_ session: EnablerSessionID) async throws(ActorFailure) -> Int {
        let equipment = try present("cancel an invitation")
        let session = try self.session(session)
        guard session.phase == .proposed, let transaction = session.transaction else {
            throw .impossible("the invitation of \(session.user.name) is not open any more")
        }
        equipment.sip.cancel(transaction)
        return try await watch(for: "the final response to the cancelled INVITE") {
            if let status = session.status { return .success(status) }
            return session.failure.map { .failure($0) }
        }
    }

    public func hangUp(_ session: EnablerSessionID, cause: HangUpCause) async throws(ActorFailure) {
        _ = try present("end a session")
        let session = try self.session(session)
        guard session.phase == .established else {
            throw .impossible("there is no session with \(session.user.name) to end")
        }
        try await wait(for: "the answer to BYE") { (wait: VerbWait<Void>) in
            request(.bye, in: session, fields: cause.fields) { self.settle(wait, with: $0) { _ in } }
            // The connection stays until the answer, so that its end cannot be taken for a loss before the BYE is read.
            wait.whenSettled { self.end(session, .impossible("the session was ended by BYE of the enabler")) }
        }
    }

    // MARK: The INVITE

    /// Sends the INVITE.
    private func begin(_ plan: EnablerInvitation) async throws(ActorFailure) -> EnablerSession {
        _ = try present("invite")
        let user = try self.user(plan.user)
        let (binding, flow) = try await place(of: user)
        // Waiting for the connection, the actor may have been stopped.
        let equipment = try present("invite")
        let start = freshStart()
        let session = EnablerSession(
            EnablerSession.Beginning(
                id: nextID(), callID: start.callID, user: user, group: plan.group, focusURI: plan.focusURI,
                isOfClient: false, localTag: start.fromTag, flow: flow))
        let requests = EnablerRequests(settings: settings, address: equipment.address)
        var content: RequestContent?
        if plan.hasOffer {
            let offer = makeOffer(for: session, plan)
            content = requests.content(
                offer: offer, history: plan.recipientListHistory, boundary: tokens.token(length: 20))
        }
        var named = plan
        named.user = user.address
        session.plan = named
        let request = requests.invite(named, start, to: binding, content: content)
        keep(session)
        if plan.form == .live, focuses[focusKey(plan.focusURI)] == nil { focuses[focusKey(plan.focusURI)] = .accept }
        session.request = request
        session.transaction = equipment.sip.send(request, to: .connection(flow)) { self.answered(session, $0) }
        return session
    }

    private func answered(_ session: EnablerSession, _ outcome: SIPClientOutcome) {
        switch outcome {
        case .failed(let failure):
            end(session, self.failure(failure, awaited: session.awaited))
        case .response(let response):
            guard let status = response.status, status >= 200 else { return }
            session.status = session.status ?? status
            if status < 300 {
                accepted(session, response)
            } else {
                end(session, .refused(awaited: session.awaited, status: status, reason: response.reason ?? ""))
            }
        }
        somethingHappened()
    }

    /// A 2xx to our INVITE: the first, or a repetition.
    private func accepted(_ session: EnablerSession, _ response: SIPMessage) {
        guard let request = session.request, let dialog = SIPDialog(uac: request, response: response) else {
            return end(session, .unusable(awaited: session.awaited, why: "the 200 has no Contact or no tag"))
        }
        if let again = session.acknowledgement, session.dialog?.remoteTag == dialog.remoteTag {
            equipment?.sip.sendStateless(again, to: hop(session, dialog))
            return
        }
        var ack = dialog.ack(for: request.cseq?.number ?? 1)
        guard session.phase == .proposed else {
            // RFC 3261 §13.2.2.4: a session that is not wanted any more is ended at once.
            equipment?.sip.sendStateless(ack, to: hop(session, dialog))
            var unwanted = dialog
            let bye = unwanted.request(.bye)
            equipment?.sip.send(bye, to: hop(session, dialog)) { _ in }
            return
        }
        session.dialog = dialog
        session.phase = .established
        let trouble = agree(response, in: session, &ack)
        session.acknowledgement = ack
        equipment?.sip.sendStateless(ack, to: hop(session, dialog))
        if let trouble { hangUpUnasked(session, .unusable(awaited: session.awaited, why: trouble.why)) }
    }

    /// Takes the answer of a 2xx, or answers its offer in the ACK.
    private func agree(_ response: SIPMessage, in session: EnablerSession, _ ack: inout SIPMessage) -> MediaFailure? {
        do throws(MediaFailure) {
            guard let plan = session.plan, !plan.hasOffer else {
                try useAnswer(response, in: session)
                return nil
            }
            ack.body = try makeAnswer(to: response, in: session, wishes: MediaWishes(plan)).serialized()
            ack.headers.add("Content-Type", "application/sdp")
            return nil
        } catch {
            return error
        }
    }

    /// Takes a session back before it stands: CANCEL while our INVITE is open, BYE afterwards.
    private func withdraw(_ session: EnablerSession) {
        let failure = ActorFailure.wentAway(awaited: session.awaited)
        switch session.phase {
        case .proposed:
            if let transaction = session.transaction { equipment?.sip.cancel(transaction) }
            end(session, failure)
        case .established: hangUpUnasked(session, failure)
        case .accepted, .ended: break
        }
    }

    /// BYE that nobody waits for.
    func hangUpUnasked(_ session: EnablerSession, _ failure: ActorFailure) {
        request(.bye, in: session, fields: []) { _ in }
        end(session, failure)
    }

    // MARK: Requests

    /// Where a user is, and a connection to there.
    func place(of user: EnablerUser) async throws(ActorFailure) -> (EnablerBinding, SIPConnectionID) {
        guard let binding = bindings[user.name]?.best(now: now) else {
            throw .impossible("\(user.name) is not registered and cannot be reached")
        }
        if let flow = binding.flow, binding.path.isEmpty { return (binding, flow) }
        let next = binding.path.first ?? binding.contact
        guard let sip = equipment?.sip, let hop = SIPHop.resolving(uri: next, tls: settings.tlsClient) else {
            throw .impossible("\(user.name) can be reached neither on its own connection nor at \(next)")
        }
        let flow: SIPConnectionID = try await wait(for: "a connection to \(user.name)") { wait in
            sip.connect(hop).assumeIsolated().whenComplete { result in
                switch result {
                case .success(let connection): wait.succeed(connection)
                case .failure(let error):
                    wait.fail(.connectionLost(awaited: wait.awaited, cause: failureSentence(error)))
                }
            }
        }
        owners[flow] = user.name
        return (binding, flow)
    }

    /// Sends a request in the dialog of a session.
    func request(
        _ method: SIPMethod, in session: EnablerSession, fields: [(String, String)],
        then: @escaping (SIPClientOutcome) -> Void
    ) {
        guard var dialog = session.dialog else { return }
        let message = dialog.request(method, headers: headers(fields))
        session.dialog = dialog
        equipment?.sip.send(message, to: hop(session, dialog), onOutcome: then)
    }

    private func hop(_ session: EnablerSession, _ dialog: SIPDialog) -> SIPHop {
        hop(session.flow, of: session.user, toward: dialog.nextHopURI)
    }

    /// The connection that was used before, or the one that the user is registered over now, or where the URI says.
    func hop(_ flow: SIPConnectionID, of user: EnablerUser, toward uri: String) -> SIPHop {
        if equipment?.sip.localAddress(of: flow) != nil { return .connection(flow) }
        if let flow = bindings[user.name]?.best(now: now)?.flow { return .connection(flow) }
        return SIPHop.resolving(uri: uri, tls: settings.tlsClient) ?? .connection(flow)
    }

    /// Tokens for a request outside dialogs.
    func freshStart() -> RequestStart {
        RequestStart(callID: tokens.token(length: 24), fromTag: tokens.token(length: 12))
    }

    // MARK: Bookkeeping

    func nextID() -> EnablerSessionID { EnablerSessionID(sessions.count + 1) }

    func keep(_ session: EnablerSession) {
        sessions[session.id] = session
        dialogs[session.callID] = session
    }

    /// Ends a session on this side.
    func end(_ session: EnablerSession, _ failure: ActorFailure) {
        guard session.phase != .ended else { return }
        session.phase = .ended
        session.mediaIsUp = false
        session.failure = session.failure ?? failure
        session.reports = [:]
        dialogs[session.callID] = nil
        session.media?.close()
        session.media = nil
        somethingHappened()
    }

    /// A focus is known by its user part.
    func focusKey(_ uri: String) -> String { userPart(of: uri) }
}

extension HangUpCause {
    var fields: [(String, String)] {
        switch self {
        case .completed: [("Reason", "SIP;cause=200;text=\"Call completed\"")]
        case .booted: [("Reason", "SIP;cause=200;text=\"Booted\"")]
        case .gone: [("Reason", "SIP;cause=410;text=\"Gone\"")]
        case .unsaid: []
        }
    }
}
