import Connections
import NIOCore
import TestSupport
import Testing

@testable import HTTP

private let okHead = "HTTP/1.1 200 OK\r\n"

/// What a server does wrong, and the sentence that says so.
struct Trouble: Sendable, CustomTestStringConvertible {
    var name: String
    var steps: [PeerStep]
    var says: String
    var testDescription: String { name }

    init(_ name: String, _ steps: [PeerStep], says: String) {
        self.name = name
        self.steps = steps
        self.says = says
    }

    static let all = [
        Trouble("never answers", [.awaitRequest()], says: "time-out after 1500 ms while waiting for the answer to begin"),
        Trouble(
            "trickles its head", [.awaitRequest(), .trickle(okHead + String(repeating: "a", count: 10_000), milliseconds: 50)],
            says: "time-out after 1500 ms while waiting for the "),
        Trouble(
            "trickles its body",
            [
                .awaitRequest(), .write(okHead + "Content-Length: 1000\r\n\r\n"),
                .trickle(String(repeating: "a", count: 1_000), milliseconds: 50),
            ], says: "time-out after 1500 ms while waiting for the rest of the answer"),
        // What it had not read makes the system reset the connection, or not.
        Trouble("closes at once", [.close], says: "closed the connection without an answer|broke while waiting for the answer"),
        Trouble("closes when it was asked", [.awaitRequest(), .close], says: "closed the connection without an answer"),
        Trouble(
            "closes in the middle of a body", [.awaitRequest(), .write(okHead + "Content-Length: 10\r\n\r\nabc"), .close],
            says: "in the middle of its answer"),
        Trouble(
            "closes in the middle of chunks",
            [.awaitRequest(), .write(okHead + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"), .close],
            says: "in the middle of its answer"),
        Trouble("answers garbage", [.awaitRequest(), .write("who is there?\r\n\r\n")], says: "is not HTTP/1.1"),
        Trouble("answers with zero bytes", [.awaitRequest(), .writeBytes([UInt8](repeating: 0, count: 99))], says: "is not HTTP/1.1"),
        Trouble(
            "answers with SIP", [.awaitRequest(), .write("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"), .close],
            says: "is not HTTP/1.1"),
        Trouble(
            "has a chunk without size", [.awaitRequest(), .write(okHead + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")],
            says: "is not HTTP/1.1"),
        Trouble(
            "announces a gigabyte", [.awaitRequest(), .write(okHead + "Content-Length: 1073741824\r\n\r\na")],
            says: "larger than 65536 bytes"),
        Trouble(
            "sends more than is wanted without saying how much",
            [.awaitRequest(), .write(okHead + "\r\n"), .writeBytes([UInt8](repeating: 97, count: 70_000))],
            says: "larger than 65536 bytes"),
        Trouble(
            "sends a head without end",
            [.awaitRequest(), .write(okHead)] + (0..<40).map { .write("X-\($0): \(String(repeating: "a", count: 2_000))\r\n") },
            says: "head of the answer"),
        Trouble(
            "says go on for ever",
            [.awaitRequest()]
                + (0..<400).map { .write("HTTP/1.1 100 Continue\r\nX-\($0): \(String(repeating: "a", count: 200))\r\n\r\n") },
            says: "head of the answer"),
    ]
}

@Suite("Servers that an HTTP client must survive, each told in words", .timeLimit(.minutes(2)))
struct TroubleTests {
    static var settings: HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.totalTime = .milliseconds(1_500)
        settings.maximumBody = 65_536
        return settings
    }

    @Test("a server that", arguments: Trouble.all)
    func trouble(_ trouble: Trouble) async throws {
        try await withPeer(trouble.steps) { peer in
            let client = HTTPClient(Self.settings)
            let start = ContinuousClock.now
            let failed = await failure(client, HTTPRequest(.post, try peer.url(), body: []))
            let said = failed?.description ?? "an answer"
            #expect(trouble.says.split(separator: "|").contains { said.contains($0) }, "\(said)")
            #expect(ContinuousClock.now - start < .seconds(20))
            await client.shutdown()
        }
    }

    @Test("nobody listens: the address and the system's reason")
    func refused() async throws {
        let port = try await withLoop { loop in
            try await loop.flatSubmit {
                Sockets(eventLoop: loop, protocolName: "http", tap: nil).listen(host: "127.0.0.1", port: 0, tls: nil) { _ in }
                    .flatMap { channel in channel.close().map { channel.localAddress?.port ?? 0 } }
            }.get()
        }
        let client = HTTPClient(Self.settings)
        let failed = await failure(client, HTTPRequest(.get, try HTTPURL("http://127.0.0.1:\(port)/")))
        #expect(
            failed?.description
                == "could not connect to 127.0.0.1:\(port): Connection refused; see whether the server is running and listens there")
        await client.shutdown()
    }

    @Test("a name that nobody knows")
    func unknownName() async throws {
        let client = HTTPClient()
        let failed = await failure(client, HTTPRequest(.get, try HTTPURL("http://nowhere.invalid/")))
        #expect(failed == .unknownName("nowhere.invalid"))
        await client.shutdown()
    }

    @Test("a server that accepts and says nothing during the TLS handshake is a time-out of connecting")
    func silentHandshake() async throws {
        try await withPeer([]) { peer in
            var settings = HTTPClientSettings()
            settings.connectTime = .milliseconds(300)
            let client = HTTPClient(settings)
            let failed = await failure(client, HTTPRequest(.get, try peer.url("https")))
            let said = failed?.description ?? ""
            #expect(said.hasPrefix("time-out after 300 ms while connecting to 127.0.0.1:"), "\(said)")
            await client.shutdown()
        }
    }

    @Test("requests that wait for others run out of time, too")
    func queued() async throws {
        try await withPeer([.awaitRequest()]) { peer in
            var settings = Self.settings
            settings.maximumTransfers = 1
            settings.totalTime = .seconds(60)
            let client = HTTPClient(settings)
            let url = try peer.url()
            let first = Task { await failure(client, HTTPRequest(.get, url)) }
            #expect(try await eventually { try await peer.received.first?.endOfHead != nil })
            var hasty = HTTPRequest(.get, url)
            hasty.totalTime = .milliseconds(50)
            let second = await failure(client, hasty)
            #expect(second == .timedOut(address: url.address, milliseconds: 50, .queueing))
            first.cancel()
            #expect(await first.value == .cancelled)
            await client.shutdown()
        }
    }

    @Test("cancelling the task ends the transfer at once, closes its connection and lets others go on")
    func cancelled() async throws {
        try await withPeer([.awaitRequest()]) { peer in
            let client = HTTPClient()
            let url = try peer.url()
            let task = Task { await failure(client, HTTPRequest(.get, url)) }
            let other = Task { await failure(client, HTTPRequest(.get, url)) }
            #expect(try await eventually { try await peer.received.count { $0.endOfHead != nil } == 2 })
            let start = ContinuousClock.now
            task.cancel()
            #expect(await task.value == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(try await eventually(within: .seconds(1)) { try await peer.closedByPeer == 1 })
            other.cancel()
            #expect(await other.value == .cancelled)
            await client.shutdown()
        }
    }

    @Test("a task that was cancelled before it asks gets no answer")
    func cancelledBefore() async throws {
        try await withPeer([.awaitRequest()]) { peer in
            let client = HTTPClient()
            let url = try peer.url()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure(client, HTTPRequest(.get, url))
            }
            #expect(await task.value == .cancelled)
            await client.shutdown()
        }
    }
}

@Suite("TLS of the HTTP client", .timeLimit(.minutes(2)))
struct TLSTests {
    private func ask(
        _ certificate: String, serverName: String? = nil, authority: String? = "ca.pem", host: String = "127.0.0.1"
    ) async throws -> (status: Int?, failure: HTTPFailure?) {
        let certificates = try TestCertificates.shared.get()
        var server = HTTPServerSettings()
        server.tls = try certificates.server(certificate)
        var client = HTTPClientSettings()
        client.authorityFile = authority.map { certificates.path($0) }
        client.serverName = serverName
        let status = AnswerBox()
        try await withServer(server, client: client, handler: { request in
            HTTPServerResponse(status: 200, text: request.headers.first("host") ?? "")
        }) { server, client in
            let url = try HTTPURL("https://\(host):\(server.port)/")
            do throws(HTTPFailure) {
                let answer = try await client.send(HTTPRequest(.get, url))
                await status.set(answer.status, String(decoding: answer.body, as: UTF8.self), nil)
            } catch {
                await status.set(nil, "", error)
            }
        }
        return (await status.status, await status.failure)
    }

    private actor AnswerBox {
        var status: Int?
        var host = ""
        var failure: HTTPFailure?
        func set(_ status: Int?, _ host: String, _ failure: HTTPFailure?) {
            (self.status, self.host, self.failure) = (status, host, failure)
        }
    }

    @Test("a good certificate for the address, and for the name that was given apart")
    func good() async throws {
        #expect(try await ask("leaf").status == 200)
        #expect(try await ask("leaf", host: "localhost").status == 200)
        #expect(try await ask("wrong-name", serverName: "elsewhere.example").status == 200)
    }

    @Test("a certificate for another name")
    func wrongName() async throws {
        for (certificate, name) in [("wrong-name", nil), ("leaf", "elsewhere.example")] {
            let failed = try await ask(certificate, serverName: name).failure
            #expect(failed?.isTLS(.wrongName(name ?? "127.0.0.1")) == true, "\(String(describing: failed))")
        }
    }

    @Test("a certificate that ran out")
    func expired() async throws {
        let failed = try await ask("expired").failure
        #expect(failed?.isTLS(.expired) == true)
        #expect(failed?.description.contains("TLS verification failed") == true)
    }

    @Test("an authority that is not trusted, also when none was named")
    func unknownAuthority() async throws {
        #expect(try await ask("unknown-ca").failure?.isTLS(.unknownAuthority) == true)
        #expect(try await ask("leaf", authority: nil).failure?.isTLS(.unknownAuthority) == true)
    }

    @Test("a file of authorities that is none")
    func badFile() async throws {
        let certificates = try TestCertificates.shared.get()
        #expect(try await ask("leaf", authority: "leaf.key").failure == .badAuthorityFile(certificates.path("leaf.key")))
        #expect(try await ask("leaf", authority: "nothing.pem").failure == .badAuthorityFile(certificates.path("nothing.pem")))
    }

    @Test("https where http is spoken, and http where TLS is")
    func mismatch() async throws {
        try await withServer(handler: { _ in HTTPServerResponse(status: 200) }) { server, client in
            let failed = await failure(client, HTTPRequest(.get, try HTTPURL("https://\(server.address)/")))
            #expect(failed?.isTLS(.notTLS) == true, "\(String(describing: failed))")
        }
        var settings = HTTPServerSettings()
        settings.tls = try TestCertificates.shared.get().server()
        try await withServer(settings, handler: { _ in HTTPServerResponse(status: 200) }) { server, client in
            let failed = await failure(client, HTTPRequest(.get, try HTTPURL("http://\(server.address)/")))
            #expect(failed != nil, "whether it answers with an alert or closes is the server's choice")
        }
    }
}

extension HTTPFailure {
    func isTLS(_ wanted: TLSTrouble) -> Bool {
        if case .tls(_, let trouble) = self { trouble == wanted } else { false }
    }
}
