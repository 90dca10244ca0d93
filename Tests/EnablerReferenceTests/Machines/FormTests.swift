import Diagnostics
import Payloads
import SIP
import Testing

@testable import EnablerReference

@Suite("Forms of SIP messages, read again")
struct SIPFormReadingTests {
    private let message = SIPMessage(
        start: .request(method: .invite, uri: "sip:a@b"),
        headers: [
            "Via": "SIP/2.0/TCP b;branch=z9hG4bK1", "From": "<sip:a@b>;tag=1;x=\";,\"", "To": "<sip:c@b>",
            "Call-ID": "1", "CSeq": "1 INVITE", "Max-Forwards": "70", "Contact": "<sip:a@b>;isfocus;+g.a=\"b,c\"",
            "Allow": "INVITE, BYE", "Subject": "one two", "Content-Length": "1",
        ], body: [65])

    @Test("each is another way to write a message that says the same", arguments: Variation.sipForms.keys.sorted { $0.rawValue < $1.rawValue })
    func each(_ variation: Variation) throws {
        let bytes = try #require(SIPForm([variation])).bytes(of: message)
        // A request has no phrase.
        if variation != .otherPhrases { #expect(bytes != message.serialized()) }
        var parser = SIPStreamParser(limits: Limits())
        parser.append(bytes)
        let read = try #require(try parser.next())
        #expect(read.method == .invite && read.body == [65])
        #expect(read.from?.uri == "sip:a@b" && read.from?.tag == "1")
        #expect(read.contacts.first?.uri == "sip:a@b" && read.contacts.count == 1)
        #expect(read.headers.values("Allow") == ["INVITE", "BYE"])
        #expect(read.headers["Subject"] == "one two" && read.callID == "1")
    }

    @Test("parameters turn round behind the address, and commas and semicolons in quotes are no separators")
    func parameters() throws {
        let text = String(decoding: try #require(SIPForm([.parameterOrder])).bytes(of: message), as: UTF8.self)
        #expect(text.contains("From: <sip:a@b>;x=\";,\";tag=1\r\n"))
        #expect(text.contains("Contact: <sip:a@b>;+g.a=\"b,c\";isfocus\r\n"))
    }
}

@Suite("Forms of participant information, read again")
struct RosterFormReadingTests {
    private let snapshot = EnablerReferenceTests.snapshot(
        [listed(alice, .joined), listed(bob, .departed), listed(carol, .represented), listed(dave, .invited)], changed: [bob])

    private func documents(_ variations: Set<Variation>) -> [[UInt8]] {
        var stream = RosterStream(variations)
        let form = RosterForm(variations)
        return [stream.next(snapshot).conferenceInfo(form), stream.next(snapshot).conferenceInfo(form)]
    }

    @Test("each is valid, is written otherwise, and shows the same members", arguments: Variation.participantInformation.keys.filter { $0 != .absentUnlisted }.sorted { $0.rawValue < $1.rawValue })
    func each(_ variation: Variation) throws {
        let documents = documents([variation])
        if variation != .listsInCPIM { #expect(documents != self.documents([])) }
        for document in documents {
            let (info, problems) = ConferenceInfo.checked(document)
            #expect(problems.isEmpty, "\(problems) in \(String(decoding: document, as: UTF8.self))")
            let read = try #require(info)
            #expect(read.entity.lowercased() == snapshot.focus)
            guard read.state == .full else { continue }
            let members = read.users.filter { $0.status != .disconnected }.compactMap { $0.entity?.lowercased() }
            #expect(Set(members) == [alice.uri, carol.uri, dave.uri])
        }
    }

    @Test("who is stood in for is pending or alerting where a variation says so")
    func absentees() throws {
        for (variation, status) in [(Variation.absenteesPending, EndpointStatus.pending), (.absenteesAlerting, .alerting)] {
            let info = try ConferenceInfo(parsing: documents([variation])[0])
            #expect(info.user(carol.uri)?.status == status && info.user(alice.uri)?.status == .connected)
        }
    }

    @Test("a leaver who is left out is deleted from a partial list")
    func leavers() throws {
        let read = try documents([.leaversLeftOut]).map { try ConferenceInfo(parsing: $0) }
        #expect(read[0].user(bob.uri) == nil && read[1].user(bob.uri)?.state == .deleted)
    }
}

@Suite("Forms of wrapping, read again")
struct WrappingFormTests {
    private var stored: StoredItem {
        var message = CPIMMessage()
        message.from = CPIMAddress(uri: alice.uri)
        message.to = CPIMAddress(uri: "sip:somebody@cpm.example")
        message.dateTime = "2020-01-02T03:04:05.250Z"
        message.messageID = "m1"
        message.dispositionRequests = [.display]
        message.contentType = .plainTextUTF8
        message.body = Array("text".utf8)
        var stored = item(1)
        stored.body = message.serialized()
        return stored
    }

    @Test("each is another way to write a message that says the same", arguments: Variation.wrapping.keys.sorted { $0.rawValue < $1.rawValue })
    func each(_ variation: Variation) throws {
        let entry = DeliveryMachine.Entry(owed: owed(stored))
        let copy = WrappingForm([variation]).copy(stored, of: entry, focus: "sip:focus@cpm.example")
        #expect(copy.body != stored.body)
        let (before, after) = (try CPIMMessage(parsing: stored.body), try CPIMMessage(parsing: copy.body))
        #expect(after.body == before.body && after.from == before.from && after.instant == before.instant)
        #expect(after.messageID == "m1" && after.dispositionRequests == [.display])
        #expect(after.contentType?.essence == "text/plain")
        #expect(after.contentType?.parameters["charset"]?.lowercased() == "utf-8")
    }

    @Test("a copy that did not have to wait is left as it is")
    func live() {
        let entry = DeliveryMachine.Entry(owed: owed(stored), wasStored: false)
        #expect(WrappingForm([.otherPrefix]).copy(stored, of: entry, focus: nil) == stored)
        #expect(WrappingForm([]).copy(stored, of: DeliveryMachine.Entry(owed: owed(stored)), focus: nil) == stored)
    }
}
