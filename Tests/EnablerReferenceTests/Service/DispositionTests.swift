import MSRP
import NIOCore
import Payloads
import Testing

@testable import EnablerReference

@Suite("Dispositions, over real sockets", .timeLimit(.minutes(2)))
struct DispositionTests {
    @Test("reports go to the sender of the message, and to nobody else")
    func present() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene.send("m1", "one", by: "alice", to: ["bob", "carol"])
            try await scene["bob"].run { $0.report("m1", .delivery, "delivered") }
            try await scene["alice"].wait("the report") { $0.log.contains("imdn m1 delivered") }
            try await scene["carol"].run { $0.report("m1", .display, "displayed", paged: true) }
            try await scene["alice"].wait("the report") { $0.log.contains("imdn m1 displayed") }
            #expect(try await scene["carol"].log == ["invited sendrecv", "m1:one"])
        }
    }

    @Test("reports for an absent sender are stored and ride in the deferred session, in their place")
    func stored() async throws {
        try await Scene.play(["alice", "bob", "carol"], settings: { $0.deliversIntermediates = false }) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene.send("c1", "mine", by: "carol", to: ["alice", "bob"])
            try await scene["carol"].run { $0.vanish() }
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene["bob"].run { $0.report("c1", .delivery, "delivered") }
            try await scene["bob"].wait("200") { $0.statuses.count == 2 }
            try await scene["alice"].run { $0.report("c1", .display, "displayed") }
            try await scene["alice"].wait("200") { $0.statuses.count == 4 }
            try await scene.leave("bob")
            try await scene.leave("alice")
            try await scene["carol"].run { $0.log = [] }
            try await scene.register("carol")
            try await scene["carol"].wait("the BYE") { $0.log.contains("bye 410") }
            #expect(try await scene["carol"].log == [
                "invited sendonly", "m1:one", "imdn c1 delivered", "imdn c1 displayed",
                "roster full alice=disconnected bob=disconnected carol=connected", "bye 410",
            ])
        }
    }

    @Test("a report made in a deferred session of an ended group reaches a present sender as a MESSAGE")
    func afterTheEnd() async throws {
        try await Scene.play(["alice", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["carol"], joining: [])
            try await scene.send("m1", "one", by: "alice", to: [])
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await scene["alice"].log == [], "nothing is reported before the message reached its user")
            try await scene.leave("alice")
            try await scene.register("carol")
            try await scene["carol"].wait("the BYE") { $0.log.contains("bye 410") }
            try await scene["carol"].run { $0.report("m1", .delivery, "delivered", paged: true) }
            try await scene["alice"].wait("the report") { $0.log.contains("page imdn m1 delivered") }
        }
    }

    @Test("a report sent inside the deferred session is answered before the BYE, and reaches its sender once")
    func inTheDeferredSession() async throws {
        try await Scene.play(["alice", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["carol"], joining: [])
            try await scene.send("m1", "one", by: "alice", to: [])
            try await scene.leave("alice")
            try await scene["carol"].run { $0.reportsAtOnce = true }
            try await scene.register("carol")
            try await scene["carol"].wait("the BYE") { $0.log.contains("bye 410") }
            let statuses = try await scene["carol"].run { $0.statuses }
            #expect(statuses == [200, 200], "REGISTER, then the report")
            try await scene["alice"].wait("the report") { $0.log.contains("page imdn m1 delivered") }
        }
    }

    @Test("subscribers get the whole list, then each change; the end terminates")
    func subscriptions() async throws {
        try await Scene.play(["alice", "bob", "carol"], settings: { $0.noAnswer = 3_000 }) { scene in
            try await scene["carol"].run { $0.policy = .ring }
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene["alice"].run { $0.subscribe() }
            try await scene["alice"].wait("the list") { $0.log.contains { $0.hasPrefix("notify full") } }
            try await scene["alice"].wait("takeover") { $0.log.contains("notify partial carol=connected") }
            try await scene.leave("bob")
            try await scene["alice"].wait("bob's leave") { $0.log.contains("notify partial bob=disconnected") }
            // Bob's 200 may still be on its way when the first list is made.
            let first = try await scene["alice"].log.first ?? ""
            #expect(first.hasPrefix("notify full alice=connected bob="))
            #expect(first.hasSuffix("carol=dialing-out"))
            let focus = try await scene["alice"].run { $0.focus }
            #expect(await scene.enabler.dismiss(focus: focus))
            try await scene["alice"].wait("the end") { $0.log.contains("notify terminated;reason=noresource ") }
        }
    }
}

@Suite("Defects, over real sockets", .timeLimit(.minutes(2)))
struct DefectTests {
    /// Carol misses the whole group; returns what she and alice saw.
    private func story(_ defect: Defect?) async throws -> (carol: [String], alice: [String], copies: [String]) {
        var seen: (carol: [String], alice: [String], copies: [String]) = ([], [], [])
        try await Scene.play(["alice", "bob", "carol", "dave"], defects: defect.map { [$0] } ?? []) { scene in
            try await scene.create(inviting: ["bob", "carol", "dave"], joining: ["bob", "carol", "dave"])
            try await scene.send("c1", "mine", by: "carol", to: ["alice", "bob", "dave"])
            try await scene["carol"].run { $0.vanish(); $0.log = []; $0.copies = [] }
            try await scene.leave("dave")
            try await scene["dave"].run { $0.log = [] }
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene.send("m2", "two", by: "alice", to: ["bob"])
            try await scene["bob"].run { $0.report("c1", .delivery, "delivered") }
            try await scene["bob"].wait("200") { $0.statuses.count == 2 }
            seen.alice = try await scene["alice"].log
            try await scene.leave("bob")
            try await scene.leave("alice")
            try await scene.register("carol")
            try await scene["carol"].wait("the BYE") { $0.log.contains("bye 410") }
            seen.carol = try await scene["carol"].log
            if defect == .deliversToLeaver { try await scene["dave"].wait("m1") { $0.log.contains("m1:one") } }
            seen.copies = try await scene["carol"].run { $0.copies.map { String(decoding: $0, as: UTF8.self) } }
        }
        return seen
    }

    private func first(_ copies: [String]) -> String { copies.first ?? "" }

    /// Those that this story can show; all of them are proved by `cpmcheck prove`.
    private static let shown: [Defect] = [
        .messageLost, .deliveredTwice, .sameSenderSwapped, .dateTimeRewritten, .requestStripped, .dispositionNotStored,
        .finalListMissing, .finalListShowsLeaver, .partialWithoutFull, .conferenceInfoInvalid, .deliversToLeaver,
        .prematureReport,
    ]

    @Test("each shows on the wire, and none without it", arguments: shown)
    func each(defect: Defect) async throws {
        let good = try await story(nil)
        let bad = try await story(defect)
        #expect(good.carol.count { $0 == "m1:one" } == 1)
        switch defect {
        case .messageLost: #expect(!bad.carol.contains("m1:one"))
        case .deliveredTwice: #expect(bad.carol.count { $0 == "m1:one" } == 2)
        case .sameSenderSwapped: #expect(bad.carol.filter { $0.hasPrefix("m") } == ["m2:two", "m1:one"])
        case .dateTimeRewritten: #expect(first(bad.copies).contains("2001-02-03") && !first(good.copies).contains("2001-02-03"))
        case .requestStripped:
            #expect(!first(bad.copies).contains("Disposition-Notification: ") && first(good.copies).contains("Disposition-Notification: "))
        case .dispositionNotStored:
            #expect(!bad.carol.contains("imdn c1 delivered") && good.carol.contains("imdn c1 delivered"))
        case .finalListMissing: #expect(bad.carol.count { $0.hasPrefix("roster full") } == 1)
        case .finalListShowsLeaver: #expect(bad.carol.dropLast().last?.contains("disconnected") == false)
        case .partialWithoutFull: #expect(bad.carol.first { $0.hasPrefix("roster") }?.hasPrefix("roster partial") == true)
        case .conferenceInfoInvalid:
            #expect(bad.carol.contains { $0.hasPrefix("roster INVALID") })
            #expect(!good.carol.contains { $0.hasPrefix("roster INVALID") })
        case .deliversToLeaver: break
        case .prematureReport:
            #expect(bad.alice.contains("imdn m1 delivered") && !good.alice.contains("imdn m1 delivered"))
        default: Issue.record("nothing is known of how \(defect.rawValue) shows")
        }
    }
}
