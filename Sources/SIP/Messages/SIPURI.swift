/// A `sip:`, `sips:` or `tel:` URI (RFC 3261 §19.1, RFC 3966), its parts as written.
public struct SIPURI: Sendable, Hashable, CustomStringConvertible {
    /// `sip`, `sips` or `tel`, in small letters.
    public var scheme: String
    /// The user part, or the number of a `tel` URI, with its escapes.
    public var user: String?
    public var password: String?
    /// Host name, IPv4 address, or IPv6 address without brackets; empty for `tel`.
    public var host: String
    public var port: Int?
    public var parameters: SIPParameters
    /// What follows the question mark, without it.
    public var headers: String?

    public init(scheme: String = "sip", user: String? = nil, host: String, port: Int? = nil) {
        self.scheme = scheme
        self.user = user
        self.host = host
        self.port = port
        parameters = [:]
    }

    /// Parses a URI without angle brackets; nil when it is of another scheme or against the grammar.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            !bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") })
        else { return nil }
        let scheme = asciiLowercased(SIP.text(bytes[..<colon]))
        switch scheme {
        case "sip", "sips": self.init(scheme: scheme, rest: bytes[(colon + 1)...])
        case "tel": self.init(number: bytes[(colon + 1)...])
        default: return nil
        }
    }

    private init?(number bytes: ArraySlice<UInt8>) {
        let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.endIndex
        guard end > bytes.startIndex, let parameters = SIPParameters(parsing: bytes[end...]) else { return nil }
        scheme = "tel"
        user = text(bytes[..<end])
        host = ""
        self.parameters = parameters
    }

    private init?(scheme: String, rest: ArraySlice<UInt8>) {
        self.scheme = scheme
        var rest = rest
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            let colon = rest[..<at].firstIndex(of: UInt8(ascii: ":"))
            let userBytes = rest[..<(colon ?? at)]
            guard !userBytes.isEmpty else { return nil }
            user = text(userBytes)
            password = colon.map { text(rest[($0 + 1)..<at]) }
            rest = rest[(at + 1)...]
        }
        if let question = rest.firstIndex(of: UInt8(ascii: "?")) {
            headers = text(rest[(question + 1)...])
            rest = rest[..<question]
        }
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        guard let place = HostPort(rest[..<end]), let parameters = SIPParameters(parsing: rest[end...])
        else { return nil }
        host = place.host
        port = place.port
        self.parameters = parameters
    }

    public var description: String {
        var out = scheme + ":"
        if let user {
            out += user
            if let password { out += ":" + password }
            if scheme != "tel" { out += "@" }
        }
        if scheme != "tel" { out += HostPort(host: host, port: port).description }
        out += parameters.description
        if let headers { out += "?" + headers }
        return out
    }

    /// True for `sips` or `;transport=tls`.
    public var isSecure: Bool {
        scheme == "sips" || parameters["transport"].map { asciiCaseEqual($0, "tls") } == true
    }

    /// True with `;lr`, the mark of a loose router (RFC 3261 §19.1.1).
    public var isLooseRouter: Bool { parameters.has("lr") }

    /// Scheme, user and host alone: what names a user, without port, password, parameters and headers.
    public var addressOfRecord: String {
        var bare = SIPURI(scheme: scheme, user: user, host: asciiLowercased(host))
        if scheme == "tel" { bare.user = user.map { SIP.text(Self.withoutSeparators($0)) } }
        return bare.description
    }

    /// Equality by RFC 3261 §19.1.4, and for `tel` by RFC 3966 §4 without visual separators.
    public func isEquivalent(to other: SIPURI) -> Bool {
        guard scheme == other.scheme else { return false }
        if scheme == "tel" {
            return Self.withoutSeparators(user ?? "") == Self.withoutSeparators(other.user ?? "")
                && parametersMatch(other, always: ["phone-context", "ext", "isub"])
        }
        return user.map(percentDecoded) == other.user.map(percentDecoded)
            && password.map(percentDecoded) == other.password.map(percentDecoded)
            && asciiCaseEqual(host, other.host) && port == other.port
            && parametersMatch(other, always: ["user", "ttl", "method", "maddr"])
            && Self.headerSet(headers) == Self.headerSet(other.headers)
    }

    /// Parameters in both must agree; those in `always` must be in both or in neither.
    private func parametersMatch(_ other: SIPURI, always: [String]) -> Bool {
        for entry in parameters {
            if let theirs = other.parameters[entry.name] {
                if !asciiCaseEqual(theirs, parameters[entry.name] ?? "") { return false }
            } else if always.contains(asciiLowercased(entry.name)) {
                return false
            }
        }
        return !other.parameters.contains {
            always.contains(asciiLowercased($0.name)) && !parameters.has($0.name)
        }
    }

    private static func headerSet(_ headers: String?) -> Set<[UInt8]> {
        guard let headers else { return [] }
        return Set(splitList(headers, at: UInt8(ascii: "&")).map { percentDecoded($0).map(lowered) })
    }

    private static func withoutSeparators(_ number: String) -> [UInt8] {
        number.utf8.filter { !"-.()".utf8.contains($0) }.map(lowered)
    }
}

/// `host`, `host:port`, `[::1]:port`.
struct HostPort: Hashable, CustomStringConvertible {
    var host: String
    var port: Int?

    init(host: String, port: Int?) {
        self.host = host
        self.port = port
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        let bytes = trimmed(bytes)
        var rest: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let inner = bytes[(bytes.startIndex + 1)..<end]
            guard inner.count >= 2, inner.allSatisfy(Self.isIPv6Byte) else { return nil }
            host = text(inner)
            rest = trimmed(bytes[(end + 1)...])
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            let name = trimmed(bytes[..<end])
            guard !name.isEmpty, name.allSatisfy(Self.isHostByte) else { return nil }
            host = text(name)
            rest = bytes[end...]
        }
        guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { return nil }
        if rest.isEmpty { return }
        guard let value = decimal(trimmed(rest.dropFirst()), limit: 65_535) else { return nil }
        port = value
    }

    var description: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        let small = lowered(byte)
        return isDigit(byte) || (small >= UInt8(ascii: "a") && small <= UInt8(ascii: "z"))
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }

    private static func isIPv6Byte(_ byte: UInt8) -> Bool {
        let small = lowered(byte)
        return isDigit(byte) || (small >= UInt8(ascii: "a") && small <= UInt8(ascii: "f"))
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
