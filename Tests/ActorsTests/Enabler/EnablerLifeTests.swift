import NIOCore
import NIOPosix
import Payloads
import Recordings
import Testing

@testable import Actors

@Suite("What a scripted enabler records and leaves behind", .serialized)
struct EnablerLifeTests {
    @Test("nothing is left of an enabler that has been stopped in the middle of a session")
    func leavesNothing() async throws {
        var ports: Set<Int> = []
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            let session = try await stage.enabler.invite(stage.plan())
            try await stage.enabler.awaitSubscription(of: "carol", to: EnablerStage.focus)
            ports = [stage.address.port, stage.address.mediaPort]
            #expect(openSockets(at: ports) >= 4)
            let waiting = Task { try await stage.enabler.awaitDeregistration(of: "carol") }
            try await Task.sleep(for: .milliseconds(20))
            await stage.enabler.stop()
            let failure = ActorFailure.wentAway(awaited: "the end of the registration of carol")
            await #expect(throws: failure) { try await waiting.value }
            await carol.stop()
            try await eventually("sockets are left") { openSockets(at: ports) == 0 }
            #expect(await stage.enabler.holdsNothing)
            #expect(await stage.enabler.stands(session) == false)
            await #expect(throws: ActorFailure.self) { try await stage.enabler.start() }
            await #expect(throws: ActorFailure.self) { try await stage.enabler.invite(stage.plan()) }
        }
    }

    @Test("started by two at once it has one address, and stopped meanwhile it has none")
    func startedTwice() async throws {
        try await EnablerStage.with { stage in
            let settings = stage.enabler.settings
            let environment = ActorEnvironment(eventLoop: stage.eventLoop, recorder: nil, seed: 8) { 0 }
            let enabler = SIPEnablerActor(settings: settings, environment: environment)
            let starts = (0..<2).map { _ in Task { try await enabler.start() } }
            let addresses = [try await starts[0].value, try await starts[1].value]
            #expect(addresses[0] == addresses[1])
            #expect(openSockets(at: [addresses[0].port, addresses[0].mediaPort]) == 2)
            await enabler.stop()
            let other = SIPEnablerActor(settings: settings, environment: environment)
            let start = Task { try await other.start() }
            await other.stop()
            _ = await start.result
            await #expect(throws: ActorFailure.self) { try await other.start() }
            #expect(await other.holdsNothing)
        }
    }

    @Test("a verb ends promptly when its task is cancelled")
    func cancellation() async throws {
        try await EnablerStage.with { stage in
            let task = Task { try await stage.enabler.awaitRegistration(of: "carol") }
            try await Task.sleep(for: .milliseconds(20))
            task.cancel()
            await #expect(throws: ActorFailure.cancelled(awaited: "a REGISTER of carol")) { try await task.value }
            #expect(await stage.enabler.waitsForNothing)
        }
    }

    @Test("with one user under test all is recorded under its name, from the first byte")
    func oneUser() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            _ = try await stage.enabler.invite(stage.plan())
            await carol.stop()
            await stage.enabler.stop()
            let lines = await stage.tape.recording.lines
            #expect(lines.allSatisfy { $0.actor == "carol" })
            #expect(lines.count { $0.kind == .open } == lines.count { $0.kind == .close })
            #expect(lines.contains { $0.payloadText?.hasPrefix("REGISTER") == true && $0.direction == .received })
        }
    }

    @Test("with several users each connection is recorded under the name of its client")
    func severalUsers() async throws {
        try await EnablerStage.with { $0.users.append(EnablerStage.user("dave")) } _: { stage in
            let carol = try await stage.registered()
            let dave = try await stage.registered("dave")
            for (user, setup) in [("carol", MSRPSetup.active), ("dave", .passive)] {
                let session = try await stage.enabler.invite(
                    stage.plan(.over) {
                        $0.user = user
                        $0.setup = setup
                    })
                #expect(try await stage.enabler.send(stage.item("for \(user)"), in: session).code == 200)
            }
            #expect(await carol.hasReceived("for carol"))
            #expect(await dave.hasReceived("for dave"))
            await carol.stop()
            await dave.stop()
            await stage.enabler.stop()
            let lines = await stage.tape.recording.lines
            for user in ["carol", "dave"] {
                let own = lines.filter { $0.actor == user }
                #expect(own.count { $0.kind == .open } == 2)
                #expect(own.count { $0.kind == .close } == 2)
                let said = own.compactMap(\.payloadText).joined()
                #expect(said.contains("REGISTER sip:test.example"))
                #expect(said.contains("for \(user)"))
                #expect(!said.contains(user == "carol" ? "sip:dave@" : "sip:carol@"))
            }
            #expect(lines.allSatisfy { $0.actor != nil })
        }
    }

    @Test("a peer that goes on sending after garbage harms nobody")
    func strangers() async throws {
        try await EnablerStage.with { $0.users.append(EnablerStage.user("dave")) } _: { stage in
            try await stage.speak("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await stage.speak("")
            try await eventually("both connections are recorded, as nobody's") {
                await stage.tape.recording.lines.filter { $0.kind == .open }.map(\.actor) == [nil, nil]
            }
            let carol = try await stage.registered()
            #expect(await stage.enabler.isRegistered("carol"))
            await carol.stop()
        }
    }
}

extension EnablerStage {
    /// Connects, says something, and closes.
    func speak(_ text: String) async throws {
        let channel = try await ClientBootstrap(group: eventLoop).connect(host: "127.0.0.1", port: address.port).get()
        if !text.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: text)) }
        // The enabler may have been quicker.
        try? await channel.close()
    }
}

extension SIPEnablerActor {
    var waitsForNothing: Bool { waits.isEmpty }
    var holdsNothing: Bool {
        equipment == nil && dialogs.isEmpty && subscriptions.isEmpty && bindings.isEmpty && owners.isEmpty && waits.isEmpty
    }
}
