import Payloads
import SIP

/// Session timers (RFC 4028): whoever is the refresher sends UPDATE or re-INVITE at half time; either end hangs up a
/// session that nobody refreshed.
extension SIPClientActor {
    /// The caller's timer, from the 2xx to its INVITE.
    func startSessionTimer(_ session: ClientSession, response: SIPMessage) {
        session.timer = SessionTimer(uac: response, now: now)
        scheduleSessionTimer(session)
    }

    /// The callee's answer to an INVITE or UPDATE; nil when the interval is too small and 422 has been sent.
    func agreeOnTimer(_ session: ClientSession, _ request: SIPServerRequest) -> [(String, String)]? {
        switch SessionTimer.answer(to: request.message, preferred: nil, now: now) {
        case .none:
            session.timer = nil
            scheduleSessionTimer(session)
            return []
        case .tooSmall(let minimum):
            respond(422, to: request, tag: session.localTag, fields: [("Min-SE", "\(minimum)")])
            return nil
        case .agreed(let timer, let headers):
            session.timer = timer
            scheduleSessionTimer(session)
            return headers.map { ($0.name, $0.value) }
        }
    }

    /// Does what the session timer wants now, and comes back when it wants the next thing.
    func scheduleSessionTimer(_ session: ClientSession) {
        session.stopTimers()
        guard session.phase == .established, presence == .open else { return }
        switch session.timer?.step(now: now) {
        case nil: return
        case .wait(let until):
            session.setTimer(
                schedule(in: .nanoseconds(max(0, until - now))) { self.scheduleSessionTimer(session) })
        case .refresh:
            refresh(session)
            // Should no answer come, the session ends at its expiry.
            scheduleSessionTimer(session)
        case .end:
            sendBye(in: session, cause: .failure)
            finish(session)
        }
    }

    private func refresh(_ session: ClientSession) {
        guard var dialog = session.dialog, let timer = session.timer, let description = session.localDescription
        else { return }
        let request = timer.refresh(
            in: &dialog, headers: ["Allow": ServiceIdentifiers.allow], description: description.serialized())
        session.dialog = dialog
        exchange(request, to: hop(toward: dialog.nextHopURI)) { exchange, outcome in
            self.refreshed(session, exchange, outcome)
        }
    }

    private func refreshed(_ session: ClientSession, _ exchange: Exchange, _ outcome: SIPClientOutcome) {
        var response: SIPMessage?
        if case .response(let received) = outcome { response = received }
        guard session.phase == .established, (response?.status ?? 500) >= 200 else { return }
        if let sequence = exchange.request.cseq?.number, sequence > session.dialog?.localSequence ?? 0 {
            session.dialog?.localSequence = sequence
        }
        if let response, let status = response.status, status < 300 {
            session.dialog?.refresh(target: response)
            if exchange.request.method == .invite, let dialog = session.dialog {
                acknowledge(dialog, sequence: exchange.request.cseq?.number ?? 0, invite: exchange.request)
            }
        }
        switch session.timer?.answered(response, now: now) {
        case nil: return
        case .withoutTimer: session.timer = nil
        case .goesOn: break
        case .gone:
            sendBye(in: session, cause: .failure)
            return finish(session)
        }
        scheduleSessionTimer(session)
    }
}
