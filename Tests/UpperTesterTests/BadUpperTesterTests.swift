import Connections
import Diagnostics
import HTTP
import Recordings
import TestSupport
import Testing

@testable import UpperTester

/// What a vendor's server does wrong, and what the failure must say.
struct Badness: Sendable, CustomTestStringConvertible {
    var name: String
    var answer: HTTPServerResponse
    var says: [String]
    var code: String
    var testDescription: String { name }

    init(_ name: String, _ status: Int, _ type: String?, _ body: String, code: String, says: String...) {
        self.name = name
        answer = HTTPServerResponse(
            status: status, headers: type.map { [HTTPField("Content-Type", $0)] } ?? [], body: Array(body.utf8))
        self.code = "upper-tester." + code
        self.says = says
    }

    init(_ name: String, _ status: Int, _ type: String?, bytes: [UInt8], code: String, says: String) {
        self.init(name, status, type, "", code: code, says: says)
        answer.body = bytes
    }

    init(redirectTo location: String?, _ name: String, says: String) {
        self.init(name, 302, nil, "", code: "redirect", says: says)
        if let location { answer.headers.append(HTTPField("Location", location)) }
    }

    private static let json = "application/json"

    static let all = [
        Badness(
            "answers bad JSON", 200, json, "{\"revision\": 1,\n \"conversations\": [}", code: "json",
            says: "its answer is not JSON", "(line 2, column 20)"),
        Badness("answers nothing at all", 200, json, "", code: "json", says: "not JSON", "(line 1, column 1)"),
        Badness("answers JSON that is cut off", 200, json, "{\"revision\": 1, \"conversations\": [", code: "json", says: "not JSON"),
        Badness("answers JSON with a key twice", 200, json, "{\"revision\":1,\"revision\":2}", code: "json", says: "occurs twice"),
        Badness("answers JSON with bytes that are no UTF-8", 200, json, bytes: [0x22, 0xFF, 0x22], code: "json", says: "not valid UTF-8"),
        Badness(
            "nests JSON without end", 200, json, String(repeating: "[", count: 100_000), code: "json", says: "nested deeper"),
        Badness("leaves the revision out", 200, json, "{\"conversations\":[]}", code: "document", says: "revision is missing"),
        Badness(
            "has a revision that is a text", 200, json, "{\"revision\":\"3\",\"conversations\":[]}", code: "document",
            says: "revision is the text \"3\"; write a whole number"),
        Badness(
            "has a revision below zero", 200, json, "{\"revision\":-3,\"conversations\":[]}", code: "document",
            says: "revision is the number -3"),
        Badness(
            "leaves a field of an entry out", 200, json,
            "{\"revision\":1,\"conversations\":[{\"id\":\"a\",\"conversationId\":\"b\",\"state\":\"active\"}]}", code: "document",
            says: "conversations[0].contributionId is missing; write the Contribution-ID"),
        Badness(
            "has a state that is none", 200, json,
            "{\"revision\":1,\"conversations\":[{\"id\":\"a\",\"conversationId\":\"b\",\"contributionId\":\"c\",\"state\":\"Active\"}]}",
            code: "document", says: "conversations[0].state is the text \"Active\"; write active, if that is meant"),
        Badness(
            "answers an array", 200, json, "[]", code: "document", says: "the document is an array of 0; write a JSON object"),
        Badness(
            "answers HTML", 200, "text/html; charset=utf-8", "<html>welcome</html>", code: "content-type",
            says: "answered with text/html where JSON is due", "send Content-Type: application/json"),
        Badness("does not say the type", 200, nil, "{}", code: "content-type", says: "without a Content-Type"),
        Badness(
            "fails with 500 and HTML", 500, "text/html", "<h1>Oops</h1>", code: "refused",
            says: "status 500 and does not say why", "application/problem+json"),
        Badness(
            "fails with 500 and problem details", 500, "application/problem+json",
            "{\"title\":\"Database gone\",\"detail\":\"no such table\\u001b[2J\"}", code: "refused",
            says: "status 500: Database gone: no such table\\u{1b}[2J"),
        Badness(
            "refuses with problem details that are none", 404, "application/problem+json", "{\"detail\":3}", code: "refused",
            says: "status 404 and does not say why"),
        Badness(
            "answers with a status that the specification does not have", 418, nil, "", code: "status",
            says: "status 418, which the specification does not have here; answer with 200"),
        Badness("answers a list with 204", 204, nil, "", code: "status", says: "status 204"),
        Badness("answers a list with 201", 201, json, "{}", code: "status", says: "status 201"),
        Badness(redirectTo: "https://elsewhere.example/v1", "redirects", says: "it redirects to https://elsewhere.example/v1 (status 302)"),
        Badness(redirectTo: "/v1/conversations", "redirects to itself", says: "which is not followed"),
        Badness(redirectTo: nil, "redirects without saying where to", says: "without saying where to"),
        Badness(
            "answers more than sixteen megabytes", 200, json, "\"" + String(repeating: "a", count: 17 << 20) + "\"", code: "no-answer",
            says: "is larger than 16777216 bytes"),
    ]
}

@Suite("Upper testers that do it wrong are told so in words", .timeLimit(.minutes(2)))
struct BadUpperTesterTests {
    @Test("an upper tester that", arguments: Badness.all)
    func bad(_ badness: Badness) async throws {
        try await withHandler({ _ in badness.answer }) { server in
            try await withClient("http://\(server.address)") { client in
                let failed = await failure { try await client.conversations() }
                let said = failed?.description ?? "nothing"
                #expect(said.hasPrefix("upper tester, GET /v1/conversations: "))
                for words in badness.says { #expect(said.contains(words), "\(said)") }
                #expect(failed?.diagnostic.code == badness.code)
                #expect(failed?.diagnostic.family == .iut)
            }
        }
    }

    @Test("an upper tester that announces a gigabyte is not waited for")
    func gigabyte() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n"
        try await withRawAnswer(head + "{") { port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                let failed = await failure { try await client.identity() }
                #expect(failed?.description.contains("larger than 16777216 bytes") == true, "\(String(describing: failed))")
            }
        }
    }

    @Test("an upper tester that does not speak HTTP")
    func garbage() async throws {
        try await withRawAnswer("SSH-2.0-OpenSSH_9.2\r\n") { port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                let failed = await failure { try await client.identity() }
                #expect(failed?.description.contains("is not HTTP/1.1") == true, "\(String(describing: failed))")
                #expect(failed?.diagnostic.code == "upper-tester.no-answer")
            }
        }
    }

    @Test("an upper tester that never answers is a time-out with its milliseconds, also in a long poll")
    func timeOut() async throws {
        try await withHandler({ _ in
            try? await Task.sleep(for: .seconds(60))
            return HTTPServerResponse(status: 200)
        }) { server in
            try await withClient("http://\(server.address)", { $0.answerTime = .milliseconds(300) }) { client in
                let failed = await failure { try await client.identity() }
                #expect(
                    failed?.description == "upper tester, GET /v1: time-out after 300 ms while waiting for the answer to begin "
                        + "from \(server.address); let the server answer sooner, or allow it more time")
                #expect(failed?.diagnostic.code == "upper-tester.time-out")
                let polled = await failure {
                    try await client.messages(in: "a", after: 3, wait: .milliseconds(200))
                }
                #expect(polled?.description.contains("time-out after ") == true)
                #expect(polled?.operation == .messages)
            }
        }
    }

    @Test("nobody listens there")
    func nobody() async throws {
        try await withClient("http://127.0.0.1:1/") { client in
            let failed = await failure { try await client.identity() }
            #expect(failed?.description.hasPrefix("upper tester, GET /v1: could not connect to 127.0.0.1:1: Connection refused") == true)
        }
    }

    @Test(
        "an upper tester whose certificate is not good, or not trusted",
        arguments: [
            ("expired", "TLS verification failed", "ran out"), ("wrong-name", "for another name than 127.0.0.1", "give that name"),
            ("unknown-ca", "TLS verification failed", "not among those trusted"),
        ])
    func certificates(_ name: String, _ says: String, _ also: String) async throws {
        let certificates = try TestCertificates.shared.get()
        var settings = HTTPServerSettings()
        settings.tls = try certificates.server(name)
        try await withHandler(handler(UpperTesterRoutes(FakeClient())), settings) { server in
            try await withClient("https://\(server.address)", { $0.authorityFile = certificates.path("ca.pem") }) { client in
                let failed = await failure { try await client.identity() }
                #expect(failed?.description.contains(says) == true, "\(String(describing: failed))")
                #expect(failed?.description.contains(also) == true, "\(String(describing: failed))")
                #expect(failed?.diagnostic.code == "upper-tester.tls")
            }
        }
    }

    @Test("over TLS with a trusted certificate all goes well")
    func secured() async throws {
        let certificates = try TestCertificates.shared.get()
        var settings = HTTPServerSettings()
        settings.tls = try certificates.server()
        try await withHandler(handler(UpperTesterRoutes(FakeClient())), settings) { server in
            try await withClient("https://\(server.address)", { $0.authorityFile = certificates.path("ca.pem") }) { client in
                let identity = try await client.identity()
                #expect(identity.clientName == "Fake")
            }
        }
    }

    @Test("an upper tester that repeats the token has it taken out of what is said")
    func token() async throws {
        try await withHandler({ request in
            let detail = "bad \(request.headers.first("authorization") ?? "")"
            let body = ProblemDetails(title: "No", detail: detail).json.canonicalBytes
            return HTTPServerResponse(status: 401, headers: [HTTPField("Content-Type", "application/problem+json")], body: body)
        }) { server in
            try await withClient("http://\(server.address)", { $0.credentials = .bearer("s3cret") }) { client in
                let failed = await failure { try await client.identity() }
                #expect(failed?.description.contains("bad Bearer …") == true, "\(String(describing: failed))")
                #expect(!"\(String(describing: failed))".contains("s3cret"))
            }
        }
    }

    @Test("a URL that is none is refused before anything is asked", arguments: ["ftp://a", "127.0.0.1:80", "http://a/?b", "http://u:p@a"])
    func url(_ text: String) {
        #expect(throws: HTTPFailure.self) { try UpperTesterClient(UpperTesterSettings(baseURL: text)) }
    }
}
