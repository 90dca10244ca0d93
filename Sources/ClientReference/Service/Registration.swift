import Connections
import NIOCore
import SIP

/// What the client knows of its binding: a plain value; times are nanoseconds of the monotonic clock.
struct RegistrationState: Sendable {
    private(set) var isRegistered = false
    private(set) var expiresAt: Int64?
    private var failures = 0

    /// What to do next, and when.
    struct Plan: Sendable, Hashable {
        /// Nanoseconds from now.
        var refreshIn: Int64
    }

    /// A REGISTER was answered 200 and granted so many seconds.
    mutating func granted(seconds: Int, now: Int64) -> Plan? {
        failures = 0
        guard seconds > 0 else {
            isRegistered = false
            expiresAt = nil
            return nil
        }
        isRegistered = true
        expiresAt = now + Int64(seconds) * 1_000_000_000
        return Plan(refreshIn: max(Int64(seconds) * 500_000_000, 500_000_000))
    }

    /// A refresh failed: it is tried again, more and more seldom (RFC 5626 §4.5).
    mutating func failed(now: Int64) -> Plan {
        failures += 1
        if let expiresAt, expiresAt <= now { isRegistered = false }
        return Plan(refreshIn: 250_000_000 << Int64(min(failures, 7)))
    }

    /// The flow is gone: the registrar cannot reach the client over it any more.
    mutating func flowLost() -> Plan { Plan(refreshIn: 250_000_000) }
}

/// Keeps the client registered while it is on-line (RFC 3261 §10.2, RFC 5626).
final class Registration {
    private let context: ClientContext
    private var state = RegistrationState()
    private let callID: String
    private var sequence: UInt32 = 0
    private var alarm: LoopTimer?
    private var flow: SIPConnectionID?
    private var isStopped = false
    /// Called when the registration has come or gone.
    var onChange: (() -> Void)?

    init(context: ClientContext) {
        self.context = context
        callID = context.tokens.token(length: 24)
    }

    var isRegistered: Bool { state.isRegistered }

    /// Registers, or with 0 gives the registration up; `done` gets the final status.
    func register(expires: Int, isRepeated: Bool = false, done: @escaping (Int) -> Void) {
        guard let writer = context.requests else { return done(503) }
        sequence += 1
        let request = writer.register(.init(callID: callID, sequence: sequence), expires: expires)
        Exchange(request, context: context).send(to: context.outbound) { exchange, outcome in
            guard let status = outcome.finalStatus else { return }
            self.sequence = max(self.sequence, exchange.sequence)
            guard !self.isStopped || expires == 0 else { return done(status) }
            if status == 423, !isRepeated, expires > 0,
                let longer = outcome.response?.headers["Min-Expires"].flatMap({ Int($0) }), longer > expires
            {
                // RFC 3261 §10.2.8: the registrar wants a longer interval.
                return self.register(expires: min(longer, 1 << 30), isRepeated: true, done: done)
            }
            self.answered(status, outcome.response, asked: expires)
            done(status)
        }
    }

    private func answered(_ status: Int, _ response: SIPMessage?, asked: Int) {
        defer { onChange?() }
        guard (200..<300).contains(status), let response else {
            if asked > 0 { plan(state.failed(now: context.now)) }
            return
        }
        context.serviceRoutes = response.serviceRoutes.map(\.description)
        let granted = asked == 0 ? 0 : min(max(grantedExpires(response, asked: asked), 0), 1 << 30)
        if let next = state.granted(seconds: granted, now: context.now) { plan(next) }
        if granted > 0 { learnFlow(response.headers["Flow-Timer"].flatMap { Int64($0) }) }
    }

    /// What the registrar granted to this binding: its own Contact's `expires`, else the header (RFC 3261 §10.2.4).
    private func grantedExpires(_ response: SIPMessage, asked: Int) -> Int {
        let own = (context.equipment?.contactURI).flatMap { SIPURI($0) }
        for contact in response.contacts {
            guard let uri = contact.sipURI, uri.host == own?.host, uri.port == own?.port else { continue }
            if let seconds = contact.parameters["expires"].flatMap({ Int($0) }) { return seconds }
        }
        return response.expires ?? asked
    }

    /// The address is connected already; this only learns which connection it is, and keeps it alive.
    private func learnFlow(_ flowTimer: Int64?) {
        guard let stack = context.equipment?.sip else { return }
        stack.connect(context.outbound).assumeIsolated().whenSuccess { [weak self] flow in
            guard let self, !self.isStopped else { return }
            self.flow = flow
            if let flowTimer, (1...86_400).contains(flowTimer) {
                // 80 to 100 % of what the first hop wants (RFC 5626 §4.4).
                stack.keepAlive(flow, every: flowTimer * 10_000_000 * Int64(80 + self.context.tokens.next() % 20))
            }
        }
    }

    func connectionClosed(_ connection: SIPConnectionID) {
        guard flow == connection, state.isRegistered, !isStopped else { return }
        flow = nil
        plan(state.flowLost())
    }

    private func plan(_ next: RegistrationState.Plan) {
        alarm?.cancel()
        guard !isStopped else { return }
        alarm = context.timers.after(milliseconds: next.refreshIn / 1_000_000) { [weak self] in
            guard let self, !self.isStopped else { return }
            self.register(expires: self.context.settings.registrationExpires) { _ in }
        }
    }

    func stop() {
        isStopped = true
        alarm?.cancel()
        alarm = nil
    }
}

extension ClientContext {
    /// Builds requests; nil while the client is off-line.
    var requests: RequestWriter? {
        equipment.map { equipment in
            RequestWriter(
                settings: settings, tokens: tokens, contactURI: equipment.contactURI, instanceID: instanceID,
                routes: serviceRoutes)
        }
    }
}
