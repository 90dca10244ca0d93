public import NIOCore

/// The first line of a SIP message.
public enum SIPStartLine: Sendable, Hashable {
    /// `METHOD uri SIP/2.0`; the URI as written.
    case request(method: SIPMethod, uri: String)
    /// `SIP/2.0 status reason`; status 100 to 699.
    case response(status: Int, reason: String)
}

/// A SIP message: start line, header fields in their order, body (RFC 3261 §7).
public struct SIPMessage: Sendable, Hashable {
    public var start: SIPStartLine
    public var headers: SIPHeaders
    public var body: [UInt8]

    public init(start: SIPStartLine, headers: SIPHeaders = [:], body: [UInt8] = []) {
        self.start = start
        self.headers = headers
        self.body = body
    }

    /// The message on the wire. Content-Length is set to the size of the body, in its place or at the end.
    public func serialized() -> [UInt8] {
        var buffer = ByteBuffer()
        write(into: &buffer)
        return [UInt8](buffer.readableBytesView)
    }

    /// Appends the message on the wire to a buffer, as `serialized` has it.
    public func write(into buffer: inout ByteBuffer) {
        MessageWriter.write(self, into: &buffer)
    }

    /// The method of a request, or the one a response answers by its CSeq.
    public var method: SIPMethod? {
        if case .request(let method, _) = start { return method }
        return cseq?.method
    }

    /// The Request-URI as written; nil for a response.
    public var requestURI: String? {
        if case .request(_, let uri) = start { return uri }
        return nil
    }

    /// The status code; nil for a request.
    public var status: Int? {
        if case .response(let status, _) = start { return status }
        return nil
    }

    /// The reason phrase; nil for a request.
    public var reason: String? {
        if case .response(_, let reason) = start { return reason }
        return nil
    }

    public var isRequest: Bool { status == nil }
}

// The fields that most code asks for; nil where a field is missing or against its grammar.
extension SIPMessage {
    public var callID: String? { headers.first(.callID) }
    public var cseq: SIPCSeq? { headers.first(.cseq).flatMap { SIPCSeq($0) } }
    public var from: NameAddress? { headers.first(.from).flatMap { NameAddress($0) } }
    public var to: NameAddress? { headers.first(.to).flatMap { NameAddress($0) } }

    /// The first Via value, also of several in one field.
    public var topVia: SIPVia? {
        guard let line = headers.first(.via) else { return nil }
        if !line.utf8.contains(UInt8(ascii: ",")) { return SIPVia(line) }
        return splitList(line, at: UInt8(ascii: ",")).first.flatMap { SIPVia($0) }
    }

    public var contacts: [NameAddress] { addresses("Contact") }
    public var routes: [NameAddress] { addresses("Route") }
    public var recordRoutes: [NameAddress] { addresses("Record-Route") }
    /// Path of a REGISTER and its response (RFC 3327).
    public var paths: [NameAddress] { addresses("Path") }
    /// Service-Route of a REGISTER's 200 (RFC 3608).
    public var serviceRoutes: [NameAddress] { addresses("Service-Route") }
    public var contentType: String? { headers.first(.contentType) }
    /// Expires in seconds; a number too large is cut to 2^32-1 (RFC 3261 §20.19).
    public var expires: Int? { headers.first(.expires).flatMap(Self.deltaSeconds) }

    /// All values of an address field that can be read; the others are left out.
    public func addresses(_ name: String) -> [NameAddress] { headers.values(name).compactMap { NameAddress($0) } }

    /// Digits as seconds, larger numbers cut to 2^32-1; nil for anything else.
    static func deltaSeconds(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
        return decimal(text.utf8) ?? Int(UInt32.max)
    }
}
