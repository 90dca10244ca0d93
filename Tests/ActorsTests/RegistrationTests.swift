import SIP
import Testing

@testable import Actors

@Suite("Registration of the client")
struct RegistrationTests {
    @Test("it answers a digest challenge and is registered")
    func challenge() async throws {
        try await Stage.with(.init(passwords: ["alice": "secret"])) { stage in
            let alice = await stage.actor()
            try await alice.register()
            #expect(await stage.peer.count(.register) == 2)
            let register = try #require(await stage.peer.last(.register))
            #expect(register.headers["Authorization"]?.contains("algorithm=SHA-256") == true)
            #expect(register.contacts.first?.uri.hasPrefix("sip:alice@127.0.0.1:") == true)
            #expect(register.contacts.first?.parameters["+sip.instance"]?.contains("urn:uuid:") == true)
            await alice.stop()
        }
    }

    @Test("a nonce that has grown old is said to be stale, and the request goes again with the new one")
    func staleNonce() async throws {
        try await Stage.with(.init(passwords: ["alice": "secret"], firstNonceAges: true)) { stage in
            let alice = await stage.actor()
            try await alice.register()
            #expect(await stage.peer.staleNonces == 1)
            #expect(await stage.peer.count(.register) == 3)
            await alice.stop()
        }
    }

    @Test("a wrong password ends with what the registrar said")
    func wrongPassword() async throws {
        try await Stage.with(.init(passwords: ["alice": "other"])) { stage in
            let alice = await stage.actor()
            let refusal = ActorFailure.refused(awaited: "the 200 to REGISTER", status: 401, reason: "Unauthorized")
            await #expect(throws: refusal) { try await alice.register() }
            await alice.stop()
        }
    }

    @Test("it refreshes at half time, on the same connection and with the next sequence number")
    func refresh() async throws {
        try await Stage.with(.init(grantedExpires: 1)) { stage in
            let alice = await stage.actor()
            try await alice.register()
            try await eventually("no refresh came") { await stage.peer.count(.register) >= 2 }
            let registers = await stage.peer.requests.filter { $0.method == .register }
            #expect(registers[0].callID == registers[1].callID)
            #expect(registers[1].cseq?.number == 2)
            #expect(await stage.peer.openConnections == 1)
            await alice.stop()
        }
    }

    @Test("an interval that is too brief is asked for again as long as the registrar wants it")
    func tooBrief() async throws {
        try await Stage.with(.init(leastExpires: 900)) { stage in
            let alice = await stage.actor()
            try await alice.register()
            #expect(await stage.peer.last(.register)?.expires == 900)
            #expect(await stage.peer.count(.register) == 2)
            await alice.stop()
        }
    }

    @Test("the Service-Route of the registrar is the Route of requests outside dialogs")
    func serviceRoute() async throws {
        try await Stage.with(.init(serviceRoute: "<sip:orig@test.example;lr>")) { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(GroupPlan(invitees: ["sip:bob@test.example"]))
            #expect(await stage.peer.last(.invite)?.headers["Route"] == "<sip:orig@test.example;lr>")
            await alice.stop()
        }
    }

    @Test("where the focus' 200 has a Record-Route, the ACK and the BYE go there with their Route")
    func recordRoute() async throws {
        try await Stage.with { proxy in
            let route = "<sip:127.0.0.1:\(await proxy.peer.port);transport=tcp;lr>"
            try await Stage.with(.init(sessionFields: ["Record-Route": route])) { stage in
                let alice = await stage.actor()
                try await alice.register()
                let group = try await alice.createGroup(GroupPlan(invitees: ["sip:bob@test.example"]))
                try await eventually("no ACK came to the proxy") { await proxy.peer.count(.ack) == 1 }
                try await alice.leave(group, saying: .leaves)
                let bye = try #require(await proxy.peer.last(.bye))
                #expect(bye.headers["Route"] == route)
                #expect(bye.requestURI == "sip:focus-1@test.example")
                #expect(await stage.peer.count(.bye) == 0)
                await alice.stop()
            }
        }
    }

    @Test("de-registration takes the binding away with Expires 0")
    func deregister() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            try await alice.deregister()
            let last = try #require(await stage.peer.last(.register))
            #expect(last.expires == 0)
            #expect(last.contacts.first?.parameters["expires"] == "0")
            #expect(await alice.registrationLifetime() == nil)
            await alice.stop()
        }
    }

    @Test("after losing its connections it comes back on new ones with the same instance")
    func comeBack() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            let before = try #require(await stage.peer.last(.register))
            await alice.loseConnections()
            try await eventually("the connection stayed open") { await stage.peer.openConnections == 0 }
            await #expect(throws: ActorFailure.self) { try await alice.register() }
            try await alice.comeBack()
            let after = try #require(await stage.peer.last(.register))
            let instance = "+sip.instance"
            #expect(before.contacts.first?.parameters[instance] == after.contacts.first?.parameters[instance])
            #expect(before.contacts.first?.uri != after.contacts.first?.uri)
            #expect(before.callID != after.callID)
            await alice.stop()
        }
    }

    @Test("a flow that the registrar closes is opened again")
    func reopensFlow() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            try await eventually("the flow is not known") { await alice.registration.flow != nil }
            // The listener goes too: only what the registrar opens anew can be reached.
            await stage.peer.closeConnections()
            try await eventually("it did not register anew") { await stage.peer.count(.register) >= 2 }
            await alice.stop()
        }
    }

    @Test("a registrar that says nothing ends the verb at the limit")
    func noAnswer() async throws {
        try await Stage.with(.init(unanswered: ["REGISTER"])) { stage in
            let alice = await stage.actor { $0.answerLimit = .milliseconds(100) }
            await #expect(throws: ActorFailure.timedOut(awaited: "the 200 to REGISTER", limit: .milliseconds(100))) {
                try await alice.register()
            }
            await alice.stop()
        }
    }

    @Test("nobody at the address is said with the connection's error")
    func nobodyThere() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor { $0.outboundPort = 1 }
            do throws(ActorFailure) {
                try await alice.register()
                Issue.record("registered with nobody")
            } catch {
                guard case .connectionLost(_, let cause) = error else {
                    Issue.record("another failure: \(error)")
                    return await alice.stop()
                }
                #expect(!cause.isEmpty)
            }
            await alice.stop()
        }
    }

    @Test("cancelling the task ends a verb at once, and stopping the actor too")
    func cancellation() async throws {
        try await Stage.with(.init(unanswered: ["REGISTER"])) { stage in
            let alice = await stage.actor { $0.answerLimit = .seconds(30) }
            let task = Task { try await alice.register() }
            try await eventually("no REGISTER came") { await stage.peer.count(.register) == 1 }
            task.cancel()
            await #expect(throws: ActorFailure.cancelled(awaited: "the 200 to REGISTER")) { try await task.value }
            let second = Task { try await alice.register() }
            try await eventually("no second REGISTER came") { await stage.peer.count(.register) == 2 }
            await alice.stop()
            await #expect(throws: ActorFailure.wentAway(awaited: "the 200 to REGISTER")) { try await second.value }
        }
    }
}
