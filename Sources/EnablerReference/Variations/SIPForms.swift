import SIP

extension Variation {
    /// How the same SIP message may stand on the wire.
    static let sipForms: [Variation: VariationFacts] = [
        .compactHeaders: VariationFacts(
            "every header field that has a compact form is written in it", allowedBy: "RFC 3261 §7.3.3"),
        .headerOrder: VariationFacts(
            "header fields stand in the opposite order, those of one name in their own", allowedBy: "RFC 3261 §7.3.1"),
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
        if variations.contains(.headerOrder) { message.headers.fields = Self.turned(message.headers.fields) }
        if variations.contains(.compactHeaders) {
            for place in message.headers.fields.indices {
                let name = message.headers.fields[place].name
                if let short = Self.compact[name.lowercased()] { message.headers.fields[place].name = short }
            }
        }
        return message.serialized()
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

    /// The compact forms of RFC 3261 §7.3.3 and of the IANA registry.
    private static let compact: [String: String] = [
        "via": "v", "from": "f", "to": "t", "call-id": "i", "contact": "m", "content-length": "l",
        "content-type": "c", "content-encoding": "e", "subject": "s", "supported": "k", "event": "o",
        "allow-events": "u", "refer-to": "r", "referred-by": "b", "session-expires": "x", "accept-contact": "a",
        "reject-contact": "j", "request-disposition": "d",
    ]
}
