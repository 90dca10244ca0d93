public import Connections

/// A connection of a stack; never used twice.
public struct SIPConnectionID: Hashable, Sendable, CustomStringConvertible {
    let number: Int
    public var description: String { "connection \(number)" }
}

/// Where a message goes next.
public enum SIPHop: Sendable {
    /// A place to connect to; an open connection that this stack made to it is used again.
    case address(host: String, port: Int, tls: TLSClient?)
    /// A connection that is there, such as the flow a client registered over.
    case connection(SIPConnectionID)

    /// The hop a URI names: host or `maddr`, port or 5060 (5061 with TLS), `;transport=` (RFC 3263 §4 without SRV).
    ///
    /// - Parameters:
    ///   - uri: a `sip` or `sips` URI; a Route value in `<>` is taken as well.
    ///   - tls: how the peer is checked where TLS is asked for.
    /// - Returns: nil for another scheme, for UDP or SCTP, or for TLS without `tls`.
    public static func resolving(uri: String, tls: TLSClient? = nil) -> SIPHop? {
        guard let parsed = SIPURI(uri) ?? NameAddress(uri)?.sipURI, parsed.scheme != "tel" else { return nil }
        if let transport = parsed.parameters["transport"],
            !asciiCaseEqual(transport, "tcp"), !asciiCaseEqual(transport, "tls")
        {
            return nil
        }
        if parsed.isSecure, tls == nil { return nil }
        let maddr = parsed.parameters["maddr"] ?? ""
        let port = parsed.port ?? (parsed.isSecure ? 5061 : 5060)
        return .address(host: maddr.isEmpty ? parsed.host : maddr, port: port, tls: parsed.isSecure ? tls : nil)
    }
}

/// A place in the table of connections that this stack made.
struct SIPPlace: Hashable {
    let host: String
    let port: Int
    let secure: Bool
}
