import Connections
import Foundation
import MSRP
import NIOCore
import NIOPosix
import Payloads
import Testing

@testable import EnablerReference

/// An enabler and its clients over real sockets.
struct Scene: Sendable {
    let loop: any EventLoop
    let enabler: ReferenceEnabler
    let addresses: EnablerAddresses
    let clients: [String: TestClient]

    /// Runs `body` with the named clients, all registered but those in `absent`.
    static func play(
        _ names: [String], absent: Set<String> = [], defects: Set<Defect> = [], tls: TLSClient? = nil,
        settings change: (inout EnablerSettings) -> Void = { _ in }, _ body: (Scene) async throws -> Void
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = EnablerSettings()
        // Long enough for all tests side by side on a busy machine, since silence is taken for loss.
        settings.noAnswer = 1_200
        settings.lossRecognition = 3_000
        change(&settings)
        let enabler = ReferenceEnabler(eventLoop: loop, settings: settings, defects: defects)
        let addresses = try await enabler.start()
        var clients: [String: TestClient] = [:]
        for name in names { clients[name] = try await TestClient.make(name, on: loop, addresses, tls: tls) }
        let scene = Scene(loop: loop, enabler: enabler, addresses: addresses, clients: clients)
        do {
            for name in names where !absent.contains(name) { try await scene.register(name) }
            try await body(scene)
        } catch is CancellationError {}
        for client in clients.values { try await client.stop() }
        await enabler.stop()
    }

    subscript(_ name: String) -> TestClient { clients[name]! }

    func register(_ name: String) async throws {
        let before = try await self[name].run { $0.statuses.count }
        try await self[name].run { $0.register() }
        try await self[name].wait("200 to REGISTER") { $0.statuses.count > before }
    }

    /// Leaves, and waits for the answer to the BYE.
    func leave(_ name: String, reason: String? = "SIP;cause=200;text=\"Call completed\"") async throws {
        let before = try await self[name].run { $0.statuses.count }
        try await self[name].run { $0.leave(reason: reason) }
        try await self[name].wait("200 to BYE") { $0.statuses.count > before }
    }

    /// Alice creates a group; waits until those in `joining` have a session.
    func create(inviting others: [String], joining: [String]) async throws {
        try await self["alice"].run { $0.create(inviting: others) }
        try await self["alice"].wait("the focus") { !$0.focus.isEmpty }
        for name in joining { try await self[name].wait("the invitation") { $0.sessions.contains { $0.msrp.isConnected } } }
        try await self["alice"].wait("the MSRP session") { $0.sessions.last?.msrp.isConnected == true }
    }

    /// Sends, and waits for the answer and for all `receivers` to have it.
    func send(_ id: String, _ text: String, by sender: String, to receivers: [String]) async throws {
        let before = try await self[sender].run { $0.statuses.count }
        try await self[sender].run { $0.chat(id, text) }
        try await self[sender].wait("200 to \(id)") { $0.statuses.count > before }
        for name in receivers { try await self[name].wait(id) { $0.log.contains("\(id):\(text)") } }
    }
}

@Suite("Store and deliver, over real sockets", .timeLimit(.minutes(2)))
struct StoreAndDeliverTests {
    @Test("an ended group: one not registered gets the initial list, each message once and in order, the final list, BYE")
    func endedGroup() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene.send("m2", "two", by: "bob", to: ["alice"])
            try await scene.leave("bob")
            try await scene.send("m3", "three", by: "alice", to: [])
            try await scene.leave("alice")
            try await scene.register("carol")
            try await scene["carol"].wait("the BYE") { $0.log.contains("bye 410") }
            let log = try await scene["carol"].log
            #expect(log == [
                "invited sendonly", "roster full alice=connected bob=dialing-out carol=dialing-out",
                "roster partial carol=connected", "roster partial bob=connected", "m1:one", "m2:two",
                "roster partial bob=disconnected", "m3:three", "roster partial alice=disconnected",
                "roster full alice=disconnected bob=disconnected carol=connected", "bye 410",
            ])
            let same = try await scene["carol"].run { carol in carol.copies[0] }
            #expect(try await scene["bob"].run { $0.copies[0] } == same)
            try await scene.register("carol")
            try await Task.sleep(for: .milliseconds(150))
            #expect(try await scene["carol"].run { $0.invites.count } == 1)
        }
    }

    @Test("each way a group ends gives its own BYE, to those present and in the delivery", arguments: ["dismissed", "inactivity"])
    func endings(how: String) async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"], settings: { $0.inactivity = how == "inactivity" ? 2_000 : 0 }) {
            scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            if how == "dismissed" {
                let focus = try await scene["alice"].run { $0.focus }
                #expect(await scene.enabler.dismiss(focus: focus))
            }
            let bye = how == "dismissed" ? "bye 200" : "bye -"
            try await scene["alice"].wait(bye) { $0.log.contains(bye) }
            try await scene["bob"].wait(bye) { $0.log.contains(bye) }
            try await scene.register("carol")
            try await scene["carol"].wait(bye) { $0.log.contains(bye) }
            let log = try await scene["carol"].log
            #expect(log.suffix(3) == ["m1:one", "roster full alice=connected bob=connected carol=connected", bye])
            let focus = try await scene["alice"].run { $0.focus }
            try await scene["alice"].run { $0.rejoin(focus) }
            try await scene["alice"].wait("404") { $0.statuses.last == 404 }
        }
    }

    @Test("restarted on the same file, nothing acknowledged is lost and nothing confirmed comes again")
    func restart() async throws {
        let path = NSTemporaryDirectory() + "enabler-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let file: (inout EnablerSettings) -> Void = { $0.store = .file(path) }
        try await Scene.play(["alice", "bob", "carol", "dave"], absent: ["carol"], settings: file) { scene in
            try await scene.create(inviting: ["bob", "carol", "dave"], joining: ["bob", "dave"])
            try await scene.send("m1", "one", by: "alice", to: ["bob", "dave"])
            try await scene.send("m2", "two", by: "bob", to: ["alice", "dave"])
            // The enabler must have seen the last answers, or it would rightly offer the message again.
            try await Task.sleep(for: .milliseconds(200))
        }
        try await Scene.play(["alice", "bob", "carol", "dave"], absent: ["alice", "bob", "carol", "dave"], settings: file) {
            scene in
            try await scene.register("carol")
            try await scene["carol"].wait("m2") { $0.log.contains("m2:two") }
            #expect(try await scene["carol"].log.first == "invited sendrecv")
            try await scene.register("bob")
            try await scene["bob"].wait("the live group") { $0.sessions.last?.msrp.isConnected == true }
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await scene["bob"].log.filter { $0.hasPrefix("m") } == [])
            try await scene.send("m3", "three", by: "bob", to: ["carol"])
            try await scene.register("dave")
            try await scene["dave"].wait("m3") { $0.log.contains("m3:three") }
            let seen = try await scene["dave"].log.filter { $0.hasPrefix("m") }
            #expect(seen == ["m3:three"])
        }
    }

    @Test("several ended groups are delivered one after the other, oldest first")
    func severalGroups() async throws {
        try await Scene.play(["alice", "carol"], absent: ["carol"], settings: { $0.deliversIntermediates = false }) { scene in
            for number in 1...3 {
                try await scene["alice"].run { $0.create(inviting: ["carol"], contribution: "c\(number)") }
                try await scene["alice"].wait("session") {
                    $0.sessions.count == number && $0.sessions[number - 1].msrp.isConnected
                }
                try await scene.send("g\(number)", "text", by: "alice", to: [])
                try await scene.leave("alice")
            }
            try await scene.register("carol")
            try await scene["carol"].wait("all") { $0.log.filter { $0 == "bye 410" }.count == 3 }
            let each = { (id: String) in
                ["invited sendonly", "\(id):text", "roster full alice=disconnected carol=connected", "bye 410"]
            }
            #expect(try await scene["carol"].log == each("g1") + each("g2") + each("g3"))
        }
    }

    @Test("a restart with the ids of a live group is refused with Warning 127; after the end it gets a new focus")
    func sameIDs() async throws {
        try await Scene.play(["alice", "bob"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            let first = try await scene["alice"].run { $0.focus }
            try await scene["bob"].run { $0.create(inviting: ["alice"]) }
            try await scene["bob"].wait("403") { $0.statuses.last == 403 }
            try await scene.leave("bob")
            try await scene["alice"].wait("the end") { $0.log.contains("bye 410") }
            try await scene["alice"].run { $0.create(inviting: ["bob"]) }
            try await scene["alice"].wait("a new focus") { $0.focus != first }
        }
    }

    @Test("policy: storage off, nothing is deferred; retention and maximum keep what they say")
    func policies() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"], settings: { $0.storesMissed = false }) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            try await scene.leave("bob")
            try await scene.leave("alice")
            try await scene.register("carol")
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await scene["carol"].run { $0.invites.count } == 0)
        }
        try await Scene.play(["alice", "carol"], absent: ["carol"], settings: { $0.maximumItems = 2 }) { scene in
            try await scene.create(inviting: ["carol"], joining: [])
            for number in 1...4 { try await scene.send("m\(number)", "text", by: "alice", to: []) }
            try await scene.register("carol")
            try await scene["carol"].wait("m4") { $0.log.contains("m4:text") }
            #expect(try await scene["carol"].log.filter { $0.hasPrefix("m") } == ["m3:text", "m4:text"])
        }
        try await Scene.play(["alice", "carol"], absent: ["carol"], settings: { $0.retention = 300 }) { scene in
            try await scene.create(inviting: ["carol"], joining: [])
            try await scene.send("m1", "text", by: "alice", to: [])
            try await Task.sleep(for: .milliseconds(400))
            try await scene.send("m2", "text", by: "alice", to: [])
            try await scene.register("carol")
            try await scene["carol"].wait("m2") { $0.log.contains("m2:text") }
            #expect(try await scene["carol"].log.filter { $0.hasPrefix("m") } == ["m2:text"])
        }
    }

    @Test("large, binary and empty bodies come byte for byte")
    func bodies() async throws {
        try await Scene.play(["alice", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["carol"], joining: [])
            let large = String(repeating: "0123456789abcdef\r\n-------x$\r\n", count: 6_000)
            try await scene.send("m1", large, by: "alice", to: [])
            try await scene.send("m2", "", by: "alice", to: [])
            try await scene.send("m3", "\u{0}\u{1F600} \u{5D0}", by: "alice", to: [])
            try await scene.register("carol")
            try await scene["carol"].wait("m3", seconds: 20) { $0.log.contains("m3:\u{0}\u{1F600} \u{5D0}") }
            let got = try await scene["carol"].log.filter { $0.hasPrefix("m") }
            #expect(got.first == "m1:" + large)
            #expect(got.dropFirst().map { $0 } == ["m2:", "m3:\u{0}\u{1F600} \u{5D0}"])
        }
    }

    @Test("over IPv6")
    func ipv6() async throws {
        try await Scene.play(["alice", "carol"], absent: ["carol"], settings: { $0.host = "::1" }) { scene in
            try await scene.create(inviting: ["carol"], joining: [])
            try await scene.send("m1", "one", by: "alice", to: [])
            try await scene.register("carol")
            try await scene["carol"].wait("m1") { $0.log.contains("m1:one") }
        }
    }
}
