/// What can be asked of an upper tester: the operations of `docs/upper-tester.openapi.yaml`, each as `METHOD /path`.
public enum UpperTesterOperation: String, Sendable, Hashable, CaseIterable {
    case identity = "GET /v1"
    case connection = "GET /v1/connection"
    case setOnline = "PUT /v1/connection"
    case meetInvitations = "PUT /v1/invitations"
    case conversations = "GET /v1/conversations"
    case createConversation = "POST /v1/conversations"
    case conversation = "GET /v1/conversations/{id}"
    case answerInvitation = "POST /v1/conversations/{id}/answer"
    case leaveConversation = "POST /v1/conversations/{id}/leave"
    case restartConversation = "POST /v1/conversations/{id}/restart"
    case messages = "GET /v1/conversations/{id}/messages"
    case sendMessage = "POST /v1/conversations/{id}/messages"
    case markRead = "POST /v1/conversations/{id}/messages/{message}/read"
    case participants = "GET /v1/conversations/{id}/participants"
    case history = "GET /v1/conversations/{id}/history"

    /// `GET`, `PUT` or `POST`.
    public var method: String { String(rawValue.prefix { $0 != " " }) }
    /// With `{id}` and `{message}` where identifiers stand, percent-encoded.
    public var path: String { String(rawValue.drop { $0 != " " }.dropFirst()) }

    /// The status codes with which it may succeed; the first one is what this project serves.
    public var successes: [Int] {
        switch self {
        case .createConversation, .sendMessage: [201]
        case .restartConversation: [202, 200]
        case .answerInvitation, .leaveConversation: [200, 202]
        case .meetInvitations, .markRead: [204]
        default: [200]
        }
    }

    /// The path with identifiers in their places.
    func path(_ identifiers: [String]) -> String {
        var rest = identifiers[...]
        return path.split(separator: "/").map { segment in
            "/" + (segment.hasPrefix("{") ? PercentCoding.encode(rest.popFirst() ?? "") : String(segment))
        }.joined()
    }
}

/// Percent-encoding of one segment of a path (RFC 3986 §2).
enum PercentCoding {
    /// Everything but letters, digits, `-`, `_` and `~` is encoded; the point too, so that no segment is `..`.
    static func encode(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Nil when an escape is none, or what they stand for is not UTF-8.
    static func decode(_ text: some StringProtocol) -> String? {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                out.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else { return nil }
            out.append(high << 4 | low)
        }
        return String(validating: out, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
