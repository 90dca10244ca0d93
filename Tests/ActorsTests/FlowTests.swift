import MSRP
import Recordings
import SIP
import TestSupport
import Testing

@testable import Actors

@Suite("The flow that a client registers over", .timeLimit(.minutes(1)))
struct FlowTests {
    /// What the actor sent and got between messages.
    private func keepAlives(_ stage: Stage) async -> (pings: Int, pongs: Int) {
        let lines = await stage.tape.recording.lines.filter { $0.kind == .bytes }
        return (lines.count { $0.payloadText == "\r\n\r\n" }, lines.count { $0.payloadText == "\r\n" })
    }

    @Test("Flow-Timer: it pings again and again, takes the answers for what they are, and keeps the flow")
    func flowTimer() async throws {
        try await Stage.with(.init(flowTimer: 1)) { stage in
            let alice = await stage.actor()
            try await alice.register()
            try await Task.sleep(for: .milliseconds(3_300))
            let (pings, pongs) = await keepAlives(stage)
            #expect((3...4).contains(pings), "at 80 to 100 % of a second: \(pings)")
            #expect(pongs == pings)
            #expect(await stage.peer.count(.register) == 1)
            await alice.stop()
        }
    }

    @Test("a ping without an answer: the flow has failed, and it registers anew over another")
    func deadFlow() async throws {
        try await Stage.with(.init(flowTimer: 1)) { stage in
            let alice = await stage.actor { $0.pongLimit = .milliseconds(300) }
            try await alice.register()
            await stage.peer.fallSilent()
            try await eventually("the flow was not closed", within: .seconds(5)) {
                await stage.peer.openConnections == 0
            }
            await stage.peer.fallSilent(false)
            try await eventually("no second REGISTER came", within: .seconds(5)) {
                await stage.peer.count(.register) >= 2
            }
            await alice.stop()
        }
    }

    @Test("without Flow-Timer nothing is sent between messages")
    func noFlowTimer() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            try await Task.sleep(for: .milliseconds(1_200))
            #expect(await keepAlives(stage) == (0, 0))
            await alice.stop()
        }
    }

    @Test("no-flow-reuse: it claims no flow, is called at its Contact on another connection, and all goes on there")
    func calledAtContact() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob") {
                $0.habits.claimsFlow = false
                $0.habits.reopensFlow = false
            }
            try await bob.register()
            let register = try #require(await stage.peer.last(.register))
            #expect(register.contacts.first?.parameters["reg-id"] == nil)
            #expect(!register.headers.lists("outbound", in: "Supported"))
            await stage.peer.closeConnections()
            try await stage.peer.leaveFlow(of: "bob")
            let call = await stage.peer.invite("bob")
            try await eventually("the session does not stand") { await stage.peer.isConnected(call) }
            #expect(await stage.peer.send(chat("m1"), in: call) == .answered(code: 200, comment: "OK"))
            #expect(await stage.peer.request(.bye, in: call, user: "bob") == 200)
            #expect(await stage.peer.count(.register) == 1, "the lost connection is of no matter")
            await bob.stop()
        }
    }

    @Test("no-flow-reuse over TLS: the Contact is plain TCP, since the client has no certificate")
    func plainContact() async throws {
        let client = try TestCertificates.shared.get().client()
        try await Stage.with { stage in
            for claims in [true, false] {
                let bob = await stage.actor("bob") {
                    $0.tls = client
                    $0.habits.claimsFlow = claims
                }
                try await bob.start()
                #expect(await bob.contact.contains("transport=tls") == claims)
                await bob.stop()
            }
        }
    }

    @Test("preloaded-route: REGISTER, OPTIONS and INVITE name the outbound address, until there is a Service-Route")
    func preloadedRoute() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor { $0.habits.preloadsRoute = true }
            let route = "<sip:127.0.0.1:\(await stage.peer.port);transport=tcp;lr>"
            try await alice.register()
            _ = try await alice.probe()
            let plan = GroupPlan(invitees: ["sip:bob@test.example"], conversationID: "conv", contributionID: "contr")
            let group = try await alice.createGroup(plan)
            for method in [SIPMethod.register, .options, .invite] {
                #expect(await stage.peer.last(method)?.headers.values("Route") == [route], "\(method)")
            }
            try await alice.leave(group, saying: .leaves)
            await stage.peer.change { $0.serviceRoute = "<sip:edge.test.example;lr>" }
            try await alice.register()
            _ = try await alice.createGroup(plan)
            #expect(await stage.peer.last(.register)?.headers.values("Route") == [route])
            #expect(await stage.peer.last(.invite)?.headers.values("Route") == ["<sip:edge.test.example;lr>"])
            await alice.stop()
        }
    }
}
