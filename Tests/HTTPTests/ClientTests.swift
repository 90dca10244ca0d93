import Connections
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTP

private func echo(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    HTTPServerResponse(
        status: request.target.hasPrefix("/status/") ? Int(request.target.dropFirst(8)) ?? 500 : 200,
        headers: [
            HTTPField("X-Method", request.method), HTTPField("X-Target", request.target), HTTPField("X-Remote", request.remote),
            HTTPField("X-Host", request.headers.first("host") ?? ""),
            HTTPField("X-Authorization", request.headers.first("authorization") ?? ""),
            HTTPField("Content-Type", request.headers.first("content-type") ?? "text/plain"),
        ], body: request.body)
}

@Suite("HTTP client and server together", .timeLimit(.minutes(2)))
struct ClientTests {
    @Test("every method carries its target, headers and body there and the answer back", arguments: HTTPRequest.Method.allCases)
    func methods(_ method: HTTPRequest.Method) async throws {
        try await withServer(handler: echo) { server, client in
            let body: [UInt8]? = [.get, .head, .delete].contains(method) ? nil : Array("hé\0llo".utf8)
            let url = try HTTPURL("http://\(server.address)/a/../b%2Fc?d=e")
            let response = try await client.send(
                HTTPRequest(method, url, headers: [HTTPField("Content-Type", "a/b")], body: body))
            #expect(response.status == 200)
            #expect(response.headers.first("x-method") == method.rawValue)
            #expect(response.headers.first("X-TARGET") == "/a/../b%2Fc?d=e", "paths go as they are")
            #expect(response.headers.mediaType == "a/b")
            #expect(response.body == (method == .head ? [] : body ?? []))
        }
    }

    @Test("any status is an answer, with and without body", arguments: [200, 201, 204, 304, 404, 500, 503])
    func statuses(_ status: Int) async throws {
        try await withServer(handler: echo) { server, client in
            let url = try HTTPURL("http://\(server.address)/status/\(status)")
            #expect(try await client.send(HTTPRequest(.put, url, body: [1])).status == status)
            #expect(try await client.send(HTTPRequest(.get, url)).status == status, "the connection goes on")
        }
    }

    @Test("a redirect, also one in a circle, is an answer and is not followed")
    func redirect() async throws {
        let count = Mutex(0)
        try await withServer(handler: { request in
            count.withLock { $0 += 1 }
            return HTTPServerResponse(status: 302, headers: [HTTPField("Location", request.target)])
        }) { server, client in
            let response = try await client.send(HTTPRequest(.get, HTTPURL("http://\(server.address)/circle")))
            #expect(response.status == 302)
            #expect(response.headers.first("location") == "/circle")
            #expect(count.withLock { $0 } == 1)
        }
    }

    @Test("four megabytes go there and back byte for byte; one more is refused by the client")
    func large() async throws {
        var settings = HTTPServerSettings()
        settings.maximumBody = 5 << 20
        try await withServer(settings, handler: echo) { server, client in
            let url = try HTTPURL("http://\(server.address)/")
            let body = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
            #expect(try await client.send(HTTPRequest(.post, url, body: body)).body == body)
            let failed = await failure(client, HTTPRequest(.post, url, body: body + [0]))
            #expect(failed == .bodyTooLarge(address: server.address, limit: 4 << 20))
        }
    }

    @Test("GET and PUT use an open connection again; POST, which must not be sent twice, never does")
    func connections() async throws {
        try await withServer(handler: echo) { server, client in
            let url = try HTTPURL("http://\(server.address)/")
            var remotes: [String?] = []
            for method in [HTTPRequest.Method.get, .put, .get, .post, .post] {
                let body: [UInt8]? = method == .get ? nil : [1]
                remotes.append(try await client.send(HTTPRequest(method, url, body: body)).headers.first("x-remote"))
            }
            #expect(Set(remotes.prefix(3)).count == 1)
            #expect(Set(remotes.suffix(3)).count == 3)
        }
    }

    @Test("credentials arrive, and appear in no failure and no description")
    func credentials() async throws {
        for (credentials, shown) in [
            (HTTPCredentials.bearer("s3cret.token"), "Bearer s3cret.token"),
            (.basic(user: "u", password: "s3cret"), "Basic dTpzM2NyZXQ="),
        ] {
            var settings = HTTPClientSettings()
            settings.credentials = credentials
            let text = "\(settings) \(credentials) " + String(reflecting: credentials)
            #expect(!text.contains("s3cret"))
            #expect(credentials.concealed(in: "you said s3cret.token or s3cret!").contains("s3cret.token") == false)
            try await withServer(client: settings, handler: echo) { server, client in
                let response = try await client.send(HTTPRequest(.get, HTTPURL("http://\(server.address)/")))
                #expect(response.headers.first("x-authorization") == shown)
                #expect(credentials.areShown(by: [HTTPField("Authorization", shown)]))
                #expect(!credentials.areShown(by: [HTTPField("Authorization", shown + "x")]))
                #expect(!credentials.areShown(by: []))
            }
        }
    }

    @Test("what would add a header or change one that is the client's own is refused before anything is sent")
    func injection() async throws {
        let client = HTTPClient()
        let url = try HTTPURL("http://127.0.0.1:1/")
        for field in [
            HTTPField("X", "a\r\nY: b"), HTTPField("X: y", "a"), HTTPField("", "a"), HTTPField("Authorization", "a"),
            HTTPField("content-length", "3"), HTTPField("Host", "b"),
        ] {
            guard case .unusable? = await failure(client, HTTPRequest(.get, url, headers: [field])) else {
                Issue.record("\(field) went out")
                continue
            }
        }
        await client.shutdown()
        var settings = HTTPClientSettings()
        settings.credentials = .bearer("a\r\nX: b")
        let other = HTTPClient(settings)
        guard case .unusable? = await failure(other, HTTPRequest(.get, url)) else { throw Unexpected() }
        await other.shutdown()
    }

    @Test("no proxy is taken from the environment")
    func proxy() async {
        // The environment belongs to the whole process: this one has nothing else to do.
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:1", 1) }
            try await withServer(handler: { _ in HTTPServerResponse(status: 200) }) { server, client in
                let answer = try await client.send(HTTPRequest(.get, HTTPURL("http://\(server.address)/")))
                #expect(answer.status == 200)
            }
        }
    }

    @Test("after a shutdown, which may come twice, requests fail at once; one under way fails too")
    func shutdown() async throws {
        try await withPeer([.awaitRequest()]) { peer in
            let client = HTTPClient()
            let url = try peer.url()
            async let underWay = failure(client, HTTPRequest(.get, url))
            #expect(try await eventually { try await peer.received.first?.endOfHead != nil })
            await client.shutdown()
            #expect(await underWay == .stopped)
            #expect(await failure(client, HTTPRequest(.get, url)) == .stopped)
            await client.shutdown()
        }
    }
}

struct Unexpected: Error {}

@Suite("Many HTTP requests at once", .timeLimit(.minutes(2)))
struct ManyRequestTests {
    @Test("five hundred requests at once all get their own answers, though only a hundred run at a time")
    func many() async throws {
        var settings = HTTPClientSettings()
        settings.maximumTransfers = 100
        try await withServer(client: settings, handler: echo) { server, client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let url = try HTTPURL("http://\(server.address)/\(number)")
                        let body = Array("body \(number)".utf8)
                        let response = try await client.send(HTTPRequest(.put, url, body: body))
                        #expect(response.body == body)
                        #expect(response.headers.first("x-target") == "/\(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("twenty long polls are held while a quick request is answered; then all are answered")
    func longPolls() async throws {
        let gate = Gate()
        let started = Mutex(0)
        try await withServer(handler: { request in
            guard request.target == "/poll" else { return HTTPServerResponse(status: 200) }
            started.withLock { $0 += 1 }
            await gate.wait()
            return HTTPServerResponse(status: 201)
        }) { server, client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await client.send(HTTPRequest(.get, HTTPURL("http://\(server.address)/poll"))).status }
                }
                #expect(await eventually { started.withLock { $0 } == 20 })
                let start = ContinuousClock.now
                let answer = try await client.send(HTTPRequest(.get, HTTPURL("http://\(server.address)/quick")))
                #expect(answer.status == 200)
                #expect(ContinuousClock.now - start < .seconds(5))
                #expect(started.withLock { $0 } == 20)
                gate.open()
                var statuses: [Int] = []
                for try await status in group { statuses.append(status) }
                #expect(statuses == [Int](repeating: 201, count: 20))
            }
        }
    }
}

/// Lets everybody through once it is open.
final class Gate: Sendable {
    private let waiting = Mutex<(isOpen: Bool, [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = waiting.withLock { state in
                if !state.isOpen { state.1.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let all = waiting.withLock { state in
            defer { state = (true, []) }
            return state.1
        }
        for continuation in all { continuation.resume() }
    }
}
