import Connections
import MSRP
import Payloads
import SIP

/// Sessions that the client itself asks for: create, restart, rejoin.
extension SIPClientActor {
    public func createGroup(_ plan: GroupPlan) async throws(ActorFailure) -> GroupHandle {
        let group = GroupIDs(
            conversationID: plan.conversationID ?? tokens.token(length: 32),
            contributionID: plan.contributionID ?? tokens.token(length: 32))
        let equipment = try present("create a group")
        let start = freshStart()
        let session = ClientSession(
            callID: start.callID, group: group, phase: .proposed, localTag: start.fromTag, focusURI: "")
        let offer = makeOffer(for: session)
        let content = RecipientList.content(
            offer: offer, invitees: plan.invitees, boundary: tokens.token(length: 20))
        let request = equipment.requests.create(start, group: group, subject: plan.subject, content: content)
        return try await propose(request, as: session, awaited: "the group session made by the factory")
    }

    public func restart(_ group: GroupHandle, inviting invitees: [String]) async throws(ActorFailure) -> GroupHandle {
        try await createGroup(
            GroupPlan(
                invitees: invitees, conversationID: group.conversationID, contributionID: group.contributionID))
    }

    public func rejoin(_ group: GroupHandle) async throws(ActorFailure) -> GroupHandle {
        let equipment = try present("rejoin a group")
        let start = freshStart()
        var group = group
        if let focus = focuses[group.identity] { group.focusURI = focus }
        let session = ClientSession(
            callID: start.callID, group: group.identity, phase: .proposed, localTag: start.fromTag,
            focusURI: group.focusURI)
        let offer = makeOffer(for: session)
        let content = RequestContent(type: "application/sdp", body: offer.serialized())
        let request = equipment.requests.rejoin(start, group: group, content: content)
        return try await propose(request, as: session, awaited: "the session with the focus")
    }

    /// Sends the INVITE and waits until the session stands.
    private func propose(
        _ request: SIPMessage, as session: ClientSession, awaited: String
    ) async throws(ActorFailure) -> GroupHandle {
        try await wait(for: awaited) { wait in
            session.join = wait
            wait.whenAbandoned { _ in self.withdraw(session) }
            keep(session)
            session.proposal = exchange(routed(request), to: outbound) { exchange, outcome in
                self.answered(session, exchange, outcome)
            }
        }
    }

    private func answered(_ session: ClientSession, _ exchange: Exchange, _ outcome: SIPClientOutcome) {
        switch outcome {
        case .failed(let failure):
            let join = session.join
            finish(session)
            join?.fail(self.failure(failure, awaited: join?.awaited ?? ""))
        case .response(let response):
            guard let status = response.status, status >= 200 else { return }
            if status < 300 {
                accepted(session, exchange, response)
            } else if let longer = SessionTimer.retry(exchange.request, after: response), session.phase == .proposed {
                session.proposal = self.exchange(longer, to: outbound) { self.answered(session, $0, $1) }
            } else {
                let join = session.join
                finish(session)
                join?.fail(.refused(awaited: join?.awaited ?? "", status: status, reason: response.reason ?? ""))
            }
        }
    }

    /// A 2xx to our INVITE: the first, a repetition, one of another branch, or one that crossed our CANCEL.
    private func accepted(_ session: ClientSession, _ exchange: Exchange, _ response: SIPMessage) {
        let sequence = exchange.request.cseq?.number ?? 1
        if let dialog = session.dialog, dialog.remoteTag == response.to?.tag {
            acknowledge(dialog, sequence: sequence, invite: exchange.request)
            return
        }
        guard let dialog = SIPDialog(uac: exchange.request, response: response) else {
            let join = session.join
            finish(session)
            join?.fail(.unusable(awaited: join?.awaited ?? "", why: "the 200 has no Contact or no tag"))
            return
        }
        acknowledge(dialog, sequence: sequence, invite: exchange.request)
        guard session.phase == .proposed else {
            // RFC 3261 §13.2.2.4 and §9.1: a session that is not wanted any more is ended at once.
            hangUp(dialog)
            return
        }
        session.dialog = dialog
        session.phase = .established
        session.focusURI = response.contacts.first?.uri ?? dialog.remoteTarget
        focuses[session.group] = session.focusURI
        startSessionTimer(session, response: response)
        do throws(MediaFailure) {
            try useAnswer(response, in: session)
            joined(session)
            subscribeOnJoining(session)
        } catch {
            let join = session.join
            sendBye(in: session, cause: .failure)
            finish(session)
            join?.fail(.unusable(awaited: join?.awaited ?? "", why: error.why))
        }
    }

    /// ACK to a 2xx (RFC 3261 §13.2.2.4).
    func acknowledge(_ dialog: SIPDialog, sequence: UInt32, invite: SIPMessage) {
        let ack = dialog.ack(for: sequence, credentialsOf: invite)
        equipment?.sip.sendStateless(ack, to: hop(toward: dialog.nextHopURI))
    }

    /// Ends a dialog of which no session was made.
    private func hangUp(_ dialog: SIPDialog) {
        var dialog = dialog
        let bye = dialog.request(.bye)
        exchange(bye, to: hop(toward: dialog.nextHopURI)) { _, _ in }
    }

    /// Takes a session back before it stands: CANCEL while our INVITE is open, BYE afterwards.
    private func withdraw(_ session: ClientSession) {
        if presence == .open {
            switch session.phase {
            case .proposed:
                if let key = session.proposal?.key { equipment?.sip.cancel(key) }
            case .established: sendBye(in: session, cause: .failure)
            default: break
            }
        }
        finish(session)
    }

    public func awaitSession(in group: GroupHandle) async throws(ActorFailure) {
        _ = try present("be in a group")
        let isHere = { (session: ClientSession) in session.phase == .accepted || session.phase == .established }
        guard let session = session(in: group.identity, where: isHere) else {
            throw .impossible("\(name) has no session in the group")
        }
        try await wait(for: "the acknowledgement and the MSRP connection of the session") { (wait: VerbWait<Void>) in
            session.whenStanding { wait.succeed(()) }
        }
    }

    // MARK: Bookkeeping

    /// The stacks, when the actor is there to do something.
    func present(_ purpose: String) throws(ActorFailure) -> Equipment {
        guard presence == .open, let equipment else { throw .impossible("\(name) is away and cannot \(purpose)") }
        return equipment
    }

    func keep(_ session: ClientSession) {
        sessionCount += 1
        session.number = sessionCount
        sessions[session.callID] = session
    }

    /// The newest session in a group that has not ended and fulfils the condition.
    func session(
        in group: GroupIDs, where condition: (ClientSession) -> Bool = { $0.phase == .established }
    ) -> ClientSession? {
        sessions.values.filter { $0.group == group && condition($0) }.max { $0.number < $1.number }
    }

    /// Called whenever one of the things came that a session needs to stand.
    func joined(_ session: ClientSession) {
        if session.stands {
            session.join?.succeed(session.handle)
            session.join = nil
        }
        session.tellWaiting()
    }

    /// Ends a session on this side: timers, media, bookkeeping.
    func finish(_ session: ClientSession) {
        session.phase = .ended
        session.stopTimers()
        session.setIntroductionLimit(nil)
        session.join = nil
        session.forgetWaiting()
        session.media?.close()
        session.media = nil
        sessions[session.callID] = nil
    }
}
