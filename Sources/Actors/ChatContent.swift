import Payloads

/// Builds what a client wraps in CPIM (RFC 3862): chat messages, is-composing indications and disposition
/// notifications. Pure.
struct ChatContent {
    var sender: String
    var displayName: String?

    /// A chat message with what is needed to report on it (RFC 5438 §6).
    func chat(_ chat: OutgoingChat, to recipient: String, dateTime: String) -> [UInt8] {
        var message = wrapping(to: recipient, dateTime: dateTime, messageID: chat.messageID)
        message.dispositionRequests = Set(chat.dispositions.map(\.request))
        message.contentHeaders["Content-Type"] = chat.contentType
        message.body = chat.body
        return message.serialized()
    }

    /// A disposition notification; it goes back the way that the message's IMDN-Record-Route says (RFC 5438 §6.6)
    /// and never asks for one itself (§7.1.1.2).
    func report(_ report: OutgoingReport, on chat: ReceivedChat, dateTime: String) -> [UInt8] {
        var message = wrapping(to: chat.sender, dateTime: dateTime, messageID: report.messageID)
        for route in chat.routes { message.add("IMDN-Route", in: CPIMMessage.imdnNamespace, route) }
        message.contentHeaders["Content-Type"] = "message/imdn+xml"
        message.contentHeaders["Content-Disposition"] = "notification"
        var disposition = DispositionReport(
            messageID: chat.messageID, dateTime: chat.dateTime ?? dateTime, kind: report.status.kind,
            status: report.status.rawValue)
        disposition.recipientURI = sender
        disposition.originalRecipientURI = chat.originalTo
        message.body = disposition.serialized()
        return message.serialized()
    }

    /// An is-composing indication (RFC 3994). It has no Message-ID, since nobody could report on it.
    func composing(to recipient: String, dateTime: String) -> [UInt8] {
        var message = wrapping(to: recipient, dateTime: dateTime, messageID: nil)
        message.contentHeaders["Content-Type"] = MediaType.isComposing.essence
        message.body = IsComposing.active
        return message.serialized()
    }

    private func wrapping(to recipient: String, dateTime: String, messageID: String?) -> CPIMMessage {
        CPIMEnvelope(
            from: CPIMAddress(displayName: displayName, uri: sender), to: CPIMAddress(uri: recipient),
            dateTime: dateTime, messageID: messageID
        ).message()
    }
}

extension ReportedStatus {
    /// The word by which it is asked for (RFC 5438 §6.4).
    var request: DispositionRequest {
        switch self {
        case .delivered: .positiveDelivery
        case .failed: .negativeDelivery
        case .displayed: .display
        case .processed: .processing
        }
    }

    /// What the report is about (RFC 5438 §7.2.1).
    var kind: DispositionReport.Kind {
        switch self {
        case .delivered, .failed: .delivery
        case .displayed: .display
        case .processed: .processing
        }
    }
}
