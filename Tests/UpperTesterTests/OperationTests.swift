import Diagnostics
import HTTP
import Testing

@testable import UpperTester

@Suite("Each operation of the upper tester there and back", .timeLimit(.minutes(1)))
struct OperationTests {
    @Test("who it is, going on-line and off-line, and how invitations are met")
    func client() async throws {
        try await withUpperTester { client, fake in
            let identity = try await client.identity()
            #expect(identity == UpperTesterIdentity(clientName: "Fake", clientVersion: "0.1"))
            #expect(identity.hasLongPoll)
            #expect(try await client.connection() == ClientConnection(online: false, registered: false, address: FakeClient.address))
            #expect(try await client.setOnline(true).registered)
            #expect(try await client.connection().online)
            for conduct in InvitationConduct.allCases {
                try await client.meetInvitations(conduct)
                #expect(fake.look { $0.conduct } == conduct)
            }
        }
    }

    @Test("creating, listing, answering, leaving and restarting a group")
    func conversations() async throws {
        try await withUpperTester { client, fake in
            _ = try await client.setOnline(true)
            let new = NewConversation(participants: ["sip:bob@cpm.example", "tel:+15550100"], subject: "Grüße, 漢字 \"…\"")
            let made = try await client.createConversation(new)
            #expect(made.subject == new.subject)
            #expect(made.id.contains("/"), "an identifier that needs encoding in a path")
            #expect(try await client.conversation(made.id) == made)
            fake.invite("in vited")
            #expect(try await client.conversations().entries.map(\.id) == [made.id, "in vited"])
            #expect(try await client.answerInvitation(to: "in vited", .accept).state == .active)
            #expect(try await client.leaveConversation("in vited").state == .ended)
            #expect(try await client.restartConversation("in vited").state == .active)
            let people = try await client.participants(in: made.id).entries
            #expect(people.map(\.uri) == new.participants)
        }
    }

    @Test("messages with text, with bytes and with nothing; sending, reading, participants and history")
    func messages() async throws {
        try await withUpperTester { client, fake in
            fake.invite("g")
            let texts = [ShownContent.text(""), .text("a\r\n\tb \u{0} 😀 \u{202E}"), .data([]), .data([0, 255, 1])]
            let received = texts.enumerated().map { FakeClient.received("M<\($0.offset)>/..", $0.element) }
            for message in received { fake.receive(message, in: "g") }
            #expect(try await client.messages(in: "g").entries == received)
            try await client.markRead("M<1>/..", in: "g")
            #expect(try await client.messages(in: "g").entries.map(\.read) == [false, true, false, false])
            let sent = try await client.sendMessage("zwölf", in: "g")
            #expect(sent.content == .text("zwölf"))
            #expect(try await client.messages(in: "g").entries.last == sent)
            #expect(try await client.participants(in: "g").entries == fake.look { $0.participants["g"] })
            #expect(try await client.history(in: "g").entries == fake.look { $0.history["g"] })
        }
    }

    @Test("two megabytes of text and ten thousand messages come through; one more is refused with its path")
    func large() async throws {
        try await withUpperTester { client, fake in
            fake.invite("g")
            let text = String(repeating: "é", count: 1 << 20)
            fake.receive(FakeClient.received("big", .text(text)), in: "g")
            #expect(try await client.messages(in: "g").entries.last?.content == .text(text))
            let sent = try await client.sendMessage(text, in: "g")
            #expect(sent.content == .text(text))
            fake.invite("h")
            fake.change { state in
                state.messages["h"] = (0..<10_000).map {
                    ShownMessage(id: "\($0)", direction: .received, sender: "sip:a@b", content: .text("x"), sentAt: 0)
                }
            }
            #expect(try await client.messages(in: "h").entries.count == 10_000)
            fake.receive(FakeClient.received("one more", .text("")), in: "h")
            let failed = await failure { try await client.messages(in: "h") }
            #expect(failed?.description.contains("messages has 10001 entries; write at most 10000") == true)
        }
    }

    @Test("what the client refuses comes with its words, as does a path that is not there")
    func refused() async throws {
        try await withUpperTester { client, fake in
            fake.invite("g")
            let new = NewConversation(participants: ["sip:bob@cpm.example"], subject: "refuse")
            let cases: [(Int, String, UpperTesterFailure?)] = [
                (409, "the client is off-line", await failure { try await client.createConversation(new) }),
                (404, "there is no conversation x", await failure { try await client.history(in: "x") }),
                (404, "there is no message y", await failure { try await client.markRead("y", in: "g") }),
            ]
            for (status, detail, failed) in cases {
                guard case .refused(status, _?, detail)? = failed?.cause else {
                    Issue.record("\(String(describing: failed))")
                    continue
                }
                #expect(failed?.diagnostic.code == "upper-tester.refused")
            }
            _ = try await client.setOnline(true)
            let failed = await failure { try await client.createConversation(new) }
            #expect(
                failed?.description == "upper tester, POST /v1/conversations: it refused with status 502: "
                    + "Refused or lost on the way: the factory answered 403")
        }
    }
}

@Suite("Waiting for a list to change", .timeLimit(.minutes(1)))
struct LongPollTests {
    @Test("a long poll is answered when something changes, and not before; twenty at once do not hold up a quick question")
    func change() async throws {
        try await withUpperTester { client, fake in
            fake.invite("g")
            let revision = try await client.messages(in: "g").revision
            try await withThrowingTaskGroup(of: ShownMessages.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await client.messages(in: "g", after: revision, wait: .seconds(30)) }
                }
                try await Task.sleep(for: .milliseconds(200))
                let start = ContinuousClock.now
                let identity = try await client.identity()
                #expect(identity.hasLongPoll)
                #expect(ContinuousClock.now - start < .seconds(5))
                fake.receive(FakeClient.received("m", .text("hi")), in: "g")
                for try await list in group {
                    #expect(list.entries.count == 1)
                    #expect(list.revision == revision + 1)
                }
                #expect(ContinuousClock.now - start < .seconds(20))
            }
        }
    }

    @Test("a long poll ends with the list as it is when its time is over")
    func timeOver() async throws {
        try await withUpperTester { client, fake in
            let revision = try await client.conversations().revision
            let start = ContinuousClock.now
            let list = try await client.conversations(after: revision, wait: .milliseconds(300))
            #expect(list.revision == revision)
            #expect(ContinuousClock.now - start >= .milliseconds(290))
            let older = try await client.conversations(after: revision - 1, wait: .seconds(30))
            #expect(older.revision == revision, "what is new already comes at once")
        }
    }

    @Test("a client that does not wait is asked again, but not without pause, until something changes")
    func polling() async throws {
        let fake = FakeClient(features: [])
        let count = Counter()
        let routes = UpperTesterRoutes(fake)
        try await withHandler({ request in
            count.add()
            var request = request
            request.target = String(request.target.prefix { $0 != "?" })
            return await routes.answer(request)
        }) { server in
            try await withClient("http://\(server.address)") { client in
                #expect(try await client.identity().hasLongPoll == false)
                let revision = try await client.conversations().revision
                async let waited = client.conversations(after: revision, wait: .seconds(30))
                try await Task.sleep(for: .seconds(1))
                fake.invite("g")
                #expect(try await waited.entries.map(\.id) == ["g"])
                #expect((3...20).contains(count.value), "asked \(count.value) times in about a second")
                let start = ContinuousClock.now
                let same = try await client.conversations(after: revision + 1, wait: .milliseconds(300))
                #expect(same.revision == revision + 1)
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }
    }

    @Test("a service that says too early that something changed does not make the routes spin")
    func nervous() async throws {
        let fake = FakeClient(isNervous: true)
        try await withUpperTester(fake) { client, fake in
            let revision = try await client.conversations().revision
            let list = try await client.conversations(after: revision, wait: .milliseconds(300))
            #expect(list.revision == revision)
        }
    }

    @Test("cancelling the task ends the wait at once, and the client's service is told")
    func cancelled() async throws {
        try await withUpperTester { client, fake in
            let revision = try await client.conversations().revision
            let task = Task { await failure { try await client.conversations(after: revision, wait: .seconds(30)) } }
            try await Task.sleep(for: .milliseconds(100))
            let start = ContinuousClock.now
            task.cancel()
            #expect(await task.value?.cause == .noAnswer(.cancelled))
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test("a revision that falls is a fault of the upper tester, told with both")
    func falls() async throws {
        try await withUpperTester { client, fake in
            fake.invite("g")
            let failed = await failure { try await client.messages(in: "g", after: 99, wait: .seconds(30)) }
            #expect(failed?.cause == .revisionFell(from: 99, to: 2))
            #expect(failed?.description.contains("fell from 99 to 2") == true)
        }
    }
}
