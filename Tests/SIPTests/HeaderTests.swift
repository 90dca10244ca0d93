import Testing

@testable import SIP

@Suite("Header fields")
struct HeaderTests {
    @Test("Compact and long names are one, in any case", arguments: [
        ("i", "Call-ID"), ("m", "Contact"), ("e", "Content-Encoding"), ("l", "Content-Length"), ("c", "Content-Type"),
        ("f", "From"), ("s", "Subject"), ("k", "Supported"), ("t", "To"), ("v", "Via"), ("o", "Event"),
        ("u", "Allow-Events"), ("r", "Refer-To"), ("b", "Referred-By"), ("x", "Session-Expires"),
        ("a", "Accept-Contact"), ("j", "Reject-Contact"), ("d", "Request-Disposition"), ("y", "Identity"),
    ])
    func compact(_ short: String, _ long: String) {
        let headers = SIPHeaders([SIPHeaderField(short, "1")])
        #expect(headers[long] == "1")
        #expect(headers[long.uppercased()] == "1")
        #expect(SIPHeaders([SIPHeaderField(long.lowercased(), "2")])[short.uppercased()] == "2")
        #expect(SIPHeaderField(long, "3").compactName == short)
        #expect(SIPHeaderField(short, "3").compactName == short)
    }

    @Test("A field that has no compact name tells none", arguments: ["CSeq", "Conversation-ID", "Max-Forwards"])
    func noCompactName(_ name: String) { #expect(SIPHeaderField(name, "1").compactName == nil) }

    @Test("A field without a number is found by its name in any case, and only by it")
    func unknownNames() {
        let headers: SIPHeaders = ["Conversation-ID": "f81d", "X-Other": "1"]
        #expect(headers["conversation-id"] == "f81d")
        #expect(headers["X-Othe"] == nil)
        #expect(headers["x-otheR"] == "1")
    }

    @Test("Lists are split at commas outside quotes and angle brackets")
    func lists() {
        let headers: SIPHeaders = [
            "Contact": "\"a, \\\" b\" <sip:a@x;p=1,2>;q=1, sip:c@y", "m": "<sip:d@z>",
            "Supported": "timer,,path , gruu",
        ]
        #expect(headers.values("Contact") == ["\"a, \\\" b\" <sip:a@x;p=1,2>;q=1", "sip:c@y", "<sip:d@z>"])
        #expect(headers.values("Supported") == ["timer", "path", "gruu"])
        #expect(headers.lists("PATH", in: "k"))
        #expect(!headers.lists("pat", in: "k"))
    }

    @Test("Credentials, dates and subjects keep their commas")
    func notLists() {
        let headers: SIPHeaders = [
            "WWW-Authenticate": "Digest realm=\"a\", nonce=\"b\"", "Date": "Sat, 13 Nov 2010 23:29:00 GMT",
            "Subject": "tea, please",
        ]
        #expect(headers.values("WWW-Authenticate").count == 1)
        #expect(headers.values("Date") == ["Sat, 13 Nov 2010 23:29:00 GMT"])
        #expect(headers.values("s") == ["tea, please"])
    }

    @Test("Setting replaces in place and removes the others; insertion goes on top")
    func changing() {
        var headers: SIPHeaders = ["Via": "1", "Route": "2", "v": "3", "To": "4"]
        headers.set("via", "5")
        #expect(headers.map { "\($0.name)=\($0.value)" } == ["Via=5", "Route=2", "To=4"])
        headers.insert("Via", "6")
        #expect(headers["Via"] == "6")
        headers.remove("v")
        #expect(headers.map(\.name) == ["Route", "To"])
        headers.set("Event", "conference")
        #expect(headers.last?.name == "Event")
    }

    @Test("A field that is renamed is found by its new name alone")
    func renaming() {
        var field = SIPHeaderField("To", "x")
        field.name = "From"
        #expect(field.isNamed("f"))
        #expect(!field.isNamed("To"))
    }
}

@Suite("URIs, addresses and their like")
struct AddressTests {
    @Test("A URI is taken apart and put together as it was", arguments: [
        "sip:alice@example.test", "sips:alice:secret@example.test:5061;transport=tcp?Subject=a&Route=%3Csip:b%3E",
        "sip:example.test", "sip:[2001:db8::1]:5070;lr", "sip:a%40b@[::1]", "sip:+1-212;phone-context=x@gw;user=phone",
        "tel:+1-201-555-0123", "tel:7042;phone-context=example.test", "sip:user;par=u%40example.net@example.test",
    ])
    func roundTrip(_ text: String) throws {
        #expect(try #require(SIPURI(text)).description == text)
    }

    @Test("The parts of a URI are where they belong")
    func parts() throws {
        let uri = try #require(SIPURI("SIPS:al:pw@[::1]:5070;Transport=TLS;lr?a=b"))
        #expect(uri.scheme == "sips")
        #expect(uri.user == "al")
        #expect(uri.password == "pw")
        #expect(uri.host == "::1")
        #expect(uri.port == 5070)
        #expect(uri.parameters["transport"] == "TLS")
        #expect(uri.isLooseRouter)
        #expect(uri.isSecure)
        #expect(uri.headers == "a=b")
        #expect(uri.addressOfRecord == "sips:al@[::1]")
        #expect(SIPURI("tel:+1(201)555.0123")?.addressOfRecord == "tel:+12015550123")
    }

    @Test("What is no URI is refused", arguments: [
        "", "sip:", "sip:@host", "sip:a@", "sip:a@host:99999", "sip:a@host:x", "sip:a@[::1", "sip:a@ho st",
        "sip:a@host;=x", "http://example.test", "sip:a@[zz]", "tel:", "example.test", "sip:a@b\"c", "sip:<a>@b",
    ])
    func refused(_ text: String) {
        #expect(SIPURI(text) == nil)
    }

    @Test("URIs are equal as RFC 3261 §19.1.4 has it", arguments: [
        ("sip:%61lice@atlanta.test;transport=TCP", "sip:alice@AtLanTa.TEST;Transport=tcp", true),
        ("sip:carol@chicago.test", "sip:carol@chicago.test;newparam=5", true),
        ("sip:carol@chicago.test;security=on", "sip:carol@chicago.test;newparam=5", true),
        ("sip:b@x?to=sip:c%40y&priority=urgent", "sip:b@x?priority=urgent&to=sip:c%40y", true),
        ("SIP:ALICE@AtLanTa.test", "sip:alice@AtLanTa.test", false),
        ("sip:bob@biloxi.test", "sip:bob@biloxi.test:5060", false),
        ("sip:bob@biloxi.test", "sip:bob@biloxi.test;maddr=10.0.0.1", false),
        ("sip:bob@biloxi.test;user=phone", "sip:bob@biloxi.test", false),
        ("sip:bob@biloxi.test;a=1", "sip:bob@biloxi.test;a=2", false),
        ("sip:carol@chicago.test?Subject=x", "sip:carol@chicago.test", false),
        ("sip:a@b", "sips:a@b", false),
        ("tel:+1-201-555", "tel:+1201555", true),
        ("tel:201;phone-context=+1", "tel:201", false),
    ])
    func equivalence(_ a: String, _ b: String, _ expected: Bool) throws {
        let first = try #require(SIPURI(a))
        let second = try #require(SIPURI(b))
        #expect(first.isEquivalent(to: second) == expected)
        #expect(second.isEquivalent(to: first) == expected)
    }

    @Test("An address has name, URI and parameters, quoted or not")
    func addresses() throws {
        let quoted = try #require(NameAddress("\"A. \\\"B\\\" <x>\" <sip:a@b;lr>;tag=1;+sip.instance=\"<urn:uuid:1>\""))
        #expect(quoted.displayName == "A. \"B\" <x>")
        #expect(quoted.uri == "sip:a@b;lr")
        #expect(quoted.tag == "1")
        #expect(quoted.parameters["+sip.instance"] == "<urn:uuid:1>")
        #expect(NameAddress(quoted.description) == quoted)
        let plain = try #require(NameAddress("Alice Smith <sip:a@b>"))
        #expect(plain.displayName == "Alice Smith")
        let bare = try #require(NameAddress("sip:a@b;tag=2"))
        #expect(bare.uri == "sip:a@b")
        #expect(bare.tag == "2")
        #expect(NameAddress("*")?.description == "*")
        #expect(bare.withoutTag.description == "<sip:a@b>")
    }

    @Test("What is no address is refused", arguments: ["", "<sip:a@b", "\"open <sip:a@b>", "a b", "<sip:a>x", "<>"])
    func refusedAddresses(_ text: String) {
        #expect(NameAddress(text) == nil)
    }

    @Test("A Via is taken apart, with blanks where they are allowed")
    func via() throws {
        let via = try #require(SIPVia("SIP / 2.0 / TCP  [::1]:5070 ;branch=z9hG4bKx;rport;received=1.2.3.4"))
        #expect(via.transport == "TCP")
        #expect(via.host == "::1")
        #expect(via.port == 5070)
        #expect(via.branch == "z9hG4bKx")
        #expect(via.parameters.has("rport"))
        #expect(via.sentBy == "[::1]:5070")
        #expect(SIPVia(via.description) == via)
        for broken in ["SIP/2.0/TCP", "SIP/1.0/TCP a", "SIP/2.0 a", "X/2.0/TCP a", "SIP/2.0/TCP a:b"] {
            #expect(SIPVia(broken) == nil)
        }
    }

    @Test("A response finds its transaction by the first Via, plain or not", arguments: [
        ("SIP/2.0/TCP a;branch=z9hG4bK1", "z9hG4bK1"), ("SIP/2.0/TCP a;branch=z9hG4bK1;rport=1", "z9hG4bK1"),
        ("SIP/2.0/TCP a;rport;branch=z9hG4bK1", "z9hG4bK1"), ("SIP/2.0/TCP a;note=\";branch=x\";branch=y", "y"),
        ("SIP/2.0/TCP a;branch=z1, SIP/2.0/TCP b;branch=z2", "z1"), ("SIP/2.0/TCP a, SIP/2.0/TCP b;branch=z2", nil),
        ("SIP/2.0/TCP a ; branch = z1", "z1"), ("SIP/2.0/TCP a;Branch=z1", "z1"), ("", nil),
    ])
    func branches(_ line: String, _ branch: String?) {
        var message = SIPMessage(start: .response(status: 200, reason: ""), headers: ["Via": line])
        #expect(message.topVia?.branch == branch)
        #expect(SIPVia.branch(of: line) == branch)
        message.headers.remove("Via")
        #expect(message.topVia == nil)
    }

    @Test("CSeq is a number below 2^31 and a method")
    func cseq() {
        #expect(SIPCSeq("7  INVITE") == SIPCSeq(number: 7, method: .invite))
        #expect(SIPCSeq("2147483647 ACK")?.number == 2_147_483_647)
        for broken in ["2147483648 ACK", "x ACK", "1", "1 A B", "-1 ACK", "1 A(CK"] { #expect(SIPCSeq(broken) == nil) }
    }

    @Test("A hop is where the URI says, port and TLS included")
    func hops() {
        func place(_ uri: String) -> String? {
            guard case .address(let host, let port, let tls)? = SIPHop.resolving(uri: uri) else { return nil }
            return "\(host) \(port) \(tls != nil)"
        }
        #expect(place("sip:a@1.2.3.4") == "1.2.3.4 5060 false")
        #expect(place("sip:a@[::1]:5070") == "::1 5070 false")
        #expect(place("<sip:proxy.test:5062;lr;transport=TCP>") == "proxy.test 5062 false")
        #expect(place("sip:a@b;maddr=9.9.9.9") == "9.9.9.9 5060 false")
        #expect(place("sip:a@b;transport=udp") == nil)
        #expect(place("sips:a@b") == nil)
        #expect(place("tel:+1") == nil)
    }
}
