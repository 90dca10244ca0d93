import Connections
import NIOCore
import SIP

/// What the client knows of its binding at the registrar.
struct Registration {
    var callID: String?
    var fromTag = ""
    var sequence = 0
    /// `Service-Route` values of the last 200, in order (RFC 3608).
    var serviceRoutes: [String] = []
    var isRegistered = false
    /// The flow that carries the registration (RFC 5626).
    var flow: SIPConnectionID?
    /// When the binding runs out, in nanoseconds of the monotonic clock.
    var expiresAt: Int64?
    private var timer: Scheduled<Void>?
    /// Failed attempts to open the flow again, one after the other.
    var attempts = 0

    mutating func setTimer(_ timer: Scheduled<Void>?) {
        self.timer?.cancel()
        self.timer = timer
    }

    mutating func stopTimer() { setTimer(nil) }
}

extension SIPClientActor {
    public func register() async throws(ActorFailure) {
        try await start()
        try await wait(for: "the 200 to REGISTER") { (wait: VerbWait<Void>) in
            sendRegister(expires: settings.habits.registrationExpires) { outcome in
                self.settle(wait, with: outcome) { _ in }
            }
        }
    }

    public func deregister() async throws(ActorFailure) {
        guard presence == .open else { throw .impossible("\(name) is away and cannot de-register") }
        registration.stopTimer()
        try await wait(for: "the 200 to REGISTER with Expires 0") { (wait: VerbWait<Void>) in
            sendRegister(expires: 0) { outcome in self.settle(wait, with: outcome) { _ in } }
        }
    }

    public func registrationLifetime() -> Duration? {
        registration.expiresAt.map { .nanoseconds(max(0, $0 - now)) }
    }

    /// Sends REGISTER in the sequence of this incarnation's registration (RFC 3261 §10.2.4).
    private func sendRegister(
        expires: Int, isRepeated: Bool = false, then: @escaping (SIPClientOutcome) -> Void
    ) {
        guard let requests = equipment?.requests else { return }
        let callID = registration.callID ?? tokens.token(length: 24)
        registration.callID = callID
        registration.sequence += 1
        registration.fromTag = tokens.token(length: 12)
        let start = RequestStart(
            callID: callID, fromTag: registration.fromTag, sequence: registration.sequence)
        exchange(preloaded(requests.register(start, expires: expires)), to: outbound) { exchange, outcome in
            if let sequence = exchange.request.cseq?.number { self.registration.sequence = Int(sequence) }
            if case .response(let response) = outcome {
                if response.status == 200 { self.registered(by: response, asked: expires) }
                if response.status == 423, !isRepeated, expires > 0,
                    let longer = response.headers["Min-Expires"].flatMap({ Int($0) }), longer > expires
                {
                    // RFC 3261 §10.2.8: the registrar wants a longer interval.
                    self.sendRegister(expires: longer, isRepeated: true, then: then)
                    return
                }
            }
            then(outcome)
        }
    }

    private func registered(by response: SIPMessage, asked: Int) {
        registration.serviceRoutes = response.serviceRoutes.map(\.description)
        registration.isRegistered = asked > 0
        registration.attempts = 0
        registration.stopTimer()
        let granted = min(max(grantedExpires(response, asked: asked), 0), 1 << 30)
        registration.expiresAt = asked > 0 ? now + Int64(granted) * 1_000_000_000 : nil
        guard asked > 0, presence == .open else { return }
        refreshRegistration(after: .milliseconds(max(granted * 500, 500)))
        let flowTimer = response.headers["Flow-Timer"].flatMap { Int64($0) }
        // The address is connected already; this only learns which connection it is.
        equipment?.sip.connect(outbound).assumeIsolated().whenSuccess { flow in
            self.registration.flow = flow
            if let flowTimer { self.keepAlive(flow, seconds: flowTimer) }
        }
    }

    /// Pings at 80 to 100 % of what the first hop wants (RFC 5626 §4.4).
    private func keepAlive(_ flow: SIPConnectionID, seconds: Int64) {
        guard (1...86_400).contains(seconds) else { return }
        let percent = 80 + Int64(tokens.next() % 20)
        equipment?.sip.keepAlive(flow, every: seconds * 10_000_000 * percent)
    }

    private func refreshRegistration(after delay: Duration) {
        registration.setTimer(
            schedule(in: delay) {
                guard self.presence == .open else { return }
                self.sendRegister(expires: self.settings.habits.registrationExpires) { outcome in
                    self.retryRegistration(unless: outcome)
                }
            })
    }

    /// What the registrar granted to this binding: its own Contact's `expires`, else the header (RFC 3261 §10.2.4).
    private func grantedExpires(_ response: SIPMessage, asked: Int) -> Int {
        let own = equipment.flatMap { SIPURI($0.requests.contactURI) }
        for contact in response.contacts {
            guard let uri = contact.sipURI, uri.host == own?.host, uri.port == own?.port else { continue }
            if let seconds = contact.parameters["expires"].flatMap({ Int($0) }) { return seconds }
        }
        return response.expires ?? asked
    }

    /// Tries again later when a registration that nobody waits for failed, more and more seldom (RFC 5626 §4.5).
    private func retryRegistration(unless outcome: SIPClientOutcome) {
        if case .response(let response) = outcome, (response.status ?? 0) < 300 { return }
        guard presence == .open, settings.habits.reopensFlow else { return }
        registration.attempts += 1
        refreshRegistration(after: .milliseconds(250 << min(registration.attempts, 7)))
    }

    func connectionClosed(_ connection: SIPConnectionID, cause: String) {
        guard presence == .open, registration.isRegistered, registration.flow == connection else { return }
        registration.flow = nil
        guard settings.habits.reopensFlow else { return }
        refreshRegistration(after: .milliseconds(250))
    }
}
