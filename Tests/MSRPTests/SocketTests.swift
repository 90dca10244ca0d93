import Connections
import NIOCore
import Testing

@testable import MSRP

@Suite("MSRP over TCP on loopback")
struct SocketTests {
    @Test("a message goes each way over one connection, and each is answered")
    func bothWays() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            bench.send(alice, message("from-alice", "one"))
            bench.send(bob, message("from-bob", "two"))
            try await bench.until("both are answered") { bench.outcomes.count == 2 }
            #expect(bench.outcomes["from-alice"] == .answered(code: 200, comment: "OK"))
            #expect(bench.outcomes["from-bob"] == .answered(code: 200, comment: "OK"))
            #expect(bench.received["bob"]?.map(\.body) == [Array("one".utf8)])
            #expect(bench.received["alice"]?.map(\.body) == [Array("two".utf8)])
            #expect(bench.received["bob"]?.first?.contentType == "text/plain")
            #expect(bench.received["bob"]?.first?.fromPath == [alice.localURI])
            #expect(bench.tap?.opened == 1)
        }
    }

    @Test("IPv6 works, and the URI has its brackets")
    func ipv6() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected(host: "::1")
            #expect(bob.localURI.description.hasPrefix("msrp://[::1]:"))
            bench.send(alice, message("m001", "hello"))
            try await bench.until("it is answered") { bench.outcomes["m001"] == .answered(code: 200, comment: "OK") }
        }
    }

    @Test("the passive end sends when the empty SEND has bound it, also what it was given before")
    func boundByEmptySend() async throws {
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: nil).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            passive.expect(from: [active.localURI])
            bench.send(passive, message("early", "hello"))
            active.connect(to: [passive.localURI], tls: nil, bind: true)
            try await bench.until("it is answered") { bench.outcomes["early"] != nil }
            #expect(bench.received["alice"]?.count == 1)
            #expect(bench.received["bob"] == nil, "the empty SEND is no message")
            #expect(bench.tap?.text(.received).contains("Byte-Range: 1-0/0\r\n-------") == true)
        }
    }

    @Test("the passive end knows the session with the empty SEND, the active end knows so with its answer")
    func introduced() async throws {
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: nil).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            var known: [Set<String>] = []
            bench.onIntroduced = { known.append(bench.introduced) }
            active.connect(to: [passive.localURI], tls: nil, bind: true)
            try await bench.until("both know") { bench.introduced == ["alice", "bob"] }
            #expect(known == [["bob"], ["alice", "bob"]])
        }
    }

    @Test("without an empty SEND the first message binds")
    func boundByMessage() async throws {
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: nil).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            active.connect(to: [passive.localURI], tls: nil, bind: false)
            try await bench.until("alice is connected") { active.isConnected }
            #expect(!passive.isConnected)
            bench.send(active, message("m001", "hello"))
            try await bench.until("it is answered") { bench.outcomes["m001"] == .answered(code: 200, comment: "OK") }
            #expect(passive.isConnected)
            #expect(passive.remotePath == [active.localURI], "the path is learnt from the SEND")
        }
    }

    @Test("5 MB go both ways at once and come out as they were")
    func large() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            var random = Seeded(5)
            let blocks = (0..<16).map { _ in random.bytes(4096) }
            let one = Array((0..<1280).map { _ in blocks.randomElement(using: &random) ?? [] }.joined())
            let two = Array(one.reversed())
            bench.send(alice, .init(messageID: "large-1", contentType: "a/b", body: one))
            bench.send(bob, .init(messageID: "large-2", contentType: "a/b", body: two))
            try await bench.until("both are answered") { bench.outcomes.count == 2 }
            #expect(bench.outcomes.values.allSatisfy { $0 == .answered(code: 200, comment: "OK") })
            #expect(bench.received["bob"]?.first?.body == one)
            #expect(bench.received["alice"]?.first?.body == two)
        }
    }

    @Test("a small message given later overtakes 9 MB that the socket holds up")
    func interrupt() async throws {
        try await SocketBench.run { bench in
            let (alice, _) = try await bench.connected()
            let body = [UInt8](repeating: 97, count: 9 * 1024 * 1024)
            bench.send(alice, .init(messageID: "large", contentType: "a/b", body: body))
            // No await between the two: on a busy machine a pause is long enough for the whole message to go.
            bench.send(alice, message("small", "hi"))
            try await bench.until("both are answered") { bench.outcomes.count == 2 }
            #expect(bench.received["bob"]?.map(\.messageID) == ["small", "large"])
            #expect(bench.received["bob"]?.last?.body == body, "\(body.count) bytes of one letter")
            let came = bench.tap?.bytes[.received] ?? []
            let first = came.firstRange(of: Array("Message-ID: large".utf8))
            let second = came.firstRange(of: Array("Message-ID: small".utf8))
            #expect(try #require(first).lowerBound < #require(second).lowerBound, "the large one had begun")
        }
    }

    @Test("an aborted message is told on both ends, and the connection is as good as before")
    func abort() async throws {
        try await SocketBench.run { bench in
            let (alice, _) = try await bench.connected()
            bench.send(alice, .init(messageID: "large", contentType: "a/b", body: [UInt8](repeating: 97, count: 9_000_000)))
            try await bench.until("some of it came") { (bench.tap?.bytes[.received]?.count ?? 0) > 10_000 }
            alice.abort(messageID: "large")
            #expect(bench.outcomes["large"] == .aborted)
            bench.send(alice, message("next", "hi"))
            try await bench.until("the next is answered") { bench.outcomes["next"] == .answered(code: 200, comment: "OK") }
            #expect(bench.events.contains("bob incomplete large: its sender gave it up"))
            #expect(bench.received["bob"]?.map(\.messageID) == ["next"])
        }
    }

    @Test("every chunk is answered, and the outcome waits for the last")
    func chunked() async throws {
        try await SocketBench.run { bench in
            let (alice, _) = try await bench.connected()
            bench.send(alice, message("m001", String(repeating: "x", count: 950), chunk: 100))
            try await bench.until("it is answered") { bench.outcomes["m001"] == .answered(code: 200, comment: "OK") }
            let answers = bench.tap?.text(.sent).components(of: " 200 OK\r\n") ?? 0
            #expect(answers == 11, "ten chunks and the empty SEND")
            #expect(bench.received["bob"]?.first?.body.count == 950)
        }
    }

    @Test("reports in all combinations, for a message taken and one refused", arguments: [200, 415])
    func reports(_ code: Int) async throws {
        for success in [false, true] {
            for failure in MSRPFailureReport.allCases {
                try await SocketBench.run { bench in
                    let (alice, bob) = try await bench.connected()
                    bob.acceptance = { $0.messageID == "m001" ? code : 200 }
                    bench.send(alice, message("m001", "hello", success: success, failure: failure))
                    try await bench.until("it has an outcome") { bench.outcomes["m001"] != nil }
                    // What comes behind it has come, too.
                    bench.send(alice, message("probe", "hello"))
                    try await bench.until("the probe is answered") { bench.outcomes["probe"] != nil }

                    let sent = bench.tap?.text(.sent) ?? ""
                    let answers = sent.components(of: " \(code) ") - (code == 200 ? 2 : 0)
                    let isAnswered = failure == .yes || failure == .partial && code != 200
                    let isReported = success && code == 200
                    let reports = isReported ? 1 : 0
                    #expect(answers == (isAnswered ? 1 : 0) + reports, "\(success) \(failure)")
                    #expect(sent.components(of: " REPORT\r\n") == reports)
                    #expect(bench.events.contains("alice report m001 200 1-5/5") == isReported)
                    #expect(bench.received["bob"]?.count == (code == 200 ? 2 : 1))
                    switch failure {
                    case .yes: #expect(bench.outcomes["m001"]?.code == code)
                    case .no: #expect(bench.outcomes["m001"] == .unanswered)
                    case .partial:
                        #expect(bench.outcomes["m001"] == .unanswered || bench.outcomes["m001"]?.code == 415)
                        let late = bench.events.contains("alice late m001 415")
                        #expect(late == (bench.outcomes["m001"] == .unanswered && code == 415))
                    }
                }
            }
        }
    }

    @Test("an end that falls silent keeps its sockets and answers nothing; the sender times out")
    func silent() async throws {
        try await SocketBench.run({ $0.responseTimeout = 1_500_000_000 }) { bench in
            let (alice, _) = try await bench.connected()
            bench.bob.isAnswering = false
            bench.send(alice, message("m001", "hello"))
            try await bench.until("it times out") { bench.outcomes["m001"] == .timedOut }
            #expect(bench.received["bob"] == nil)
            #expect(bench.tap?.closed == [])
            bench.bob.isAnswering = true
            bench.send(alice, message("m002", "hello"))
            try await bench.until("it speaks again") { bench.outcomes["m002"] == .answered(code: 200, comment: "OK") }
            #expect(bench.received["bob"]?.map(\.messageID) == ["m002"])
        }
    }

    @Test("connections broken off are told on both ends, with the messages that had no answer")
    func broken() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            bob.acceptance = { _ in 0 }
            bench.send(alice, message("m001", "hello"))
            try await bench.until("it came") { bench.received["bob"]?.count == 1 }
            #expect(bench.outcomes["m001"] == nil, "acceptance 0 answers nothing")
            bench.bob.breakConnections()
            try await bench.until("both know") { bench.events.contains("alice closed") && bench.events.contains("bob closed") }
            #expect(bench.outcomes["m001"] == .connectionLost)
            bench.send(alice, message("late", "hello"))
            #expect(bench.outcomes["late"] == .connectionLost)
            _ = try await bench.connected()
        }
    }

    @Test("a connection is broken off behind bytes that still go out, in front of what waits")
    func brokenAfter() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            let large = [UInt8](repeating: 98, count: 6_000_000)
            bench.send(bob, .init(messageID: "large", contentType: "a/b", body: large))
            try await Task.sleep(for: .milliseconds(1))
            let cut = Array(
                "MSRP cut1 SEND\r\nTo-Path: \(alice.localURI)\r\nFrom-Path: \(bob.localURI)\r\nMessage-ID: cut\r\n".utf8)
            bob.breakConnection(after: cut)
            try await bench.until("both know") { bench.events.contains("alice closed") && bench.events.contains("bob closed") }
            #expect(bench.outcomes["large"] == .connectionLost)
            #expect(bench.tap?.bytes[.sent]?.suffix(cut.count) == cut[...])
            #expect(bench.received["alice"] == nil)
            _ = try await bench.connected()
        }
    }

    @Test("a message that has come in part is told, as often as a read ends in it, and one that came whole is not")
    func partial() async throws {
        try await SocketBench.run { bench in
            let (alice, _) = try await bench.connected()
            var parts = 0
            bench.bob.onPartialMessage = { parts += 1 }
            bench.send(alice, message("m001", "hello"))
            try await bench.until("the small one came") { bench.received["bob"]?.count == 1 }
            #expect(parts == 0)
            bench.send(alice, message("m002", String(repeating: "x", count: 1_000_000)))
            try await bench.until("the large one came") { bench.received["bob"]?.count == 2 }
            #expect(parts > 0)
        }
    }

    @Test("an end that holds its answers gives them when its user does")
    func heldAnswers() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            bob.holdsAnswers = true
            bench.send(alice, message("m001", "one", success: true))
            bench.send(alice, message("m002", "two"))
            try await bench.until("both came") { bench.received["bob"]?.count == 2 }
            try await Task.sleep(for: .milliseconds(20))
            #expect(bench.outcomes.isEmpty && !bench.events.contains { $0.contains("report") })
            let messages = bench.received["bob"] ?? []
            bob.answer(messages[1], code: 413)
            bob.answer(messages[0], code: 200)
            try await bench.until("both are answered") { bench.outcomes.count == 2 }
            #expect(bench.outcomes["m001"]?.code == 200)
            #expect(bench.outcomes["m002"]?.code == 413)
            try await bench.until("the report came") { bench.events.contains("alice report m001 200 1-3/3") }
        }
    }

    @Test("a message larger than the session takes is refused while it still comes, and its sender stops")
    func tooLarge() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            bob.maxSize = 1000
            bench.send(alice, .init(messageID: "large", contentType: "a/b", body: [UInt8](repeating: 97, count: 9_000_000)))
            try await bench.until("it is refused") { bench.outcomes["large"]?.code == 413 }
            #expect((bench.tap?.bytes[.received]?.count ?? 0) < 9_000_000)
            bench.send(alice, message("next", "hi"))
            try await bench.until("the next is answered") { bench.outcomes["next"]?.code == 200 }
        }
    }

    @Test("closing the last session closes the connection, and what was not answered is lost")
    func closing() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            bob.acceptance = { _ in 0 }
            bench.send(alice, message("m001", "hello"))
            try await bench.until("it came") { bench.received["bob"]?.count == 1 }
            alice.close()
            #expect(bench.outcomes["m001"] == .connectionLost)
            try await bench.until("bob knows") { bench.events.contains("bob closed") }
            #expect(!bench.events.contains("alice closed"), "who closes is not told")
        }
    }

    @Test("two sessions share a connection when they may, and it lasts as long as one of them")
    func shared() async throws {
        try await SocketBench.run({ $0.sharesConnections = true }) { bench in
            let (one, _) = try await bench.connected()
            let (two, _) = try await bench.connected()
            #expect(bench.tap?.opened == 1)
            bench.send(one, message("m001", "hello"))
            bench.send(two, message("m002", "hello"))
            try await bench.until("both are answered") { bench.outcomes.count == 2 }
            one.close()
            bench.send(two, message("m003", "hello"))
            try await bench.until("the other goes on") { bench.outcomes["m003"]?.code == 200 }
            two.close()
            try await bench.until("it is closed") { bench.tap?.closed.count == 1 }
        }
    }

    @Test("a place where nobody listens is told as closed, with the queued messages lost")
    func nobodyThere() async throws {
        try await SocketBench.run { bench in
            let session = bench.alice.makeSession(onSignal: bench.note("alice"))
            bench.send(session, message("m001", "hello"))
            // A port that was free a moment ago may be another test's by now; this one is nobody's.
            let uri = MSRPURI(host: "127.0.0.1", port: 1, sessionID: "nobody")
            session.connect(to: [uri], tls: nil, bind: true)
            try await bench.until("it is closed") { bench.events == ["alice closed"] }
            #expect(bench.outcomes["m001"] == .connectionLost)
        }
    }

    @Test("a connection that is refused is told with its address, in words")
    func refused() async throws {
        try await SocketBench.run { bench in
            let address = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: nil).get()
            try await bench.bob.close().get()
            var causes: [String] = []
            let session = bench.alice.makeSession { _, signal in
                if case .closed(let cause) = signal { causes.append(cause) }
            }
            let uri = MSRPURI(host: "127.0.0.1", port: address.port, sessionID: "nobody")
            session.connect(to: [uri], tls: nil, bind: true)
            try await bench.until("it is closed") { !causes.isEmpty }
            #expect(causes.first?.hasPrefix("cannot connect to ") == true)
            #expect(causes.first?.hasSuffix(": Connection refused") == true, "\(causes)")
        }
    }

    @Test("a session that the other end does not know cannot be bound")
    func unknownSession() async throws {
        try await SocketBench.run { bench in
            let address = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: nil).get()
            let session = bench.alice.makeSession(onSignal: bench.note("alice"))
            let uri = MSRPURI(host: "127.0.0.1", port: address.port, sessionID: "nobody")
            session.connect(to: [uri], tls: nil, bind: true)
            try await bench.until("it is closed") { bench.events == ["alice connected", "alice closed"] }
            #expect(bench.tap?.text(.sent).contains(" 481 ") == true)
        }
    }

    @Test("closing an end point leaves no connection and no listener")
    func closed() async throws {
        try await SocketBench.run { bench in
            let (_, bob) = try await bench.connected()
            let port = bob.localURI.port
            try await bench.bob.close().get()
            #expect(bench.tap?.closed == ["closed here"])
            try await bench.until("alice knows") { bench.events.contains("alice closed") }
            let session = bench.alice.makeSession(onSignal: bench.note("again"))
            session.connect(to: [MSRPURI(host: "127.0.0.1", port: port, sessionID: "x")], tls: nil, bind: false)
            try await bench.until("nobody listens") { bench.events.contains("again closed") }
        }
    }
}

extension String {
    /// How often a text occurs.
    func components(of text: String) -> Int { split(separator: text, omittingEmptySubsequences: false).count - 1 }
}

extension MSRPSendOutcome {
    var code: Int? {
        if case .answered(let code, _) = self { return code }
        return nil
    }
}
