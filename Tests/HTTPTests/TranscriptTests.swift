import Testing

@testable import HTTP

/// What crossed one connection, in order.
private let exchange: [(HTTPTranscript.Side, String)] = [
    (.client, "GET /v1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    (.server, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
    (.client, "\r\n\r\n\r\nPOST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"),
    (.server, "HTTP/1.1 100 Continue\r\n\r\n"),
    (.client, "hello"),
    (.server, "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"),
    (.client, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (.server, "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"),
    (.client, "PUT /z HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nq\r\n0\r\n\r\n"),
    (.server, "HTTP/1.1 204 No Content\r\n\r\n"),
    (.client, "GET /last HTTP/1.1\r\nHost: a\r\n\r\n"),
    (.server, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end"),
]

@Suite("What crossed an HTTP connection is read again")
struct TranscriptTests {
    private func read(pieces size: Int) -> [HTTPTranscript.Entry] {
        var transcript = HTTPTranscript()
        var entries: [HTTPTranscript.Entry] = []
        for (side, text) in exchange {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                entries += transcript.take(rest.prefix(size), from: side)
                rest = rest.dropFirst(size)
            }
        }
        return entries + transcript.end()
    }

    @Test("requests and answers come in order, with their bodies")
    func whole() {
        let entries = read(pieces: .max)
        let bodies = entries.map { entry -> String in
            switch entry {
            case .request(let request, let number): "\(number) \(request.method) \(request.target) \(text(request.body))"
            case .response(let response, let number): "\(number) \(response.status) \(text(response.body))"
            case .problem(_, let text): text
            }
        }
        #expect(
            bodies == [
                "1 GET /v1 ", "1 200 {}", "2 POST /v1/x hello", "2 201 abc0123456789", "3 HEAD / ", "3 200 ", "4 PUT /z q", "4 204 ",
                "5 GET /last ", "5 200 until the end",
            ])
        guard case .response(let first, _) = entries[1] else { return #expect(Bool(false)) }
        #expect(first.headers == [HTTPField("Content-Type", "application/json"), HTTPField("Content-Length", "2")])
    }

    @Test("the pieces in which they were recorded make no difference", arguments: [1, 2, 3, 5, 7, 16, 64])
    func pieces(_ size: Int) {
        #expect(read(pieces: size) == read(pieces: .max))
    }

    @Test("a transcript is a value: a copy goes its own way")
    func value() {
        var first = HTTPTranscript()
        #expect(first.take(Array("GET /a".utf8), from: .client) == [])
        var second = first
        let rest = " HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(first.take(Array("b\(rest)".utf8), from: .client).count == 1)
        let entries = second.take(Array("c\(rest)".utf8), from: .client)
        guard case .request(let request, number: 1)? = entries.first else { return #expect(Bool(false)) }
        #expect(request.target == "/ac")
    }

    @Test(
        "what is no HTTP, contradicts itself, has no end or answers nothing is one problem, and no more is read",
        arguments: [
            (HTTPTranscript.Side.client, "who?\r\n\r\n"),
            (.client, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
            (.client, "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
            (.client, "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (.client, "POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n"),
            (.client, "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            (.client, "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"),
            (.client, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            (.client, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF\r\n"),
            (.client, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"),
            (.client, "GET / HTTP/1.1\r\nno colon here\r\n\r\n"),
            (.client, "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 70_000)),
            (.server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            (.server, "\u{16}\u{3}\u{1}\n\n"),
        ])
    func problems(_ side: HTTPTranscript.Side, _ text: String) {
        for size in [1, Int.max] {
            var transcript = HTTPTranscript()
            var entries: [HTTPTranscript.Entry] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                entries += transcript.take(rest.prefix(size), from: side)
                rest = rest.dropFirst(size)
            }
            entries += transcript.take(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), from: side) + transcript.end()
            guard case .problem(side, let why)? = entries.first else {
                Issue.record("\(entries)")
                continue
            }
            #expect(entries.count == 1, "\(entries)")
            #expect(!why.isEmpty)
        }
    }

    @Test("what is cut off is a problem at the end and not before", arguments: ["GET / HT", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"])
    func cutOff(_ text: String) {
        var transcript = HTTPTranscript()
        #expect(transcript.take(Array(text.utf8), from: .client) == [])
        #expect(transcript.end() == [.problem(.client, "the connection ended in the middle of a message")])
    }

    @Test("an answer may come before the body of its request does")
    func early() {
        var transcript = HTTPTranscript()
        #expect(transcript.take(Array("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na".utf8), from: .client) == [])
        let answered = transcript.take(Array("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n".utf8), from: .server)
        guard case .response(let response, to: 1)? = answered.first else { return #expect(Bool(false)) }
        #expect(response.status == 413)
        #expect(transcript.take(Array("bc".utf8), from: .client).count == 1)
    }

    @Test("hundreds of kilobytes in single bytes, plain and in chunks, is read in time that grows with its length", .timeLimit(.minutes(1)))
    func linear() {
        var transcript = HTTPTranscript()
        var entries: [HTTPTranscript.Entry] = []
        let chunks = String(repeating: "4\r\nabcd\r\n", count: 25_000) + "0\r\n\r\n"
        for text in [
            "POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + String(repeating: "\r\n\r\n", count: 50_000),
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
        ] {
            for byte in text.utf8 { entries += transcript.take(CollectionOfOne(byte), from: .client) }
        }
        #expect(entries.count == 2)
        guard case .request(let second, number: 2)? = entries.last else { return #expect(Bool(false)) }
        #expect(second.body.count == 100_000)
    }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
