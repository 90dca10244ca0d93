import NIOCore
import NIOPosix
import Payloads
import SIP
import Testing

@testable import Actors

@Suite("Sessions that the client asks for")
struct OwnSessionTests {
    private let plan = GroupPlan(
        invitees: ["sip:bob@test.example", "sip:carol@test.example"], subject: "Dinner", conversationID: "conv",
        contributionID: "contr")

    @Test(
        "creating a group ends when its MSRP connection is up, whoever connects",
        arguments: [MSRPSetup.active, .actpass, .passive, nil], [nil, MSRPSetup.passive])
    func create(offered: MSRPSetup?, answered: MSRPSetup?) async throws {
        try await Stage.with(.init(setup: answered)) { stage in
            let alice = await stage.actor { $0.habits.offeredSetup = offered }
            try await alice.register()
            let group = try await alice.createGroup(plan)
            #expect(group == GroupHandle(
                conversationID: "conv", contributionID: "contr", focusURI: "sip:focus-1@test.example"))
            try await eventually("the peer's side is not connected") { await stage.peer.connectedSessions == 1 }
            try await eventually("no ACK came") { await stage.peer.acknowledgedSessions == 1 }
            await alice.stop()
        }
    }

    @Test("with a peer that does not answer the empty SEND, the session stands after half of the limit for answers")
    func unansweredBinding() async throws {
        let mute = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        try await Stage.with(.init(setup: .passive, mediaPort: mute.localAddress?.port)) { stage in
            let alice = await stage.actor { $0.answerLimit = .seconds(1) }
            try await alice.register()
            let clock = ContinuousClock()
            let took = try await clock.measure { _ = try await alice.createGroup(plan) }
            #expect(took >= .milliseconds(500))
            #expect(took < .seconds(1))
            await alice.stop()
        }
        try await mute.close()
    }

    @Test("in a live session it subscribes to the focus on its own, and answers the list")
    func subscribesOnItsOwn() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            try await eventually("no SUBSCRIBE came") { await stage.peer.count(.subscribe) == 1 }
            let subscribe = try #require(await stage.peer.last(.subscribe))
            #expect(subscribe.requestURI == "sip:focus-1@test.example")
            #expect(subscribe.headers["Event"] == "conference")
            await alice.stop()
        }
    }

    @Test("a factory that wants credentials gets them, and the ACK belongs to the second INVITE")
    func createWithDigest() async throws {
        try await Stage.with(.init(passwords: ["alice": "secret"])) { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            try await eventually("no ACK came") { await stage.peer.count(.ack) == 1 }
            let invite = try #require(await stage.peer.last(.invite))
            let ack = try #require(await stage.peer.last(.ack))
            #expect(invite.cseq?.number == 2)
            #expect(ack.cseq?.number == 2)
            #expect(ack.headers["Authorization"] != nil)
            try await alice.leave(
                GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: ""), saying: .leaves)
            #expect(await stage.peer.last(.bye)?.cseq?.number == 3)
            await alice.stop()
        }
    }

    @Test("a factory that refuses is said with its status")
    func refusedCreate() async throws {
        try await Stage.with(.init(statuses: ["INVITE": 403])) { stage in
            let alice = await stage.actor()
            try await alice.register()
            await #expect(throws: ActorFailure.self) { try await alice.createGroup(plan) }
            #expect(await alice.openSessions == 0)
            await alice.stop()
        }
    }

    @Test("an INVITE without answer is given up at the limit")
    func unansweredCreate() async throws {
        try await Stage.with(.init(unanswered: ["INVITE"])) { stage in
            let alice = await stage.actor { $0.answerLimit = .seconds(1) }
            try await alice.register()
            await #expect(throws: ActorFailure.self) { try await alice.createGroup(plan) }
            #expect(await alice.openSessions == 0)
            await alice.stop()
        }
    }

    @Test("leaving says why in its Reason, and takes the subscription away")
    func leave() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            let group = try await alice.createGroup(plan)
            try await eventually("no SUBSCRIBE came") { await stage.peer.count(.subscribe) == 1 }
            try await eventually("the subscription does not stand") {
                await alice.standingSubscriptions == 1
            }
            try await alice.leave(group, saying: .leaves)
            #expect(await stage.peer.last(.bye)?.headers["Reason"] == "SIP;cause=200;text=\"Call completed\"")
            try await eventually("it is still subscribed") { await alice.openSubscriptions == 0 }
            #expect(await stage.peer.last(.subscribe)?.expires == 0)
            await #expect(throws: ActorFailure.self) { try await alice.leave(group, saying: .leaves) }
            await alice.stop()
        }
    }

    @Test("it leaves with 503 or without a Reason when it is told to", arguments: [LeaveCause.failure, .unsaid])
    func leaveOtherwise(cause: LeaveCause) async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            let group = try await alice.createGroup(plan)
            try await alice.leave(group, saying: cause)
            let reason = await stage.peer.last(.bye)?.headers["Reason"]
            #expect(cause == .unsaid ? reason == nil : reason?.contains("cause=503") == true)
            await alice.stop()
        }
    }

    @Test("it rejoins at the focus with the ids of the group and the offer alone")
    func rejoin() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            let group = try await alice.createGroup(plan)
            try await alice.leave(group, saying: .unsaid)
            let again = try await alice.rejoin(group)
            #expect(again == group)
            let invite = try #require(await stage.peer.last(.invite))
            #expect(invite.requestURI == "sip:focus-1@test.example")
            #expect(invite.headers["Conversation-ID"] == "conv")
            #expect(invite.contentType == "application/sdp")
            await alice.stop()
        }
    }

    @Test("a focus that is gone refuses the rejoin with 404")
    func rejoinAtNoFocus() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            let group = try await alice.createGroup(plan)
            try await alice.leave(group, saying: .unsaid)
            await stage.peer.change { $0.statuses["INVITE"] = 404 }
            let refusal = ActorFailure.refused(
                awaited: "the session with the focus", status: 404, reason: "Not Found")
            await #expect(throws: refusal) { try await alice.rejoin(group) }
            await alice.stop()
        }
    }

    @Test("it adds somebody by REFER, in the dialog or outside", arguments: [true, false])
    func add(inDialog: Bool) async throws {
        try await Stage.with { stage in
            let alice = await stage.actor { $0.habits.refersInDialog = inDialog }
            try await alice.register()
            let group = try await alice.createGroup(plan)
            try await alice.add("sip:dave@test.example", to: group)
            let refer = try #require(await stage.peer.last(.refer))
            #expect(refer.headers["Refer-To"] == "<sip:dave@test.example;method=INVITE>")
            #expect((refer.to?.tag != nil) == inDialog)
            await alice.stop()
        }
    }

    @Test("any answer to a probe will do, and silence will not")
    func probe() async throws {
        try await Stage.with(.init(statuses: ["OPTIONS": 403])) { stage in
            let alice = await stage.actor { $0.answerLimit = .seconds(1) }
            let status = try await alice.probe()
            #expect(status == 403)
            await stage.peer.change { $0.unanswered = ["OPTIONS"] }
            await #expect(throws: ActorFailure.self) { try await alice.probe() }
            await alice.stop()
        }
    }
}
