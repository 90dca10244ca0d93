import Connections
import MSRP
import NIOCore
import SIP

/// The stacks and sockets of a scripted enabler.
struct EnablerEquipment {
    let sip: SIPStack
    let msrp: MSRPEndpoint
    let listener: StackListener
    let address: EnablerAddress
    /// Whose each MSRP session is, for the recording.
    let media: MediaOwners
}

extension SIPEnablerActor {
    public func start() async throws(ActorFailure) -> EnablerAddress {
        if let equipment { return equipment.address }
        guard !isStopped else { throw .impossible("the scripted enabler has been stopped") }
        let media = MediaOwners()
        let tap = tap(media)
        let (sip, msrp) = stacks(tap)
        let listener = StackListener()
        sip.delegate = listener
        do {
            let bound = try await sip.listen(host: settings.host, port: settings.port, tls: settings.tls).get()
            let own = try await msrp.listen(host: settings.host, port: 0, tls: settings.mediaTLS).get()
            // While the ports were being opened the actor may have been stopped, or started by another verb.
            if isStopped || equipment != nil { throw SIPClientFailure.connection("it is not wanted any more") }
            let address = EnablerAddress(
                host: settings.advertisedHost ?? settings.host, port: bound.port ?? 0, isSecure: settings.tls != nil,
                mediaPort: own.port ?? 0)
            equipment = EnablerEquipment(sip: sip, msrp: msrp, listener: listener, address: address, media: media)
            listen(to: listener)
            return address
        } catch {
            try? await sip.close().get()
            try? await msrp.close().get()
            if let equipment { return equipment.address }
            throw .connectionLost(awaited: "a port on \(settings.host)", cause: failureSentence(error))
        }
    }

    private func stacks(_ tap: (any ConnectionTap)?) -> (SIPStack, MSRPEndpoint) {
        var sip = SIPStackSettings()
        sip.limits = settings.limits
        sip.userAgent = "cpmcheck-enabler"
        sip.advertisedHost = settings.advertisedHost
        // Whether an INVITE gets so much as a 100 is a matter of the script.
        sip.sendsTrying = false
        var msrp = MSRPSettings()
        msrp.limits = settings.limits
        msrp.advertisedHost = settings.advertisedHost
        let loop = environment.eventLoop
        return (
            SIPStack(eventLoop: loop, settings: sip, tokens: tokens.child("sip"), tap: tap),
            MSRPEndpoint(eventLoop: loop, settings: msrp, tokens: tokens.child("msrp"), tap: tap)
        )
    }

    /// With one user under test every connection is of its client; else what is said on it tells.
    private func tap(_ media: MediaOwners) -> (any ConnectionTap)? {
        guard let recorder = environment.recorder?.value else { return nil }
        if let only = settings.users.first, settings.users.count == 1 {
            return RecorderTap(recorder: recorder, actor: only.name)
        }
        return AttributingTap(
            recorder: recorder, attribution: ConnectionAttribution(directory: directory, media: media))
    }

    private func listen(to listener: StackListener) {
        listener.onRequest = { self.received($0) }
        listener.onCancelled = { self.cancelled($0) }
        listener.onClosed = { connection, _ in self.connectionClosed(connection) }
        listener.onUnacknowledged = { self.unacknowledged($0) }
    }

    private func connectionClosed(_ connection: SIPConnectionID) {
        owners[connection] = nil
        for name in Array(bindings.keys) { bindings[name]?.lost(connection) }
        somethingHappened()
    }

    // MARK: Breaking and stopping

    public func breakConnections(of user: String) {
        guard let equipment, let user = directory.user(user) else { return }
        bindings[user.name] = nil
        subscriptions.removeAll { $0.user == user.name }
        for session in dialogs.values.filter({ $0.user.name == user.name }).sorted(by: { $0.id.number < $1.id.number }) {
            session.media?.breakConnection()
            end(session, .connectionLost(awaited: session.awaited, cause: "the connections were broken off here"))
        }
        for (connection, _) in owners.filter({ $0.value == user.name }) { equipment.sip.breakOff(connection) }
        somethingHappened()
    }

    public func breakMedia(of session: EnablerSessionID) {
        sessions[session]?.media?.breakConnection()
    }

    public func stop() async {
        isStopped = true
        waits.abandonAll()
        for session in Array(dialogs.values) { end(session, .wentAway(awaited: session.awaited)) }
        subscriptions = []
        bindings = [:]
        owners = [:]
        guard let old = equipment else { return }
        equipment = nil
        old.listener.forget()
        // Failing to close means that it is closed already.
        try? await old.sip.close().get()
        try? await old.msrp.close().get()
    }
}
