import Payloads

extension Variation {
    /// How the copy of a message that had to wait is wrapped.
    static let wrapping: [Variation: VariationFacts] = [
        .otherPrefix: VariationFacts(
            "deferred copies have another prefix for the IMDN headers", allowedBy: "RFC 3862 §3.4, RFC 5438 §6"),
        .toGroup: VariationFacts("deferred copies are to the group", allowedBy: "binding: MSRP and its payloads"),
        .toAnonymous: VariationFacts(
            "deferred copies are to the anonymous address", allowedBy: "binding: MSRP and its payloads"),
        .toRecipient: VariationFacts(
            "deferred copies are to their recipient", allowedBy: "binding: MSRP and its payloads"),
        .unknownExtensions: VariationFacts(
            "deferred copies have headers of a namespace that nobody knows", allowedBy: "RFC 3862 §4"),
        .otherZone: VariationFacts(
            "deferred copies give the instant of sending in another time zone", allowedBy: "RFC 3339 §4.2"),
        .fractions: VariationFacts(
            "deferred copies write the fraction of the second with more digits", allowedBy: "RFC 3339 §5.6"),
        .typeSpelling: VariationFacts(
            "deferred copies write their content type in other letters and with quotes", allowedBy: "RFC 2045 §5.1"),
        .charsetSpelling: VariationFacts(
            "deferred copies write the name of the charset in small letters", allowedBy: "RFC 2046 §4.1.2"),
        .moreContentHeaders: VariationFacts(
            "deferred copies have further headers of their content", allowedBy: "RFC 3862 §2.4, RFC 2045 §7"),
    ]
}

extension Variation {
    /// The number of a user whose address ends in one, such as `sip:cpm-3@cpm.example`; nil for any other. The numbers are
    /// of those kept free for plays and books (Ofcom, 01632 960000).
    public static func telephoneNumber(of uri: String) -> String? {
        guard uri.hasPrefix("sip:"), let name = uri.dropFirst(4).split(separator: "@").first,
            let number = name.split(separator: "-").last.flatMap({ Int($0) }), (1...999).contains(number)
        else { return nil }
        return "tel:+441632960" + String(String(1_000 + number).suffix(3))
    }

    /// Milliseconds within which `near-changes-told-at-once` takes changes for one.
    public static let listInterval: Int64 = 400
}

/// Writes the wrapping of deferred copies as the variations say. Without one, no byte is touched.
struct WrappingForm: Sendable {
    private let variations: Set<Variation>

    init(_ variations: Set<Variation>) { self.variations = variations.intersection(Array(Variation.wrapping.keys) + [.telephoneNumbers]) }

    /// - Parameter focus: the group's address; nil where it is not known.
    func copy(_ item: StoredItem, of entry: DeliveryMachine.Entry, focus: String?) -> StoredItem {
        guard !variations.isEmpty, entry.wasStored, var message = try? CPIMMessage(parsing: item.body) else { return item }
        guard item.kind == .message else { return report(item, message) }
        address(&message, to: entry.owed.user, focus: focus)
        time(&message)
        content(&message)
        if variations.contains(.unknownExtensions) {
            message.add("Mood", in: "urn:example:mood", "fine")
            message.add("mood", in: "urn:example:mood", "finer")
        }
        if variations.contains(.otherPrefix) { message.headers = message.headers.map(Self.renamed) }
        var copy = item
        copy.body = message.serialized()
        return copy
    }

    private func address(_ message: inout CPIMMessage, to user: UserAddress, focus: String?) {
        if variations.contains(.toGroup), let focus { message.to = CPIMAddress(uri: focus) }
        if variations.contains(.toAnonymous) { message.to = CPIMAddress(uri: "sip:anonymous@anonymous.invalid") }
        if variations.contains(.toRecipient) { message.to = CPIMAddress(uri: user.uri) }
        if variations.contains(.telephoneNumbers), let number = (message.from?.uri).flatMap(Variation.telephoneNumber) {
            message.from = CPIMAddress(displayName: message.from?.displayName, uri: number)
        }
    }

    /// A stored report with the telephone number of whom it is about.
    private func report(_ item: StoredItem, _ message: CPIMMessage) -> StoredItem {
        guard variations.contains(.telephoneNumbers), var report = try? DispositionReport(parsing: message.body),
            let number = (report.recipientURI ?? message.from?.uri).flatMap(Variation.telephoneNumber)
        else { return item }
        var message = message
        message.from = CPIMAddress(uri: number)
        report.recipientURI = number
        return item.carrying(report, in: message)
    }

    private func time(_ message: inout CPIMMessage) {
        guard let instant = message.instant else { return }
        if variations.contains(.otherZone) {
            message.dateTime = RFC3339.string(fromMilliseconds: instant, offsetMinutes: -210)
        }
        if variations.contains(.fractions), let text = message.dateTime, text.hasSuffix("Z") {
            message.dateTime = text.dropLast() + (text.contains(".") ? "000Z" : ".000Z")
        }
    }

    private func content(_ message: inout CPIMMessage) {
        if variations.contains(.typeSpelling), let type = message.contentType {
            let charset = type.parameters["charset"].map { " ; Charset=\"\($0)\"" } ?? ""
            message.contentHeaders["Content-Type"] = type.essence.uppercased() + charset
        }
        if variations.contains(.charsetSpelling), let charset = message.contentType?.parameters["charset"] {
            message.contentType?.parameters["charset"] = charset.lowercased()
        }
        if variations.contains(.moreContentHeaders) {
            message.contentHeaders.add("Content-ID", "<one@content.example>")
            message.contentHeaders.add("Content-Description", "what somebody said")
        }
    }

    private static func renamed(_ header: CPIMHeader) -> CPIMHeader {
        if header.matches("NS"), header.value.contains(CPIMMessage.imdnNamespace) {
            return CPIMHeader(name: "NS", value: "other <\(CPIMMessage.imdnNamespace)>")
        }
        guard header.namespaceURI == CPIMMessage.imdnNamespace else { return header }
        return CPIMHeader(
            namespaceURI: header.namespaceURI, name: header.name, value: header.value, parameters: header.parameters,
            prefix: "other")
    }
}
