import Payloads

extension ClientVariation {
    /// What the session descriptions say and how MSRP is spoken.
    static let mediaForms: [ClientVariation: ClientVariationFacts] = [
        .waitsForConnection: ClientVariationFacts(
            "where it may choose, the client waits for the MSRP connection", allowedBy: "RFC 6135 §4.2"),
        .setupUnsaid: ClientVariationFacts(
            "an offer has no a=setup, and the client connects", allowedBy: "RFC 4975 §5.4"),
        .noMaximumSize: ClientVariationFacts("no a=max-size is said", allowedBy: "RFC 4975 §8.6"),
        .anyTypeAccepted: ClientVariationFacts(
            "a=accept-types names everything", allowedBy: "RFC 4975 §8.6"),
        .unknownAttributes: ClientVariationFacts(
            "the medium has attributes that nobody knows", allowedBy: "RFC 8866 §5.13"),
        .smallChunks: ClientVariationFacts("messages go in chunks of 200 bytes", allowedBy: "RFC 4975 §5.1"),
        .slowMessageAnswers: ClientVariationFacts(
            "a message is answered 60 milliseconds after it came", allowedBy: "RFC 4975 §7.2"),
        .successReports: ClientVariationFacts(
            "what the client sends asks for a REPORT of success", allowedBy: "RFC 4975 §7.1.2"),
    ]
}

/// What variations change in session descriptions. Without one, nothing is touched.
struct MediaForm: Sendable {
    private let variations: Set<ClientVariation>

    init(_ variations: Set<ClientVariation>) { self.variations = variations }

    /// `a=setup` of an offer, or the wish in an answer.
    func setup(offering: Bool) -> MSRPSetup? {
        if offering, variations.contains(.setupUnsaid) { return nil }
        return variations.contains(.waitsForConnection) ? .passive : .active
    }

    var chunkSize: Int? { variations.contains(.smallChunks) ? 200 : nil }
    var asksForSuccess: Bool { variations.contains(.successReports) }

    /// The medium as it is described.
    func medium(_ medium: MSRPMedia) -> MSRPMedia {
        var medium = medium
        if variations.contains(.noMaximumSize) { medium.maxSize = nil }
        if variations.contains(.anyTypeAccepted) { medium.acceptTypes = ["*"] }
        if variations.contains(.unknownAttributes) {
            medium.otherAttributes += [SDPAttribute("x-mood", "fine, thanks: <ever> better"), SDPAttribute("x-flag")]
        }
        return medium
    }
}
