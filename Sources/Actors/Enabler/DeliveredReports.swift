public import Payloads

/// Disposition notifications as an enabler hands them to whoever sent the messages (RFC 5438 §8): one document, or
/// several aggregated in a multipart. Pure.
public struct DeliveredReports: Sendable, Hashable {
    public var from: CPIMAddress
    public var to: CPIMAddress
    /// Of the notification itself; nil leaves DateTime out.
    public var dateTime: String?
    /// imdn.Message-ID of the notification itself; nil leaves it out.
    public var messageID: String?
    public var reports: [DispositionReport]
    /// True aggregates a single report too; several always are.
    public var isAggregated = false

    public init(
        from: CPIMAddress, to: CPIMAddress, dateTime: String?, messageID: String?, reports: [DispositionReport]
    ) {
        self.from = from
        self.to = to
        self.dateTime = dateTime
        self.messageID = messageID
        self.reports = reports
    }

    /// One report.
    ///
    /// - Parameters:
    ///   - message: imdn.Message-ID of the message reported on, sent at `dateTime`.
    ///   - recipient: the address of whom the report speaks.
    public static func report(
        _ status: ReportedStatus, on message: String, sentAt dateTime: String, of recipient: String
    ) -> DispositionReport {
        var report = DispositionReport(messageID: message, dateTime: dateTime, kind: status.kind, status: status.rawValue)
        report.recipientURI = recipient
        report.originalRecipientURI = recipient
        return report
    }

    public func serialized() -> [UInt8] {
        var message = CPIMEnvelope(from: from, to: to, dateTime: dateTime, messageID: messageID).message()
        if let only = reports.first, reports.count == 1, !isAggregated {
            message.contentType = .imdn
            message.contentDisposition = .notification
            message.body = only.serialized()
        } else {
            let (type, body) = DispositionReport.aggregated(reports, seed: "reports-\(messageID ?? "")")
            message.contentType = type
            message.contentDisposition = .notification
            message.body = body
        }
        return message.serialized()
    }
}
