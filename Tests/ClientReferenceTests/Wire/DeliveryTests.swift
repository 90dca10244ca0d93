import MSRP
import Payloads
import SIP
import Testing

@testable import ClientReference

@Suite("What a client does on the wire with a delivery", .timeLimit(.minutes(2)))
struct DeliveryTests {
    static let over = FocusInvite(direction: .sendonly)

    @Test("an offer that only sends is answered recvonly, what comes is shown, BYE ends the group; reports go by MESSAGE")
    func over() async throws {
        try await Stage.play { stage in
            try await stage.open("d", Self.over)
            #expect(try await stage.run { $0.call("d")?.answer?.direction } == .recvonly)
            try await stage.run { core in
                guard let call = core.call("d") else { return }
                core.chat("m1", "one", in: call) {
                    $0.dispositionRequests = [.positiveDelivery, .display]
                    $0.add("IMDN-Record-Route", in: CPIMMessage.imdnNamespace, "<sip:hop@cpm.example>")
                    $0.originalTo = CPIMAddress(uri: "sip:group@cpm.example")
                }
            }
            try await stage.see("the message") { $0.texts == ["alice: one"] && $0.states == ["ended"] }
            try await stage.wait("the report") { $0.paged.count == 1 }
            let report = try await stage.run { $0.paged[0] }
            let document = try DispositionReport(parsing: report.body)
            #expect(document.messageID == "m1")
            #expect(document.status == "delivered")
            #expect(document.recipientURI == "sip:carol@cpm.example")
            #expect(document.originalRecipientURI == "sip:group@cpm.example")
            #expect(report.imdnRoute == ["<sip:hop@cpm.example>"])
            #expect(report.dispositionRequests.isEmpty)
            #expect(report.to?.uri == "sip:alice@cpm.example")
            #expect(try await stage.run { $0.pages[0].requestURI } == "sip:hop@cpm.example")
            try await stage.end("d")
            #expect(try await stage.seen().states == ["ended"])
        }
    }

    @Test("either end may connect, and an offer without set-up is connected to by its maker", arguments: [MSRPSetup.active, .passive, .actpass, nil])
    func setups(setup: MSRPSetup?) async throws {
        try await Stage.play { stage in
            try await stage.open("d", FocusInvite(setup: setup))
            let answered = try await stage.run { $0.call("d")?.answer?.setup }
            #expect(answered == MSRPMedia.answer(to: setup, preferring: .active))
            try await stage.deliver("m1", "one", in: "d")
            #expect(try await stage.seen().texts == ["alice: one"])
        }
    }

    @Test("a lean invitation, one without ids and one without an offer are taken")
    func lean() async throws {
        try await Stage.play { stage in
            try await stage.open("lean", FocusInvite(isLean: true))
            try await stage.deliver("m1", "one", in: "lean")
            try await stage.open("no ids", FocusInvite(conversation: "", contribution: "", focus: "other", isLean: true))
            try await stage.deliver("m2", "two", in: "no ids")
            try await stage.open("no offer", FocusInvite(conversation: "c3", contribution: "k3", hasOffer: false))
            try await stage.deliver("m3", "three", in: "no offer")
            let seen = try await stage.seen()
            #expect(seen.texts == ["alice: one", "alice: two", "alice: three"])
            #expect(seen.states.count == 3)
        }
    }

    @Test("a recipient-list-history is the first list, and messages have it as audience")
    func history() async throws {
        try await Stage.play { stage in
            try await stage.open("d", FocusInvite(direction: .sendonly, history: ["bob", "carol", "dave"]))
            try await stage.deliver("m1", "one", in: "d")
            let seen = try await stage.seen()
            #expect(seen.story == ["[alice bob carol dave]", "alice: one"])
            #expect(seen.audiences == ["one > bob carol dave"])
        }
    }

    @Test("messages are answered as their Failure-Report demands, and success is reported where that is asked for")
    func answers() async throws {
        try await Stage.play { stage in
            try await stage.open("d", Self.over)
            try await stage.run { core in
                guard let call = core.call("d") else { return }
                for (id, failure) in [("a1", MSRPFailureReport.no), ("a2", .partial), ("a3", .yes)] {
                    core.deliver(id, "message/cpim", FocusCore.cpim(id, id), in: call, .init(success: true, failure: failure))
                }
            }
            try await stage.wait("the answers") { $0.call("d")?.outcomes.count == 3 && $0.call("d")?.reports.count == 3 }
            let call = try await stage.run { core in core.call("d")?.outcomes ?? [:] }
            #expect(call["a1"] == .unanswered)
            #expect(call["a2"] == .unanswered)
            #expect(call["a3"] == .answered(code: 200, comment: "OK"))
            #expect(try await stage.seen().texts == ["alice: a1", "alice: a2", "alice: a3"])
        }
    }

    @Test("a message in chunks is whole, one that is broken off is not shown, and comes whole in the next session once")
    func interrupted() async throws {
        let long = String(repeating: "é0123456789", count: 500)
        try await Stage.play { stage in
            try await stage.open("d", Self.over)
            try await stage.run { core in
                guard let call = core.call("d") else { return }
                core.deliver("m1", "message/cpim", FocusCore.cpim("m1", long), in: call, .init(chunk: 300))
            }
            try await stage.wait("the answer") { $0.call("d")?.outcomes["m1"] == .answered(code: 200, comment: "OK") }
            #expect(try await stage.seen().texts == ["alice: \(long)"])
            try await stage.run { core in
                let half = FocusCore.cpim("m2", "never whole").prefix(150)
                let head = "MSRP abcd1234 SEND\r\nTo-Path: \(core.call("d")?.answer?.path.first ?? "")\r\n"
                    + "From-Path: \(core.call("d")?.msrp.localURI.description ?? "")\r\nMessage-ID: of-m2\r\n"
                    + "Byte-Range: 1-*/400\r\nContent-Type: message/cpim\r\n\r\n"
                core.call("d")?.msrp.sendRaw(Array(head.utf8) + half)
            }
            try await Task.sleep(for: .milliseconds(100))
            try await stage.breakMedia()
            #expect(try await stage.seen().texts.count == 1)
            try await stage.open("again", Self.over)
            try await stage.deliver("m1", long, in: "again")
            try await stage.deliver("m2", "whole", in: "again")
            #expect(try await stage.seen().texts == ["alice: \(long)", "alice: whole"])
        }
    }

    @Test("what is not accepted is refused with 415, what is too large with 413, what is malformed with 400; the rest is shown")
    func refusals() async throws {
        try await Stage.play(settings: { $0.largestMessage = 2_000 }) { stage in
            try await stage.open("d", Self.over)
            try await stage.run { core in
                guard let call = core.call("d") else { return }
                core.deliver("x1", "application/x-other", [1, 2, 3], in: call)
                core.deliver("x2", "message/cpim", FocusCore.cpim("x2", String(repeating: "x", count: 3_000)), in: call)
                core.deliver("x3", "message/cpim", Array("no cpim".utf8), in: call)
                core.deliver("x4", "application/conference-info+xml", Array("<conference-info".utf8), in: call)
                core.deliver("x5", "message/cpim", FocusCore.cpim("x5", "<imdn>") { $0.contentType = .imdn }, in: call)
                core.deliver("x6", "message/cpim", FocusCore.cpim("x6", "typing") { $0.contentType = .isComposing }, in: call)
                core.chat("m1", "good", in: call)
            }
            try await stage.wait("the answers") { $0.call("d")?.outcomes.count == 7 }
            let codes = try await stage.run { core in
                (core.call("d")?.outcomes ?? [:]).mapValues { outcome -> Int in
                    if case .answered(let code, _) = outcome { code } else { 0 }
                }
            }
            #expect(codes == ["x1": 415, "x2": 413, "x3": 400, "x4": 200, "x5": 200, "x6": 200, "m1": 200])
            #expect(try await stage.seen().texts == ["alice: good"])
        }
    }

    @Test("a backlog of 1,000 messages is shown whole and in order, each answered after its commit")
    func longBacklog() async throws {
        try await Stage.play { stage in
            try await stage.open("d", FocusInvite(direction: .sendonly, history: ["carol", "bob"]))
            try await stage.run { core in
                guard let call = core.call("d") else { return }
                for number in 0..<1_000 { core.chat("m\(number)", "\(number)", in: call) }
            }
            try await stage.wait("the answers", seconds: 60) { $0.call("d")?.outcomes.count == 1_000 }
            #expect(try await stage.seen().texts == (0..<1_000).map { "alice: \($0)" })
        }
    }

    @Test("content of other types is kept with its type, bytes and all")
    func otherTypes() async throws {
        try await Stage.play { stage in
            try await stage.open("d", Self.over)
            try await stage.run { core in
                guard let call = core.call("d") else { return }
                core.chat("m1", "", in: call) {
                    $0.contentType = MediaType("application/x-vcard;v=3")
                    $0.body = [0, 255, 10, 13, 0]
                }
                core.chat("m2", " \n", in: call)
            }
            try await stage.wait("the answers") { $0.call("d")?.outcomes.count == 2 }
            let kept = try await stage.carol.look { $0.book.inOrder[0].messages.map { ($0.contentType, $0.body) } }
            #expect(kept[0].0 == "application/x-vcard;v=3")
            #expect(kept[0].1 == [0, 255, 10, 13, 0])
            #expect(kept[1].1 == [32, 10])
        }
    }

    @Test("reports that come late are applied by Message-ID, aggregated ones unpacked, and one that is broken costs the others nothing")
    func lateReports() async throws {
        try await Stage.play { stage in
            try await stage.open("live")
            try await stage.carol.look { service in
                service.compose(ComposedContent(type: "text/plain", body: Array("mine".utf8)), in: 1) { _ in }
            }
            try await stage.wait("the message") { $0.said.count == 1 }
            let id = try await stage.run { $0.said[0].messageID ?? "" }
            try await stage.open("d", FocusInvite(direction: .sendonly))
            try await stage.run { core in
                guard let call = core.call("d") else { return }
                func report(_ name: String, _ status: String) -> Multipart.Part {
                    var report = DispositionReport(messageID: id, dateTime: "2026-05-01T09:30:00Z", kind: status == "displayed" ? .display : .delivery, status: status)
                    report.recipientURI = "sip:\(name)@cpm.example"
                    return Multipart.Part(headers: [("Content-Type", "message/imdn+xml")], body: report.serialized())
                }
                var parts = Multipart(parts: [report("alice", "delivered"), report("alice", "displayed"), report("bob", "delivered")])
                parts.parts.insert(Multipart.Part(headers: [("Content-Type", "message/imdn+xml")], body: Array("<imdn".utf8)), at: 1)
                core.chat("r1", "", from: "bob", in: call) {
                    $0.contentType = .multipartMixed(boundary: "bb")
                    $0.body = parts.serialized(boundary: "bb")
                }
            }
            try await stage.see("the reports") {
                $0.dispositions == ["mine: alice delivered", "mine: alice displayed", "mine: bob delivered"]
            }
            #expect(try await stage.seen().texts == ["me: mine"])
            #expect(try await stage.seen().states == ["live"])
        }
    }
}
