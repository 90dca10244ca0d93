import MSRP
import Payloads

extension Variation {
    /// How MSRP sessions are described, set up and used.
    static let mediaForms: [Variation: VariationFacts] = [
        .connectsItself: VariationFacts(
            "this end opens the MSRP connection and offers the port of a mere client", allowedBy: "RFC 4145 §4, RFC 6135 §4"),
        .waitsForConnection: VariationFacts(
            "this end never opens the MSRP connection of a session that it offers", allowedBy: "RFC 4145 §4, RFC 6135 §4"),
        .setupUnsaid: VariationFacts(
            "offers do not say who opens the MSRP connection, so that the offerer does", allowedBy: "RFC 4975 §5.4"),
        .attributesUnknown: VariationFacts(
            "descriptions have attributes that nobody knows", allowedBy: "RFC 8866 §5.13"),
        .noMaximumSize: VariationFacts("descriptions name no largest size", allowedBy: "RFC 4975 §8.6"),
        .anyTypeAccepted: VariationFacts(
            "descriptions say that messages of every type are accepted", allowedBy: "RFC 4975 §8.6"),
        .smallChunks: VariationFacts("a chunk has at most 500 bytes", allowedBy: "RFC 4975 §5.1"),
        .oneAtATime: VariationFacts(
            "the next item of a backlog is sent when the one before is answered", allowedBy: "RFC 4975 §7.1"),
        .successReports: VariationFacts(
            "items ask for errors only and for a REPORT of success, which confirms them", allowedBy: "RFC 4975 §7.1.2"),
    ]
}

/// What variations change in session descriptions and in MSRP. Without one, nothing is touched.
struct MediaForm: Sendable {
    private let variations: Set<Variation>

    init(_ variations: Set<Variation>) { self.variations = variations }

    /// Who opens the connection, where this end may choose.
    func setup(_ usual: MSRPSetup, offering: Bool) -> MSRPSetup? {
        if variations.contains(.connectsItself) { return .active }
        if variations.contains(.waitsForConnection) { return .passive }
        return offering && variations.contains(.setupUnsaid) ? nil : usual
    }

    func medium(_ usual: MSRPMedia, offering: Bool) -> MSRPMedia {
        var medium = usual
        // RFC 4145 §4.1: who connects has no port to be connected to.
        if offering, medium.setup == .active { medium.port = 9 }
        if variations.contains(.noMaximumSize) { medium.maxSize = nil }
        if variations.contains(.anyTypeAccepted) { medium.acceptTypes = ["*"] }
        if variations.contains(.attributesUnknown) {
            medium.otherAttributes += [SDPAttribute("x-mood", "fine"), SDPAttribute("x-flag"), SDPAttribute("chatroom", "nickname")]
        }
        return medium
    }

    /// Bytes in a chunk; nil for one that may be interrupted.
    var chunkSize: Int? { variations.contains(.smallChunks) ? 500 : nil }

    /// Items of a backlog without an answer at a time.
    var window: Int { variations.contains(.oneAtATime) ? 1 : 32 }

    /// Whether items are confirmed by a REPORT in place of a response.
    var asksForSuccess: Bool { variations.contains(.successReports) }
}
