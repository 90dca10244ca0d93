import Payloads

/// Wraps what the client sends in CPIM (RFC 3862, RFC 5438).
struct ContentWriter: Sendable {
    /// The user.
    var own: Person
    var form = WrappingForm([])

    /// A chat message, asking for reports of delivery and display.
    func chat(_ message: MessageRecord, to recipient: String) -> [UInt8] {
        var cpim = wrapper(to: form.recipient(recipient), dateTime: message.dateTime ?? "", messageID: message.messageID)
        var requests: Set<DispositionRequest> = []
        if message.delivered == .asked { requests.insert(.positiveDelivery) }
        if message.displayed == .asked { requests.insert(.display) }
        cpim.dispositionRequests = requests
        cpim.contentHeaders["Content-Type"] = message.contentType
        cpim.body = message.body
        return form.bytes(of: cpim)
    }

    /// Reports on messages, which never ask for one themselves (RFC 5438 §7.1.1.2); several are aggregated (§8).
    ///
    /// All of them are for the sender of the first.
    func reports(_ reports: [OwedReport], dateTime: String, messageID: String) -> [UInt8] {
        guard let first = reports.first else { return [] }
        var cpim = wrapper(
            to: first.message.sender?.uri ?? "sip:anonymous@anonymous.invalid", dateTime: dateTime, messageID: messageID)
        // The way back is that which the message came (RFC 5438 §6.6).
        for hop in first.message.trail.routes { cpim.add("IMDN-Route", in: CPIMMessage.imdnNamespace, hop) }
        let documents = reports.map { document($0, dateTime: dateTime) }
        if documents.count == 1 {
            cpim.contentType = .imdn
            cpim.body = documents[0].serialized()
        } else {
            let (type, body) = DispositionReport.aggregated(documents, seed: messageID)
            cpim.contentType = type
            cpim.body = body
        }
        cpim.contentDisposition = .notification
        return form.bytes(of: cpim)
    }

    private func document(_ report: OwedReport, dateTime: String) -> DispositionReport {
        var document = DispositionReport(
            messageID: report.message.messageID, dateTime: report.message.dateTime ?? dateTime,
            kind: report.kind == .delivered ? .delivery : .display, status: report.kind.rawValue)
        document.recipientURI = own.uri
        document.originalRecipientURI = report.message.trail.originalTo
        return document
    }

    private func wrapper(to recipient: String, dateTime: String, messageID: String) -> CPIMMessage {
        var cpim = CPIMMessage()
        cpim.from = CPIMAddress(displayName: own.name, uri: own.uri)
        cpim.to = CPIMAddress(uri: recipient)
        cpim.dateTime = form.dateTime(dateTime)
        cpim.messageID = messageID
        return cpim
    }
}

/// A report that is to be sent.
struct OwedReport: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        case delivered, displayed
    }

    var message: MessageRecord
    var kind: Kind

    /// What tells it from other reports.
    var key: OwedReportKey { OwedReportKey(message: message.id, kind: kind) }
}

/// Names one report that this client owes.
struct OwedReportKey: Sendable, Hashable {
    /// The entry of the message in its conversation.
    var message: Int64
    var kind: OwedReport.Kind
}
