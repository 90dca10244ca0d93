/// Why a stream of bytes is not MSRP; nothing behind the fault can be read.
public enum MSRPParseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first bytes of a message are not `MSRP `, a transaction id, and a method or status code.
    case startLine(String)
    /// A line in the head is no header, or is not ended by CRLF.
    case header(String)
    /// `To-Path` or `From-Path` is missing, so that nothing can be answered.
    case missingPath(String)
    /// The head is larger than `Limits.msrpHead`.
    case headTooLarge(limit: Int)
    /// The head has more header fields than `Limits.msrpHeaderCount`.
    case tooManyHeaders(limit: Int)
    /// An end-line does not belong to its start line, or is followed by something else than CRLF.
    case endLine(String)

    public var description: String {
        switch self {
        case .startLine(let line):
            "the start line is neither an MSRP request nor a response: \(line); every message starts with \"MSRP \", "
                + "a transaction id of 4 to 32 characters and a method or a status code (RFC 4975 §9)"
        case .header(let line):
            "a line of the head is no header: \(line); a header is a name, a colon, a space and a value, ended by CRLF"
        case .missingPath(let name):
            "the head has no \(name); every request and response carries To-Path and From-Path (RFC 4975 §7.1)"
        case .headTooLarge(let limit):
            "the head is longer than \(limit) bytes; end it with an empty line or an end-line"
        case .tooManyHeaders(let limit):
            "the head has more than \(limit) header fields"
        case .endLine(let line):
            "the end-line does not fit its start line: \(line); it is seven hyphens, the transaction id of the start "
                + "line, one of $ + # and CRLF (RFC 4975 §7.1)"
        }
    }
}
