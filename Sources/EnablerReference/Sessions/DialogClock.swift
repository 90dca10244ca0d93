import SIP

/// The session timer of one leg (RFC 4028): refreshes when it is this end's duty, and gives the leg up when the other
/// end does not do its own.
final class DialogClock {
    private var timer: SessionTimer
    private let context: EnablerContext
    private weak var leg: ClientLeg?
    private var alarm: LoopTimer?

    /// The timer that the 2xx to our INVITE set; nil when there is none.
    init?(answeredBy response: SIPMessage, leg: ClientLeg, context: EnablerContext) {
        guard let timer = SessionTimer(uac: response, now: context.now) else { return nil }
        self.timer = timer
        self.leg = leg
        self.context = context
        arm()
    }

    /// The timer for a client's INVITE; what it says is added to the 2xx. Nil when there is none.
    init?(accepting request: SIPMessage, response: inout SIPMessage, leg: ClientLeg, context: EnablerContext) {
        guard case .agreed(let timer, let headers) = Self.negotiate(request, context) else { return nil }
        response.headers.add(contentsOf: headers)
        self.timer = timer
        self.leg = leg
        self.context = context
        arm()
    }

    /// What the enabler makes of a request's wishes; without any it asks for none itself.
    static func negotiate(_ request: SIPMessage, _ context: EnablerContext) -> SessionTimer.Answer {
        guard request.headers["Session-Expires"] != nil, context.settings.sessionExpires > 0 else { return .none }
        return SessionTimer.answer(to: request, preferred: context.settings.sessionExpires, now: context.now)
    }

    /// The client refreshed the session; what is agreed is added to the 2xx.
    func refreshed(by request: SIPMessage, response: inout SIPMessage) {
        if case .agreed(let timer, let headers) = Self.negotiate(request, context) {
            response.headers.add(contentsOf: headers)
            self.timer = timer
        } else {
            timer.refreshed(now: context.now)
        }
        arm()
    }

    func stop() {
        alarm?.cancel()
        alarm = nil
    }

    private func arm() {
        alarm?.cancel()
        let due = timer.refreshDue ?? timer.expiry
        alarm = context.timers.after(milliseconds: (due - context.now) / 1_000_000) { [weak self] in self?.rang() }
    }

    private func rang() {
        guard timer.isRefresher, context.now < timer.expiry else {
            leg?.dialogFailed()
            return
        }
        let value = SessionExpires(interval: timer.interval, refresher: .uac).description
        leg?.request(.update, headers: ["Supported": "timer", "Session-Expires": value]) { [weak self] status, _ in
            guard let self else { return }
            if (200..<300).contains(status) { self.timer.refreshed(now: self.context.now) }
            self.arm()
        }
        // Without an answer the session runs out all the same.
        alarm?.cancel()
        let left = (timer.expiry - context.now) / 1_000_000
        alarm = context.timers.after(milliseconds: left) { [weak self] in self?.leg?.dialogFailed() }
    }
}
