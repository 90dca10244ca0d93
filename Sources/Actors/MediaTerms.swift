import Connections
import Diagnostics
import MSRP
import Payloads
import SIP

/// Why a session description cannot be used.
struct MediaFailure: Error {
    var why: String

    /// The same fit for a quoted string in a header.
    var plain: String { why.filter { $0.isASCII && $0 != "\"" && $0 != "\\" && !$0.isNewline } }
}

/// What one end says of its MSRP media, and how it connects (RFC 3264, RFC 4975 §8, RFC 6135), whichever role it plays.
struct MediaTerms {
    /// Who speaks, for failures: `client` or `enabler`.
    var speaker: String
    var host: String
    /// How connections of this end over TLS check the peer; nil where it has no TLS settings.
    var client: TLSClient?
    /// The certificate of this end; nil where it cannot answer TLS.
    var server: TLSServer?
    var acceptTypes: [String]
    var acceptWrappedTypes: [String]
    var maxSize: Int?
    var limits: Limits

    /// The medium that an MSRP session of this end is described by; the session is made to keep to it.
    func medium(for media: MSRPSession?, secure: Bool) -> MSRPMedia {
        let accepted = acceptTypes
        media?.acceptance = { head in acceptance(of: head, types: accepted) }
        media?.maxSize = maxSize
        var mine = MSRPMedia(
            host: host, port: media?.localURI.port ?? 9, path: [media?.localURI.description ?? ""], secure: secure)
        mine.acceptTypes = accepted
        mine.acceptWrappedTypes = acceptWrappedTypes
        mine.maxSize = maxSize
        if secure, let server { mine.fingerprints = [server.fingerprint.description] }
        return mine
    }

    /// The session description in a message, bare or in a multipart.
    func description(in message: SIPMessage) throws(MediaFailure) -> SessionDescription {
        guard let type = message.contentType.flatMap({ MediaType($0) }) else {
            throw MediaFailure(why: "there is no session description in it")
        }
        do throws(PayloadError) {
            var bytes = message.body
            if type.type == "multipart" {
                let parts = try Multipart(parsing: message.body, contentType: type, limits: limits)
                bytes = parts.first(MediaType.sdp.essence)?.body ?? []
            }
            return try SessionDescription(parsing: bytes, limits: limits)
        } catch {
            throw MediaFailure(why: "its body of type \(type.essence) gives no session description: \(error)")
        }
    }

    /// What came of an offer of the other end.
    struct Answered {
        var answer: SessionDescription
        var mine: MSRPMedia
        var theirs: MSRPMedia
        /// True when this end opens the connection.
        var connects: Bool
    }

    /// Answers an offer with `mine`, whose set-up and direction are wishes.
    func answer(
        _ offer: SessionDescription, _ mine: MSRPMedia, sessionID: String
    ) throws(MediaFailure) -> Answered {
        guard let offered = MSRPMedia(offer) else { throw MediaFailure(why: "the offer has no MSRP medium") }
        guard let answer = mine.answer(to: offer, sessionID: sessionID), let answered = MSRPMedia(answer)
        else { throw MediaFailure(why: "the MSRP medium of the offer cannot be answered") }
        let connector = MSRPMedia.connector(offer: offered, answer: answered)
        guard connector != .nobody else { throw MediaFailure(why: "the offer wants no connection (a=setup:holdconn)") }
        return Answered(answer: answer, mine: answered, theirs: offered, connects: connector == .answerer)
    }

    /// What the other end's answer to an offer of this end says.
    ///
    /// - Returns: its medium, and whether this end opens the connection.
    func agree(
        offer: SessionDescription, answer message: SIPMessage
    ) throws(MediaFailure) -> (theirs: MSRPMedia, connects: Bool) {
        guard let offered = MSRPMedia(offer), let answered = MSRPMedia(try description(in: message)),
            !answered.isRefused
        else { throw MediaFailure(why: "the answer refuses the MSRP medium") }
        return (answered, MSRPMedia.connector(offer: offered, answer: answered) == .offerer)
    }

    /// Opens the session's connection, or lets it wait for the other end's.
    func connect(_ media: MSRPSession?, to remote: MSRPMedia, connects: Bool) throws(MediaFailure) {
        let path = remote.path.compactMap { MSRPURI($0) }
        guard !path.isEmpty, path.count == remote.path.count else {
            throw MediaFailure(why: "its a=path cannot be read")
        }
        if remote.secure { media?.announced = AnnouncedCertificate(remote.fingerprints) }
        if connects {
            media?.connect(to: path, tls: remote.secure ? try checkingClient() : nil, bind: true)
        } else {
            guard !remote.secure || server != nil else {
                throw MediaFailure(why: "the peer connects with TLS and this \(speaker) has no certificate")
            }
            media?.expect(from: path)
        }
    }

    /// How MSRP connections of ours check the peer; with our own certificate, where we announce one.
    private func checkingClient() throws(MediaFailure) -> TLSClient {
        guard let client else {
            throw MediaFailure(why: "the peer wants MSRP over TLS and this \(speaker) has no TLS settings")
        }
        guard let server else { return client }
        do {
            return try client.showing(server)
        } catch {
            throw MediaFailure(why: "the \(speaker)'s own certificate cannot be used: \(error)")
        }
    }
}

/// What is answered to the head of an incoming MSRP message: 415 for a type that was not accepted.
func acceptance(of head: MSRPHead, types: [String]) -> Int {
    guard let type = head.contentType.flatMap({ MediaType($0) }) else { return 200 }
    return types.contains { type.isCovered(by: $0) } ? 200 : 415
}
