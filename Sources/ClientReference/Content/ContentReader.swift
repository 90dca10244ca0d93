import Diagnostics
import Payloads

/// Tells what came in an MSRP message or a MESSAGE request. Whatever can be read of it is kept.
struct ContentReader: Sendable {
    var limits = Limits()

    func read(_ contentType: String?, _ body: [UInt8]) -> ArrivedContent {
        guard let type = contentType.flatMap({ MediaType($0) }) else { return body.isEmpty ? .nothing : .malformed }
        switch type.essence {
        case MediaType.cpim.essence: return wrapped(body)
        case MediaType.conferenceInfo.essence: return list(body)
        default: return .nothing
        }
    }

    private func list(_ body: [UInt8]) -> ArrivedContent {
        (try? ConferenceInfo(parsing: body, limits: limits)).map { .list($0) } ?? .nothing
    }

    private func wrapped(_ body: [UInt8]) -> ArrivedContent {
        guard let cpim = try? CPIMMessage(parsing: body, limits: limits) else { return .malformed }
        let chat = chat(cpim)
        let type = cpim.contentType ?? .plainText
        switch type.essence {
        case MediaType.conferenceInfo.essence: return list(cpim.body)
        case MediaType.isComposing.essence: return .composing(chat)
        case MediaType.imdn.essence: return .reports(reports(in: cpim.body, type, of: chat, depth: 8), wrapper: chat)
        case _ where type.type == "multipart":
            let reports = reports(in: cpim.body, type, of: chat, depth: 8)
            let isNotification = cpim.contentDisposition?.kind == "notification"
            return reports.isEmpty && !isNotification ? .chat(chat) : .reports(reports, wrapper: chat)
        default: return .chat(chat)
        }
    }

    private func chat(_ cpim: CPIMMessage) -> ArrivedChat {
        let sender = cpim.from.map { Person(uri: $0.uri, name: $0.displayName.map { String($0.prefix(256)) }) }
        var chat = ArrivedChat(
            messageID: cpim.messageID.flatMap { $0.isEmpty ? nil : String($0.prefix(512)) }, sender: sender,
            dateTime: cpim.dateTime.map { String($0.prefix(64)) },
            contentType: cpim.contentHeaders["Content-Type"] ?? MediaType.plainText.essence, body: cpim.body,
            requests: cpim.dispositionRequests)
        chat.trail.originalTo = cpim.originalTo?.uri
        chat.trail.routes = Array(cpim.imdnRecordRoute.prefix(16))
        return chat
    }

    /// Every report in a body that can be read, aggregated ones unpacked (RFC 5438 §8); the others do it no harm.
    private func reports(
        in body: [UInt8], _ type: MediaType, of wrapper: ArrivedChat, depth: Int
    ) -> [ArrivedReport] {
        guard depth > 0 else { return [] }
        if type.essence == MediaType.imdn.essence {
            guard let report = try? DispositionReport(parsing: body, limits: limits) else { return [] }
            return [
                ArrivedReport(
                    messageID: report.messageID, recipient: report.recipientURI, reporter: wrapper.sender,
                    status: report.status, at: wrapper.dateTime)
            ]
        }
        if type.essence == MediaType.cpim.essence {
            guard let cpim = try? CPIMMessage(parsing: body, limits: limits), let inner = cpim.contentType else { return [] }
            return reports(in: cpim.body, inner, of: chat(cpim), depth: depth - 1)
        }
        guard type.type == "multipart",
            let parts = try? Multipart(parsing: body, contentType: type, limits: limits).parts
        else { return [] }
        return parts.flatMap { part in
            part.contentType.map { reports(in: part.body, $0, of: wrapper, depth: depth - 1) } ?? []
        }
    }
}
