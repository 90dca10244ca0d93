import Connections
import Payloads
import SIP
import Testing

@testable import Actors

@Suite("Documents of the scripted enabler")
struct DeliveredDocumentTests {
    private let alice = CPIMAddress(displayName: "Alice A.", uri: "sip:alice@test.example")

    @Test("a message has the headers that it is given, under the prefix that it is given", arguments: ["imdn", "n7"])
    func chat(prefix: String) throws {
        var chat = DeliveredChat(
            from: alice, to: .address("sip:focus-1@test.example"), dateTime: "2026-01-01T10:00:00+02:00",
            messageID: "m1", body: Array("grüß dich".utf8))
        chat.dispositions = [.delivered, .displayed]
        chat.recordRoutes = ["sip:relay@test.example"]
        chat.originalTo = "sip:carol@test.example"
        chat.imdnPrefix = prefix
        chat.extraHeaders = [
            .init(namespace: "urn:example:x", name: "Mood", value: "fine"), .init(name: "Subject", value: "s"),
        ]
        let bytes = chat.serialized()
        let message = try CPIMMessage(parsing: bytes)
        #expect(message.flaws.isEmpty)
        #expect(message.from == alice)
        #expect(message.to?.uri == "sip:focus-1@test.example")
        #expect(message.dateTime == "2026-01-01T10:00:00+02:00")
        #expect(message.messageID == "m1")
        #expect(message.dispositionRequests == [.positiveDelivery, .display])
        #expect(message.imdnRecordRoute == ["<sip:relay@test.example>"])
        #expect(message.originalTo?.uri == "sip:carol@test.example")
        #expect(message.header("Mood", in: "urn:example:x")?.text == "fine")
        #expect(message.subject == "s")
        #expect(message.contentType == .plainTextUTF8)
        #expect(message.body == chat.body)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\(prefix).Message-ID: m1\r\n"))
        #expect(text.contains("imdn.") == (prefix == "imdn"))
    }

    @Test("to nobody in particular, and with nothing optional, it is as lean as can be")
    func lean() throws {
        let chat = DeliveredChat(from: alice, to: .anonymous, dateTime: nil, messageID: nil, body: [])
        let message = try CPIMMessage(parsing: chat.serialized())
        #expect(message.headers.map(\.name) == ["From", "To"])
        #expect(message.to?.uri == "sip:anonymous@anonymous.invalid")
    }

    @Test("one report is a document, several are a multipart")
    func reports() throws {
        let all = ["sip:bob@test.example", "sip:dora@test.example"].map {
            DeliveredReports.report(.displayed, on: "m1", sentAt: "2026-01-01T00:00:00Z", of: $0)
        }
        for count in [1, 2] {
            let reports = DeliveredReports(
                from: alice, to: CPIMAddress(uri: "sip:carol@test.example"), dateTime: "2026-01-02T00:00:00Z",
                messageID: "r1", reports: Array(all.prefix(count)))
            let message = try CPIMMessage(parsing: reports.serialized())
            let type = try #require(message.contentType)
            #expect(type.essence == (count == 1 ? "message/imdn+xml" : "multipart/mixed"))
            #expect(message.contentDisposition == .notification)
            #expect(message.dispositionRequests.isEmpty)
            #expect(try DispositionReport.all(in: message.body, contentType: type) == Array(all.prefix(count)))
        }
        var single = DeliveredReports(from: alice, to: alice, dateTime: nil, messageID: "r1", reports: [all[0]])
        single.isAggregated = true
        #expect(try CPIMMessage(parsing: single.serialized()).contentType?.type == "multipart")
    }

    @Test("failures, displays and processing are reported as what they are")
    func kinds() {
        let kinds = [ReportedStatus.delivered, .failed, .displayed, .processed].map {
            DeliveredReports.report($0, on: "m", sentAt: "2026-01-01T00:00:00Z", of: "sip:b@x.example")
        }
        #expect(kinds.map(\.kind) == [.delivery, .delivery, .display, .processing])
        #expect(kinds.map(\.status) == ["delivered", "failed", "displayed", "processed"])
        #expect(kinds.allSatisfy { PayloadSchema.imdn.validate($0.serialized()).isEmpty })
    }

    @Test("a list is valid whether it is full, partial or deleted")
    func lists() throws {
        for state in ConferenceElementState.allCases {
            var list = DeliveredList(entity: "sip:focus-1@test.example", version: 4, state: state, subject: "Climbing")
            if state != .deleted {
                list.userCount = 1
                list.members = [
                    .init(uri: "sip:alice@test.example", displayName: "Alice", method: "dialed-in"),
                    .init(uri: "sip:bob@test.example", status: .disconnected, method: "departed"),
                ]
            }
            if state == .partial { list.members.append(.init(uri: "sip:dora@test.example", isDeleted: true)) }
            let (info, problems) = ConferenceInfo.checked(list.serialized())
            #expect(problems.isEmpty, "\(state): \(problems)")
            let read = try #require(info)
            #expect(read.state == state)
            #expect(read.version == 4)
            #expect(read.user("sip:dora@test.example")?.state == (state == .partial ? .deleted : nil))
            if state == .deleted { continue }
            #expect(read.user("sip:alice@test.example")?.endpoints.first?.joiningMethod == .dialedIn)
            #expect(read.user("sip:alice@test.example")?.displayText == "Alice")
            #expect(read.user("sip:bob@test.example")?.status == .disconnected)
            #expect(read.user("sip:bob@test.example")?.endpoints.first?.disconnectionMethod == .departed)
            #expect(read.conferenceState?.userCount == 1)
        }
    }

    @Test("the first bytes of a connection tell whose it is, as soon as they can")
    func attribution() {
        let media = MediaOwners()
        media.note("s77", owner: "dave")
        let carol = EnablerUser(name: "carol", address: "sip:carol@test.example", aliases: ["tel:+15550100"])
        let attribution = ConnectionAttribution(directory: UserDirectory(users: [carol]), media: media)
        func owner(_ text: String, _ proto: String = "sip") -> ConnectionAttribution.Answer {
            attribution.owner(of: Array(text.utf8), protocolName: proto)
        }
        let start = "REGISTER sip:test.example SIP/2.0\r\n"
        let to = "To: \"C\" <sip:carol@TEST.example>\r\n"
        #expect(owner("\r\n\r\n\(start)f: <sip:CAROL@x>;tag=1\r\n\(to)") == .user("carol"))
        #expect(owner("SIP/2.0 200 OK\r\nTo: <tel:+1-555-0100>;tag=2\r\n") == .user("carol"))
        #expect(owner("\(start)From: <sip:carol@test.example>") == .undecided)
        #expect(owner("\(start)From: <sip:eve@test.example>\r\n\r\n") == .nobody)
        #expect(owner("\r\n\r\n") == .undecided)
        let path = "Path: msrp://127.0.0.1:9/s"
        #expect(owner("MSRP t1 SEND\r\nTo-\(path)77;tcp\r\n", "msrp") == .user("dave"))
        #expect(owner("MSRP t1 SEND\r\nTo-\(path)78;tcp\r\n", "msrp") == .undecided)
        #expect(owner("MSRP t1 SEND\r\nTo-\(path)78;tcp\r\nFrom-\(path)79;tcp\r\n", "msrp") == .nobody)
    }
}
