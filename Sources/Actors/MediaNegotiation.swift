import Connections
import MSRP
import Payloads
import SIP

/// Why a session description cannot be used.
struct MediaFailure: Error {
    var why: String

    /// The same fit for a quoted string in a header.
    var plain: String { why.filter { $0.isASCII && $0 != "\"" && $0 != "\\" && !$0.isNewline } }
}

/// The MSRP side of sessions: offers, answers, and which end connects (RFC 3264, RFC 4975 §8, RFC 6135).
extension SIPClientActor {
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
        let offer = try description(in: message)
        guard let offered = MSRPMedia(offer) else { throw MediaFailure(why: "the offer has no MSRP medium") }
        let mine = makeMedia(for: session, secure: offered.secure)
        guard let answer = mine.answer(to: offer, sessionID: descriptionNumber()), let answered = MSRPMedia(answer)
        else { throw MediaFailure(why: "the MSRP medium of the offer cannot be answered") }
        session.localDescription = answer
        session.remoteMedia = offered
        session.direction = answered.direction
        let connector = MSRPMedia.connector(offer: offered, answer: answered)
        guard connector != .nobody else { throw MediaFailure(why: "the offer wants no connection (a=setup:holdconn)") }
        try connect(session, to: offered, isOurs: connector == .answerer)
        return answer
    }

    /// Takes the answer to our offer, in a 2xx or in an ACK, and sets the connection up.
    func useAnswer(_ message: SIPMessage, in session: ClientSession) throws(MediaFailure) {
        guard let offered = session.localDescription.flatMap({ MSRPMedia($0) }) else { return }
        guard let answered = MSRPMedia(try description(in: message)), !answered.isRefused else {
            throw MediaFailure(why: "the answer refuses the MSRP medium")
        }
        session.remoteMedia = answered
        session.direction = answered.direction.reversed
        try connect(session, to: answered, isOurs: MSRPMedia.connector(offer: offered, answer: answered) == .offerer)
    }

    private func description(in message: SIPMessage) throws(MediaFailure) -> SessionDescription {
        guard let type = message.contentType.flatMap({ MediaType($0) }) else {
            throw MediaFailure(why: "there is no session description in it")
        }
        do throws(PayloadError) {
            var bytes = message.body
            if type.type == "multipart" {
                let parts = try Multipart(parsing: message.body, contentType: type, limits: settings.limits)
                bytes = parts.first(MediaType.sdp.essence)?.body ?? []
            }
            return try SessionDescription(parsing: bytes, limits: settings.limits)
        } catch {
            throw MediaFailure(why: "its body of type \(type.essence) gives no session description: \(error)")
        }
    }

    /// The MSRP session of ours and what we say of it.
    private func makeMedia(for session: ClientSession, secure: Bool) -> MSRPMedia {
        let media = equipment?.msrp.makeSession(secure: secure) { _, signal in self.signalled(signal, in: session) }
        let accepted = settings.habits.acceptTypes
        media?.acceptance = { head in acceptance(of: head, types: accepted) }
        media?.maxSize = settings.habits.maxSize
        session.media = media
        var mine = MSRPMedia(
            host: settings.host, port: media?.localURI.port ?? 9, path: [media?.localURI.description ?? ""],
            secure: secure)
        mine.acceptTypes = accepted
        mine.acceptWrappedTypes = settings.habits.acceptWrappedTypes
        mine.maxSize = settings.habits.maxSize
        if secure, let own = settings.mediaServer { mine.fingerprints = [own.fingerprint.description] }
        return mine
    }

    private func descriptionNumber() -> String { String(tokens.next() >> 33) }

    private func connect(
        _ session: ClientSession, to remote: MSRPMedia, isOurs: Bool
    ) throws(MediaFailure) {
        let path = remote.path.compactMap { MSRPURI($0) }
        guard !path.isEmpty, path.count == remote.path.count else {
            throw MediaFailure(why: "its a=path cannot be read")
        }
        if remote.secure { session.media?.announced = AnnouncedCertificate(remote.fingerprints) }
        if isOurs {
            session.media?.connect(to: path, tls: remote.secure ? try mediaClient() : nil, bind: true)
        } else {
            guard !remote.secure || settings.mediaServer != nil else {
                throw MediaFailure(why: "the peer connects with TLS and this client has no certificate")
            }
            session.media?.expect(from: path)
        }
    }

    /// How MSRP connections of ours check the peer; with our own certificate, where we announce one.
    private func mediaClient() throws(MediaFailure) -> TLSClient {
        guard let client = settings.mediaTLS else {
            throw MediaFailure(why: "the peer wants MSRP over TLS and this client has no TLS settings")
        }
        guard let own = settings.mediaServer else { return client }
        do {
            return try client.showing(own)
        } catch {
            throw MediaFailure(why: "the client's own certificate cannot be used: \(error)")
        }
    }

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

/// What is answered to the head of an incoming MSRP message: 415 for a type that was not accepted.
func acceptance(of head: MSRPHead, types: [String]) -> Int {
    guard let type = head.contentType.flatMap({ MediaType($0) }) else { return 200 }
    return types.contains { type.isCovered(by: $0) } ? 200 : 415
}
