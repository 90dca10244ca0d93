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

    @Test("a session that is over: backlog in order with the list, dispositions back to the sender, the group ended")
    func ended() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("one", by: "alice", to: ["bob"])
            try await scene.send("two", by: "bob", to: ["alice"])
            try await scene.send("three", by: "alice", to: ["bob"])
            try await scene.leave("bob")
            try await scene.wait("alice", "the end") { $0.states == ["ended"] }
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the end of the delivery") { $0.texts.count == 3 && $0.states == ["ended"] }
            let seen = try await scene.seen("carol")
            #expect(seen.texts == ["alice: one", "bob: two", "alice: three"])
            #expect(seen.participants.contains("alice connected"))
            #expect(seen.participants.contains("bob disconnected departed"))
        }
    }

    @Test("a live session: the backlog first, then what is said now; the sender sees the reports")
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
}
