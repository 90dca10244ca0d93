import Diagnostics
import Payloads
import SIP
import Testing

@testable import Actors

@Suite("Requests as the client writes them")
struct RequestTests {
    private let start = RequestStart(callID: "call-1", fromTag: "tag-1")
    private let group = GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: "sip:focus@cpm.example")

    private func requests(_ change: (inout ClientSettings) -> Void = { _ in }) -> ClientRequests {
        var settings = ClientSettings(
            address: "sip:alice@cpm.example", domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
            outboundHost: "127.0.0.1", outboundPort: 5060)
        change(&settings)
        return ClientRequests(
            settings: settings, contactURI: "sip:alice@127.0.0.1:4000;transport=tcp", instanceID: "urn:uuid:1")
    }

    /// The request as a peer reads it from the bytes.
    private func read(_ request: SIPMessage) throws -> SIPMessage {
        var parser = SIPStreamParser(limits: Limits())
        parser.append(request.serialized())
        let message = try #require(try parser.next())
        #expect(parser.pending == 0)
        return message
    }

    @Test("REGISTER names the instance, the flow and the features in its Contact")
    func register() throws {
        let message = try read(requests().register(start, expires: 600))
        #expect(message.start == .request(method: .register, uri: "sip:cpm.example"))
        let contact = try #require(message.contacts.first)
        #expect(contact.uri == "sip:alice@127.0.0.1:4000;transport=tcp")
        #expect(contact.parameters["reg-id"] == "1")
        #expect(contact.parameters["expires"] == "600")
        #expect(message.headers["Contact"]?.contains(";+sip.instance=\"<urn:uuid:1>\"") == true)
        #expect(message.headers["Contact"]?.contains(ServiceIdentifiers.sessionTag) == true)
        #expect(message.headers.lists("path", in: "Supported"))
        #expect(message.headers.lists("outbound", in: "Supported"))
        #expect(message.cseq == SIPCSeq(number: 1, method: .register))
    }

    @Test("the creating INVITE carries ids, service, features, subject, and the list beside the offer")
    func create() throws {
        let offer = MSRPMedia(host: "127.0.0.1", port: 4001, path: ["msrp://127.0.0.1:4001/s;tcp"])
            .description(sessionID: "1")
        let content = RecipientList.content(
            offer: offer, invitees: ["sip:bob@cpm.example", "tel:+1234"], boundary: "b1")
        let message = try read(
            requests().create(start, group: group.identity, subject: "Šála & <1>", content: content))
        #expect(message.start == .request(method: .invite, uri: "sip:factory@cpm.example"))
        #expect(message.headers["Conversation-ID"] == "conv")
        #expect(message.headers["Contribution-ID"] == "contr")
        #expect(message.headers["Subject"] == "Šála & <1>")
        #expect(message.headers["Require"] == "recipient-list-invite")
        #expect(message.headers["P-Preferred-Service"] == ServiceIdentifiers.groupSession)
        #expect(message.headers["Accept-Contact"]?.contains("oma.cpm.session") == true)
        #expect(message.headers["Session-Expires"] == "1800;refresher=uac")
        let type = try #require(message.contentType.flatMap { MediaType($0) })
        let parts = try Multipart(parsing: message.body, contentType: type)
        #expect(parts.parts.map { $0.contentType?.essence } == ["application/sdp", "application/resource-lists+xml"])
        #expect(parts.parts[1].contentDisposition == .recipientList)
        let list = try ResourceList(parsing: parts.parts[1].body)
        #expect(list.entries.map(\.uri) == ["sip:bob@cpm.example", "tel:+1234"])
        #expect(list.entries.allSatisfy { $0.copyControl == .to })
        #expect(try SessionDescription(parsing: parts.parts[0].body) == offer)
    }

    @Test("without a session timer nothing is said of one, and a display name is quoted")
    func options() throws {
        let message = try read(
            requests {
                $0.habits.sessionExpires = nil
                $0.displayName = "A \"quoted\" \\ name"
            }.rejoin(start, group: group, content: RequestContent(type: "application/sdp", body: [])))
        #expect(message.headers["Session-Expires"] == nil)
        #expect(message.from?.displayName == "A \"quoted\" \\ name")
        #expect(message.from?.tag == "tag-1")
        #expect(message.requestURI == "sip:focus@cpm.example")
        #expect(message.headers["Subject"] == nil)
    }

    @Test("SUBSCRIBE asks for the conference package, REFER for an INVITE without a subscription")
    func subscribeAndRefer() throws {
        let subscribe = try read(requests().subscribe(start, group: group))
        #expect(subscribe.headers["Event"] == "conference")
        #expect(subscribe.headers["Accept"] == "application/conference-info+xml")
        #expect(subscribe.expires == 600)
        let refer = try read(requests().refer(start, group: group, user: "sip:dave@cpm.example"))
        #expect(refer.headers["Refer-To"] == "<sip:dave@cpm.example;method=INVITE>")
        #expect(refer.headers["Refer-Sub"] == "false")
    }
}
