import Connections
import Diagnostics
import MSRP
import Payloads
import SIP

/// What the enabler knows of an MSRP session once offer and answer have met.
struct AgreedSession {
    /// Where the client is.
    var path: [MSRPURI]
    /// True when the enabler opens the connection.
    var connects: Bool
    var media: MSRPMedia
}

/// The SDP of this enabler (RFC 3264, 4975 §8, 6135).
struct SessionOffer {
    let context: EnablerContext

    /// This end's medium; `sendonly` for the delivery of a session that is over.
    func medium(_ session: MSRPSession, direction: MediaDirection, offering: Bool) -> MSRPMedia {
        let setup = context.media.setup(offering ? .actpass : .passive, offering: offering)
        let uri = session.localURI
        var medium = MSRPMedia(
            host: uri.host, port: uri.port ?? 2855, path: [uri.description], secure: uri.isSecure, setup: setup)
        medium.acceptTypes = ["message/cpim", "application/conference-info+xml"]
        medium.acceptWrappedTypes = ["*"]
        medium.maxSize = context.settings.limits.msrpMessage
        medium.direction = direction
        if uri.isSecure, let own = context.settings.tls { medium.fingerprints = [own.fingerprint.description] }
        return context.media.medium(medium, offering: offering)
    }

    func sessionID() -> String { String(context.tokens.next() >> 2) }

    /// What an answer to our offer agreed; nil when it refused or cannot be used.
    func agreed(offer: MSRPMedia, answer body: [UInt8]) -> AgreedSession? {
        guard let description = try? SessionDescription(parsing: body, limits: context.settings.limits),
            let theirs = MSRPMedia(description), !theirs.isRefused, theirs.secure == offer.secure
        else { return nil }
        return agreed(theirs, connects: MSRPMedia.connector(offer: offer, answer: theirs) == .offerer)
    }

    /// Answers a client's offer; nil when there is nothing in it to accept (488).
    func answer(
        _ offer: SessionDescription, for session: MSRPSession, direction: MediaDirection
    ) -> (SessionDescription, AgreedSession)? {
        let mine = medium(session, direction: direction, offering: false)
        guard let theirs = MSRPMedia(offer), let answer = mine.answer(to: offer, sessionID: sessionID()),
            let answered = MSRPMedia(answer)
        else { return nil }
        let connects = MSRPMedia.connector(offer: theirs, answer: answered) == .answerer
        return agreed(theirs, connects: connects).map { (answer, $0) }
    }

    private func agreed(_ theirs: MSRPMedia, connects: Bool) -> AgreedSession? {
        let path = theirs.path.compactMap { MSRPURI($0) }
        guard !path.isEmpty, path.count == theirs.path.count, path.count <= 8 else { return nil }
        return AgreedSession(path: path, connects: connects, media: theirs)
    }
}
