import Connections
import MSRP
import NIOCore
import SIP

/// The stacks and sockets of one incarnation of an actor; all of it goes when the actor goes.
struct Equipment {
    let sip: SIPStack
    let msrp: MSRPEndpoint
    let listener: StackListener
    let requests: ClientRequests
}

/// That an actor goes by itself in the middle of a delivery.
struct PlannedDeparture {
    enum Manner { case silence, loss, lossInTheNext }

    /// How many chat messages it takes before.
    var messages: Int
    var manner: Manner
}

/// Hands what a stack says to the actor; the closures are the actor's own and run on its loop.
final class StackListener: SIPStackDelegate {
    var onRequest: ((SIPServerRequest) -> Void)?
    var onCancelled: ((SIPServerRequest) -> Void)?
    var onClosed: ((SIPConnectionID, String) -> Void)?
    var onUnacknowledged: ((SIPServerRequest) -> Void)?

    func stack(_ stack: SIPStack, received request: SIPServerRequest) { onRequest?(request) }
    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) { onCancelled?(request) }
    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) { onClosed?(connection, cause) }
    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) { onUnacknowledged?(request) }
    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {}

    /// Lets go of the actor, so that neither keeps the other alive.
    func forget() {
        onRequest = nil
        onCancelled = nil
        onClosed = nil
        onUnacknowledged = nil
    }
}

extension SIPClientActor {
    public func start() async throws(ActorFailure) {
        switch presence {
        case .open: return
        case .closed: try await open()
        case .silent, .lost: throw .impossible("\(name) is away; it has to come back first")
        case .stopped: throw .impossible("\(name) has been stopped")
        }
    }

    /// Opens the ports of a new incarnation.
    func open() async throws(ActorFailure) {
        incarnation += 1
        let loop = environment.eventLoop
        let tap = environment.recorder.map { RecorderTap(recorder: $0.value, actor: name, device: environment.device) }
        var sipSettings = SIPStackSettings()
        sipSettings.limits = settings.limits
        sipSettings.userAgent = "cpmcheck-client"
        sipSettings.pongWithin = TimeAmount(settings.pongLimit).nanoseconds
        // Whether an invitation gets so much as a 100 is a matter of the actor's attitude.
        sipSettings.sendsTrying = false
        let sip = SIPStack(
            eventLoop: loop, settings: sipSettings, tokens: tokens.child("sip\(incarnation)"), tap: tap)
        var msrpSettings = MSRPSettings()
        msrpSettings.limits = settings.limits
        let msrp = MSRPEndpoint(
            eventLoop: loop, settings: msrpSettings, tokens: tokens.child("msrp\(incarnation)"), tap: tap)
        let listener = StackListener()
        sip.delegate = listener
        do {
            let address = try await sip.listen(host: settings.host, port: 0, tls: nil).get()
            _ = try await msrp.listen(host: settings.host, port: 0, tls: settings.mediaServer).get()
            equipment = Equipment(
                sip: sip, msrp: msrp, listener: listener,
                requests: ClientRequests(
                    settings: settings, contactURI: contactURI(port: address.port ?? 0), instanceID: instanceID))
        } catch {
            try? await sip.close().get()
            try? await msrp.close().get()
            throw .connectionLost(awaited: "a port on \(settings.host)", cause: failureSentence(error))
        }
        listen(to: listener)
        presence = .open
    }

    private func listen(to listener: StackListener) {
        listener.onRequest = { self.received($0) }
        listener.onCancelled = { self.cancelled($0) }
        listener.onClosed = { self.connectionClosed($0, cause: $1) }
        listener.onUnacknowledged = { self.unacknowledged($0) }
    }

    private func contactURI(port: Int) -> String {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let transport = settings.tls == nil || !settings.habits.claimsFlow ? "tcp" : "tls"
        return "sip:\(userPart(of: settings.address))@\(host):\(port);transport=\(transport)"
    }

    // MARK: Going away

    public func loseConnections() {
        guard presence == .open || presence == .silent else { return }
        presence = .lost
        forgetEverything()
        equipment?.sip.breakConnections()
        equipment?.msrp.breakConnections()
    }

    public func fallSilent() {
        guard presence == .open else { return }
        presence = .silent
        equipment?.sip.isAnswering = false
        equipment?.msrp.isAnswering = false
        stopTimers()
        waits.abandonAll()
    }

    public func fallSilent(afterMessages count: Int) { plan(PlannedDeparture(messages: count, manner: .silence)) }

    public func loseConnections(afterMessages count: Int, inTheNext: Bool) {
        plan(PlannedDeparture(messages: count, manner: inTheNext ? .lossInTheNext : .loss))
    }

    private func plan(_ planned: PlannedDeparture) {
        departure = planned
        equipment?.msrp.onPartialMessage = nil
    }

    /// A chat message has come and its answer is written: the last one before a departure makes it go, and its answer
    /// still goes out.
    func countTowardsDeparture() {
        guard var planned = departure, presence == .open else { return }
        planned.messages -= 1
        departure = planned.messages > 0 ? planned : nil
        guard planned.messages <= 0 else { return }
        switch planned.manner {
        case .silence:
            equipment?.msrp.isDeaf = true
            environment.eventLoop.execute { self.assumeIsolated { $0.fallSilent() } }
        case .loss:
            equipment?.msrp.isDeaf = true
            environment.eventLoop.execute { self.assumeIsolated { $0.loseConnections() } }
        case .lossInTheNext: equipment?.msrp.onPartialMessage = { self.loseConnections() }
        }
    }

    public func comeBack() async throws(ActorFailure) {
        guard presence != .stopped else { throw .impossible("\(name) has been stopped") }
        await close()
        presence = .closed
        attitude = .accept
        try await register()
    }

    public func resume() async throws(ActorFailure) {
        guard presence == .silent else { throw .impossible("\(name) is not silent and cannot resume") }
        presence = .open
        attitude = .accept
        equipment?.sip.isAnswering = true
        equipment?.msrp.isAnswering = true
        for session in Array(sessions.values) { scheduleSessionTimer(session) }
        try await register()
    }

    public func stop() async {
        presence = .stopped
        await close()
    }

    private func close() async {
        forgetEverything()
        guard let old = equipment else { return }
        equipment = nil
        old.listener.forget()
        // Failing to close means that it is closed already.
        try? await old.sip.close().get()
        try? await old.msrp.close().get()
    }

    /// Drops what the old incarnation knew of registration, sessions and subscriptions, without a word.
    private func forgetEverything() {
        stopTimers()
        waits.abandonAll()
        equipment?.msrp.onPartialMessage = nil
        sessions = [:]
        subscriptions = [:]
        referrals = []
        registration = Registration()
    }

    private func stopTimers() {
        registration.stopTimer()
        for session in sessions.values {
            session.stopTimers()
            session.setIntroductionLimit(nil)
        }
        for subscription in subscriptions.values { subscription.stopTimer() }
    }
}
