import MSRP
import Payloads
import SIP
import Testing

@testable import Actors

@Suite("Messages and reports of the client")
struct MessagingTests {
    private let group = GroupHandle(
        conversationID: "conv", contributionID: "contr", focusURI: "sip:focus-1@test.example")
    private let plan = GroupPlan(invitees: ["sip:bob@test.example"], conversationID: "conv", contributionID: "contr")

    private func outgoing(_ id: String, body: String = "hi", chunk: Int? = nil) -> OutgoingChat {
        OutgoingChat(
            group: group, messageID: id, body: Array(body.utf8), dispositions: [.delivered, .displayed],
            chunkSize: chunk)
    }

    @Test("a message is wrapped in CPIM with id, time and requests, and the answer's code comes back")
    func send() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            let result = try await alice.send(outgoing("m1"))
            #expect(result.code == 200)
            let message = try CPIMMessage(parsing: try #require(await stage.peer.messages.first))
            #expect(message.messageID == "m1")
            #expect(message.from?.uri == "sip:alice@test.example")
            #expect(message.to?.uri == "sip:focus-1@test.example")
            #expect(message.dateTime == "2026-01-01T00:00:00.000Z")
            #expect(message.dispositionRequests == [.positiveDelivery, .display])
            #expect(message.body == Array("hi".utf8))
            await alice.stop()
        }
    }

    @Test("an is-composing is wrapped in CPIM, without an id and asking for nothing, and valid")
    func compose() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            #expect(try await alice.compose(in: group).code == 200)
            let message = try CPIMMessage(parsing: try #require(await stage.peer.messages.first))
            #expect(message.contentType?.essence == MediaType.isComposing.essence)
            #expect(message.messageID == nil)
            #expect(message.from?.uri == "sip:alice@test.example")
            #expect(message.dispositionRequests == [])
            #expect(PayloadSchema.isComposing.validate(message.body) == [])
            await alice.stop()
        }
    }

    @Test("a message in many chunks arrives whole")
    func chunks() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            let text = String(repeating: "0123456789", count: 1000)
            let result = try await alice.send(outgoing("m1", body: text, chunk: 512))
            #expect(result.code == 200)
            let message = try CPIMMessage(parsing: try #require(await stage.peer.messages.first))
            #expect(message.body == Array(text.utf8))
            await alice.stop()
        }
    }

    /// What a description says that is taken, a content, and the attribute that forbids it.
    struct Terms: Sendable {
        var script: ScriptedPeer.Script
        var type = "text/plain;charset=UTF-8"
        var size = 2
        var forbidding: String?
    }

    static let terms = [
        Terms(script: .init(maxSize: 2000), size: 100),
        Terms(script: .init(maxSize: 2000), size: 2000, forbidding: "a=max-size"),
        Terms(script: .init(acceptTypes: ["text/plain"]), forbidding: "a=accept-types"),
        Terms(script: .init(acceptTypes: ["*"])),
        Terms(script: .init(acceptWrappedTypes: ["text/plain", "message/imdn+xml"])),
        Terms(script: .init(acceptWrappedTypes: ["text/plain"]), type: "image/png", forbidding: "a=accept-wrapped-types"),
        Terms(script: .init(acceptWrappedTypes: ["image/*"]), type: "image/png"),
        Terms(script: .init(acceptTypes: ["message/cpim", "image/png"], acceptWrappedTypes: ["text/plain"]), type: "image/png"),
        Terms(script: .init(acceptWrappedTypes: []), type: "image/png"),
    ]

    @Test("what the peer's description does not take is not sent, and the verb fails saying so", arguments: terms)
    func acceptance(terms: Terms) async throws {
        try await Stage.with(terms.script) { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            var chat = outgoing("m1", body: String(repeating: "x", count: terms.size))
            chat.contentType = terms.type
            let wanted = chat
            if let forbidding = terms.forbidding {
                let failure = await #expect(throws: ActorFailure.self) { try await alice.send(wanted) }
                guard case .impossible(let why)? = failure else {
                    Issue.record("another failure: \(String(describing: failure))")
                    return
                }
                #expect(why.hasPrefix("the peer ") && why.contains(forbidding))
                await #expect(throws: ActorFailure.self) { try await alice.post(wanted) }
                #expect(await stage.peer.messages.isEmpty)
            } else {
                #expect(try await alice.send(wanted).code == 200)
            }
            await alice.stop()
        }
    }

    @Test("a report goes into no session whose description does not take it")
    func reportNotTaken() async throws {
        try await Stage.with(.init(acceptWrappedTypes: ["text/plain"])) { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob")
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            _ = await stage.peer.send(chat("m1", asking: [.display]), in: call)
            let report = OutgoingReport(group: group, about: "m1", status: .displayed, messageID: "r1")
            let failure = await #expect(throws: ActorFailure.self) { try await bob.report(report) }
            #expect(failure?.description.contains("message/imdn+xml") == true)
            #expect(await stage.peer.messages.isEmpty)
            await bob.stop()
        }
    }

    @Test("a refusal of the message is a result, not a failure")
    func refused() async throws {
        try await Stage.with(.init(msrpCode: 403)) { stage in
            let alice = await stage.actor()
            try await alice.register()
            _ = try await alice.createGroup(plan)
            let result = try await alice.send(outgoing("m1"))
            #expect(result.code == 403)
            await alice.stop()
        }
    }

    @Test("without a session it does not send")
    func noSession() async throws {
        try await Stage.with { stage in
            let alice = await stage.actor()
            try await alice.register()
            await #expect(throws: ActorFailure.self) { try await alice.send(outgoing("m1")) }
            await alice.stop()
        }
    }

    @Test("a message under way when the actor goes away ends with a failure", arguments: [true, false])
    func goesAway(loses: Bool) async throws {
        try await Stage.with(.init(msrpCode: 0)) { stage in
            let alice = await stage.actor { $0.answerLimit = .seconds(30) }
            try await alice.register()
            _ = try await alice.createGroup(plan)
            let sending = Task { try await alice.send(outgoing("m1")) }
            try await eventually("the message did not come") { await stage.peer.messages.count == 1 }
            if loses { await alice.loseConnections() } else { await alice.fallSilent() }
            await #expect(throws: ActorFailure.wentAway(awaited: "the answer to the SEND of m1")) {
                try await sending.value
            }
            await alice.stop()
        }
    }

    @Test("a report goes back in the live session, by the route that the message recorded")
    func reportInSession() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob")
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            _ = await stage.peer.send(chat("m1", recordRoute: "sip:store@test.example"), in: call)
            let report = OutgoingReport(group: group, about: "m1", status: .displayed, messageID: "r1")
            let result = try await bob.report(report)
            #expect(result.code == 200)
            let message = try CPIMMessage(parsing: try #require(await stage.peer.messages.last))
            #expect(message.contentType?.essence == "message/imdn+xml")
            #expect(message.contentDisposition == .notification)
            #expect(message.imdnRoute.count == 1)
            #expect(message.dispositionRequests == [])
            #expect(message.to?.uri == "sip:alice@test.example")
            let disposition = try DispositionReport(parsing: message.body)
            #expect(disposition.messageID == "m1")
            #expect(disposition.kind == .display)
            #expect(disposition.status == "displayed")
            #expect(disposition.recipientURI == "sip:bob@test.example")
            await bob.stop()
        }
    }

    @Test("in a session that only delivers, the report goes by SIP MESSAGE")
    func reportByMessage() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob", direction: .sendonly)
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            _ = await stage.peer.send(chat("m1"), in: call)
            let report = OutgoingReport(group: group, about: "m1", status: .delivered, messageID: "r1")
            let result = try await bob.report(report)
            #expect(result.code == 200)
            let message = try #require(await stage.peer.last(.message))
            #expect(message.requestURI == "sip:alice@test.example")
            #expect(message.headers["Conversation-ID"] == "conv")
            #expect(message.contentType == "message/cpim")
            await bob.stop()
        }
    }

    @Test("it does not report on what it has not received")
    func reportOnNothing() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let report = OutgoingReport(group: group, about: "m9", status: .delivered, messageID: "r1")
            await #expect(throws: ActorFailure.self) { try await bob.report(report) }
            await bob.stop()
        }
    }

    @Test("it reports by itself only what it is set to and what is asked for")
    func automaticReports() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob") { $0.habits.automaticReports = [.delivered] }
            try await bob.register()
            let call = await stage.peer.invite("bob")
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            _ = await stage.peer.send(chat("m1"), in: call)
            _ = await stage.peer.send(chat("m2", asking: [.positiveDelivery, .display]), in: call)
            try await eventually("no report came") { await stage.peer.messages.count == 1 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(await stage.peer.messages.count == 1)
            let message = try CPIMMessage(parsing: try #require(await stage.peer.messages.first))
            let disposition = try DispositionReport(parsing: message.body)
            #expect(disposition.messageID == "m2")
            await bob.stop()
        }
    }

    @Test("content that was not accepted is refused with 415")
    func notAccepted() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            let call = await stage.peer.invite("bob")
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            let outcome = await stage.peer.send(Array("x".utf8), type: "image/png", in: call)
            guard case .answered(415, _)? = outcome else {
                Issue.record("another outcome: \(String(describing: outcome))")
                return
            }
            await bob.stop()
        }
    }

    @Test("its connections break behind an answer, or in the middle of the message behind it", arguments: [false, true])
    func breaksOff(inTheNext: Bool) async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            await bob.loseConnections(afterMessages: 1, inTheNext: inTheNext)
            let call = await stage.peer.invite("bob")
            try await eventually("the media are not connected") { await stage.peer.isConnected(call) }
            guard case .answered(200, _)? = await stage.peer.send(chat("m1"), in: call) else {
                Issue.record("the message before the break was not answered")
                return
            }
            if inTheNext {
                _ = await stage.peer.send(chat("m2"), in: call)
                #expect(await stage.peer.openConnections == 1, "a small message comes whole")
                let large = [UInt8](repeating: 65, count: 500_000)
                #expect(await stage.peer.send(large, in: call) == .connectionLost)
            }
            try await eventually("the connections are there still") { await stage.peer.openConnections == 0 }
            await bob.stop()
        }
    }

    @Test("an actor that fell silent answers nothing, and answers again when it resumes")
    func silenceAndResume() async throws {
        try await Stage.with { stage in
            let bob = await stage.actor("bob")
            try await bob.register()
            await bob.fallSilent()
            let call = await stage.peer.invite("bob")
            try await Task.sleep(for: .milliseconds(200))
            #expect(await stage.peer.finals(call) == [])
            #expect(await stage.peer.openConnections == 1)
            try await bob.resume()
            let second = await stage.peer.invite("bob")
            try await eventually("no 200 came") { await stage.peer.finals(second) == [200] }
            await bob.stop()
        }
    }
}
