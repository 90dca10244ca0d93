import Actors
import NIOCore
import NIOPosix
import Payloads
import Testing

@testable import ClientReference

@Suite("A reference client before the enabler that scripts play", .timeLimit(.minutes(2)))
struct ScriptedEnablerTests {
    private static let group = GroupIDs(conversationID: "conv", contributionID: "contrib")
    private static let focus = "sip:focus-1@cpm.example"

    private func play(_ body: (SIPEnablerActor, ReferenceClient) async throws -> Void) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = Actors.EnablerSettings(
            domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
            users: [EnablerUser(name: "carol", address: "sip:carol@cpm.example", password: "secret")])
        settings.challenge = .sha256
        settings.answerLimit = .seconds(8)
        let enabler = SIPEnablerActor(
            settings: settings, environment: ActorEnvironment(eventLoop: loop, recorder: nil, seed: 3) { 1_777_627_800_000 })
        let address = try await enabler.start()
        var own = ReferenceClientSettings(
            address: "sip:carol@cpm.example", domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
            outboundHost: address.host, outboundPort: address.port)
        own.password = "secret"
        let client = ReferenceClient(eventLoop: loop, settings: own)
        try await client.start()
        do {
            try await client.goOnline()
            try await enabler.awaitRegistration(of: "carol")
            try await body(enabler, client)
        } catch {
            #expect(Bool(false), "\(error)")
        }
        await client.stop()
        await enabler.stop()
    }

    private func plan(_ form: EnablerInvitation.Form, focus: String = focus) -> EnablerInvitation {
        EnablerInvitation(user: "carol", group: Self.group, focusURI: focus, form: form)
    }

    private func item(_ id: String, _ text: String) -> HandedItem {
        HandedItem(
            body: DeliveredChat(
                from: CPIMAddress(uri: "sip:alice@cpm.example"), to: .anonymous, dateTime: "2026-05-01T09:30:00Z",
                messageID: id, body: Array(text.utf8)
            ).serialized())
    }

    @Test("delivery that breaks in the middle, its repetition, the end, and the restart at another focus")
    func breakAndRestart() async throws {
        try await play { enabler, client in
            let first = try await enabler.invite(plan(.over))
            #expect(try await enabler.send(item("m1", "one"), in: first).code == 200)
            var broken = item("m2", "two")
            broken.end = .broken(at: 60)
            _ = try await enabler.send(broken, in: first)
            let second = try await enabler.invite(plan(.over))
            for id in ["m1", "m2"] { #expect(try await enabler.send(item(id, id), in: second).code == 200) }
            let list = Sample.list("alice -bob carol", version: 1, entity: Self.focus)
            let document = HandedItem(contentType: "application/conference-info+xml", body: list.serialized())
            #expect(try await enabler.send(document, in: second).code == 200)
            try await enabler.hangUp(second, cause: .completed)
            let seen = try await client.look { Seen($0.book) }
            #expect(seen.texts == ["alice: one", "alice: m2"])
            #expect(seen.states == ["ended"])
            await enabler.setFactoryAttitude(.accept(focusURI: "sip:focus-2@cpm.example"))
            try await client.look { $0.seek(1) }
            let session = try await enabler.awaitSession(of: "carol", in: Self.group)
            #expect(await enabler.stands(session))
        }
    }

    @Test("a live session that is subscribed to, a report by MESSAGE, and the loss of every connection")
    func liveAndLost() async throws {
        try await play { enabler, client in
            let list = Sample.list("alice bob carol", version: 1, entity: Self.focus)
            await enabler.setInitialList(Self.focus, list.serialized())
            _ = try await enabler.invite(plan(.live))
            try await enabler.awaitSubscription(of: "carol", to: Self.focus)
            let next = Sample.list("dave", state: .partial, version: 2, entity: Self.focus)
            try await enabler.notify(next.serialized(), of: Self.focus, to: "carol", state: "active")
            #expect(try await client.look { Seen($0.book).participants.count } == 4)
            let page = EnablerMessage(body: Array("no cpim".utf8), from: "sip:bob@cpm.example")
            #expect(try await enabler.sendMessage(page, to: "carol").code == 400)
            await enabler.breakConnections(of: "carol")
            try await enabler.awaitRegistration(of: "carol")
            let again = try await enabler.invite(plan(.live))
            #expect(try await enabler.send(item("m1", "after the loss"), in: again).code == 200)
            #expect(try await client.look { Seen($0.book).texts } == ["alice: after the loss"])
            try await client.goOffline()
            try await enabler.awaitDeregistration(of: "carol")
        }
    }

    @Test("an invitation that is cancelled while it rings")
    func cancelled() async throws {
        try await play { enabler, client in
            try await client.meetInvitations(.ring)
            let session = try await enabler.propose(plan(.live))
            #expect(try await enabler.cancel(session) == 487)
        }
    }
}
