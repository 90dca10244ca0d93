import Diagnostics
import Payloads
import SIP
import Testing

@testable import EnablerReference

/// RFC 4028 between the enabler and a client, over real sockets, with intervals of seconds.
@Suite("Session timers of the enabler", .timeLimit(.minutes(2)))
struct SessionTimerTests {
    private func withBob(
        _ fields: SIPHeaders, least: Int = 0, _ body: (Scene) async throws -> Void
    ) async throws {
        // The client of these tests refreshes by the second too.
        try await Scene.play(["alice", "bob"], settings: { $0.leastSessionExpires = 2 }) { scene in
            try await scene["bob"].run {
                $0.sessionFields = fields
                $0.leastSession = least
            }
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await body(scene)
        }
    }

    @Test("as the refresher it sends UPDATE again and again, and the session stays")
    func update() async throws {
        try await withBob(["Session-Expires": "3;refresher=uac", "Allow": "INVITE, UPDATE"]) { scene in
            try await scene["bob"].wait("two UPDATEs", seconds: 8) { $0.count(.update) >= 2 }
            let update = try #require(try await scene["bob"].run { $0.requests.last { $0.method == .update } })
            #expect(update.headers["Session-Expires"] == "3;refresher=uac")
            #expect(update.body.isEmpty)
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            #expect(try await scene["bob"].count(.bye) == 0)
        }
    }

    @Test("a client that does not allow UPDATE gets re-INVITEs with the session description, each acknowledged")
    func reinvite() async throws {
        try await withBob(["Session-Expires": "3;refresher=uac", "Allow": "INVITE, BYE"]) { scene in
            try await scene["bob"].wait("the ACK to a second re-INVITE", seconds: 8) { $0.count(.ack) >= 3 }
            #expect(try await scene["bob"].count(.update) == 0)
            let invites = try await scene["bob"].run { $0.requests.filter { $0.method == .invite } }
            #expect(invites.count == 3)
            let first = try #require(invites.first.map { InviteBody($0, limits: Limits()).sdp })
            #expect(invites.last?.body == first?.serialized())
            #expect(invites.last?.headers["Session-Expires"] == "3;refresher=uac")
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            #expect(try await scene["bob"].count(.bye) == 0)
        }
    }

    @Test("a client that should refresh and does not gets BYE, and what it then misses is kept for its return")
    func expiry() async throws {
        try await withBob(["Session-Expires": "3;refresher=uas"]) { scene in
            try await scene["bob"].wait("the BYE", seconds: 8) { $0.log.contains("bye -") }
            #expect(try await scene["bob"].count(.update) == 0)
            try await scene.send("m1", "one", by: "alice", to: [])
            try await scene["bob"].run { $0.sessionFields = [:] }
            try await scene.register("bob")
            try await scene["bob"].wait("m1") { $0.log.contains("m1:one") }
        }
    }

    @Test("a client whose refreshes come in time keeps its session")
    func refreshedByClient() async throws {
        try await withBob(["Session-Expires": "3;refresher=uas"]) { scene in
            for _ in 0..<3 {
                try await Task.sleep(for: .seconds(1))
                try await scene["bob"].run { $0.refresh() }
            }
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await scene["bob"].count(.bye) == 0)
            let statuses = try await scene["bob"].run { $0.statuses }
            #expect(statuses.suffix(3) == [200, 200, 200])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
        }
    }

    @Test("a client that answers 422 gets the INVITE again with the interval it wants")
    func tooSmallForClient() async throws {
        try await withBob([:], least: 3_600) { scene in
            let invites = try await scene["bob"].run { $0.invites }
            #expect(invites.compactMap(\.cseq?.number) == [1, 2])
            #expect(Set(invites.compactMap(\.callID)).count == 1)
            #expect(invites.last?.headers["Session-Expires"] == "3600;refresher=uas")
            #expect(invites.last?.headers["Min-SE"] == "3600")
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
        }
    }

    @Test("a client's INVITE with too small an interval gets 422 with Min-SE; a good one is agreed to")
    func tooSmallForEnabler() async throws {
        try await Scene.play(["alice", "bob"]) { scene in
            try await scene["alice"].run {
                $0.inviteFields = ["Supported": "timer", "Session-Expires": "30"]
                $0.create(inviting: ["bob"])
            }
            try await scene["alice"].wait("422") { $0.statuses.last == 422 }
            #expect(try await scene["alice"].run { $0.lastResponse?.headers["Min-SE"] } == "90")
            try await scene["alice"].run { $0.inviteFields = ["Supported": "timer", "Session-Expires": "90"] }
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            let answer = try #require(try await scene["alice"].run { $0.lastResponse })
            #expect(answer.headers["Session-Expires"] == "90;refresher=uac")
            #expect(answer.headers["Require"] == "timer")
        }
    }
}
