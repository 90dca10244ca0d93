import SIP
import Testing

@Suite("Dialogs")
struct DialogTests {
    /// An INVITE and its 200 that passed two proxies.
    private func invitation(routes: String = "<sip:p2.test;lr>, <sip:p1.test;lr>") throws -> (SIPMessage, SIPMessage) {
        let identity = SIPRequestIdentity(
            from: NameAddress(displayName: "Alice", uri: "sip:alice@a.test", parameters: ["tag": "at"]),
            to: NameAddress(uri: "sip:bob@b.test"), callID: "call", sequence: 7)
        var invite = SIPMessage.request(
            .invite, uri: "sip:bob@b.test", identity, headers: ["Contact": "<sip:alice@1.1.1.1>;isfocus"])
        invite.headers.insert("Record-Route", routes)
        var ok = invite.response(200, toTag: "bt")
        ok.headers.add("Contact", "<sip:bob@2.2.2.2:5070;transport=tcp>")
        return (invite, ok)
    }

    @Test("The caller's dialog: tags, target, routes reversed, numbers growing")
    func caller() throws {
        let (invite, ok) = try invitation()
        var dialog = try #require(SIPDialog(uac: invite, response: ok))
        #expect(dialog.localTag == "at")
        #expect(dialog.remoteTag == "bt")
        #expect(dialog.routeSet == ["<sip:p1.test;lr>", "<sip:p2.test;lr>"])
        #expect(dialog.nextHopURI == "sip:p1.test;lr")
        let bye = dialog.request(.bye, headers: ["Reason": "SIP;cause=200"])
        #expect(bye.requestURI == "sip:bob@2.2.2.2:5070;transport=tcp")
        #expect(bye.headers.lines("Route") == ["<sip:p1.test;lr>", "<sip:p2.test;lr>"])
        #expect(bye.cseq == SIPCSeq(number: 8, method: .bye))
        #expect(bye.from?.displayName == "Alice")
        #expect(bye.from?.tag == "at")
        #expect(bye.to?.tag == "bt")
        #expect(bye.callID == "call")
        #expect(bye.headers["Reason"] == "SIP;cause=200")
        #expect(bye.headers["Contact"] == nil)
        #expect(dialog.request(.update).headers["Contact"] == "<sip:alice@1.1.1.1>;isfocus")
        #expect(dialog.localSequence == 9)
    }

    @Test("The ACK has the number of its INVITE and its credentials")
    func ack() throws {
        var (invite, ok) = try invitation()
        invite.headers.add("Proxy-Authorization", "Digest x=y")
        var dialog = try #require(SIPDialog(uac: invite, response: ok))
        _ = dialog.request(.message)
        let ack = dialog.ack(for: 7, credentialsOf: invite)
        #expect(ack.cseq == SIPCSeq(number: 7, method: .ack))
        #expect(ack.headers["Proxy-Authorization"] == "Digest x=y")
        #expect(ack.headers.lines("Route").count == 2)
        #expect(dialog.localSequence == 8)
    }

    @Test("The called end's dialog has the routes in their order and sends from the other side")
    func callee() throws {
        let (invite, _) = try invitation()
        var dialog = try #require(SIPDialog(uas: invite, localTag: "bt", contact: "<sip:bob@2.2.2.2>"))
        #expect(dialog.routeSet == ["<sip:p2.test;lr>", "<sip:p1.test;lr>"])
        #expect(dialog.remoteSequence == 7)
        let bye = dialog.request(.bye)
        #expect(bye.requestURI == "sip:alice@1.1.1.1")
        #expect(bye.from?.uri == "sip:bob@b.test")
        #expect(bye.from?.tag == "bt")
        #expect(bye.to?.tag == "at")
        #expect(bye.cseq?.number == 1)
    }

    @Test("A strict router becomes the Request-URI and the target goes last")
    func strictRouter() throws {
        let (invite, ok) = try invitation(routes: "<sip:p2.test;lr>, <sip:strict.test>")
        var dialog = try #require(SIPDialog(uac: invite, response: ok))
        let bye = dialog.request(.bye)
        #expect(bye.requestURI == "sip:strict.test")
        #expect(bye.headers.lines("Route") == ["<sip:p2.test;lr>", "<sip:bob@2.2.2.2:5070;transport=tcp>"])
        #expect(dialog.nextHopURI == "sip:strict.test")
    }

    @Test("Responses without a tag, with 100 or a refusal, and a 200 without Contact make no dialog")
    func noDialog() throws {
        let (invite, ok) = try invitation()
        #expect(SIPDialog(uac: invite, response: invite.response(100)) == nil)
        #expect(SIPDialog(uac: invite, response: invite.response(180)) == nil)
        #expect(SIPDialog(uac: invite, response: invite.response(486, toTag: "x")) == nil)
        #expect(SIPDialog(uac: invite, response: invite.response(200, toTag: "x")) == nil)
        #expect(SIPDialog(uac: invite, response: invite.response(180, toTag: "x")) != nil)
        #expect(SIPDialog(uac: invite, response: ok) != nil)
    }

    @Test("Requests must grow in number; a re-INVITE moves the target, a BYE does not; ACK has an old number")
    func receiving() throws {
        let (invite, ok) = try invitation()
        var bob = try #require(SIPDialog(uas: invite, localTag: "bt", contact: "<sip:bob@2.2.2.2>"))
        var alice = try #require(SIPDialog(uac: invite, response: ok))
        #expect(bob.receive(alice.ack(for: 7)) == .fresh)
        let again = alice.request(.invite, headers: ["Contact": "<sip:alice@3.3.3.3>"])
        #expect(bob.matches(again))
        #expect(bob.receive(again) == .fresh)
        #expect(bob.remoteTarget == "sip:alice@3.3.3.3")
        #expect(bob.receive(again) == .outOfOrder)
        #expect(bob.receive(alice.request(.bye, headers: ["Contact": "<sip:alice@4.4.4.4>"])) == .fresh)
        #expect(bob.remoteTarget == "sip:alice@3.3.3.3")
        #expect(alice.receive(bob.request(.message)) == .fresh)
    }

    @Test("A message belongs to a dialog by Call-ID and both tags, seen from either end")
    func matching() throws {
        let (invite, ok) = try invitation()
        let alice = try #require(SIPDialog(uac: invite, response: ok))
        var bob = try #require(SIPDialog(uas: invite, localTag: "bt", contact: "<sip:bob@2.2.2.2>"))
        let bye = bob.request(.bye)
        #expect(alice.matches(bye))
        #expect(alice.matches(bye.response(200)))
        var other = bye
        other.headers.set("Call-ID", "other")
        #expect(!alice.matches(other))
        other = bye
        other.headers.set("To", "<sip:alice@a.test>;tag=zz")
        #expect(!alice.matches(other))
        #expect(!alice.matches(invite))
    }

    @Test("A 200 to re-INVITE moves the target; a refusal does not")
    func refreshByResponse() throws {
        let (invite, ok) = try invitation()
        var alice = try #require(SIPDialog(uac: invite, response: ok))
        var moved = alice.request(.invite).response(200)
        moved.headers.add("Contact", "<sip:bob@9.9.9.9>")
        alice.refresh(target: moved)
        #expect(alice.remoteTarget == "sip:bob@9.9.9.9")
        var refused = alice.request(.invite).response(491)
        refused.headers.add("Contact", "<sip:bob@8.8.8.8>")
        alice.refresh(target: refused)
        #expect(alice.remoteTarget == "sip:bob@9.9.9.9")
    }

    @Test("Responses copy what they must; Record-Route only where a dialog may come of it")
    func responses() throws {
        let (invite, _) = try invitation()
        var request = invite
        request.headers.insert("Via", "SIP/2.0/TCP a;branch=z9hG4bK2, SIP/2.0/TCP b;branch=z9hG4bK1")
        let ringing = request.response(180, toTag: "x")
        #expect(ringing.headers.lines("Via") == request.headers.lines("Via"))
        #expect(ringing.headers["Record-Route"] != nil)
        #expect(ringing.to?.tag == "x")
        #expect(ringing.reason == "Ringing")
        #expect(request.response(486, "Gone Out").headers["Record-Route"] == nil)
        #expect(request.response(486, "Gone Out").reason == "Gone Out")
        #expect(request.response(499).reason == "Bad Request")
        #expect(request.response(200, toTag: "x").response(200, toTag: "y").to?.tag == "x")
    }

    @Test("Routes go below Via and replace what was there; the own one on top is taken off")
    func routes() throws {
        var message = try sampleMessage(extra: "Route: <sip:old.test;lr>")
        message.setRoutes(["<sip:me.test;lr>", "<sip:next.test;lr>"])
        #expect(message.headers.map(\.name).prefix(3) == ["Via", "Route", "Route"])
        #expect(message.removeTopRoute { $0.host == "other.test" } == nil)
        let mine = message.removeTopRoute { $0.host == "me.test" }
        #expect(mine?.uri == "sip:me.test;lr")
        #expect(message.routes.map(\.uri) == ["sip:next.test;lr"])
        message.addRecordRoute("sip:a;lr")
        message.addRecordRoute("sip:b;lr")
        message.addPath("sip:edge;lr")
        #expect(message.recordRoutes.map(\.uri) == ["sip:b;lr", "sip:a;lr"])
        #expect(message.paths.map(\.uri) == ["sip:edge;lr"])
    }
}
