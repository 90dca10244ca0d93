import Foundation
import NIOCore
import NIOPosix
import Recordings
import Testing

@testable import Actors

@Suite("What an actor costs and leaves behind", .serialized)
struct LifeTests {
    @Test("nothing is left of an actor that has been stopped in the middle of a session")
    func leavesNothing() async throws {
        var ports: Set<Int> = []
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(GroupPlan(invitees: ["sip:bob@test.example"]))
            let own = await alice.ports
            ports = own.union([await stage.peer.port, await stage.peer.mediaPort])
            #expect(own.count == 2)
            // Two listeners here and two there, and two connections with two ends.
            #expect(openSockets(at: ports) == 8)
            await alice.stop()
            try await eventually("sockets of the actor are left") { openSockets(at: ports) == 2 }
            #expect(await alice.hasEquipment == false)
            #expect(await alice.openSessions == 0)
            #expect(await alice.openSubscriptions == 0)
            await #expect(throws: ActorFailure.self) { try await alice.register() }
        }
        try await eventually("sockets of the peer are left") { openSockets(at: ports) == 0 }
    }

    @Test("the recording has every connection and byte under the actor's name, and nothing else")
    func recording() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(GroupPlan(invitees: ["sip:bob@test.example"]))
            await alice.stop()
            let lines = await stage.tape.recording.lines
            #expect(lines.allSatisfy { $0.actor == "alice" })
            #expect(Set(lines.map(\.kind)) == [.open, .bytes, .close])
            #expect(lines.count { $0.kind == .open } == lines.count { $0.kind == .close })
            #expect(lines.contains { $0.payloadText?.hasPrefix("INVITE sip:factory@test.example SIP/2.0\r\n") == true })
            #expect(lines.contains { $0.payloadText?.contains("SEND") == true && $0["proto"] == nil })
        }
    }

    @Test("it works over IPv6")
    func overIPv6() async throws {
        try await Stage.with(host: "::1") { stage in
            let alice = await stage.actor {
                $0.host = "::1"
                $0.outboundHost = "::1"
            }
            try await alice.register()
            _ = try await alice.createGroup(GroupPlan(invitees: ["sip:bob@test.example"]))
            await alice.stop()
        }
    }

    @Test("500 registered idle actors use less than 50 ms of processor time in 10 s", .timeLimit(.minutes(2)))
    func idle() async throws {
        // Measured over two seconds and a fifth of the time, so that the tests stay short.
        try await Stage.with { stage in
            var actors: [SIPClientActor] = []
            for number in 0..<500 {
                let actor = await stage.actor("user-\(number)")
                try await actor.register()
                actors.append(actor)
            }
            let best = try await leastProcessorTime(of: stage.eventLoop)
            #expect(best < 0.010, "\(best) s of processor time in 2 s")
            for actor in actors { await actor.stop() }
        }
    }

    /// The least that the loop's thread used in three stretches of two seconds. Everything of the actors, and of the
    /// peer, happens on that thread; other tests run on others.
    private func leastProcessorTime(of loop: any EventLoop) async throws -> Double {
        var best = Double.infinity
        for _ in 0..<3 where best >= 0.010 {
            let before = try await processorTime(of: loop)
            try await Task.sleep(for: .seconds(2))
            best = min(best, try await processorTime(of: loop) - before)
        }
        return best
    }

    private func processorTime(of loop: any EventLoop) async throws -> Double {
        try await loop.submit {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }.get()
    }
}
