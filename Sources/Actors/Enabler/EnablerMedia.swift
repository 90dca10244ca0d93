import Connections
import MSRP
public import Payloads
import SIP

/// What the enabler would like its medium to be, as far as the client's offer lets it.
struct MediaWishes {
    var acceptTypes: [String]
    var setup: MSRPSetup? = .passive
    var direction = MediaDirection.sendrecv

    init(acceptTypes: [String]) { self.acceptTypes = acceptTypes }

    init(_ plan: EnablerInvitation) {
        acceptTypes = plan.acceptTypes
        setup = plan.setup
        direction = plan.form == .over ? .sendonly : .sendrecv
    }
}

/// The MSRP side of the enabler's sessions.
extension SIPEnablerActor {
    private func terms(_ acceptTypes: [String]) -> MediaTerms {
        MediaTerms(
            speaker: "enabler", host: settings.advertisedHost ?? settings.host,
            client: settings.mediaClient ?? (try? TLSClient()), server: settings.mediaTLS, acceptTypes: acceptTypes,
            acceptWrappedTypes: settings.acceptWrappedTypes, maxSize: settings.maxSize, limits: settings.limits)
    }

    /// Makes the MSRP session and the offer of an invitation.
    func makeOffer(for session: EnablerSession, _ plan: EnablerInvitation) -> SessionDescription {
        let wishes = MediaWishes(plan)
        var mine = makeMedia(for: session, secure: settings.mediaTLS != nil, wishes.acceptTypes)
        mine.setup = wishes.setup
        mine.direction = wishes.direction
        return describe(session, mine)
    }

    /// The offer in the 200 to an INVITE that has none (RFC 3261 §13.2.1).
    func makeOwnOffer(for session: EnablerSession) -> SessionDescription {
        var mine = makeMedia(for: session, secure: settings.mediaTLS != nil, settings.acceptTypes)
        mine.setup = .actpass
        return describe(session, mine)
    }

    /// The answer to a client's offer, in an INVITE or in a 200.
    func makeAnswer(
        to message: SIPMessage, in session: EnablerSession, wishes: MediaWishes
    ) throws(MediaFailure) -> SessionDescription {
        let terms = terms(wishes.acceptTypes)
        let offer = try terms.description(in: message)
        guard let offered = MSRPMedia(offer) else { throw MediaFailure(why: "the offer has no MSRP medium") }
        var mine = makeMedia(for: session, secure: offered.secure, wishes.acceptTypes)
        mine.setup = wishes.setup
        mine.direction = wishes.direction
        let answered = try terms.answer(offer, mine, sessionID: descriptionNumber())
        session.localDescription = answered.answer
        session.remoteMedia = answered.theirs
        try terms.connect(session.media, to: answered.theirs, connects: answered.connects)
        return answered.answer
    }

    /// Takes the answer to our offer, in a 2xx or in an ACK, and sets the connection up.
    func useAnswer(_ message: SIPMessage, in session: EnablerSession) throws(MediaFailure) {
        guard let offer = session.localDescription else { return }
        let terms = terms(settings.acceptTypes)
        let agreed = try terms.agree(offer: offer, answer: message)
        session.remoteMedia = agreed.theirs
        try terms.connect(session.media, to: agreed.theirs, connects: agreed.connects)
    }

    private func makeMedia(for session: EnablerSession, secure: Bool, _ acceptTypes: [String]) -> MSRPMedia {
        let media = equipment?.msrp.makeSession(secure: secure) { _, signal in self.signalled(signal, in: session) }
        session.media = media
        let mine = terms(acceptTypes).medium(for: media, secure: secure)
        media?.acceptance = { head in self.code(for: head, acceptTypes) }
        if let id = media?.localURI.sessionID { equipment?.media.note(id, owner: session.user.name) }
        return mine
    }

    private func describe(_ session: EnablerSession, _ mine: MSRPMedia) -> SessionDescription {
        let offer = mine.description(sessionID: descriptionNumber())
        session.localDescription = offer
        return offer
    }

    private func descriptionNumber() -> String { String(tokens.next() >> 33) }

    public func media(of session: EnablerSessionID) -> MSRPMedia? { sessions[session]?.remoteMedia }

    public func setMSRPAttitude(_ attitude: MSRPAttitude) { mediaAttitude = attitude }

    private func code(for head: MSRPHead, _ acceptTypes: [String]) -> Int {
        switch mediaAttitude {
        case .accept: acceptance(of: head, types: acceptTypes)
        case .refuse(let code): code
        case .silence: 0
        }
    }

    private func signalled(_ signal: MSRPSessionSignal, in session: EnablerSession) {
        switch signal {
        case .introduced: session.mediaIsUp = session.phase != .ended
        case .report(let messageID, let code, let range): session.reports[messageID]?(code, "Success-Report", range)
        case .refusedLate(let messageID, let code, let comment): session.reports[messageID]?(code, comment, nil)
        case .closed(let cause):
            // A session that has lost its connection can still be ended by BYE, and never stands again.
            session.mediaIsUp = false
            session.failure = session.failure ?? .connectionLost(awaited: session.awaited, cause: cause)
        case .connected, .received, .incomplete: break
        }
        somethingHappened()
    }
}
