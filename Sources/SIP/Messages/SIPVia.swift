/// One Via value (RFC 3261 §20.42).
public struct SIPVia: Sendable, Hashable, CustomStringConvertible {
    /// `TCP`, `TLS`, `UDP`…, as written.
    public var transport: String
    /// The host of sent-by, IPv6 without brackets.
    public var host: String
    public var port: Int?
    public var parameters: SIPParameters

    public init(transport: String, host: String, port: Int?, branch: String) {
        self.transport = transport
        self.host = host
        self.port = port
        parameters = ["branch": branch]
    }

    /// Parses one value, `SIP/2.0/TCP host:port;branch=…`; nil when it is against the grammar.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)[...]
        let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.endIndex
        let head = bytes[..<end]
        let pieces = head.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, asciiCaseEqual(SIP.text(trimmed(pieces[0])), "SIP"),
            trimmed(pieces[1]).elementsEqual("2.0".utf8)
        else { return nil }
        let last = trimmed(pieces[2])
        guard let blank = last.firstIndex(where: isBlank), isToken(last[..<blank]),
            let place = HostPort(last[blank...]), let parameters = SIPParameters(parsing: bytes[end...])
        else { return nil }
        transport = SIP.text(last[..<blank])
        host = place.host
        port = place.port
        self.parameters = parameters
    }

    /// The transaction's branch.
    public var branch: String? { parameters["branch"] }

    /// The branch of the first value of a Via line, without taking the line apart where it is a plain one.
    static func branch(of line: String) -> String? {
        let mark = ";branch="
        let found: String?? = line.utf8.withContiguousStorageIfAvailable { bytes in
            var index = 0
            while index < bytes.count, bytes[index] != UInt8(ascii: ";") {
                if bytes[index] == UInt8(ascii: ",") { return nil }
                index += 1
            }
            guard index + mark.utf8.count < bytes.count,
                zip(bytes[index...], mark.utf8).allSatisfy({ $0 == $1 })
            else { return nil }
            let start = index + mark.utf8.count
            var end = start
            while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
            guard end > start, end == bytes.count || bytes[end] == UInt8(ascii: ";") else { return nil }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        if let plain = found ?? nil { return plain }
        return splitList(line, at: UInt8(ascii: ",")).first.flatMap { SIPVia($0)?.branch }
    }

    /// `host:port` as written, in small letters.
    public var sentBy: String { asciiLowercased(HostPort(host: host, port: port).description) }

    public var description: String {
        "SIP/2.0/\(transport) \(HostPort(host: host, port: port))\(parameters)"
    }
}

/// The value of CSeq: a number that grows in a dialog, and the method (RFC 3261 §20.16).
public struct SIPCSeq: Sendable, Hashable, CustomStringConvertible {
    public var number: UInt32
    public var method: SIPMethod

    public init(number: UInt32, method: SIPMethod) {
        self.number = number
        self.method = method
    }

    /// Parses `314159 INVITE`; the number must be below 2^31 (RFC 3261 §8.1.1.5).
    public init?(_ text: String) {
        let pieces = text.utf8.split(whereSeparator: isBlank)
        guard pieces.count == 2, let number = decimal(pieces[0], limit: Int(Int32.max)), isToken(pieces[1])
        else { return nil }
        self.number = UInt32(number)
        method = SIPMethod(rawValue: String(Substring(pieces[1])))
    }

    public var description: String { "\(number) \(method)" }
}
