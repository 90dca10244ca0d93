import Foundation
import MSRP
import NIOCore
import NIOPosix
import Payloads
import SIP
import Testing

@testable import EnablerReference

@Suite("Return to a live group, over real sockets", .timeLimit(.minutes(2)))
struct LiveReturnTests {
    @Test("loss in mid-session: what was missed comes first, then live traffic, once and in order")
    func lossInMidSession() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene.send("m1", "one", by: "alice", to: ["bob", "carol"])
            try await scene["carol"].run { $0.vanish() }
            try await scene.send("m2", "two", by: "alice", to: ["bob"])
            try await scene.send("m3", "three", by: "bob", to: ["alice"])
            try await scene["carol"].run { $0.log = [] }
            try await scene.register("carol")
            try await scene["carol"].wait("m3") { $0.log.contains("m3:three") }
            try await scene.send("m4", "four", by: "bob", to: ["alice", "carol"])
            #expect(try await scene["carol"].log == [
                "invited sendrecv", "roster full alice=connected bob=connected carol=connected", "m2:two", "m3:three",
                "m4:four",
            ])
            try await scene.send("m5", "five", by: "carol", to: ["alice", "bob"])
        }
    }

    @Test("silence: messages that are not answered are missed ones")
    func silence() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene["carol"].run {
                $0.stack.isAnswering = false
                $0.msrp.isAnswering = false
            }
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await Task.sleep(for: .milliseconds(3_300))
            try await scene.send("m2", "two", by: "alice", to: ["bob"])
            try await scene["carol"].run {
                $0.vanish()
                $0.stack.isAnswering = true
                $0.msrp.isAnswering = true
                $0.log = []
            }
            try await scene.register("carol")
            try await scene["carol"].wait("m2") { $0.log.contains("m2:two") }
            #expect(try await scene["carol"].log.filter { $0.hasPrefix("m") } == ["m1:one", "m2:two"])
        }
    }

    @Test("back before the loss was noticed: nothing is missing all the same")
    func quickReturn() async throws {
        try await Scene.play(["alice", "bob", "carol"], settings: { $0.lossRecognition = 2_000 }) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene["carol"].run {
                $0.stack.isAnswering = false
                $0.msrp.isAnswering = false
            }
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            // The sockets stay open, as after a change of network; the client comes back on new ones.
            try await scene["carol"].run { $0.stack.isAnswering = true }
            let again = try await TestClient.make("carol", on: scene.loop, scene.addresses)
            try await again.run { $0.register() }
            try await again.wait("m1") { $0.log.contains("m1:one") }
            try await again.stop()
        }
    }

    @Test("never answers: cancelled and stood in for; returns to a live group with everything from the start",
          arguments: [InvitePolicy.ring, .silence, .refuse(480), .refuse(486), .refuse(503)])
    func neverAnswers(policy: InvitePolicy) async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene["carol"].run { $0.policy = policy }
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await Task.sleep(for: .milliseconds(1_400))
            try await scene.send("m2", "two", by: "bob", to: ["alice"])
            try await scene["carol"].run { $0.policy = .accept; $0.log = [] }
            try await scene.register("carol")
            try await scene["carol"].wait("m2") { $0.log.contains("m2:two") }
            try await scene.send("m3", "three", by: "alice", to: ["bob", "carol"])
            let log = try await scene["carol"].log
            #expect(log.filter { $0.hasPrefix("m") } == ["m1:one", "m2:two", "m3:three"])
            #expect(log.first == "invited sendrecv")
            #expect(log.dropFirst().first == "roster full alice=connected bob=dialing-out carol=dialing-out")
        }
    }

    @Test("a 200 that crosses our CANCEL is a late join, with the stored part once")
    func crossing() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene["carol"].run { $0.policy = .acceptWhenCancelled }
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            // The CANCEL can only be sent after a provisional answer (RFC 3261 §9.1).
            try await scene["carol"].run { carol in
                if let request = carol.pendingInvite {
                    carol.stack.respond(request.message.response(180, toTag: "x"), to: request)
                }
            }
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
            try await scene.send("m2", "two", by: "alice", to: ["bob", "carol"])
            #expect(try await scene["carol"].log.filter { $0.hasPrefix("m") } == ["m1:one", "m2:two"])
            #expect(try await scene["carol"].run { $0.invites.count } == 1)
        }
    }

    @Test("the client's own INVITE to the focus brings what was missed, and no second session follows")
    func rejoin() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene["carol"].run { $0.policy = .silence }
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            let focus = try await scene["alice"].run { $0.focus }
            try await scene["carol"].run { $0.policy = .accept; $0.rejoin(focus) }
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
            try await scene.send("m2", "two", by: "bob", to: ["alice", "carol"])
            try await Task.sleep(for: .milliseconds(1_400))
            #expect(try await scene["carol"].log.filter { $0.hasPrefix("m") } == ["m1:one", "m2:two"])
            #expect(try await scene["carol"].run { $0.invites.count } == 1)
        }
    }

    @Test("de-registration without BYE is an absence")
    func deregistration() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene["carol"].run { $0.register(expires: 0) }
            try await scene["carol"].wait("200") { $0.statuses.count == 2 }
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene.register("carol")
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
        }
    }

    @Test("a binding that runs out is an absence")
    func expiry() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene["carol"].run { $0.register(expires: 1) }
            try await scene["carol"].wait("200") { $0.statuses.count == 1 }
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await Task.sleep(for: .milliseconds(1_200))
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene.register("carol")
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
        }
    }

    @Test("a BYE with 503 keeps membership; one with 200 leaves, and nothing sent afterwards comes")
    func byes() async throws {
        try await Scene.play(["alice", "bob", "carol", "dave"]) { scene in
            try await scene.create(inviting: ["bob", "carol", "dave"], joining: ["bob", "carol", "dave"])
            try await scene.leave("carol", reason: "SIP;cause=503;text=\"lost\"")
            try await scene.leave("dave")
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene.register("carol")
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
            try await scene.register("dave")
            try await Task.sleep(for: .milliseconds(200))
            let log = try await scene["dave"].log
            #expect(log == ["invited sendrecv"])
            let statuses = try await scene["dave"].run { $0.statuses }
            #expect(statuses == [200, 200, 200])
        }
    }

    @Test("a break in the middle of delivery: only what was not confirmed comes again")
    func breakInDelivery() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"], settings: { $0.deliversIntermediates = false }) {
            scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            for number in 1...60 { try await scene.send("m\(number)", "text", by: "alice", to: []) }
            try await scene["carol"].run { $0.breaksAfter = 20 }
            try await scene.register("carol")
            try await scene["carol"].wait("the break") { $0.log.count > 20 }
            let first = try await scene["carol"].run { carol in
                carol.breaksAfter = nil
                return carol.log
            }
            try await scene["carol"].run { $0.log = [] }
            try await scene.register("carol")
            try await scene["carol"].wait("m60") { $0.log.contains("m60:text") }
            let all = try await scene["carol"].log.filter { $0.hasPrefix("m") }
            let answered = first.filter { $0.hasPrefix("m") }.dropLast()
            #expect(all == (1...60).map { "m\($0):text" }.suffix(all.count))
            #expect(all.count >= 60 - answered.count, "what was not answered is owed")
            #expect(all.count <= 60 - answered.count + 32, "at most the window is in doubt")
        }
    }

    @Test("added while away: what was sent since comes; what was sent before does not")
    func added() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene["bob"].run { $0.add("carol") }
            try await scene["bob"].wait("the outcome") { $0.log.contains { $0.hasPrefix("notify terminated") } }
            try await scene.send("m2", "two", by: "alice", to: ["bob"])
            try await scene.register("carol")
            try await scene["carol"].wait("m2") { $0.log.contains("m2:two") }
            let log = try await scene["carol"].log
            #expect(log.filter { $0.hasPrefix("m") } == ["m2:two"])
            #expect(log[1] == "roster full alice=connected bob=connected carol=dialing-out")
        }
    }

    @Test("silent for a while on an open connection, and registered on it again before the loss was noticed")
    func resumedFlow() async throws {
        try await Scene.play(["alice", "bob", "carol"], settings: { $0.lossRecognition = 2_000 }) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene["carol"].run { $0.msrp.isAnswering = false }
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await Task.sleep(for: .milliseconds(100))
            try await scene.register("carol")
            try await scene["carol"].run { $0.log = []; $0.msrp.breakConnections(); $0.msrp.isAnswering = true }
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
            let log = try await scene["carol"].log
            #expect(log.filter { $0.hasPrefix("m") } == ["m1:one"])
        }
    }

    @Test("registered again while the first INVITE was still ringing: called again after the takeover")
    func registeredWhileRinging() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene["carol"].run { $0.policy = .ring }
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene["carol"].run { $0.policy = .accept }
            try await scene.register("carol")
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
            let log = try await scene["carol"].log
            #expect(log.first == "cancelled")
        }
    }
}
