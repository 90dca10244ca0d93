import Diagnostics
import Payloads

/// Unwraps what came in a session, down to the item that a user would see.
struct ItemReader {
    let limits: Limits

    /// - Parameters:
    ///   - type: the content type as it was given; nil for none.
    ///   - stream: the number of the participant-information stream that a list would belong to.
    func read(_ body: [UInt8], type: String?, stream: Int, carriage: Roster.Carriage) -> Item {
        guard let type else { return .other(type: "", problems: ["the item has no content type"]) }
        guard let media = MediaType(type) else {
            return .other(type: type, problems: ["the content type \(escapedPeerText(type)) cannot be read"])
        }
        guard media.essence == MediaType.cpim.essence else {
            return bare(body, media, stream, carriage) ?? .other(type: media.essence, problems: [])
        }
        do {
            return wrapped(try CPIMMessage(parsing: body, limits: limits), stream, carriage)
        } catch {
            return .other(type: media.essence, problems: ["the CPIM wrapping cannot be read: \(error)"])
        }
    }

    /// Items that need no wrapping.
    private func bare(
        _ body: [UInt8], _ media: MediaType, _ stream: Int, _ carriage: Roster.Carriage, sender: String? = nil
    ) -> Item? {
        switch media.essence {
        case MediaType.conferenceInfo.essence:
            return .roster(RosterReader(limits: limits).read(body, stream: stream, carriage: carriage))
        case MediaType.imdn.essence:
            return .dispositions([disposition(body, from: sender)])
        case MediaType.isComposing.essence:
            return .composing
        default:
            guard media.type == "multipart" else { return nil }
            return aggregated(body, media, from: sender).map(Item.dispositions)
        }
    }

    private func wrapped(_ message: CPIMMessage, _ stream: Int, _ carriage: Roster.Carriage) -> Item {
        let media = message.contentType
        if let media, let item = bare(message.body, media, stream, carriage, sender: message.from?.uri) {
            return item
        }
        var problems: [String] = []
        if media == nil { problems.append("the wrapped message has no content type that can be read") }
        if message.from == nil { problems.append("the CPIM wrapping names no sender") }
        if message.dateTime != nil, message.instant == nil { problems.append("the DateTime is not a time") }
        return .message(
            ChatMessage(
                id: message.messageID, sender: message.from?.uri, dateTime: message.dateTime,
                instant: message.instant, contentType: Self.canonical(media), body: message.body,
                dispositionRequests: message.dispositionRequests.map(\.rawValue).sorted(), problems: problems))
    }

    /// Several reports in one multipart; nil when it holds anything else.
    private func aggregated(_ body: [UInt8], _ media: MediaType, from sender: String?) -> [Disposition]? {
        guard let multipart = try? Multipart(parsing: body, contentType: media, limits: limits) else { return nil }
        let types = multipart.parts.map { $0.headers.contentType?.essence }
        guard !types.isEmpty, types.allSatisfy({ $0 == MediaType.imdn.essence }) else { return nil }
        return multipart.parts.map { disposition($0.body, from: sender) }
    }

    private func disposition(_ body: [UInt8], from sender: String?) -> Disposition {
        do {
            let report = try DispositionReport(parsing: body)
            return Disposition(
                message: report.messageID, recipient: report.recipientURI,
                otherNames: [report.originalRecipientURI, sender].compactMap { $0 }, status: report.status,
                kind: report.kind.rawValue)
        } catch {
            return Disposition(
                message: "", recipient: nil, status: "", kind: "",
                problems: ["the disposition notification cannot be read: \(error)"])
        }
    }

    /// Type and parameters in one writing: lower case, parameters sorted, the value of `charset` in upper case.
    private static func canonical(_ media: MediaType?) -> String {
        guard let media else { return "" }
        let parameters = media.parameters.map { parameter -> String in
            let name = parameter.name.lowercased()
            return "\(name)=\(name == "charset" ? parameter.value.uppercased() : parameter.value)"
        }
        return ([media.essence.lowercased()] + parameters.sorted()).joined(separator: ";")
    }
}
