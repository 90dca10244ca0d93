import Diagnostics
import Payloads
import Testing

@Suite("CPIM")
struct CPIMTests {
    static let typical = """
        From: Alice Example <im:alice@example.com>
        To: Bob <im:bob@example.net>
        DateTime: 2000-12-13T13:40:00-08:00
        Subject: tea at five
        Subject:;lang=fr le thé à cinq heures
        NS: Stamp <urn:example:stamps>
        Require: Stamp.Colour
        Stamp.Colour: blue
        NS: i <urn:ietf:params:imdn>
        i.Message-ID: Df34
        i.Disposition-Notification: positive-delivery, display

        Content-type: text/xml; charset=utf-8
        Content-ID: <part-1@example.com>

        <body>
        Bring cake.
        </body>
        """

    @Test("headers are found by namespace, whatever the prefix")
    func headers() throws {
        let message = try CPIMMessage(parsing: Self.typical.crlf)
        #expect(message.from == CPIMAddress(displayName: "Alice Example", uri: "im:alice@example.com"))
        #expect(message.to?.uri == "im:bob@example.net")
        #expect(message.instant == 976_743_600_000)
        #expect(message.subject == "tea at five")
        #expect(message.headers.filter { $0.name == "Subject" }.map(\.language) == [nil, "fr"])
        #expect(message.header("Colour", in: "urn:example:stamps")?.value == "blue")
        #expect(message.requiredHeaders.map(\.name) == ["Colour"])
        #expect(message.requiredHeaders.map(\.namespaceURI) == ["urn:example:stamps"])
        #expect(message.messageID == "Df34")
        #expect(message.dispositionRequests == [.positiveDelivery, .display])
        #expect(message.contentType?.essence == "text/xml")
        #expect(message.flaws.isEmpty)
        #expect(message.serialized() == Self.typical.crlf)
    }
}

@Suite("CPIM, in particular")
struct CPIMDetailTests {
    private static func message(_ headers: String, content: String = "Content-Type: text/plain\n\nhello") throws -> CPIMMessage {
        try CPIMMessage(parsing: (headers + "\n" + content).crlf)
    }

    @Test("escapes stand for what they say, and what is no escape stays")
    func escapes() throws {
        #expect(CPIMText.unescaped(#"a\tb\\c\"\u00e9\ud83d\ude00\q\u12"#) == "a\tb\\c\"é😀\\q\\u12")
        let message = try Self.message("From: <sip:a@cpm.example>\nSubject: two\\nlines\n")
        #expect(message.subject == "two\nlines")
    }

    @Test("any text survives as a subject and as a display name", arguments: [
        "plain", "tab\tnew\nline\r", "back\\slash \\u0041", "quote\" ' <x> é 😀", " blanks ", "\u{7F}\u{85}\u{1}",
    ])
    func anyText(text: String) throws {
        var message = CPIMMessage(body: "x".bytes)
        message.from = CPIMAddress(displayName: text, uri: "sip:a@cpm.example")
        message.to = CPIMAddress(uri: "sip:b@cpm.example")
        message.subject = text
        message.contentType = .plainText
        let read = try CPIMMessage(parsing: message.serialized())
        #expect(read.subject == text)
        #expect(read.from == CPIMAddress(displayName: text, uri: "sip:a@cpm.example"))
        #expect(read == message)
        #expect(read.flaws.isEmpty)
    }

    @Test("a prefix means what the last NS before it says; undeclared it means nothing")
    func scoping() throws {
        let message = try Self.message(
            "imdn.Message-ID: early\nNS: imdn <urn:example:other>\nimdn.Message-ID: other\n"
                + "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: right\n")
        #expect(message.messageID == "right")
        #expect(message.headers.map(\.namespaceURI) == ["", nil, "urn:example:other", nil, "urn:ietf:params:imdn"])
        #expect(message.flaws == [.undeclaredPrefix("imdn")])
    }

    @Test("a namespace that only looks like IMDN's is another one")
    func lookalike() throws {
        let message = try Self.message("NS: imdn <urn:ietf:params:xml:ns:imdn>\nimdn.Message-ID: a\nimdn.Disposition-Notification: display\n")
        #expect(message.messageID == nil)
        #expect(message.dispositionRequests.isEmpty)
    }

    @Test("headers of a namespace that is the default need no prefix, core ones then do")
    func defaultNamespace() throws {
        var message = try Self.message(
            "NS: c <urn:ietf:params:cpim-headers:>\nNS: <urn:ietf:params:imdn>\nc.From: <sip:a@cpm.example>\nMessage-ID: a1\n")
        #expect(message.messageID == "a1")
        #expect(message.from?.uri == "sip:a@cpm.example")
        message.to = CPIMAddress(uri: "sip:b@cpm.example")
        message.add("IMDN-Route", in: CPIMMessage.imdnNamespace, "<sip:r@cpm.example>")
        let text = String(decoding: message.serialized(), as: UTF8.self)
        #expect(text.contains("\r\nc.To: <sip:b@cpm.example>\r\nIMDN-Route: <sip:r@cpm.example>\r\n\r\n"))
        #expect(try CPIMMessage(parsing: message.serialized()) == message)
    }

    @Test("a header that is set is written anew, the others stay byte for byte")
    func setting() throws {
        var message = try Self.message("From:<sip:a@cpm.example>\nSubject:  old \nX-Y: 1\n")
        message.subject = "new"
        message.messageID = "m1"
        message.dispositionRequests = [.display, .positiveDelivery]
        #expect(
            message.serialized()
                == """
                From:<sip:a@cpm.example>
                Subject: new
                X-Y: 1
                NS: imdn <urn:ietf:params:imdn>
                imdn.Message-ID: m1
                imdn.Disposition-Notification: positive-delivery, display

                Content-Type: text/plain

                hello
                """.crlf)
        message.messageID = nil
        #expect(message.messageID == nil)
    }

    @Test("line feeds alone and other slips are read and told")
    func flaws() throws {
        let message = try CPIMMessage(parsing: "from:<sip:a@cpm.example>\n\nContent-Type: text/plain\n\nx".bytes)
        #expect(message.from?.uri == "sip:a@cpm.example")
        #expect(message.flaws == [.bareLineFeed, .noBlankAfterColon("from"), .wrongCase("from")])
        let cut = try CPIMMessage(parsing: "From: <sip:a@cpm.example>\n\nContent-Type: text/plain".crlf)
        #expect(cut.flaws == [.noEmptyLineBeforeBody])
        #expect(cut.contentType == .plainText)
    }

    @Test("message headers and content headers are kept apart")
    func sections() throws {
        let message = try Self.message("Content-Type: text/html\nFrom: <sip:a@cpm.example>\n")
        #expect(message.contentType == .plainText)
        #expect(message.header("Content-Type")?.value == "text/html")
        #expect(message.contentHeaders["From"] == nil)
    }

    @Test("errors say the line", arguments: [
        ("From: <sip:a@cpm.example>\nno colon\n", 2), ("From: nobody\n", 1),
        ("From: <sip:a@cpm.example>\nTo: <sip:b@cpm.example>\nNS: x\n", 3),
    ])
    func lines(headers: String, line: Int) {
        #expect { try Self.message(headers) } throws: { ($0 as? PayloadError)?.line == line }
    }

    @Test("a message larger than the limit is refused")
    func limit() {
        var limits = Limits()
        limits.msrpMessage = 100
        #expect { try CPIMMessage(parsing: [UInt8](repeating: 65, count: 101), limits: limits) } throws: {
            ($0 as? PayloadError)?.code == .tooLarge
        }
    }
}
