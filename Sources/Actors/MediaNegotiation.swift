import Connections
import MSRP
import Payloads
import SIP

/// The MSRP side of the client's sessions: offers, answers, and what their connections say.
extension SIPClientActor {
    private var terms: MediaTerms {
        MediaTerms(
            speaker: "client", host: settings.host, client: settings.mediaTLS, server: settings.mediaServer,
            acceptTypes: settings.habits.acceptTypes, acceptWrappedTypes: settings.habits.acceptWrappedTypes,
            maxSize: settings.habits.maxSize, limits: settings.limits)
    }

    /// Makes the MSRP session and the offer that names it.
    func makeOffer(for session: ClientSession) -> SessionDescription {
        var media = makeMedia(for: session, secure: settings.mediaTLS != nil)
        media.setup = settings.habits.offeredSetup
        let offer = media.description(sessionID: descriptionNumber())
        session.localDescription = offer
        return offer
    }

    /// The answer to the offer of an INVITE; an offer of our own where the INVITE has none (RFC 3261 §13.2.1).
    func makeAnswer(to message: SIPMessage, in session: ClientSession) throws(MediaFailure) -> SessionDescription {
        guard !message.body.isEmpty else { return makeOffer(for: session) }
        let offer = try terms.description(in: message)
        guard let offered = MSRPMedia(offer) else { throw MediaFailure(why: "the offer has no MSRP medium") }
        let mine = makeMedia(for: session, secure: offered.secure)
        let answered = try terms.answer(offer, mine, sessionID: descriptionNumber())
        session.localDescription = answered.answer
        session.remoteMedia = answered.theirs
        session.direction = answered.mine.direction
        try terms.connect(session.media, to: answered.theirs, connects: answered.connects)
        return answered.answer
    }

    /// Takes the answer to our offer, in a 2xx or in an ACK, and sets the connection up.
    func useAnswer(_ message: SIPMessage, in session: ClientSession) throws(MediaFailure) {
        guard let offer = session.localDescription else { return }
        let agreed = try terms.agree(offer: offer, answer: message)
        session.remoteMedia = agreed.theirs
        session.direction = agreed.theirs.direction.reversed
        try terms.connect(session.media, to: agreed.theirs, connects: agreed.connects)
    }

    /// The MSRP session of ours and what we say of it.
    private func makeMedia(for session: ClientSession, secure: Bool) -> MSRPMedia {
        let media = equipment?.msrp.makeSession(secure: secure) { _, signal in self.signalled(signal, in: session) }
        session.media = media
        return terms.medium(for: media, secure: secure)
    }

    private func descriptionNumber() -> String { String(tokens.next() >> 33) }

    /// The peer knows the connection as this session's, so that nothing is missing any more.
    private func introduced(_ session: ClientSession) {
        session.setIntroductionLimit(nil)
        guard session.phase != .ended, session.media?.isConnected == true else { return }
        session.mediaIsUp = true
        joined(session)
    }

    private func signalled(_ signal: MSRPSessionSignal, in session: ClientSession) {
        switch signal {
        case .connected:
            // A peer that leaves the empty SEND without an answer has the session all the same, as far as one can tell.
            session.setIntroductionLimit(schedule(in: settings.answerLimit / 2) { self.introduced(session) })
        case .introduced: introduced(session)
        case .received(let message): received(message, in: session)
        case .report, .incomplete, .refusedLate: break
        case .closed(let cause):
            session.mediaIsUp = false
            guard session.phase != .ended, let join = session.join else { return }
            session.join = nil
            join.fail(.connectionLost(awaited: join.awaited, cause: cause))
        }
    }
}
