import Payloads
import SIP

/// Session timers (RFC 4028): whoever is the refresher sends a re-INVITE at half time; either end hangs up a session
/// that nobody refreshed.
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

    func scheduleSessionTimer(_ session: ClientSession) {
        session.stopTimers()
        guard let timer = session.timer, session.phase == .established, presence == .open else { return }
        let due = min(timer.refreshDue ?? .max, timer.expiry)
        session.setTimer(
            schedule(in: .nanoseconds(max(0, due - now))) {
                guard self.presence == .open, session.phase == .established, let timer = session.timer else { return }
                if timer.isRefresher, self.now < timer.expiry {
                    self.refresh(session)
                } else {
                    self.sendBye(in: session, cause: .failure)
                    self.finish(session)
                }
            })
    }

    private func refresh(_ session: ClientSession) {
        guard var dialog = session.dialog, let timer = session.timer, let description = session.localDescription,
            let equipment
        else { return }
        var fields = headers([("Contact", equipment.requests.contact), ("Content-Type", "application/sdp")])
        fields.add("Allow", ServiceIdentifiers.allow)
        var request = dialog.request(.invite, headers: fields, body: description.serialized())
        SessionTimer.offer(&request, SessionExpires(interval: timer.interval, refresher: .uac))
        session.dialog = dialog
        // Should no answer come, the session ends at its expiry.
        session.timer?.refreshed(now: now - Int64(timer.interval) * 500_000_000)
        exchange(request, to: hop(toward: dialog.nextHopURI)) { exchange, outcome in
            self.refreshed(session, exchange, outcome)
        }
    }

    private func refreshed(_ session: ClientSession, _ exchange: Exchange, _ outcome: SIPClientOutcome) {
        guard case .response(let response) = outcome, let status = response.status, status >= 200,
            session.phase == .established
        else { return }
        if let sequence = exchange.request.cseq?.number, sequence > session.dialog?.localSequence ?? 0 {
            session.dialog?.localSequence = sequence
        }
        guard status < 300 else {
            // 408 and 481 say that the dialog is gone (RFC 3261 §12.2.1.2); anything else leaves it as it is.
            if status == 408 || status == 481 { finish(session) }
            return
        }
        session.dialog?.refresh(target: response)
        if let dialog = session.dialog {
            acknowledge(dialog, sequence: exchange.request.cseq?.number ?? 0, invite: exchange.request)
        }
        session.timer = SessionTimer(uac: response, now: now)
        scheduleSessionTimer(session)
    }
}
