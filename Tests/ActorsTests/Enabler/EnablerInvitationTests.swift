import Payloads
import Recordings
import SIP
import Testing

@testable import Actors

@Suite("Invitations of the scripted enabler")
struct EnablerInvitationTests {
    @Test(
        "the session stands in both forms, whatever set-up the offer has",
        arguments: [EnablerInvitation.Form.live, .over], [MSRPSetup.actpass, .active, .passive, nil])
    func stands(form: EnablerInvitation.Form, setup: MSRPSetup?) async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered { $0.habits.subscribesOnJoining = false }
            let session = try await stage.enabler.invite(stage.plan(form) { $0.setup = setup })
            #expect(await stage.enabler.stands(session))
            #expect(await stage.enabler.media(of: session)?.acceptTypes == ClientHabits().acceptTypes)
            try await eventually("carol has no session") {
                await carol.directions == [form == .over ? .recvonly : .sendrecv]
            }
            let offer = try #require(await stage.recorded(.invite).first)
            let media = try #require(MSRPMedia(try SessionDescription(parsing: offer.body)))
            #expect(media.setup == setup)
            #expect(media.direction == (form == .over ? .sendonly : .sendrecv))
            await carol.stop()
        }
    }

    @Test(
        "without an offer and without ids the client offers, and the ACK answers",
        arguments: [EnablerInvitation.Form.live, .over])
    func withoutOffer(form: EnablerInvitation.Form) async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered { $0.habits.subscribesOnJoining = false }
            let session = try await stage.enabler.invite(
                stage.plan(form) {
                    $0.hasOffer = false
                    $0.group = GroupIDs(conversationID: "", contributionID: "")
                })
            #expect(try await stage.enabler.send(stage.item("m1"), in: session).code == 200)
            #expect(await carol.directions == [form == .over ? .recvonly : .sendrecv])
            let invite = try #require(await stage.recorded(.invite).first)
            #expect(invite.body.isEmpty)
            #expect(invite.contentType == nil)
            #expect(invite.headers["Conversation-ID"] == nil)
            #expect(invite.headers["Contribution-ID"] == nil)
            let ack = try #require(await stage.recorded(.ack).first)
            let answer = try #require(MSRPMedia(try SessionDescription(parsing: ack.body)))
            #expect(answer.direction == (form == .over ? .sendonly : .sendrecv))
            try await stage.enabler.hangUp(session, cause: .completed)
            await carol.stop()
        }
    }

    @Test("the INVITE says what the plan says")
    func headers() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            let plan = stage.plan(.over) {
                $0.subject = "Climbing"
                $0.referredBy = .init(displayName: "Alice \"A\"", uri: "sip:alice@test.example")
                $0.assertedIdentity = "sip:focus-1@test.example"
                $0.recipientListHistory = ["sip:alice@test.example", "sip:bob@test.example"]
                $0.acceptTypes = ["message/cpim"]
                $0.sessionExpires = 1800
                $0.extraHeaders = [("P-Charging-Vector", "icid-value=1")]
            }
            _ = try await stage.enabler.invite(plan)
            let invite = try #require(await stage.recorded(.invite).first)
            #expect(invite.headers["Conversation-ID"] == "conv")
            #expect(invite.headers["Contribution-ID"] == "contr")
            #expect(invite.headers["Subject"] == "Climbing")
            let referrer = try #require(invite.headers["Referred-By"].flatMap { NameAddress($0) })
            #expect(referrer.displayName == "Alice \"A\"")
            #expect(referrer.uri == "sip:alice@test.example")
            #expect(invite.headers["P-Asserted-Identity"] == "<sip:focus-1@test.example>")
            #expect(invite.headers["P-Asserted-Service"] == ServiceIdentifiers.groupSession)
            #expect(invite.headers["Session-Expires"] == "1800;refresher=uas")
            #expect(invite.headers["P-Charging-Vector"] == "icid-value=1")
            let contact = try #require(invite.contacts.first)
            #expect(contact.parameters.has("isfocus"))
            #expect(contact.uri == stage.address.uri(user: "focus-1"))
            let type = try #require(invite.contentType.flatMap { MediaType($0) })
            let parts = try Multipart(parsing: invite.body, contentType: type).parts
            #expect(parts.map { $0.contentType?.essence } == ["application/sdp", "application/resource-lists+xml"])
            #expect(parts.last?.contentDisposition == .recipientListHistory)
            let list = try ResourceList(parsing: parts.last?.body ?? [])
            #expect(list.entries.map(\.uri) == plan.recipientListHistory)
            await carol.stop()
        }
    }

    @Test("the leanest INVITE has nothing that the plan leaves out")
    func lean() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            _ = try await stage.enabler.invite(
                stage.plan(.over) {
                    $0.assertedService = false
                    $0.acceptContact = false
                })
            let invite = try #require(await stage.recorded(.invite).first)
            let left = [
                "Subject", "Referred-By", "P-Asserted-Identity", "P-Asserted-Service", "Accept-Contact", "Session-Expires",
            ]
            #expect(left.allSatisfy { invite.headers[$0] == nil })
            #expect(invite.contentType == "application/sdp")
            await carol.stop()
        }
    }

    @Test("compact names are understood")
    func compact() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            _ = try await stage.enabler.invite(
                stage.plan(.over) {
                    $0.subject = "Short"
                    $0.compactHeaders = true
                })
            let invite = try #require(await stage.recorded(.invite).first)
            let names = invite.headers.map(\.name)
            #expect(names.contains("f") && names.contains("m") && names.contains("s") && names.contains("l"))
            #expect(!names.contains("From") && !names.contains("Content-Length"))
            await carol.stop()
        }
    }

    @Test("a refusal fails with the client's status")
    func refused() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            await carol.setInvitationAttitude(.refuse(486))
            await #expect {
                _ = try await stage.enabler.invite(stage.plan())
            } throws: { error in
                guard case ActorFailure.refused(_, let status, _) = error else { return false }
                return status == 486
            }
            await carol.stop()
        }
    }

    @Test("an invitation that rings for ever times out and is cancelled")
    func timesOut() async throws {
        try await EnablerStage.with { $0.answerLimit = .milliseconds(200) } _: { stage in
            let carol = try await stage.registered()
            await carol.setInvitationAttitude(.ringForEver)
            await #expect {
                _ = try await stage.enabler.invite(stage.plan())
            } throws: { error in
                guard case ActorFailure.timedOut = error else { return false }
                return true
            }
            try await eventually("no 487 came") {
                await stage.messages(.received).contains { $0.status == 487 }
            }
            await carol.stop()
        }
    }

    @Test("a proposal waits for nobody, and can be cancelled")
    func cancelled() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            await carol.setInvitationAttitude(.ringForEver)
            let session = try await stage.enabler.propose(stage.plan())
            #expect(await stage.enabler.stands(session) == false)
            #expect(try await stage.enabler.cancel(session) == 487)
            await #expect(throws: ActorFailure.self) { try await stage.enabler.awaitSession(session) }
            await #expect(throws: ActorFailure.self) { try await stage.enabler.cancel(session) }
            await carol.stop()
        }
    }

    @Test("a proposal becomes a session when the client takes it up")
    func takenUp() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            await carol.setInvitationAttitude(.ringForEver)
            let session = try await stage.enabler.propose(stage.plan())
            try await eventually("no 180 came") { await stage.messages(.received).contains { $0.status == 180 } }
            async let stands: Void = stage.enabler.awaitSession(session)
            try await carol.answerInvitation(
                to: GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: EnablerStage.focus))
            try await stands
            #expect(await stage.enabler.stands(session))
            await carol.stop()
        }
    }

    @Test("nobody is invited who is not registered")
    func unregistered() async throws {
        try await EnablerStage.with { stage in
            await #expect(throws: ActorFailure.impossible("carol is not registered and cannot be reached")) {
                _ = try await stage.enabler.propose(stage.plan())
            }
        }
    }

    @Test(
        "the session ends with the cause that the script wants",
        arguments: [
            (HangUpCause.completed, "SIP;cause=200;text=\"Call completed\""),
            (.booted, "SIP;cause=200;text=\"Booted\""), (.gone, "SIP;cause=410;text=\"Gone\""), (.unsaid, nil),
        ] as [(HangUpCause, String?)])
    func hangUp(cause: HangUpCause, reason: String?) async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            let session = try await stage.enabler.invite(stage.plan(.over))
            try await stage.enabler.hangUp(session, cause: cause)
            #expect(await stage.enabler.stands(session) == false)
            #expect(await carol.openSessions == 0)
            #expect(await stage.recorded(.bye).map { $0.headers["Reason"] } == [reason])
            await #expect(throws: ActorFailure.self) { try await stage.enabler.hangUp(session, cause: cause) }
            await carol.stop()
        }
    }

    @Test("a client may leave, and the session is over")
    func leaves() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            let session = try await stage.enabler.invite(stage.plan())
            try await carol.leave(
                GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: EnablerStage.focus), saying: .leaves)
            #expect(await stage.enabler.stands(session) == false)
            await #expect(throws: ActorFailure.self) { try await stage.enabler.send(stage.item("m"), in: session) }
            await carol.stop()
        }
    }

    @Test("a client that is not reached over a flow is called at its Contact")
    func calledAtContact() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered {
                $0.habits.claimsFlow = false
                $0.habits.reopensFlow = false
            }
            let binding = await stage.enabler.bindings["carol"]?.best(now: 0)
            await stage.enabler.dropFlow(try #require(binding?.flow))
            try await eventually("the flow is still there") {
                await stage.enabler.bindings["carol"]?.best(now: 0)?.flow == nil
            }
            let session = try await stage.enabler.invite(stage.plan(.over))
            #expect(try await stage.enabler.send(stage.item("m1"), in: session).code == 200)
            await carol.stop()
        }
    }
}

extension SIPEnablerActor {
    func dropFlow(_ flow: SIPConnectionID) { equipment?.sip.close(flow) }
}
