import Recordings
import Foundation
import Testing

@testable import Facts

@Suite("Facts from recorded bytes")
struct FactDecoderTests {
    private func kinds(_ script: WireScript) -> [FactKind] { script.facts().map(\.what) }

    private func offers(_ script: WireScript) -> [Offer] {
        kinds(script).compactMap { if case .offered(let offer) = $0 { offer } else { nil } }
    }

    @Test("a granted REGISTER is a registration, one with Expires 0 the end of it")
    func registration() {
        var script = WireScript()
        script.open(1, "sip")
        for (number, expires) in [(1, 600), (2, 0)] {
            script.sip(
                .sent,
                "REGISTER sip:cpm.example SIP/2.0\n\(WireScript.head)\nCSeq: \(number) REGISTER\n"
                    + "Contact: <sip:carol@127.0.0.1:5070>;expires=\(expires)")
            script.sip(.received, "SIP/2.0 200 OK\n\(WireScript.head);tag=r\nCSeq: \(number) REGISTER")
        }
        #expect(kinds(script) == [.registered(user: "carol"), .deregistered(user: "carol")])
    }

    @Test("an invitation says with which of its user's devices it met")
    func devices() {
        var script = WireScript()
        for device in [1, 2] {
            script.open(device, "sip", device: device)
            script.sip(
                .received,
                "INVITE sip:carol@127.0.0.1 SIP/2.0\nFrom: <sip:focus@cpm.example>;tag=f\nTo: <sip:carol@cpm.example>\n"
                    + "Call-ID: call-\(device)\nCSeq: 1 INVITE\nContact: <sip:focus@cpm.example>", conn: device)
        }
        let sessions = kinds(script).compactMap { if case .invited(let session) = $0 { session } else { nil } }
        #expect(sessions.map(\.device) == [1, 2])
        #expect(sessions.map(\.user) == ["carol", "carol"])
    }

    @Test("a refused or challenged REGISTER is nothing yet")
    func challenged() {
        var script = WireScript()
        script.open(1, "sip")
        script.sip(
            .sent,
            "REGISTER sip:cpm.example SIP/2.0\n\(WireScript.head)\nCSeq: 1 REGISTER\nContact: <sip:c@127.0.0.1>")
        script.sip(.received, "SIP/2.0 401 Unauthorized\n\(WireScript.head);tag=r\nCSeq: 1 REGISTER")
        #expect(kinds(script).isEmpty)
    }

    @Test("a deferred invitation says its group, inviter and form, and stands with its 200 until the BYE")
    func deferredSession() {
        var script = WireScript()
        script.deferredSession()
        script.bye()
        var expected = GroupSession(id: 0, user: "carol", by: .implementation)
        expected.group = GroupIdentity(conversation: "conv-1", contribution: "contr-1")
        expected.focus = "sip:focus-1@cpm.example"
        expected.inviter = "sip:alice@cpm.example"
        expected.form = .deferred
        #expect(
            kinds(script) == [
                .invited(expected), .agreed(session: 0, .implementation), .joined(user: "carol", session: 0),
                .ended(
                    user: "carol", session: 0, by: .implementation, cause: EndCause(code: 200, text: "Call Completed")),
            ])
    }

    @Test("a session that the user asked for has the focus that the 200 names, told before it stands")
    func focusOfOwnSession() {
        var script = WireScript()
        script.open(1, "sip")
        script.sip(
            .sent,
            "INVITE sip:factory@cpm.example SIP/2.0\n\(WireScript.head)\nCSeq: 1 INVITE\n"
                + "Conversation-ID: conv-1\nContribution-ID: contr-1")
        script.sip(
            .received,
            "SIP/2.0 200 OK\n\(WireScript.head);tag=f2\nCSeq: 1 INVITE\n"
                + "Contact: <sip:Focus-9@CPM.example;transport=tcp>;isfocus")
        #expect(
            kinds(script).dropFirst() == [
                .focus(session: 0, "sip:Focus-9@cpm.example"), .joined(user: "carol", session: 0),
            ])
    }

    @Test("an offer with sendrecv is a live session")
    func liveSession() {
        var script = WireScript()
        script.deferredSession(direction: "sendrecv")
        guard case .invited(let session)? = kinds(script).first else {
            Issue.record("no invitation")
            return
        }
        #expect(session.form == .live)
    }

    @Test("a chat message is unwrapped, belongs to its session, and is confirmed by the 200")
    func message() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1")
        script.answer("tran1")
        let expected = ChatMessage(
            id: "m-1", sender: "sip:alice@cpm.example", dateTime: "2026-01-01T10:00:00Z", instant: 1_767_261_600_000,
            contentType: "text/plain;charset=UTF-8", body: Array("hello".utf8),
            dispositionRequests: ["display", "positive-delivery"])
        #expect(offers(script) == [Offer(id: 0, user: "carol", session: 0, item: .message(expected))])
        #expect(kinds(script).last == .confirmed(offer: 0))
    }

    @Test("what the client's description does not take is no item that it has to take", arguments: ["text/plain", "image/*", "*", nil])
    func accepted(_ pattern: String?) {
        var script = WireScript()
        script.deferredSession(wrapped: pattern)
        script.chat("tran1")
        #expect(offers(script).first?.isAccepted == (pattern != "image/*"))
    }

    @Test("who opens the connection follows from offer and answer, and that it came about from what crosses it")
    func opening() {
        var script = WireScript()
        script.deferredSession()
        #expect(kinds(script).contains(.agreed(session: 0, .implementation)))
        #expect(!kinds(script).contains(.carried(session: 0)))
        script.chat("tran1")
        #expect(kinds(script).contains(.carried(session: 0)))
    }

    @Test("a message in two chunks is one offer with the lines of both")
    func chunks() {
        var whole = WireScript()
        whole.deferredSession()
        whole.chat("tran1")
        let text = whole.lines.last?.payload.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let start = text.range(of: "\r\n\r\n")?.upperBound ?? text.startIndex
        let end = text.range(of: "\r\n-------tran1")?.lowerBound ?? text.endIndex
        // Bytes are counted here: to a String, CR and LF are one character.
        let body = Array(text[start..<end].utf8)
        func piece(_ range: Range<Int>) -> String {
            String(decoding: body[range], as: UTF8.self).replacing("\r\n", with: "\n")
        }
        var script = WireScript()
        script.deferredSession()
        script.send("tran2", body: piece(0..<60), range: "1-60/\(body.count)", flag: "+")
        script.answer("tran2")
        script.send("tran3", body: piece(60..<body.count), range: "61-\(body.count)/\(body.count)")
        script.answer("tran3")
        #expect(offers(script).map(\.item) == offers(whole).map(\.item))
        let offered = script.facts().first { if case .offered = $0.what { true } else { false } }
        #expect(offered?.lines.count == 2)
        #expect(kinds(script).filter { $0 == .confirmed(offer: 0) }.count == 1)
    }

    @Test("a report addressed to the focus speaks of whoever gave it")
    func reportNamesTheFocus() {
        var script = WireScript()
        script.deferredSession()
        script.send(
            "tran1",
            body: """
                From: <sip:bob@cpm.example>
                To: <sip:carol@cpm.example>
                DateTime: 2026-01-01T10:00:00Z

                Content-Type: message/imdn+xml
                Content-Disposition: notification

                <imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m-1</message-id>\
                <datetime>2026-01-01T10:00:00Z</datetime><recipient-uri>sip:focus-1@cpm.example</recipient-uri>\
                <delivery-notification><status><delivered/></status></delivery-notification></imdn>
                """)
        guard case .dispositions(let all)? = offers(script).first?.item, let report = all.first else {
            Issue.record("no report came out")
            return
        }
        #expect(report.problems.isEmpty)
        #expect(AddressBook(aliases: ["bob": ["sip:bob@cpm.example"]]).actor(of: report) == "bob")
    }

    @Test("a conference NOTIFY is participant information by subscription, confirmed by its 200")
    func notify() {
        var script = WireScript()
        script.open(1, "sip")
        script.sip(
            .received,
            "NOTIFY sip:carol@127.0.0.1 SIP/2.0\n\(WireScript.head);tag=c\nCSeq: 3 NOTIFY\nEvent: conference\n"
                + "Subscription-State: active\nContent-Type: application/conference-info+xml",
            body: """
                <conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:focus-1@cpm.example" \
                state="full" version="1"><users><user entity="sip:alice@cpm.example"><endpoint \
                entity="sip:alice@127.0.0.1"><status>connected</status></endpoint></user></users></conference-info>
                """)
        script.sip(.sent, "SIP/2.0 200 OK\n\(WireScript.head);tag=c\nCSeq: 3 NOTIFY")
        guard case .roster(let roster)? = offers(script).first?.item else {
            Issue.record("no list came out")
            return
        }
        #expect(roster.problems.isEmpty)
        #expect(roster.users == [RosterUser(address: "sip:alice@cpm.example", status: "connected")])
        #expect(roster.carriage == .subscription)
        #expect(kinds(script).last == .confirmed(offer: 0))
    }

    @Test("a list that breaks the schema says so with its line")
    func invalidList() {
        var script = WireScript()
        script.deferredSession()
        script.send(
            "tran1",
            body: """
                From: <sip:focus-1@cpm.example>
                To: <sip:carol@cpm.example>
                DateTime: 2026-01-01T10:00:00Z

                Content-Type: application/conference-info+xml

                <conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:f@cpm.example">
                <users><endpoint/></users>
                </conference-info>
                """)
        guard case .roster(let roster)? = offers(script).first?.item else {
            Issue.record("no list came out")
            return
        }
        #expect(!roster.problems.isEmpty)
    }

    @Test("an end of all connections makes the user unreachable")
    func unreachable() {
        var script = WireScript()
        script.deferredSession()
        script.close(1)
        #expect(kinds(script).last != .unreachable(user: "carol"))
        script.close(2)
        #expect(kinds(script).contains(.unreachable(user: "carol")))
    }

    @Test("bytes that are no MSRP are said to be garbage once, with a reason")
    func garbage() {
        var script = WireScript()
        script.deferredSession()
        script.bytes(.received, 2, "HTTP/1.1 200 OK\r\n\r\n")
        script.bytes(.received, 2, "more\r\n")
        let found = kinds(script).filter { if case .garbage = $0 { true } else { false } }
        #expect(found.count == 1)
    }

    @Test("what was begun and not ended is told when its connection is closed, with when it began; a whole message is not")
    func unfinished() {
        var script = WireScript()
        script.deferredSession()
        script.bytes(.received, 1, "BYE sip:carol@127.0.0.1 SIP/2.0\r\nVia: ")
        let begun = script.lines.last?.t
        script.bytes(.received, 1, "SIP/2.0/TCP")
        script.bytes(.received, 2, "MSRP abcd1234 SEND\r\n")
        let inSession = script.lines.last?.t
        // What the harness itself began is meant.
        script.bytes(.sent, 2, "MSRP abcd9999 SEND\r\n")
        script.close(1)
        script.close(2)
        let found = script.facts().filter { if case .unfinished = $0.what { true } else { false } }
        #expect(found.map(\.what) == [begun, inSession].map { .unfinished(user: "carol", since: $0 ?? 0) })
        #expect(found.map(\.lines.count) == [2, 1])

        var whole = WireScript()
        whole.deferredSession()
        whole.close(1)
        whole.close(2)
        #expect(!whole.facts().contains { if case .unfinished = $0.what { true } else { false } })
    }

    @Test("the facts do not depend on how the bytes were split")
    func splitting() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1")
        script.answer("tran1")
        script.chat("tran2", id: "m-2", text: "again")
        script.answer("tran2")
        script.bye()
        script.close(2)
        script.close(1)
        #expect(script.bytewise().facts().map(\.what) == kinds(script))
        #expect(kinds(script).count >= 8)
    }
}
