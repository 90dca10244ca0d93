import Diagnostics
import MSRP
import Payloads
import SIP

/// The parts of a SIP message's body, whether it has one or several.
struct SIPBody {
    private var parts: [(type: String, body: [UInt8])] = []

    init(_ message: SIPMessage) {
        guard !message.body.isEmpty, let type = message.contentType.flatMap({ MediaType($0) }) else { return }
        guard type.type == "multipart" else {
            parts = [(type.essence, message.body)]
            return
        }
        guard let multipart = try? Multipart(parsing: message.body, contentType: type, limits: Limits()) else { return }
        parts = multipart.parts.compactMap { part in
            part.headers.contentType.map { ($0.essence, part.body) }
        }
    }

    func part(type: String) -> [UInt8]? { parts.first { $0.type == type }?.body }

    /// The MSRP media of the session description, if there is one.
    var description: MSRPMedia? {
        guard let body = part(type: MediaType.sdp.essence) else { return nil }
        return (try? SessionDescription(parsing: body)).flatMap { MSRPMedia($0) }
    }
}

/// The session id in an MSRP URI as SDP writes it.
enum MSRPCarriage {
    static func sessionID(_ uri: String) -> String? {
        MSRPURI(uri)?.sessionID
    }
}
