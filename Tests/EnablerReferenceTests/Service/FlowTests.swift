import SIP
import Testing

@testable import EnablerReference

@Suite("Flows of registered clients, over real sockets", .timeLimit(.minutes(1)))
struct FlowTests {
    @Test("a client that claims its flow is told the Flow-Timer; without keep-alives the flow is closed")
    func silentFlow() async throws {
        try await Scene.play(["alice"], settings: { $0.flowTimer = 1 }) { scene in
            let answer = try #require(try await scene["alice"].run { $0.lastResponse })
            #expect(answer.headers["Flow-Timer"] == "1")
            #expect(answer.headers["Require"] == "outbound")
            try await scene["alice"].wait("the end of the flow") { $0.log.contains { $0.hasPrefix("closed") } }
        }
    }

    @Test("with keep-alives in time the flow stays, and requests come down it")
    func livelyFlow() async throws {
        try await Scene.play(["alice", "bob"], settings: { $0.flowTimer = 1 }) { scene in
            for name in ["alice", "bob"] { try await scene[name].run { $0.keepsFlow() } }
            try await Task.sleep(for: .milliseconds(3_500))
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            let log = try await scene["bob"].log
            #expect(!log.contains { $0.hasPrefix("closed") })
        }
    }
}
