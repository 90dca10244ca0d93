import Connections
import Synchronization
import Testing

@testable import HTTP

/// Keeps what a client's tap is told.
private final class Taken: Sendable {
    let events = Mutex<[HTTPTapEvent]>([])

    var all: [HTTPTapEvent] { events.withLock { $0 } }

    func bytes(_ direction: WireDirection, _ connection: Int = 1) -> [UInt8] {
        all.filter { $0.connection == connection }.flatMap { event -> [UInt8] in
            if case .passed(direction, let bytes) = event.kind { bytes } else { [] }
        }
    }

    var kinds: [String] {
        all.map { event in
            switch event.kind {
            case .opened: "\(event.connection) opened"
            case .passed(let direction, _): "\(event.connection) \(direction.rawValue)"
            case .closed: "\(event.connection) closed"
            }
        }
    }
}

@Suite("The tap of the HTTP client", .timeLimit(.minutes(1)))
struct TapTests {
    @Test(
        "sees the very bytes that crossed, with chunks and whatever comes before the answer",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine\r\nX:   odd  \r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: t\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
        ])
    func exact(_ answer: String) async throws {
        let taken = Taken()
        let body = [UInt8](repeating: 98, count: 300_000)
        try await withPeer([.awaitRequest(body: body.count), .write(answer)]) { peer in
            var settings = HTTPClientSettings()
            settings.credentials = .bearer("t0ken")
            let client = HTTPClient(settings) { event in taken.events.withLock { $0.append(event) } }
            _ = try await client.send(HTTPRequest(.put, try peer.url(), body: body))
            #expect(taken.bytes(.sent) == (try await peer.received[0]), "what was told was told before send returned")
            #expect(String(decoding: taken.bytes(.received), as: UTF8.self) == answer)
            await client.shutdown()
            #expect(taken.kinds.first == "1 opened")
            #expect(taken.kinds.last == "1 closed")
            #expect(taken.all.map(\.nanoseconds) == taken.all.map(\.nanoseconds).sorted())
            guard case .opened(let local, let remote, false)? = taken.all.first?.kind else { return #expect(Bool(false)) }
            #expect(remote == "127.0.0.1:\(peer.port)")
            #expect(local.hasPrefix("127.0.0.1:"))
        }
    }

    @Test("an answer that never becomes one is seen as far as it came, before the connection is closed")
    func failed() async throws {
        let taken = Taken()
        try await withPeer([.awaitRequest(), .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")]) { peer in
            var settings = HTTPClientSettings()
            settings.totalTime = .milliseconds(200)
            let client = HTTPClient(settings) { event in taken.events.withLock { $0.append(event) } }
            _ = await failure(client, HTTPRequest(.get, try peer.url()))
            #expect(String(decoding: taken.bytes(.received), as: UTF8.self).hasSuffix("\r\n\r\nab"))
            #expect(taken.kinds.last == "1 closed", "a transfer that was ended in the middle takes its connection along")
            await client.shutdown()
        }
    }

    @Test("connections of many requests are kept apart, and each reads as HTTP")
    func many() async throws {
        let taken = Taken()
        try await withServer(
            tap: { event in taken.events.withLock { $0.append(event) } },
            handler: { HTTPServerResponse(status: 200, headers: [], body: Array($0.target.utf8)) }
        ) { server, client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask { _ = try await client.send(HTTPRequest(.get, HTTPURL("http://\(server.address)/\(number)"))) }
                }
                try await group.waitForAll()
            }
            #expect(try await client.send(HTTPRequest(.get, HTTPURL("http://\(server.address)/again"))).status == 200)
        }
        var transcripts: [Int: HTTPTranscript] = [:]
        var asked: [String: String] = [:]
        var answers: [String] = []
        for event in taken.all {
            guard case .passed(let direction, let bytes) = event.kind else { continue }
            let side: HTTPTranscript.Side = direction == .sent ? .client : .server
            for entry in transcripts[event.connection, default: HTTPTranscript()].take(bytes, from: side) {
                switch entry {
                case .request(let request, let number): asked["\(event.connection).\(number)"] = request.target
                case .response(let response, let number):
                    let body = String(decoding: response.body, as: UTF8.self)
                    #expect(asked["\(event.connection).\(number)"] == body)
                    answers.append(body)
                case .problem(_, let text): Issue.record("\(text)")
                }
            }
        }
        #expect(Set(answers) == Set((0..<60).map { "/\($0)" } + ["/again"]))
        #expect(answers.count == 61)
        let opened = taken.kinds.count { $0.hasSuffix("opened") }
        #expect(opened == taken.kinds.count { $0.hasSuffix("closed") })
    }
}
