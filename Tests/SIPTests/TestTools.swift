import Diagnostics
import NIOCore
import NIOPosix
import SIP
import Testing

/// The text with every line end as CR LF.
func wire(_ text: String) -> [UInt8] {
    Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8)
}

/// What a stream gives: messages up to an error, if any.
struct ParseResult: Equatable {
    var messages: [SIPMessage] = []
    var error: SIPParseError?
    var pings = 0
    var pending = 0
}

/// Feeds the bytes in pieces of the given sizes, over and over, and takes what comes after each.
func parse(_ bytes: [UInt8], pieces: [Int] = [Int.max], limits: Limits = Limits()) -> ParseResult {
    var parser = SIPStreamParser(limits: limits)
    var result = ParseResult()
    var index = 0
    var turn = 0
    while index < bytes.count, result.error == nil {
        let size = min(pieces[turn % pieces.count], bytes.count - index)
        parser.append(bytes[index..<(index + size)])
        index += size
        turn += 1
        do {
            while let message = try parser.next() { result.messages.append(message) }
        } catch {
            result.error = error
        }
    }
    result.pings = parser.pings
    // After an error the rest has no meaning.
    result.pending = result.error == nil ? parser.pending : 0
    return result
}

/// A MESSAGE in good order; lines can be put before Content-Length.
func sampleRequest(_ method: String = "MESSAGE", extra: String = "", body: String = "") -> [UInt8] {
    wire(
        """
        \(method) sip:bob@example.test SIP/2.0
        Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bKone
        From: <sip:alice@example.test>;tag=a1
        To: <sip:bob@example.test>
        Call-ID: call-1
        CSeq: 1 \(method)
        Max-Forwards: 70
        \(extra.isEmpty ? "" : extra + "\n")Content-Length: \(body.utf8.count)

        \(body)
        """)
}

func sampleMessage(_ method: String = "MESSAGE", extra: String = "", body: String = "") throws -> SIPMessage {
    try #require(parse(sampleRequest(method, extra: extra, body: body)).messages.first)
}
