import Crypto

/// A hash a digest challenge may ask for (RFC 7616 §3.3, RFC 8760 §2).
public enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    case md5 = "MD5"
    case md5Session = "MD5-sess"
    case sha256 = "SHA-256"
    case sha256Session = "SHA-256-sess"

    /// The algorithm of this name in any case; nil for an unknown one.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { asciiCaseEqual($0.rawValue, name) }) else { return nil }
        self = found
    }

    /// True for the variants whose key also covers both nonces.
    var isSession: Bool { self == .md5Session || self == .sha256Session }

    /// The hash in small hexadecimal digits.
    func hash(_ text: String) -> String {
        let bytes = Array(text.utf8)
        switch self {
        case .md5, .md5Session: return hexadecimal(Insecure.MD5.hash(data: bytes))
        case .sha256, .sha256Session: return hexadecimal(SHA256.hash(data: bytes))
        }
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in bytes {
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }
    return text(out)
}

/// All that goes into a digest response (RFC 7616 §3.4.1).
struct DigestInput: Sendable, Hashable {
    var algorithm: DigestAlgorithm
    var user: String
    var realm: String
    var password: String
    var method: String
    var uri: String
    var nonce: String
    /// nil for a peer of RFC 2069 without qop.
    var counted: Counted?

    struct Counted: Sendable, Hashable {
        var clientNonce: String
        /// Eight hexadecimal digits.
        var count: String
    }

    /// The `response` value.
    var response: String {
        var key = algorithm.hash("\(user):\(realm):\(password)")
        if algorithm.isSession { key = algorithm.hash("\(key):\(nonce):\(counted?.clientNonce ?? "")") }
        let target = algorithm.hash("\(method):\(uri)")
        guard let counted else { return algorithm.hash("\(key):\(nonce):\(target)") }
        return algorithm.hash("\(key):\(nonce):\(counted.count):\(counted.clientNonce):auth:\(target)")
    }
}

/// A `Digest name=value, …` header value: a challenge or credentials.
struct DigestFields: Sendable, Hashable {
    private var fields: [(name: String, value: String)]

    /// nil when the scheme is not Digest or a member has no name.
    init?(_ value: String) {
        let bytes = trimmed(Array(value.utf8)[...])
        guard let blank = bytes.firstIndex(where: isBlank), asciiCaseEqual(text(bytes[..<blank]), "Digest")
        else { return nil }
        fields = []
        for part in splitBytes(bytes[blank...], at: UInt8(ascii: ",")) {
            let part = trimmed(part)
            if part.isEmpty { continue }
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = text(trimmed(part[..<equals]))
            fields.append((asciiLowercased(name), unquoted(text(trimmed(part[(equals + 1)...])))))
        }
    }

    /// The first value of this name, given in small letters.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    static func == (a: DigestFields, b: DigestFields) -> Bool { a.fields.elementsEqual(b.fields, by: ==) }

    func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }
}
