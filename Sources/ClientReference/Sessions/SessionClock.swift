import SIP

/// The session timer of one leg (RFC 4028): refreshes when it is this end's duty, and gives the leg up when the other
/// end does not do its own.
final class SessionClock {
    private var timer: SessionTimer
    private let context: ClientContext
    private weak var leg: GroupLeg?
    private var alarm: LoopTimer?
    private var isStopped = false

    init(_ timer: SessionTimer, leg: GroupLeg, context: ClientContext) {
        self.timer = timer
        self.leg = leg
        self.context = context
        run()
    }

    /// What the client makes of a request's wishes; without any it asks for none itself.
    static func negotiate(_ request: SIPMessage, _ context: ClientContext) -> SessionTimer.Answer {
        guard request.headers["Session-Expires"] != nil, context.settings.sessionExpires > 0 else { return .none }
        return SessionTimer.answer(to: request, preferred: context.settings.sessionExpires, now: context.now)
    }

    /// The other end refreshed the session without asking for another interval.
    func refreshed() {
        timer.refreshed(now: context.now)
        run()
    }

    func stop() {
        isStopped = true
        rest()
    }

    private func rest() {
        alarm?.cancel()
        alarm = nil
    }

    /// Does what the session timer wants now, and comes back when it wants the next thing.
    private func run() {
        rest()
        switch timer.step(now: context.now) {
        case .wait(let until):
            let left = (until - context.now + 999_999) / 1_000_000
            alarm = context.timers.after(milliseconds: left) { [weak self] in self?.run() }
        case .refresh:
            refresh()
            run()
        case .end: leg?.hangUp(.broken)
        }
    }

    private func refresh() {
        guard let leg, var dialog = leg.dialog else { return }
        let request = timer.refresh(
            in: &dialog, headers: ["Allow": CPMNames.allowed], description: leg.description)
        leg.dialog = dialog
        leg.send(request) { [weak self, weak leg] _, response in
            if let response, let leg, (response.status ?? 0) < 300 {
                leg.dialog?.refresh(target: response)
                if request.method == .invite, let dialog = leg.dialog {
                    let ack = dialog.ack(for: response.cseq?.number ?? 0, credentialsOf: request)
                    leg.context.equipment?.sip.sendStateless(ack, to: leg.context.hop(toward: dialog.nextHopURI))
                }
            }
            self?.answered(response)
        }
    }

    private func answered(_ response: SIPMessage?) {
        guard !isStopped else { return }
        switch timer.answered(response, now: context.now) {
        case .goesOn: run()
        case .withoutTimer: rest()
        case .gone: leg?.hangUp(.broken)
        }
    }
}
