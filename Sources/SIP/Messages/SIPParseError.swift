import Diagnostics

/// Why bytes are no SIP message; each says in a sentence what was there and what belongs there.
public enum SIPParseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first line is neither a request line nor a status line.
    case startLine(String)
    /// The first line names another version than SIP/2.0.
    case version(String)
    /// A header line without name, colon or allowed characters.
    case header(String)
    /// A control character in the head.
    case controlCharacter(UInt8)
    /// A line of the head that ends without CR LF.
    case lineEnd
    /// The head, or the named part of it, is not UTF-8.
    case notUTF8(String)
    case headTooLarge(limit: Int)
    case tooManyHeaders(limit: Int)
    case tooManyValues(header: String, limit: Int)
    /// Streams need Content-Length in every message (RFC 3261 §18.3).
    case contentLengthMissing
    case contentLengthInvalid(String)
    case contentLengthConflict(Int, Int)
    case bodyTooLarge(announced: Int, limit: Int)
    /// A message began and did not end in time.
    case incomplete(bytes: Int, seconds: Int)
    /// A message whose framing is right but that cannot be answered, since this field is missing or broken.
    case unanswerable(field: String)

    public var description: String {
        switch self {
        case .startLine(let line):
            "\"\(escapedPeerText(line))\" is no SIP start line; METHOD URI SIP/2.0 or SIP/2.0 CODE REASON belongs there"
        case .version(let line): "\"\(escapedPeerText(line))\" is of another version; only SIP/2.0 is understood"
        case .header(let line): "\"\(escapedPeerText(line))\" is no header line; NAME: VALUE belongs there"
        case .controlCharacter(let byte) where byte == 0x15 || byte == 0x16:
            "the head holds the control character \(byte), which looks like TLS; only text belongs there"
        case .controlCharacter(let byte): "the head holds the control character \(byte); only text belongs there"
        case .lineEnd: "a line of the head does not end with CR LF"
        case .notUTF8(let name): "the text of \(escapedPeerText(name)) is not UTF-8"
        case .headTooLarge(let limit): "the head is longer than \(limit) bytes"
        case .tooManyHeaders(let limit): "the head has more than \(limit) header fields"
        case .tooManyValues(let name, let limit): "\(escapedPeerText(name)) has more than \(limit) values"
        case .contentLengthMissing: "Content-Length is missing; on a stream every message needs it"
        case .contentLengthInvalid(let value): "Content-Length \"\(escapedPeerText(value))\" is no number of bytes"
        case .contentLengthConflict(let one, let other): "Content-Length is there as \(one) and as \(other)"
        case .bodyTooLarge(let announced, let limit):
            "a body of \(announced) bytes is announced; at most \(limit) are taken"
        case .incomplete(let bytes, let seconds):
            "a message was begun (\(bytes) bytes) and not ended within \(seconds) s"
        case .unanswerable(let field): "a message cannot be answered because its \(field) is missing or broken"
        }
    }
}
