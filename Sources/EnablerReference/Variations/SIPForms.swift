import SIP

extension Variation {
    /// How the same SIP message may stand on the wire.
    static let sipForms: [Variation: VariationFacts] = [
        .compactHeaders: VariationFacts(
            "every header field that has a compact form is written in it", allowedBy: "RFC 3261 §7.3.3"),
        .headerOrder: VariationFacts(
            "header fields stand in the opposite order, those of one name in their own", allowedBy: "RFC 3261 §7.3.1"),
        .foldedHeaders: VariationFacts(
            "the value of every header field begins on a line of its own", allowedBy: "RFC 3261 §7.3.1"),
        .capitalNames: VariationFacts(
            "the names of header fields are in capitals", allowedBy: "RFC 3261 §7.3.1"),
        .blankBeforeColon: VariationFacts(
            "a blank stands before the colon of every header field and a tab behind it", allowedBy: "RFC 3261 §25.1"),
        .splitLists: VariationFacts(
            "what may stand in a list has a header field each", allowedBy: "RFC 3261 §7.3.1"),
        .parameterOrder: VariationFacts(
            "the parameters of contacts and of From stand in the opposite order", allowedBy: "RFC 3261 §7.3.1"),
        .displayNames: VariationFacts(
            "contacts and asserted identities have a quoted display name", allowedBy: "RFC 3261 §20.10"),
        .unknownHeaders: VariationFacts(
            "every message has header fields that nobody knows", allowedBy: "RFC 3261 §8.2.2"),
        .otherPhrases: VariationFacts("responses have phrases of their own", allowedBy: "RFC 3261 §7.2"),
    ]
}

/// Puts the SIP messages of the enabler into bytes as its variations say.
struct SIPForm: Sendable {
    private let variations: Set<Variation>

    /// Nil where no variation concerns the form, so that the stack writes as it always does.
    init?(_ variations: Set<Variation>) {
        self.variations = variations.intersection(Variation.sipForms.keys)
        if self.variations.isEmpty { return nil }
    }

    func bytes(of message: SIPMessage) -> [UInt8] {
        var message = message
        if variations.contains(.otherPhrases), let status = message.status {
            message.start = .response(status: status, reason: "As you (almost) like it; \(status)")
        }
        message.headers.fields = message.headers.fields.flatMap { field in
            variations.contains(.splitLists) ? Self.split(field) : [field]
        }
        if variations.contains(.unknownHeaders) { message.headers.fields += Self.unknown }
        for place in message.headers.fields.indices {
            Self.revalue(&message.headers.fields[place], variations)
        }
        if variations.contains(.headerOrder) { message.headers.fields = Self.turned(message.headers.fields) }
        for place in message.headers.fields.indices { Self.respell(&message.headers.fields[place], variations) }
        return message.serialized()
    }

    // MARK: Values

    private static func revalue(_ field: inout SIPHeaderField, _ variations: Set<Variation>) {
        let isAddress = field.isNamed("Contact") || field.isNamed("From")
        if variations.contains(.parameterOrder), isAddress { field.value = parametersTurned(field.value) }
        if variations.contains(.displayNames), field.isNamed("Contact") || field.isNamed("P-Asserted-Identity"),
            field.value.hasPrefix("<")
        {
            field.value = "\"The \\\"one\\\", <only>; so called\" " + field.value
        }
    }

    /// The parameters behind the address from the last to the first.
    private static func parametersTurned(_ value: String) -> String {
        guard let end = value.lastIndex(of: ">"), value.first == "<" || value.first == "\"" else { return value }
        let address = value[...end]
        var parts: [String] = [""]
        var isQuoted = false
        for character in value[value.index(after: end)...] {
            if character == ",", !isQuoted { return value }
            if character == "\"" { isQuoted.toggle() }
            if character == ";", !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return address + parts.dropFirst().reversed().map { ";\($0)" }.joined()
    }

    private static func split(_ field: SIPHeaderField) -> [SIPHeaderField] {
        let lists = ["Allow", "Supported", "Allow-Events", "Accept", "Require"]
        guard lists.contains(where: field.isNamed) else { return [field] }
        return SIPHeaders([field]).values(field.name).map { SIPHeaderField(field.name, $0) }
    }

    private static let unknown = [
        SIPHeaderField("X-Mood", "fine;as=\"a, fiddle\", <better>"), SIPHeaderField("Organization", "Ref & Sons"),
        SIPHeaderField("P-Charging-Vector", "icid-value=1234bc9876e;icid-generated-at=192.0.2.8"),
    ]

    // MARK: Spelling

    private static func respell(_ field: inout SIPHeaderField, _ variations: Set<Variation>) {
        if variations.contains(.compactHeaders), let short = field.compactName { field.name = short }
        if variations.contains(.capitalNames) { field.name = field.name.uppercased() }
        if field.isNamed("Content-Length") { return }
        if variations.contains(.foldedHeaders) { field.value = "\r\n\t" + field.value }
        if variations.contains(.blankBeforeColon) {
            field.name += " "
            field.value = "\t" + field.value
        }
    }

    /// The fields from the last to the first, but those of one name as they stood: their order has a meaning.
    private static func turned(_ fields: [SIPHeaderField]) -> [SIPHeaderField] {
        var names: [String] = []
        var byName: [String: [SIPHeaderField]] = [:]
        for field in fields {
            let name = field.name.lowercased()
            if byName[name] == nil { names.append(name) }
            byName[name, default: []].append(field)
        }
        return names.reversed().flatMap { byName[$0] ?? [] }
    }
}
