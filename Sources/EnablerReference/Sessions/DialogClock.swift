import SIP

/// The session timer of one leg (RFC 4028): refreshes when it is this end's duty, and gives the leg up when the other
/// end does not do its own.
final class DialogClock {
    private var timer: SessionTimer
    private let context: EnablerContext
    private weak var leg: ClientLeg?
    private var alarm: LoopTimer?
    private var isStopped = false

    /// The timer that the 2xx to our INVITE set; nil when there is none.
    init?(answeredBy response: SIPMessage, leg: ClientLeg, context: EnablerContext) {
        guard let timer = SessionTimer(uac: response, now: context.now) else { return nil }
        self.timer = timer
        self.leg = leg
        self.context = context
        run()
    }

    /// The timer for a client's INVITE; what it says is added to the 2xx. Nil when there is none.
    init?(accepting request: SIPMessage, response: inout SIPMessage, leg: ClientLeg, context: EnablerContext) {
        guard case .agreed(let timer, let headers) = Self.negotiate(request, context) else { return nil }
        response.headers.add(contentsOf: headers)
        self.timer = timer
        self.leg = leg
        self.context = context
        run()
    }

    /// What the enabler makes of a request's wishes; without any it asks for none itself.
    static func negotiate(_ request: SIPMessage, _ context: EnablerContext) -> SessionTimer.Answer {
        guard request.headers["Session-Expires"] != nil, context.settings.sessionExpires > 0 else { return .none }
        return SessionTimer.answer(
            to: request, preferred: context.settings.sessionExpires, minimum: context.settings.leastSessionExpires,
            now: context.now)
    }

    /// The client refreshed the session; what is agreed is added to the 2xx.
    func refreshed(by request: SIPMessage, response: inout SIPMessage) {
        if case .agreed(let timer, let headers) = Self.negotiate(request, context) {
            response.headers.add(contentsOf: headers)
            self.timer = timer
        } else {
            timer.refreshed(now: context.now)
        }
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
            leg?.refresh(timer) { [weak self] response in self?.answered(response) }
            run()
        case .end: leg?.giveUp()
        }
    }

    private func answered(_ response: SIPMessage?) {
        guard !isStopped else { return }
        switch timer.answered(response, now: context.now) {
        case .goesOn: run()
        case .withoutTimer: rest()
        case .gone: leg?.giveUp()
        }
    }
}
