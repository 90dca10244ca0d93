/// Which end opens the MSRP connection.
public enum MSRPConnector: Sendable, Hashable {
    case offerer, answerer
    /// Neither, for now (`holdconn`).
    case nobody
}

extension MSRPMedia {
    /// A description with this medium alone, as an offer (RFC 3264 §5).
    ///
    /// `sessionID` is decimal digits; `version` grows with each further offer or answer of the same session.
    public func description(sessionID: String, version: Int = 1) -> SessionDescription {
        let address = SDPAddress(host: host)
        let origin = SDPOrigin(sessionID: sessionID, sessionVersion: String(version), address: address)
        var description = SessionDescription(origin: origin, connection: address)
        description.media = [mediaDescription]
        return description
    }

    /// The answer to `offer` (RFC 3264 §6): the first MSRP medium that fits accepted as this medium, all others refused.
    ///
    /// `setup` and `direction` of this medium are wishes: the answer takes what the offer allows. nil when the offer has no
    /// MSRP medium that is open and of the same security, so that only a refusal (488) is left.
    public func answer(to offer: SessionDescription, sessionID: String, version: Int = 1) -> SessionDescription? {
        let candidates = offer.media.indices.lazy.compactMap { index in
            Self.medium(at: index, of: offer).map { (index, $0) }
        }
        guard let (index, theirs) = candidates.first(where: { !$1.isRefused && $1.secure == secure }) else { return nil }
        var mine = self
        mine.setup = Self.answer(to: theirs.setup, preferring: setup)
        mine.direction = direction.answering(theirs.direction)
        var description = description(sessionID: sessionID, version: version)
        description.timings = offer.timings
        description.media = offer.media.enumerated().map { offset, medium in
            offset == index ? mine.mediaDescription : Self.refused(medium)
        }
        return description
    }

    /// The setup of an answer (RFC 4145 §4.1): the wish where the offer leaves the choice, else what it demands.
    /// Without a setup in the offer there is none in the answer, and the offerer connects.
    public static func answer(to offered: MSRPSetup?, preferring wish: MSRPSetup?) -> MSRPSetup? {
        switch offered {
        case nil: nil
        case .active: .passive
        case .passive: .active
        case .actpass: wish == .passive || wish == .holdconn ? wish : .active
        case .holdconn: .holdconn
        }
    }

    /// Who connects, once offer and answer are known (RFC 4975 §5.4, RFC 6135).
    public static func connector(offer: MSRPMedia, answer: MSRPMedia) -> MSRPConnector {
        switch (offer.setup, answer.setup) {
        case (.holdconn, _), (_, .holdconn): .nobody
        case (nil, _): .offerer
        case (_, .active): .answerer
        case (_, .passive): .offerer
        // An answer that says nothing does not know RFC 6135, so the rule of RFC 4975 holds; unless the offerer cannot.
        case (.passive, _): .answerer
        case (_, _): .offerer
        }
    }

    private static func medium(at index: Int, of description: SessionDescription) -> MSRPMedia? {
        var single = description
        single.media = [description.media[index]]
        return MSRPMedia(single)
    }

    private static func refused(_ medium: MediaDescription) -> MediaDescription {
        MediaDescription(media: medium.media, port: 0, transport: medium.transport, formats: medium.formats)
    }
}
