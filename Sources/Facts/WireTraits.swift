public import Diagnostics
internal import Payloads
public import Recordings
internal import SIP

/// What the implementation says of itself in a recording, besides what it does: feature tags and accepted types.
///
/// It is read from SIP as such and decides no verdict; the honesty check compares it with the claims.
public struct WireTraits: Sendable, Hashable {
    /// Parameters of its Contact and Accept-Contact in and for INVITEs (RFC 3840), with values unescaped, lower case.
    public private(set) var featureTags: Set<String> = []
    /// `accept-types` of its session descriptions.
    public private(set) var acceptTypes: Set<String> = []
    /// `accept-wrapped-types` of its session descriptions.
    public private(set) var wrappedTypes: Set<String> = []
    /// It described a session at all.
    public private(set) var describesSessions = false

    /// Reads a whole recording; what cannot be parsed is passed over.
    public init(_ recording: Recording, limits: Limits = Limits()) {
        var parsers: [Int: SIPStreamParser] = [:]
        for line in recording.lines {
            guard let conn = line.conn else { continue }
            switch line.kind {
            case .open where line.fields["proto"]?.string == "sip": parsers[conn] = SIPStreamParser(limits: limits)
            case .close: parsers[conn] = nil
            case .bytes:
                guard line.direction == .received, let payload = line.payload, parsers[conn] != nil else { continue }
                parsers[conn]?.append(payload)
                drain(conn, &parsers)
            default: break
            }
        }
    }

    private mutating func drain(_ conn: Int, _ parsers: inout [Int: SIPStreamParser]) {
        do {
            while let message = try parsers[conn]?.next() { take(message) }
        } catch {
            parsers[conn] = nil
        }
    }

    private mutating func take(_ message: SIPMessage) {
        let isInvite = message.method == .invite || (message.status != nil && message.cseq?.method == .invite)
        guard isInvite else { return }
        for contact in message.contacts { add(contact.parameters) }
        for value in message.headers.values("Accept-Contact") {
            guard let semicolon = value.firstIndex(of: ";") else { continue }
            if let parameters = SIPParameters(String(value[semicolon...])) { add(parameters) }
        }
        guard let media = SIPBody(message).description else { return }
        describesSessions = true
        acceptTypes.formUnion(media.acceptTypes.map { $0.lowercased() })
        wrappedTypes.formUnion(media.acceptWrappedTypes.map { $0.lowercased() })
    }

    private mutating func add(_ parameters: SIPParameters) {
        for entry in parameters.entries where featureTags.count < 200 {
            let (name, value) = (entry.name.lowercased(), (entry.value ?? "").lowercased().replacing("%3a", with: ":"))
            featureTags.insert(value.isEmpty ? name : "\(name)=\(value)")
        }
    }

    /// Some tag has these words in its name or value.
    public func hasTag(_ words: String) -> Bool { featureTags.contains { $0.contains(words) } }
    /// The type is accepted bare.
    public func accepts(_ type: String) -> Bool { acceptTypes.contains(type) || acceptTypes.contains("*") }
    /// The type is accepted in a wrapper.
    public func acceptsWrapped(_ type: String) -> Bool { wrappedTypes.contains(type) || wrappedTypes.contains("*") }
}
