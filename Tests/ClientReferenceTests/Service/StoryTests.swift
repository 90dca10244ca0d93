import EnablerReference
import Foundation
import Testing

@testable import ClientReference

@Suite("Both references together, over real sockets", .timeLimit(.minutes(2)))
struct StoryTests {
    @Test("a live group: messages are shown once with their sender, delivered and displayed come back")
    func live() async throws {
        try await Scene.play(["alice", "bob"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await scene.send("one", by: "alice", to: ["bob"])
            try await scene.send("zwei ü", by: "bob", to: ["alice"])
            try await scene.wait("alice", "delivered") { $0.dispositions.contains("one: bob delivered") }
            #expect(try await !scene.seen("alice").dispositions.contains("one: bob displayed"))
            try await scene.readAll("bob")
            try await scene.wait("alice", "displayed") { $0.dispositions.contains("one: bob displayed") }
            try await scene.wait("bob", "the list") { $0.participants == ["alice connected", "bob connected"] }
        }
    }

    @Test("a session that is over: the backlog in order, the final list with those who left, the group ended")
    func ended() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("one", by: "alice", to: ["bob"])
            try await scene.send("two", by: "bob", to: ["alice"])
            try await scene.send("three", by: "alice", to: ["bob"])
            try await scene.leave("bob")
            try await scene.leave("alice")
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the end of the delivery") { $0.texts.count == 3 && $0.states == ["ended"] }
            try await scene.wait("carol", "the final list") { $0.participants.contains("bob disconnected departed") }
            #expect(try await scene.seen("carol").texts == ["alice: one", "bob: two", "alice: three"])
            try await scene.wait("bob", "the report after the end") { $0.dispositions.contains("two: carol delivered") }
        }
    }

    @Test("a live session: the backlog first, then what is said now; the sender sees the late report")
    func returned() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("one", by: "alice", to: ["bob"])
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the backlog") { $0.texts == ["alice: one"] && $0.states == ["live"] }
            try await scene.send("two", by: "bob", to: ["alice", "carol"])
            #expect(try await scene.seen("carol").texts == ["alice: one", "bob: two"])
            try await scene.wait("alice", "the late report") { $0.dispositions.contains("one: carol delivered") }
        }
    }

    @Test("one who goes off-line in mid-session gets what was said meanwhile, with who left, in the order it happened")
    func awayInBetween() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene.send("one", by: "alice", to: ["bob", "carol"])
            try await scene["carol"].goOffline()
            try await scene.send("two", by: "alice", to: ["bob"])
            try await scene.leave("bob")
            try await scene.wait("alice", "the list without bob") { $0.participants.contains("bob disconnected departed") }
            try await scene.send("three", by: "alice", to: [])
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the backlog") { $0.texts.count == 3 }
            try await scene.wait("carol", "the list") { $0.story.contains("-bob departed") }
            let seen = try await scene.seen("carol")
            #expect(seen.story == ["[alice bob carol]", "alice: one", "alice: two", "-bob departed", "alice: three"])
            #expect(seen.audiences == ["one > bob carol", "two > bob carol", "three > carol"])
        }
    }

    @Test("one who loses all connections without a word gets the rest on return and shows nothing twice")
    func lostConnections() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene.send("one", by: "alice", to: ["bob", "carol"])
            try await scene["carol"].loseConnections()
            try await scene.send("two", by: "alice", to: ["bob"])
            try await scene.send("three", by: "bob", to: ["alice"])
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the rest") { $0.texts.count >= 3 }
            #expect(try await scene.seen("carol").texts == ["alice: one", "alice: two", "bob: three"])
        }
    }

    @Test("a group that was dismissed is started again from the final list, with the same ids, and goes on")
    func restarted() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("one", by: "alice", to: ["bob"])
            let focus = try await scene["alice"].look { $0.book.inOrder.last?.record.focus } ?? ""
            #expect(await scene.enabler.dismiss(focus: focus))
            try await scene.wait("bob", "the end") { $0.states == ["ended"] }
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the delivery") { $0.texts == ["alice: one"] && $0.states == ["ended"] }
            try await scene.post("again", by: "carol")
            for name in ["alice", "bob"] { try await scene.wait(name, "the new message") { $0.texts.last == "carol: again" } }
            for name in ["alice", "bob", "carol"] { #expect(try await scene.seen(name).states == ["live"]) }
            let newFocus = try await scene["carol"].look { $0.book.inOrder.last?.record.focus }
            #expect(newFocus != focus)
        }
    }

    @Test("a client that is started again on its file shows the same, and what it owed is reported")
    func startedAgain() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UInt64.random(in: 0...UInt64.max)).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        let cast = Scene.Cast(settings: { $0.store = .file(file) })
        try await Scene.play(["alice", "bob"], cast: ["bob": cast]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await scene.send("one", by: "alice", to: ["bob"])
            try await scene.send("two", by: "bob", to: ["alice"])
            try await scene.wait("bob", "the report") { $0.dispositions.contains("two: alice delivered") }
            try await scene["bob"].goOffline()
            let before = try await scene.seen("bob")
            await scene["bob"].stop()
            let again = try await Scene.makeClient("bob", cast, on: scene.loop, scene.addresses)
            let after = try await again.look { Seen($0.book) }
            #expect(after.story == before.story)
            #expect(after.dispositions == before.dispositions)
            #expect(after.participants == before.participants)
            #expect(after.audiences == before.audiences)
            try await again.goOnline()
            try await again.look { service in
                guard let conversation = service.book.inOrder.last else { return }
                service.read([conversation.messages[0].id], in: conversation.record.id) {}
            }
            try await scene.wait("alice", "the report of display") { $0.dispositions.contains("one: bob displayed") }
            await again.stop()
        }
    }

    @Test("with digest, an invitation that waits for its user's answer, and one that is refused")
    func answering() async throws {
        try await Scene.play(
            ["alice", "bob", "carol"],
            cast: ["bob": .init(settings: { $0.invitations = .ring }), "carol": .init(settings: { $0.invitations = .decline })],
            enabler: { settings in
                settings.noAnswer = 6_000
                settings.digest = DigestSettings(
                    realm: "cpm.example",
                    passwords: ["alice": "secret of alice", "bob": "secret of bob", "carol": "secret of carol"])
            }
        ) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: [])
            try await scene.wait("bob", "the invitation") { $0.states == ["invited"] }
            try await scene.wait("carol", "her refusal") { $0.states == ["declined"] }
            let isAnswered: Bool = try await scene["bob"].on { service, done in
                service.answerInvitation(to: service.book.inOrder[0].record.id, accepting: true, done)
            }
            #expect(isAnswered)
            try await scene.wait("bob", "the session") { $0.states == ["live"] }
            try await scene.send("welcome", by: "alice", to: ["bob"])
        }
    }

    @Test(
        "however a legal enabler delivers, the same is shown",
        arguments: [
            Variation.reportsApart, .reportsTogether, .listsInCPIM, .leanInvite, .connectsItself, .waitsForConnection,
            .setupUnsaid, .smallChunks, .successReports, .fullListsOnly, .noVersion, .telephoneNumbers, .otherPrefix,
            .historyWhenDeferred, .compactHeaders, .notifyFirst, .leaversLeftOut, .xmlPrefixes, .reportsByMessage,
        ])
    func variedEnablers(variation: Variation) async throws {
        try await Scene.play(["alice", "bob", "carol"], varied: [variation]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene.send("mine", by: "carol", to: [])
            try await scene["carol"].goOffline()
            try await scene.send("one", by: "alice", to: [])
            try await scene.readAll("bob")
            try await scene.leave("bob")
            try await scene.send("two", by: "alice", to: [])
            try await scene.leave("alice")
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the backlog") { seen in
                seen.states == ["ended"] && seen.texts.count == 3 && seen.texts.last?.hasSuffix(": two") == true
            }
            try await scene.wait("carol", "who left") { $0.story.contains { $0.hasPrefix("-") && $0 != "-alice" } }
            try await scene.wait("carol", "the reports") { $0.dispositions.contains { $0.hasSuffix("displayed") } }
        }
    }

    @Test("whoever left cannot start the group again")
    func leaverStaysOut() async throws {
        try await Scene.play(["alice", "bob"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await scene.leave("bob")
            try await scene.post("still here", by: "bob")
            try await scene.wait("bob", "the refusal") { $0.refusals == ["the user has left the group"] }
            #expect(try await scene.seen("bob").texts == [])
        }
    }
}
