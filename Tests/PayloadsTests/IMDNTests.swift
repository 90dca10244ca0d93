import Diagnostics
import Payloads
import Testing

@Suite("Disposition notifications")
struct IMDNTests {
    private static func report(_ id: String, _ kind: DispositionReport.Kind = .delivery, _ status: String = "delivered") -> DispositionReport {
        DispositionReport(messageID: id, dateTime: "2026-05-04T10:11:12Z", kind: kind, status: status)
    }

    @Test("a report that is written is valid and reads as it was", arguments: [
        (.delivery, "delivered"), (.delivery, "failed"), (.delivery, "forbidden"), (.delivery, "error"),
        (.display, "displayed"), (.display, "error"), (.processing, "processed"), (.processing, "stored"),
    ] as [(DispositionReport.Kind, String)])
    func roundTrip(kind: DispositionReport.Kind, status: String) throws {
        var report = Self.report("a<&>\"1", kind, status)
        report.recipientURI = "sip:bob@cpm.example?x=1&y=2"
        report.originalRecipientURI = "sip:team@cpm.example"
        report.subject = "tea <cake> ]]> \u{1}"
        let bytes = report.serialized()
        #expect(PayloadSchema.imdn.validate(bytes) == [])
        report.subject = "tea <cake> ]]> "
        let read = try DispositionReport(parsing: bytes)
        report.subject = read.subject
        #expect(read == report)
        #expect(read.subject == "tea <cake> ]]>")
        #expect(read.instant == 1_777_889_472_000)
    }

    @Test("several reports in one multipart are all found, also inside CPIM and nested")
    func aggregated() throws {
        let (type, body) = DispositionReport.aggregated([Self.report("1"), Self.report("2", .display, "displayed")], seed: "agg")
        #expect(try DispositionReport.all(in: body, contentType: type).map(\.messageID) == ["1", "2"])
        var cpim = CPIMMessage(body: body)
        cpim.from = CPIMAddress(uri: "sip:bob@cpm.example")
        cpim.contentType = type
        cpim.contentDisposition = .notification
        let outer = Multipart(parts: [
            .init(headers: ["Content-Type": "message/cpim"], body: cpim.serialized()),
            .init(headers: ["Content-Type": "text/plain"], body: "no report".bytes),
            .init(headers: ["Content-Type": "message/imdn+xml;charset=utf-8"], body: Self.report("3").serialized()),
        ])
        let all = try DispositionReport.all(in: outer.serialized(boundary: "o"), contentType: .multipartMixed(boundary: "o"))
        #expect(all.map(\.messageID) == ["1", "2", "3"])
        #expect(try DispositionReport.all(in: "x".bytes, contentType: .plainText) == [])
    }

    @Test("messages wrapped into each other without end are refused")
    func wrapped() throws {
        var body = Self.report("1").serialized()
        var type = MediaType.imdn
        for _ in 0..<9 {
            var message = CPIMMessage(body: body)
            message.from = CPIMAddress(uri: "sip:bob@cpm.example")
            message.contentType = type
            body = message.serialized()
            type = .cpim
        }
        #expect { try DispositionReport.all(in: body, contentType: .cpim) } throws: {
            ($0 as? PayloadError)?.code == .nestedTooDeep
        }
    }

    @Test("the report on a message goes to its sender, with routes and original recipient, asking for none itself")
    func reportOnMessage() throws {
        var message = CPIMMessage(body: "hello".bytes)
        message.from = CPIMAddress(displayName: "Alice", uri: "sip:alice@cpm.example")
        message.to = CPIMAddress(uri: "sip:bob@cpm.example")
        message.dateTime = "2026-05-04T10:11:12+02:00"
        message.messageID = "m1"
        message.dispositionRequests = [.positiveDelivery]
        message.originalTo = CPIMAddress(uri: "sip:team@cpm.example")
        message.add("IMDN-Record-Route", in: CPIMMessage.imdnNamespace, "<sip:one@cpm.example>")
        message.add("IMDN-Record-Route", in: CPIMMessage.imdnNamespace, "<sip:two@cpm.example>")
        message.contentType = .plainTextUTF8
        let received = try CPIMMessage(parsing: message.serialized())
        let details = ReportDetails(
            kind: .delivery, status: "delivered", from: CPIMAddress(uri: "sip:bob@cpm.example"), messageID: "r1",
            dateTime: "2026-05-04T10:12:00Z")
        let answer = try CPIMMessage(parsing: try #require(received.report(details)).serialized())
        #expect(answer.to == message.from)
        #expect(answer.messageID == "r1")
        #expect(answer.imdnRoute == ["<sip:one@cpm.example>", "<sip:two@cpm.example>"])
        #expect(answer.dispositionRequests.isEmpty)
        #expect(answer.contentDisposition == .notification)
        let report = try DispositionReport(parsing: answer.body)
        #expect(report.messageID == "m1")
        #expect(report.dateTime == "2026-05-04T10:11:12+02:00")
        #expect(report.recipientURI == "sip:bob@cpm.example")
        #expect(report.originalRecipientURI == "sip:team@cpm.example")
        #expect(PayloadSchema.imdn.validate(answer.body) == [])
        var nameless = message
        nameless.messageID = nil
        #expect(nameless.report(details) == nil)
    }
}
