import MSRP
import Payloads
import SIP
import Testing

@testable import Actors

@Suite("Invitations that come to the client")
struct InvitationTests {
    private func group(_ focus: String = "sip:focus-1@test.example") -> GroupHandle {
        GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: focus)
    }

    @Test(
        "it accepts, and the session stands, whatever set-up the offer has",
        arguments: [MSRPSetup.actpass, .passive, .active, nil])
    func accept(setup: MSRPSetup?) async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob", setup: setup)
            try await eventually("no 200 came") { await stage.peer.finals(call) == [200] }
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            try await eventually("it did not subscribe") { await stage.peer.count(.subscribe) == 1 }
            await bob.stop()
        }
    }

    @Test("a session that only delivers is accepted as recvonly, without a subscription")
    func deferred() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob", direction: .sendonly)
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            #expect(await bob.direction(of: call) == .recvonly)
            #expect(await stage.peer.send(chat("m1"), in: call) == .answered(code: 200, comment: "OK"))
            let status = await stage.peer.request(.bye, in: call, user: "bob", headers: ["Reason": "SIP;cause=200"])
            #expect(status == 200)
            #expect(await bob.openSessions == 0)
            #expect(await stage.peer.count(.subscribe) == 0)
            await bob.stop()
        }
    }

    @Test("it rings for ever and answers 487 when the invitation is cancelled")
    func ring() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            await bob.setInvitationAttitude(.ringForEver)
            let call = await stage.peer.invite("bob")
            try await eventually("it did not ring") { await stage.peer.provisionals(call) == [180] }
            await stage.peer.cancel(call)
            try await eventually("no 487 came") { await stage.peer.finals(call) == [487] }
            await bob.stop()
        }
    }

    @Test("told to say 100 only, it does, and answers 487 to the CANCEL")
    func trying() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            await bob.setInvitationAttitude(.trying)
            let call = await stage.peer.invite("bob")
            try await eventually("no 100 came") { await stage.peer.provisionals(call) == [100] }
            await stage.peer.cancel(call)
            try await eventually("no 487 came") { await stage.peer.finals(call) == [487] }
            await bob.stop()
        }
    }

    @Test("told to be silent, it sends not a byte")
    func silence() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            await bob.setInvitationAttitude(.silence)
            let call = await stage.peer.invite("bob")
            try await eventually("the INVITE did not come") { await bob.knows(call) }
            try await Task.sleep(for: .milliseconds(300))
            #expect(await stage.peer.provisionals(call) == [])
            #expect(await stage.peer.finals(call) == [])
            await bob.stop()
        }
    }

    @Test("it refuses with the code it is told", arguments: [480, 486, 503, 603])
    func refuse(status: Int) async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            await bob.setInvitationAttitude(.refuse(status))
            let call = await stage.peer.invite("bob")
            try await eventually("no \(status) came") { await stage.peer.finals(call) == [status] }
            #expect(await bob.openSessions == 0)
            await bob.stop()
        }
    }

    @Test("an invitation that was left ringing can be answered later")
    func answerLate() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            await bob.setInvitationAttitude(.ringForEver)
            let call = await stage.peer.invite("bob")
            try await eventually("it did not ring") { await stage.peer.provisionals(call) == [180] }
            try await bob.answerInvitation(to: group())
            #expect(await stage.peer.finals(call) == [200])
            await #expect(throws: ActorFailure.self) { try await bob.answerInvitation(to: group()) }
            await bob.stop()
        }
    }

    @Test("a session description without MSRP is refused with 488")
    func unusableOffer() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob", setup: .holdconn)
            try await eventually("no answer came") { await !stage.peer.finals(call).isEmpty }
            #expect(await stage.peer.finals(call) == [488])
            await bob.stop()
        }
    }

    @Test("a re-INVITE and an UPDATE in the session are answered, and one out of order is not")
    func refreshes() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob")
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            #expect(await stage.peer.request(.update, in: call, user: "bob") == 200)
            #expect(await stage.peer.request(.invite, in: call, user: "bob") == 200)
            #expect(await stage.peer.request(.info, in: call, user: "bob") == 405)
            await bob.stop()
        }
    }

    @Test("requests that fit nowhere get 481, unknown methods 501, unknown extensions 420, OPTIONS and MESSAGE 200")
    func strangeRequests() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let peer = stage.peer
            #expect(await peer.requestOutside(.bye, user: "bob") == 481)
            #expect(await peer.requestOutside(.notify, user: "bob", headers: ["Event": "conference"]) == 481)
            #expect(await peer.requestOutside(SIPMethod(rawValue: "JUGGLE"), user: "bob") == 501)
            #expect(await peer.requestOutside(.subscribe, user: "bob") == 405)
            #expect(await peer.requestOutside(.options, user: "bob", headers: ["Require": "teleport"]) == 420)
            #expect(await peer.requestOutside(.options, user: "bob") == 200)
            #expect(await peer.requestOutside(.message, user: "bob") == 200)
            await bob.stop()
        }
    }
}

/// A chat message as a focus would pass it on.
func chat(_ id: String, asking requests: Set<DispositionRequest> = [], recordRoute: String? = nil) -> [UInt8] {
    var message = CPIMMessage()
    message.from = CPIMAddress(uri: "sip:alice@test.example")
    message.to = CPIMAddress(uri: "sip:focus-1@test.example")
    message.dateTime = "2026-01-01T00:00:00Z"
    message.messageID = id
    message.dispositionRequests = requests
    if let recordRoute { message.add("IMDN-Record-Route", in: CPIMMessage.imdnNamespace, "<\(recordRoute)>") }
    message.contentType = .plainTextUTF8
    message.body = Array("hello".utf8)
    return message.serialized()
}
