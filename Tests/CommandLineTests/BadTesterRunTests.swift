import Foundation
import HTTP
import Recordings
import Testing

@testable import CommandLine

/// Whole runs against a good client whose upper tester is bad: what it spoils is doubt, what it lies about is found out.
@Suite("Bad upper testers in whole runs", .serialized, .timeLimit(.minutes(3)))
struct BadTesterRunTests {
    private static let cases = ["058c-messages-of-a-session-that-is-over*", "058c-several-deferred-sessions"]

    /// Plays two cases; returns how the run ended, and how long it took.
    private func run(
        _ folder: String, answer: Int = 800, filter: [String] = cases, slam: String? = nil,
        spoiling spoil: @escaping MischievousTester.Spoiling = { _, answer in await answer() }
    ) async throws -> (ended: Ended, seconds: Double) {
        let port = try freePort()
        let tester = try await MischievousTester.start(enabler: port, slam: slam, spoiling: spoil)
        try write(describedClient(port: port, url: tester.url, answer: answer, case: 8000), to: folder + "/iut.yaml")
        let begun = ContinuousClock.now
        let ended = await cpmcheck(
            ["run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r"] + filter.flatMap { ["--filter", $0] })
        let (seconds, attoseconds) = begun.duration(to: .now).components
        await tester.stop()
        return (ended, Double(seconds) + Double(attoseconds) / 1e18)
    }

    private static func isMessages(_ request: HTTPServerRequest) -> Bool { request.target.prefix { $0 != "?" }.hasSuffix("/messages") }

    /// Every case is in doubt for the reason, and the run went on to its end.
    private func expectDoubt(_ ended: Ended, _ folder: String, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(ended.code == 2, "\(ended.out)\(ended.err)", sourceLocation: sourceLocation)
        let results = try ReadResults(folder + "/r")
        #expect(results.cases.count >= 2, sourceLocation: sourceLocation)
        for found in results.cases {
            #expect(found.verdict == "inconclusive", "\(found.id): \(found.said)", sourceLocation: sourceLocation)
            #expect(found.said.contains(reason), "\(found.id): \(found.said)", sourceLocation: sourceLocation)
        }
    }

    @Test("nothing is spoilt: the same cases pass")
    func control() async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder)
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
        }
    }

    private static let json = [HTTPField("Content-Type", "application/json")]

    @Test(
        "answers about messages that cannot be used: each case is inconclusive with the place of the mistake",
        arguments: [
            ("{\"revision\": 1, \"messages\": [", "its answer is not JSON"),
            ("{\"messages\": []}", "revision"),
            ("{\"revision\": 1, \"messages\": [{ \"id\": 7 }]}", "messages[0]"),
            ("[]", "in its answer"),
        ])
    func unusable(body: String, reason: String) async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder) { request, answer in
                Self.isMessages(request) ? HTTPServerResponse(status: 200, headers: Self.json, body: Array(body.utf8)) : await answer()
            }
            try expectDoubt(ended, folder, reason)
            try expectDoubt(ended, folder, "upper tester, GET /v1/conversations/{id}/messages")
        }
    }

    @Test(
        "answers of another kind: a redirect, a status, a page, a refusal without a word",
        arguments: [
            (HTTPServerResponse(status: 302, headers: [HTTPField("Location", "http://elsewhere.example/")]), "it redirects to http://elsewhere.example/"),
            (HTTPServerResponse(status: 418, text: "I am"), "it answered with status 418"),
            (HTTPServerResponse(status: 200, text: "fine"), "it answered with text/plain where JSON is due"),
            (HTTPServerResponse(status: 500), "it refused with status 500 and does not say why"),
            (HTTPServerResponse(status: 401), "it refused with status 401"),
        ])
    func otherKinds(spoilt: HTTPServerResponse, reason: String) async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder) { request, answer in
                request.target.hasPrefix("/v1/conversations") ? spoilt : await answer()
            }
            try expectDoubt(ended, folder, reason)
        }
    }

    @Test("no answer, to going on-line or to what is shown: inconclusive when the time is over, and on to the next case", arguments: [
        "/v1/connection", "/messages",
    ])
    func silence(place: String) async throws {
        try await withFolder { folder in
            let (ended, seconds) = try await run(folder) { request, answer in
                let isMeant = request.target.hasPrefix(place) ? request.method == "PUT" : request.target.hasSuffix(place)
                // Off-line is what each case begins with.
                if isMeant, !String(decoding: request.body, as: UTF8.self).contains("false") { try? await Task.sleep(for: .seconds(60)) }
                return await answer()
            }
            try expectDoubt(ended, folder, "time-out after 800 ms")
            #expect(seconds < 20)
        }
    }

    @Test("a connection that is closed without an answer, at what is shown and at who it is", arguments: [
        "/messages HTTP/1.1", "PUT /v1/invitations",
    ])
    func closed(slam: String) async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder, slam: slam)
            try expectDoubt(ended, folder, "closed the connection without an answer")
        }
    }

    @Test("garbage from the beginning: 69, and nothing is played")
    func garbageAtOnce() async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder) { request, answer in
                request.target == "/v1" ? HTTPServerResponse(status: 200, headers: Self.json, body: Array("{}".utf8)) : await answer()
            }
            #expect(ended.code == 69, "\(ended.out)")
            #expect(ended.err.contains("upper tester, GET /v1: in its answer"), "\(ended.err)")
            #expect(ended.err.contains("iut.yaml:6:3: asked at http://127.0.0.1:"), "\(ended.err)")
        }
    }

    @Test("lies about messages, against the wire: one that never came, one kept back, one twice", arguments: [
        ("invented", "shown.only"), ("kept back", "shown.complete"), ("doubled", "shown.once"),
    ])
    func lies(lie: String, check: String) async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder, filter: ["058c-messages-of-a-session-that-is-over*"]) { request, answer in
                Self.isMessages(request) ? Self.lying(lie, await answer()) : await answer()
            }
            #expect(ended.code == 1, "\(ended.out)\(ended.err)")
            for found in try ReadResults(folder + "/r").cases {
                #expect(found.verdict == "fail", "\(found.said)")
                #expect(found.reasons.contains { $0.code == check }, "\(found.said)")
            }
        }
    }

    private static func lying(_ lie: String, _ answer: HTTPServerResponse) -> HTTPServerResponse {
        guard var document = try? JSONValue(parsing: answer.body).object, var messages = document["messages"]?.array,
            let first = messages.first
        else { return answer }
        switch lie {
        case "invented":
            var another = first.object ?? [:]
            another["id"] = "never-sent"
            another["text"] = "never said"
            messages.append(.object(another))
        case "kept back": messages.removeFirst()
        default: messages.insert(first, at: 0)
        }
        document["messages"] = .array(messages)
        return HTTPServerResponse(status: answer.status, headers: answer.headers, body: JSONValue.object(document).canonicalBytes)
    }

    @Test("what the user was to do and the upper tester did not: nothing that would have followed is charged", arguments: [500, 302])
    func notDone(status: Int) async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder, filter: ["058c-reports-displayed--form.over", "058c-restart-with-everybody"]) { request, answer in
                let isMeant = request.target.hasSuffix("/read") || request.target.hasSuffix("/restart")
                return isMeant ? HTTPServerResponse(status: status, headers: [HTTPField("Location", "http://elsewhere.example/")]) : await answer()
            }
            try expectDoubt(ended, folder, "nobody can say that the user has")
        }
    }

    @Test("a group that is never among those shown fails shown.complete, and the other groups are looked at all the same")
    func unlisted() async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder, filter: ["058c-several-deferred-sessions"]) { request, answer in
                let whole = await answer()
                guard request.method == "GET", request.target.prefix(while: { $0 != "?" }) == "/v1/conversations",
                    var document = try? JSONValue(parsing: whole.body).object, let all = document["conversations"]?.array
                else { return whole }
                document["conversations"] = .array(Array(all.dropFirst()))
                return HTTPServerResponse(status: 200, headers: Self.json, body: JSONValue.object(document).canonicalBytes)
            }
            #expect(ended.code == 1, "\(ended.out)\(ended.err)")
            let found = try #require(try ReadResults(folder + "/r").cases.first)
            #expect(found.verdict == "fail")
            #expect(Set(found.reasons.map(\.code)) == ["shown.complete", "members.shown"], "\(found.said)")
            #expect(found.said.contains("does not show the group 'work' at all"), "\(found.said)")
        }
    }

    @Test("a client that only says that it is on-line: the preamble is not reached, and nothing is charged")
    func onlyWords() async throws {
        try await withFolder { folder in
            let (ended, _) = try await run(folder) { request, answer in
                guard request.method == "PUT", request.target == "/v1/connection" else { return await answer() }
                let isOn = String(decoding: request.body, as: UTF8.self).contains("true")
                let state: JSONValue = ["online": .bool(isOn), "registered": .bool(isOn), "address": "sip:cpm-1@cpm.example"]
                return HTTPServerResponse(status: 200, headers: Self.json, body: state.canonicalBytes)
            }
            try expectDoubt(ended, folder, "in the preamble, step 1 did not get there: awaited a REGISTER of carol")
        }
    }
}
