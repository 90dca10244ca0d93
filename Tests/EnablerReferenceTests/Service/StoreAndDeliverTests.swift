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
        _ names: [String], absent: Set<String> = [], defects: Set<Defect> = [],
        settings change: (inout EnablerSettings) -> Void = { _ in }, _ body: (Scene) async throws -> Void
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = EnablerSettings()
        settings.noAnswer = 300
        settings.lossRecognition = 300
        change(&settings)
        let enabler = ReferenceEnabler(eventLoop: loop, settings: settings, defects: defects)
        let addresses = try await enabler.start()
        var clients: [String: TestClient] = [:]
        for name in names { clients[name] = try await TestClient.make(name, on: loop, addresses) }
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
            try await scene["bob"].run { $0.leave() }
            try await scene["bob"].wait("200 to BYE") { $0.statuses.last == 200 }
            try await scene.send("m3", "three", by: "alice", to: [])
            try await scene["alice"].run { $0.leave() }
            try await scene.register("carol")
            try await scene["carol"].wait("the BYE") { $0.log.contains("bye 410") }
            #expect(try await scene["carol"].log == [
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
}
