import NIOCore

/// An MSRP URI, such as `msrp://127.0.0.1:2855/s1a2;tcp` (RFC 4975 §6).
///
/// Two URIs are equal as RFC 4975 §6.1 says: scheme, host and transport without regard to case (numeric hosts by
/// address), the port (2855 when none is written), the session id exactly; user and parameters do not count.
public struct MSRPURI: Sendable {
    /// True for `msrps`, MSRP over TLS.
    public var isSecure: Bool
    /// The user part, or nil.
    public var user: String?
    /// Name or numeric address, without the brackets of IPv6.
    public var host: String
    /// The port as written; nil when there is none.
    public var port: Int?
    /// The session id after the authority; nil for the URI of a relay.
    public var sessionID: String?
    /// `tcp` in all that RFC 4975 defines.
    public var transport: String
    /// What follows the transport, each as written, without the semicolons.
    public var parameters: [String]

    /// `msrp` or `msrps`.
    public var scheme: String { isSecure ? "msrps" : "msrp" }

    public init(
        secure: Bool = false, host: String, port: Int?, sessionID: String?, transport: String = "tcp"
    ) {
        isSecure = secure
        self.host = host
        self.port = port
        self.sessionID = sessionID
        self.transport = transport
        parameters = []
    }

    /// Parses one URI; nil when the text breaks the grammar of RFC 4975 §9.
    public init?(_ text: String) {
        var rest = Substring(text)
        if MSRPURI.drop("msrps://", from: &rest) {
            isSecure = true
        } else if MSRPURI.drop("msrp://", from: &rest) {
            isSecure = false
        } else {
            return nil
        }
        guard let semicolon = rest.utf8.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let place = rest[..<semicolon]
        let settings = rest[rest.utf8.index(after: semicolon)...].split(separator: ";", omittingEmptySubsequences: false)
        guard let first = settings.first, !first.isEmpty, first.utf8.allSatisfy(Octet.isAlphanumeric) else { return nil }
        transport = String(first)
        parameters = settings.dropFirst().map(String.init)
        guard parameters.allSatisfy(MSRPURI.isParameter) else { return nil }
        let slash = place.utf8.firstIndex(of: UInt8(ascii: "/")) ?? place.endIndex
        if slash == place.endIndex {
            sessionID = nil
        } else {
            let id = place[place.utf8.index(after: slash)...]
            guard !id.isEmpty, id.utf8.allSatisfy(MSRPURI.isSessionOctet) else { return nil }
            sessionID = String(id)
        }
        guard let authority = MSRPURI.authority(place[..<slash]) else { return nil }
        (user, host, port) = authority
    }

    private static func drop(_ prefix: String, from text: inout Substring) -> Bool {
        let length = prefix.utf8.count
        let utf8 = text.utf8
        guard let end = utf8.index(utf8.startIndex, offsetBy: length, limitedBy: utf8.endIndex),
            equalIgnoringCase(String(text[..<end]), prefix)
        else { return false }
        text = text[end...]
        return true
    }

    private static func authority(_ text: Substring) -> (user: String?, host: String, port: Int?)? {
        var rest = text
        var user: String?
        if let at = rest.utf8.lastIndex(of: UInt8(ascii: "@")) {
            user = String(rest[..<at])
            rest = rest[rest.utf8.index(after: at)...]
        }
        let host: Substring
        if rest.utf8.first == UInt8(ascii: "[") {
            guard let close = rest.utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = rest[rest.utf8.index(after: rest.startIndex)..<close]
            rest = rest[rest.utf8.index(after: close)...]
            guard host.utf8.contains(Octet.colon), host.utf8.allSatisfy(isAddressOctet) else { return nil }
        } else {
            let end = rest.utf8.firstIndex(of: Octet.colon) ?? rest.endIndex
            host = rest[..<end]
            rest = rest[end...]
            guard !host.isEmpty, host.utf8.allSatisfy(isHostOctet) else { return nil }
        }
        if rest.isEmpty { return (user, String(host), nil) }
        let digits = rest.dropFirst()
        guard rest.utf8.first == Octet.colon, !digits.isEmpty, digits.utf8.allSatisfy(Octet.isDigit),
            let port = Int(digits), port <= 65_535
        else { return nil }
        return (user, String(host), port)
    }

    private static func isAddressOctet(_ octet: UInt8) -> Bool {
        Octet.isAlphanumeric(octet) || octet == Octet.colon || octet == UInt8(ascii: ".") || octet == UInt8(ascii: "%")
    }

    private static func isHostOctet(_ octet: UInt8) -> Bool {
        Octet.isAlphanumeric(octet) || octet == UInt8(ascii: ".") || octet == Octet.hyphen || octet == UInt8(ascii: "_")
            || octet == UInt8(ascii: "~") || octet == UInt8(ascii: "%")
    }

    private static func isSessionOctet(_ octet: UInt8) -> Bool {
        isHostOctet(octet) && octet != UInt8(ascii: "%") || octet == UInt8(ascii: "+") || octet == UInt8(ascii: "=")
            || octet == UInt8(ascii: "/")
    }

    private static func isParameter(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.first != UInt8(ascii: "=")
            && text.utf8.allSatisfy { Octet.isToken($0) || $0 == UInt8(ascii: "=") }
    }

    /// Parses a path: one or more URIs between single spaces; nil when one of them is none.
    static func path(_ text: String) -> [MSRPURI]? {
        var path: [MSRPURI] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            guard let uri = MSRPURI(String(word)) else { return nil }
            path.append(uri)
        }
        return path.isEmpty ? nil : path
    }
}

extension MSRPURI: CustomStringConvertible {
    /// The URI as it goes on the wire.
    public var description: String {
        var text = scheme + "://"
        if let user { text += user + "@" }
        text += host.utf8.contains(Octet.colon) ? "[" + host + "]" : host
        if let port { text += ":\(port)" }
        if let sessionID { text += "/" + sessionID }
        text += ";" + transport
        for parameter in parameters { text += ";" + parameter }
        return text
    }
}

extension MSRPURI: Hashable {
    public static func == (one: MSRPURI, other: MSRPURI) -> Bool {
        one.isSecure == other.isSecure && one.sessionID == other.sessionID && one.comparedPort == other.comparedPort
            && equalIgnoringCase(one.transport, other.transport) && sameHost(one.host, other.host)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(isSecure)
        hasher.combine(sessionID)
        hasher.combine(comparedPort)
    }

    /// The port that RFC 4975 §14 gives to a URI without one is 2855.
    private var comparedPort: Int { port ?? 2855 }

    private static func sameHost(_ one: String, _ other: String) -> Bool {
        if equalIgnoringCase(one, other) { return true }
        guard let left = try? SocketAddress(ipAddress: one, port: 0),
            let right = try? SocketAddress(ipAddress: other, port: 0)
        else { return false }
        return left == right
    }
}
