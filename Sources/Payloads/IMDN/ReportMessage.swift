/// What a client decides about a report on a message it received.
public struct ReportDetails: Sendable, Hashable {
    public var kind: DispositionReport.Kind
    public var status: String
    /// Who reports.
    public var from: CPIMAddress
    /// The Message-ID of the report itself.
    public var messageID: String
    /// The DateTime of the report itself.
    public var dateTime: String

    public init(
        kind: DispositionReport.Kind, status: String, from: CPIMAddress, messageID: String, dateTime: String
    ) {
        self.kind = kind
        self.status = status
        self.from = from
        self.messageID = messageID
        self.dateTime = dateTime
    }
}

extension CPIMMessage {
    /// The report on this message as a CPIM message (RFC 5438 §7.2): to its sender, IMDN-Record-Route turned into IMDN-Route,
    /// Original-To into original-recipient-uri; it asks for no report itself. nil when the message has no id or no sender.
    public func report(_ details: ReportDetails) -> CPIMMessage? {
        guard let messageID, let sender = from else { return nil }
        var report = DispositionReport(
            messageID: messageID, dateTime: dateTime ?? details.dateTime, kind: details.kind, status: details.status)
        report.recipientURI = (to ?? details.from).uri
        report.originalRecipientURI = (originalTo ?? to)?.uri
        var message = CPIMMessage()
        message.from = details.from
        message.to = sender
        message.dateTime = details.dateTime
        message.messageID = details.messageID
        for hop in header("IMDN-Record-Route", in: Self.imdnNamespace) == nil ? [] : recordRouteValues {
            message.add("IMDN-Route", in: Self.imdnNamespace, hop)
        }
        message.contentType = .imdn
        message.contentDisposition = .notification
        message.body = report.serialized()
        message.contentHeaders.add("Content-Length", String(message.body.count))
        return message
    }

    private var recordRouteValues: [String] {
        headers.filter { $0.matches("IMDN-Record-Route", in: Self.imdnNamespace) }.map(\.value)
    }
}
