import Connections
import MSRP
import Payloads
import SIP

/// What the client knows of an MSRP session once offer and answer have met.
struct AgreedMedia: Equatable {
    /// Where the other end is.
    var path: [MSRPURI]
    /// True when the client opens the connection.
    var connects: Bool
    /// What the other end said.
    var remote: MSRPMedia
    /// Which way media may go, seen from the client.
    var direction: MediaDirection
}

/// The session descriptions of this client (RFC 3264, RFC 4975 §8, RFC 6135).
struct LegOffer {
    let context: ClientContext

    static let acceptTypes = ["message/cpim", "application/conference-info+xml"]

    func medium(_ session: MSRPSession, offering: Bool) -> MSRPMedia {
        let uri = session.localURI
        var medium = MSRPMedia(
            host: uri.host, port: uri.port ?? 9, path: [uri.description], secure: uri.isSecure,
            setup: context.media.setup(offering: offering))
        medium.acceptTypes = Self.acceptTypes
        medium.acceptWrappedTypes = ["*"]
        medium.maxSize = context.settings.largestMessage
        if uri.isSecure, let own = context.settings.mediaServer { medium.fingerprints = [own.fingerprint.description] }
        return context.media.medium(medium)
    }

    func sessionID() -> String { String(context.tokens.next() >> 33) }

    /// What an answer to our offer agreed; nil when it refused or cannot be used.
    func agreed(offer: MSRPMedia, answer body: [UInt8]) -> AgreedMedia? {
        guard let description = try? SessionDescription(parsing: body, limits: context.settings.limits),
            let theirs = MSRPMedia(description), !theirs.isRefused, theirs.secure == offer.secure,
            let path = path(theirs)
        else { return nil }
        return AgreedMedia(
            path: path, connects: MSRPMedia.connector(offer: offer, answer: theirs) == .offerer, remote: theirs,
            direction: theirs.direction.reversed)
    }

    /// Answers an offer; nil when there is nothing in it to accept (488). What only sends is answered with `recvonly`.
    func answer(_ offer: SessionDescription, for session: MSRPSession) -> (SessionDescription, AgreedMedia)? {
        let mine = medium(session, offering: false)
        guard let theirs = MSRPMedia(offer),
            let answer = mine.answer(to: offer, sessionID: sessionID()).map({
                context.faults.answers.altered($0, taken: theirs.setup)
            }), let answered = MSRPMedia(answer), let path = path(theirs)
        else { return nil }
        let connector = MSRPMedia.connector(offer: theirs, answer: answered)
        guard connector != .nobody else { return nil }
        let agreed = AgreedMedia(
            path: path, connects: connector == .answerer, remote: theirs, direction: answered.direction)
        return (answer, agreed)
    }

    private func path(_ media: MSRPMedia) -> [MSRPURI]? {
        let path = media.path.compactMap { MSRPURI($0) }
        return path.isEmpty || path.count != media.path.count || path.count > 8 ? nil : path
    }
}
