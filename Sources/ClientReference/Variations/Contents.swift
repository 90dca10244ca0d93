import Payloads

extension ClientVariation {
    /// How messages and reports are wrapped and carried.
    static let contents: [ClientVariation: ClientVariationFacts] = [
        .reportsByMessage: ClientVariationFacts(
            "every report goes by SIP MESSAGE", allowedBy: "binding: deferred-reports"),
        .reportsTogether: ClientVariationFacts(
            "reports to one sender that are due together go in one body", allowedBy: "RFC 5438 §8"),
        .otherPrefix: ClientVariationFacts(
            "the IMDN headers have another prefix than imdn", allowedBy: "RFC 3862 §3.4"),
        .toAnonymous: ClientVariationFacts("messages are to sip:anonymous@anonymous.invalid", allowedBy: "binding: CPIM To"),
        .unknownExtensions: ClientVariationFacts(
            "CPIM headers of a namespace that nobody knows are added", allowedBy: "RFC 3862 §3.4"),
        .otherZone: ClientVariationFacts(
            "DateTime is in the zone two hours east", allowedBy: "RFC 3339 §5.6, RFC 3862 §4.3"),
        .noDisplayName: ClientVariationFacts("the user has no display name", allowedBy: "RFC 3862 §4.1"),
    ]

    /// How the upper tester answers.
    static let testers: [ClientVariation: ClientVariationFacts] = [
        .noLongPoll: ClientVariationFacts(
            "the upper tester has no long polling", allowedBy: "upper tester: feature long-poll"),
        .noTimes: ClientVariationFacts(
            "the upper tester does not say when a message was shown", allowedBy: "upper tester: shownAt is optional"),
    ]
}

/// What variations change in the wrapping of what is sent. Without one, nothing is touched.
struct WrappingForm: Sendable {
    private let variations: Set<ClientVariation>

    init(_ variations: Set<ClientVariation>) { self.variations = variations }

    func recipient(_ uri: String) -> String {
        variations.contains(.toAnonymous) ? "sip:anonymous@anonymous.invalid" : uri
    }

    func dateTime(_ text: String) -> String {
        guard variations.contains(.otherZone), let instant = RFC3339.milliseconds(from: text) else { return text }
        return RFC3339.string(fromMilliseconds: instant, offsetMinutes: 120)
    }

    /// The message on the wire.
    func bytes(of message: CPIMMessage) -> [UInt8] {
        var message = message
        if variations.contains(.unknownExtensions) {
            message.add("Mood", in: "urn:example:mood", "fine")
        }
        if variations.contains(.otherPrefix) { message.headers = message.headers.map(Self.renamed) }
        return message.serialized()
    }

    private static func renamed(_ header: CPIMHeader) -> CPIMHeader {
        if header.matches("NS"), header.value.contains(CPIMMessage.imdnNamespace) {
            return CPIMHeader(name: "NS", value: "reports <\(CPIMMessage.imdnNamespace)>")
        }
        guard header.namespaceURI == CPIMMessage.imdnNamespace else { return header }
        return CPIMHeader(
            namespaceURI: header.namespaceURI, name: header.name, value: header.value, parameters: header.parameters,
            prefix: "reports")
    }
}
