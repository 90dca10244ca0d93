import Diagnostics
import NIOCore
import SIP
import Testing

@Suite("Stream parser")
struct ParserTests {
    @Test("A request is taken apart: start line, fields in order with their names as written, body")
    func takesApart() throws {
        let message = try sampleMessage(extra: "s: Tea", body: "hello")
        #expect(message.method == .message)
        #expect(message.requestURI == "sip:bob@example.test")
        #expect(message.headers.map(\.name) == [
            "Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "s", "Content-Length",
        ])
        #expect(message.headers["Subject"] == "Tea")
        #expect(message.headers["SUBJECT"] == "Tea")
        #expect(message.headers["s"] == "Tea")
        #expect(message.body == Array("hello".utf8))
    }

    @Test("Every cut of the stream gives the same messages, pings and rest")
    func everyCut() {
        let stream =
            sampleRequest(extra: "Subject: one\n  two\n\tthree", body: "first")
            + wire("\n\n") + sampleRequest("OPTIONS") + wire("\n") + sampleRequest(body: "x\r\n\r\ny")
            + Array("MESSAGE sip:b".utf8)
        let whole = parse(stream)
        #expect(whole.messages.count == 3)
        #expect(whole.pings == 1)
        #expect(whole.pending == 13)
        #expect(whole.messages.first?.headers["Subject"] == "one two three")
        #expect(parse(stream, pieces: [1]) == whole)
        for cut in 1..<stream.count { #expect(parse(stream, pieces: [cut, Int.max]) == whole) }
        for sizes in [[2, 3, 5, 7], [1, 100], [64, 1, 1], [511]] { #expect(parse(stream, pieces: sizes) == whole) }
    }

    @Test("A buffer is taken as bytes are")
    func takesBuffers() throws {
        var parser = SIPStreamParser(limits: Limits())
        parser.append(ByteBuffer(bytes: sampleRequest(body: "hi")))
        let message = try #require(try parser.next())
        #expect(message == (try sampleMessage(body: "hi")))
        #expect(try parser.next() == nil)
        #expect(parser.pending == 0)
    }

    @Test("What is serialised parses to the same message, and its bytes are stable")
    func roundTrip() throws {
        let message = try sampleMessage(extra: "v: SIP/2.0/TLS x;branch=2\nX-Odd : spaced", body: "b")
        let bytes = message.serialized()
        let again = try #require(parse(bytes).messages.first)
        #expect(again == message)
        #expect(again.serialized() == bytes)
    }

    @Test("Content-Length is set from the body, in its place, once")
    func contentLength() throws {
        var message = try sampleMessage(extra: "Subject: x")
        message.headers.insert("l", "999")
        message.body = Array("four".utf8)
        let text = String(decoding: message.serialized(), as: UTF8.self)
        #expect(text.contains("\r\nl: 4\r\n"))
        #expect(!text.contains("Content-Length"))
        message.headers.remove("Content-Length")
        #expect(String(decoding: message.serialized(), as: UTF8.self).contains("Content-Length: 4\r\n\r\nfour"))
    }

    @Test("A stream is refused at once where it goes wrong, and stays refused", arguments: [
        ("GET / HTTP/1.1\r\n", SIPParseError.startLine("GET / HTTP/1.1")),
        ("OPTIONS sip:a SIP/7.0\r\n", .version("OPTIONS sip:a SIP/7.0")),
        ("SIP/3.0 200 OK\r\n", .version("SIP/3.0 200 OK")),
        ("SIP/2.0 99 OK\r\n", .startLine("SIP/2.0 99 OK")),
        ("SIP/2.0 1000 OK\r\n", .startLine("SIP/2.0 1000 OK")),
        ("OPTIONS  sip:a SIP/2.0\r\n", .startLine("OPTIONS  sip:a SIP/2.0")),
        ("\u{16}\u{3}\u{1}", .controlCharacter(0x16)),
        ("OPTIONS sip:a SIP/2.0\n", .lineEnd),
        ("OPTIONS sip:a SIP/2.0\r\nA: b\rc\r\n", .lineEnd),
        ("OPTIONS sip:a SIP/2.0\r\nno colon\r\nX", .header("no colon")),
        ("OPTIONS sip:a SIP/2.0\r\n: empty\r\nX", .header(": empty")),
        ("OPTIONS sip:a SIP/2.0\r\nA: \u{0}", .controlCharacter(0)),
        ("OPTIONS sip:a SIP/2.0\r\nA: b\r\n\r\n", .contentLengthMissing),
        ("OPTIONS sip:a SIP/2.0\r\nl: -1\r\nX", .contentLengthInvalid("-1")),
        ("OPTIONS sip:a SIP/2.0\r\nl: 1 \r\nContent-Length: 2\r\nX", .contentLengthConflict(1, 2)),
        ("OPTIONS sip:a SIP/2.0\r\nl: 99999999999999999999999\r\nX", .contentLengthInvalid("99999999999999999999999")),
        ("OPTIONS sip:a SIP/2.0\r\nl: 1073741824\r\n\r\n", .bodyTooLarge(announced: 1_073_741_824, limit: 1_048_576)),
    ])
    func refuses(_ text: String, _ error: SIPParseError) {
        let bytes = Array(text.utf8)
        #expect(parse(bytes).error == error)
        #expect(parse(bytes, pieces: [1]).error == error)
        var parser = SIPStreamParser(limits: Limits())
        parser.append(bytes)
        #expect(throws: error) { try parser.next() }
        parser.append(sampleRequest())
        #expect(throws: error) { try parser.next() }
        #expect(!error.description.isEmpty)
    }

    @Test("The same Content-Length twice is no error")
    func sameLengthTwice() throws {
        let message = try sampleMessage(extra: "l: 2", body: "ok")
        #expect(message.body == Array("ok".utf8))
    }

    @Test("Text that is not UTF-8 is refused with the name of the field")
    func notUTF8() {
        let bytes = Array("OPTIONS sip:a SIP/2.0\r\nSubject: ".utf8) + [0xFF, 0xFE] + Array("\r\nX".utf8)
        #expect(parse(bytes).error == .notUTF8("Subject"))
        #expect(parse(bytes, pieces: [1]).error == .notUTF8("Subject"))
    }

    @Test("The limits hold to the byte and to the field")
    func limits() {
        var limits = Limits()
        limits.sipHead = sampleRequest().count
        #expect(parse(sampleRequest(), limits: limits).messages.count == 1)
        limits.sipHead -= 1
        for pieces in [[1], [Int.max], [50]] {
            let error = parse(sampleRequest(), pieces: pieces, limits: limits).error
            #expect(error == .headTooLarge(limit: limits.sipHead))
        }
        limits = Limits()
        limits.sipHeaderCount = 7
        #expect(parse(sampleRequest(), limits: limits).messages.count == 1)
        #expect(parse(sampleRequest(extra: "A: b"), limits: limits).error == .tooManyHeaders(limit: 7))
        limits = Limits()
        limits.sipBody = 3
        #expect(parse(sampleRequest(body: "abc"), limits: limits).messages.count == 1)
        #expect(parse(sampleRequest(body: "abcd"), limits: limits).error == .bodyTooLarge(announced: 4, limit: 3))
        limits = Limits()
        let many = Array(repeating: "<sip:a@b>", count: limits.sipHeaderCount)
        #expect(parse(sampleRequest(extra: "Route: " + many.joined(separator: ","))).messages.count == 1)
        let tooMany = sampleRequest(extra: "Route: " + (many + ["<sip:a@b>"]).joined(separator: ","))
        #expect(parse(tooMany).error == .tooManyValues(header: "Route", limit: limits.sipHeaderCount))
    }

    @Test("A head that never ends is refused at its limit, however it comes")
    func endlessHead() {
        var limits = Limits()
        limits.sipHead = 1000
        let endless = [UInt8](repeating: UInt8(ascii: "A"), count: 5000)
        for pieces in [[1], [999, 1], [1000], [1001], [Int.max]] {
            #expect(parse(endless, pieces: pieces, limits: limits).error == .headTooLarge(limit: 1000))
        }
    }

    @Test("Ten thousand messages in one read all come out")
    func manyAtOnce() {
        let one = sampleRequest(body: "body")
        let result = parse(Array(repeatElement(one, count: 10_000).joined()))
        #expect(result.messages.count == 10_000)
        #expect(Set(result.messages).count == 1)
    }
}
