import Diagnostics

/// An absolute `http` or `https` URL without user, password and fragment.
public struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    /// True for `https`.
    public let isSecure: Bool
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    public let host: String
    public let port: Int
    /// Path and query as they are sent, `/` at least.
    public let target: String

    private static let longest = 8_192

    /// - Throws: `HTTPFailure.unusable` with what is wrong; it never repeats a user or password.
    public init(_ text: String) throws(HTTPFailure) {
        guard text.utf8.count <= Self.longest else {
            throw .unusable("the URL is longer than \(Self.longest) bytes; write a shorter one")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.forbidden.contains($0) }) else {
            throw .unusable("the URL has a blank, a control character or one that must be percent-encoded; encode it")
        }
        var rest: Substring
        switch text {
        case _ where Self.begins(text, with: "http://"): (isSecure, rest) = (false, text.dropFirst(7))
        case _ where Self.begins(text, with: "https://"): (isSecure, rest) = (true, text.dropFirst(8))
        default: throw .unusable("the URL is neither http nor https; write http://HOST:PORT/PATH or https://…")
        }
        guard !rest.contains("#") else { throw .unusable("the URL has a fragment; leave out what begins with #") }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let target = String(rest[end...])
        self.target = target.hasPrefix("/") ? target : "/" + target
        rest = rest[..<end]
        guard !rest.contains("@") else {
            throw .unusable("the URL holds a user or password; give credentials apart from it")
        }
        (host, port) = try Self.authority(rest, isSecure: isSecure)
    }

    private static let forbidden = Array("\"<>\\^`{|}".utf8)

    private static func begins(_ text: String, with scheme: String) -> Bool {
        text.prefix(scheme.count).lowercased() == scheme
    }

    private static func authority(_ text: Substring, isSecure: Bool) throws(HTTPFailure) -> (String, Int) {
        var (host, rest) = (text, Substring())
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw .unusable("the URL has [ without ]") }
            host = text[text.index(after: text.startIndex)..<close]
            rest = text[text.index(after: close)...]
            guard !host.isEmpty, host.utf8.allSatisfy({ isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { throw .unusable("the URL has no IPv6 address between [ and ]") }
        } else if let colon = text.firstIndex(of: ":") {
            (host, rest) = (text[..<colon], text[colon...])
        }
        guard !host.isEmpty else { throw .unusable("the URL names no host; write http://HOST:PORT/PATH") }
        guard text.hasPrefix("[") || host.utf8.allSatisfy(isNameCharacter) else {
            throw .unusable("the URL has a host that is no name and no address")
        }
        if rest.isEmpty { return (String(host), isSecure ? 443 : 80) }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65_535).contains(port),
            rest.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .unusable("the URL has no port from 1 to 65535 after its colon") }
        return (String(host), port)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    static func isNameCharacter(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }

    /// `HOST:PORT`, with brackets where they are needed.
    public var address: String { "\(Self.bracketed(host)):\(port)" }

    static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    public var description: String { "\(isSecure ? "https" : "http")://\(address)\(target)" }
}
