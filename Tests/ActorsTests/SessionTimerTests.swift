import SIP
import Testing

@testable import Actors

/// RFC 4028 over real sockets, with intervals of seconds. The least that an INVITE may ask for is 90 s, but a 2xx may
/// grant less, and so the tests need not wait.
@Suite("Session timers of the client", .timeLimit(.minutes(2)))
struct SessionTimerTests {
    private let plan = GroupPlan(invitees: ["sip:bob@test.example"], conversationID: "conv", contributionID: "contr")

    private func script(_ expires: String, allow: String = "INVITE, ACK, BYE, UPDATE") -> ScriptedPeer.Script {
        ScriptedPeer.Script(sessionFields: ["Session-Expires": expires, "Allow": allow])
    }

    @Test("as the refresher it sends UPDATE again and again, and the session stays")
    func update() async throws {
        try await Stage.with(script("3;refresher=uac")) { stage in
            let alice = await stage.actor()
            try await alice.register()
            let group = try await alice.createGroup(plan)
            try await eventually("no second UPDATE came", within: .seconds(6)) {
                await stage.peer.count(.update) >= 2
            }
            let update = try #require(await stage.peer.last(.update))
            #expect(update.headers["Session-Expires"] == "3;refresher=uac")
            #expect(update.headers.lists("timer", in: "Supported"))
            #expect(update.body.isEmpty)
            #expect(await stage.peer.count(.bye) == 0)
            try await alice.leave(group, saying: .leaves)
            await alice.stop()
        }
    }

    @Test("a peer that does not allow UPDATE gets re-INVITEs with the session description, each acknowledged")
    func reinvite() async throws {
        try await Stage.with(script("3;refresher=uac", allow: "INVITE, ACK, BYE")) { stage in
            let alice = await stage.actor()
            try await alice.register()
            let group = try await alice.createGroup(plan)
            try await eventually("no ACK to a second re-INVITE came", within: .seconds(6)) {
                await stage.peer.count(.ack) >= 3
            }
            #expect(await stage.peer.count(.update) == 0)
            let invites = await stage.peer.requests.filter { $0.method == .invite }
            #expect(invites.count == 3)
            #expect(Set(invites.compactMap(\.callID)).count == 1)
            #expect(invites.last?.contentType == "application/sdp")
            #expect(invites.last?.headers["Session-Expires"] == "3;refresher=uac")
            #expect(await stage.peer.connectedSessions == 1)
            try await alice.leave(group, saying: .leaves)
            await alice.stop()
        }
    }

    @Test("a session that the peer should have refreshed, and did not, ends with BYE")
    func expiry() async throws {
        try await Stage.with(script("3;refresher=uas")) { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            try await eventually("no BYE came", within: .seconds(6)) { await stage.peer.count(.bye) == 1 }
            #expect(await stage.peer.count(.update) == 0)
            #expect(await alice.openSessions == 0)
            await alice.stop()
        }
    }

    @Test("a refresh that gets no answer ends the session with BYE at its expiry")
    func unansweredRefresh() async throws {
        try await Stage.with(script("3;refresher=uac")) { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            await stage.peer.change { $0.unanswered = ["UPDATE"] }
            try await eventually("no BYE came", within: .seconds(6)) { await stage.peer.count(.bye) == 1 }
            #expect(await stage.peer.count(.update) == 1)
            #expect(await alice.openSessions == 0)
            await alice.stop()
        }
    }

    @Test("a factory that answers 422 gets the INVITE again with the interval it wants")
    func tooSmall() async throws {
        try await Stage.with(.init(leastSession: 3600)) { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            let invites = await stage.peer.requests.filter { $0.method == .invite }
            #expect(invites.compactMap(\.cseq?.number) == [1, 2])
            #expect(Set(invites.compactMap(\.callID)).count == 1)
            #expect(invites.last?.headers["Session-Expires"] == "3600;refresher=uac")
            #expect(invites.last?.headers["Min-SE"] == "3600")
            await alice.stop()
        }
    }

    @Test("invited with too small an interval it answers 422; with a good one it agrees and tells who refreshes")
    func invited() async throws {
        let small = ["Supported": "timer", "Session-Expires": "30"]
        try await Stage.with(.init(inviteFields: small)) { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let refused = await stage.peer.invite("bob")
            try await eventually("no 422 came") { await stage.peer.finals(refused) == [422] }
            #expect(await bob.openSessions == 0)
            await stage.peer.change { $0.inviteFields["Session-Expires"] = "90;refresher=uac" }
            let taken = await stage.peer.invite("bob")
            try await eventually("no 200 came") { await stage.peer.finals(taken) == [200] }
            let answer = try #require(await stage.peer.lastAnswer(taken))
            #expect(answer.headers["Session-Expires"] == "90;refresher=uac")
            #expect(answer.headers["Require"] == "timer")
            #expect(await stage.peer.request(
                .update, in: taken, user: "bob", headers: ["Supported": "timer", "Session-Expires": "20"]) == 422)
            await bob.stop()
        }
    }
}
