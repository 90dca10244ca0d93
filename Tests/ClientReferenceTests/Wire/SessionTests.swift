import MSRP
import Payloads
import SIP
import Testing

@testable import ClientReference

@Suite("What a client does on the wire with sessions", .timeLimit(.minutes(2)))
struct SessionTests {
    @Test("registration: instance, features and the session's service in Contact; Expires 0 on leaving")
    func registration() async throws {
        try await Stage.play { stage in
            try await stage.carol.goOffline()
            let registers = try await stage.run { $0.registers }
            #expect(registers.count == 2)
            let contact = registers[0].headers["Contact"] ?? ""
            #expect(contact.contains("+sip.instance=\"<urn:uuid:"))
            #expect(contact.contains("+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session\""))
            #expect(registers[0].headers.lists("path", in: "Supported"))
            #expect(registers[1].expires == 0)
            try await stage.carol.goOnline()
            let again = try await stage.run { $0.registers }
            let instances = Set(again.map { $0.contacts.first?.parameters["+sip.instance"] ?? "" })
            #expect(instances.count == 1)
        }
    }

    @Test("BYE says how it ended: booted, gone, or with nobody saying anything", arguments: [
        ("SIP;cause=200;text=\"Booted\"", "booted"), ("SIP;cause=410;text=\"Gone\"", "ended"), (nil, "ended"),
    ])
    func endings(reason: String?, state: String) async throws {
        try await Stage.play { stage in
            try await stage.open("s")
            try await stage.end("s", reason)
            #expect(try await stage.seen().states == [state])
            #expect(try await stage.carol.look { $0.book.inOrder[0].record.focusIsGone } == (reason?.contains("410") == true))
        }
    }

    @Test("CANCEL before the answer: 487, and the group stays")
    func cancel() async throws {
        try await Stage.play(settings: { $0.invitations = .ring }) { stage in
            try await stage.run { $0.invite("s", FocusInvite()) }
            try await stage.wait("180") { $0.call("s")?.statuses == [180] }
            #expect(try await stage.seen().states == ["invited"])
            try await stage.run { core in if let key = core.call("s")?.key { core.stack.cancel(key) } }
            try await stage.wait("487") { $0.call("s")?.statuses == [180, 487] }
            try await stage.see("the group") { $0.states == ["suspended"] }
        }
    }

    @Test("re-INVITE and UPDATE are answered, with the session as it is, and a session timer is agreed on")
    func refreshes() async throws {
        try await Stage.play { stage in
            try await stage.open("s", FocusInvite(fields: [("Supported", "timer"), ("Session-Expires", "600;refresher=uac")]))
            #expect(try await stage.run { $0.call("s")?.answerHeaders["Session-Expires"] } == "600;refresher=uac")
            try await stage.run { core in
                guard let call = core.call("s") else { return }
                core.request(.update, in: call, headers: ["Supported": "timer", "Session-Expires": "600;refresher=uac"])
            }
            // A 200 to INVITE is repeated until its ACK has come.
            try await stage.wait("200 to UPDATE") { $0.call("s")?.statuses.count ?? 0 >= 2 }
            let before = try await stage.run { $0.call("s")?.statuses.count ?? 0 }
            try await stage.run { core in if let call = core.call("s") { core.request(.invite, in: call) } }
            try await stage.wait("200 to re-INVITE") { $0.call("s")?.statuses.count ?? 0 > before }
            #expect(try await stage.run { Set($0.call("s")?.statuses ?? []) } == [200])
            try await stage.deliver("m1", "still here", in: "s")
        }
    }

    @Test("several sessions at once, one delivery beside a live session of the same group: each message where it belongs")
    func several() async throws {
        try await Stage.play { stage in
            try await stage.open("live")
            try await stage.open("missed", FocusInvite(direction: .sendonly, focus: "old"))
            try await stage.open("other", FocusInvite(conversation: "c2", contribution: "k2", focus: "third"))
            try await stage.deliver("m1", "missed", in: "missed")
            try await stage.deliver("m2", "now", in: "live")
            try await stage.deliver("m3", "elsewhere", in: "other")
            try await stage.end("missed")
            #expect(try await stage.seen().states == ["live", "live"])
            let texts = try await stage.carol.look { $0.book.inOrder.map { $0.messages.map { String(decoding: $0.body, as: UTF8.self) } } }
            #expect(texts == [["missed", "now"], ["elsewhere"]])
        }
    }

    @Test("a live session is subscribed to; a change without its whole is asked for again; a refused subscription is no harm")
    func subscription() async throws {
        try await Stage.play { stage in
            try await stage.open("s")
            try await stage.wait("SUBSCRIBE") { $0.subscription != nil }
            try await stage.run { $0.notify(Sample.list("dave", state: .partial, version: 3, entity: "sip:focus@cpm.example")) }
            try await stage.wait("the refresh") { $0.subscribes.count == 2 }
            try await stage.run { $0.notify(Sample.list("alice carol dave", version: 4, entity: "sip:focus@cpm.example")) }
            try await stage.see("the list") { $0.participants == ["alice connected", "carol connected", "dave connected"] }
        }
        try await Stage.play { stage in
            try await stage.run { $0.subscribeStatus = 489 }
            try await stage.open("s")
            try await stage.wait("SUBSCRIBE") { $0.subscribes.count == 1 }
            try await stage.deliver("m1", "fine", in: "s")
        }
    }

    @Test("a session that breaks without BYE is suspended after a while, and what the user says finds the focus again")
    func rejoin() async throws {
        try await Stage.play { stage in
            try await stage.open("s")
            try await stage.breakMedia()
            try await stage.see("the loss") { $0.states == ["suspended"] }
            try await stage.carol.look { service in
                service.compose(ComposedContent(type: "text/plain", body: Array("back".utf8)), in: 1) { _ in }
            }
            try await stage.wait("the message") { $0.said.count == 1 }
            let invite = try await stage.run { $0.invites[0] }
            #expect(invite.requestURI?.hasPrefix("sip:focus@127.0.0.1") == true)
            #expect(invite.headers["Conversation-ID"] == "conv")
            #expect(invite.contentType == "application/sdp")
        }
    }

    @Test("a restart: 404 at the old focus, then the factory with every member of the last list, and the same ids")
    func restart() async throws {
        try await Stage.play { stage in
            try await stage.open("d", FocusInvite(direction: .sendonly))
            try await stage.list(Sample.list("alice -bob !eve carol ?dave", version: 1, entity: "sip:focus@cpm.example"), "l1", in: "d")
            try await stage.end("d", nil)
            try await stage.carol.look { service in
                service.compose(ComposedContent(type: "text/plain", body: Array("again".utf8)), in: 1) { _ in }
            }
            try await stage.wait("the message") { $0.said.count == 1 }
            let invite = try await stage.run { $0.invites.last! }
            #expect(invite.requestURI == "sip:factory@cpm.example")
            #expect(invite.headers["Conversation-ID"] == "conv")
            #expect(invite.headers["Contribution-ID"] == "contrib")
            let list = try ResourceList(
                parsing: Multipart(parsing: invite.body, contentType: MediaType(invite.contentType ?? "")!).first("application/resource-lists+xml")!.body)
            #expect(list.entries.map(\.uri) == ["sip:alice@cpm.example", "sip:dave@cpm.example"])
            let focus = try await stage.carol.look { $0.book.inOrder[0].record.focus }
            #expect(focus?.hasPrefix("sip:new1@") == true)
        }
    }

    @Test("a restart that is not authorised is shown as refused")
    func notAuthorised() async throws {
        try await Stage.play { stage in
            try await stage.open("d", FocusInvite(direction: .sendonly, history: ["carol", "bob"]))
            try await stage.end("d")
            try await stage.run { $0.script = [(403, ["Warning": "399 cpm.example \"127 Service not authorised\""])] }
            try await stage.carol.look { $0.seek(1) }
            try await stage.see("the refusal") { $0.refusals.first?.contains("127") == true }
            #expect(try await stage.seen().states == ["ended"])
        }
    }

    @Test("an invitation of another focus with the same ids goes on with the same conversation")
    func otherFocus() async throws {
        try await Stage.play { stage in
            try await stage.open("old")
            try await stage.deliver("m1", "one", in: "old")
            try await stage.end("old")
            try await stage.open("new", FocusInvite(focus: "second"))
            try await stage.deliver("m2", "two", in: "new")
            #expect(try await stage.seen().texts == ["alice: one", "alice: two"])
            #expect(try await stage.seen().states == ["live"])
        }
    }
}
