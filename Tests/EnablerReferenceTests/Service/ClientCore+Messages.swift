import MSRP
import Payloads

@testable import EnablerReference

// What comes to a test client over MSRP, and how its log shows it.
extension ClientCore {
    func media(_ session: MSRPSession, setup: MSRPSetup?) -> MSRPMedia {
        var media = MSRPMedia(
            host: "127.0.0.1", port: session.localURI.port ?? 9, path: [session.localURI.description], secure: tls != nil,
            setup: setup)
        media.acceptTypes = ["message/cpim", "application/conference-info+xml"]
        media.acceptWrappedTypes = ["*"]
        return media
    }

    func makeSession(_ group: String) -> ClientSession {
        let msrp = msrp.makeSession(secure: tls != nil) { [weak self] session, signal in
            guard let self, case .received(let message) = signal else { return }
            self.received(message, session)
        }
        msrp.holdsAnswers = true
        return ClientSession(group: group, msrp: msrp)
    }

    private func received(_ message: MSRPIncomingMessage, _ session: MSRPSession) {
        let line = Self.line(message.contentType ?? "", message.body)
        log.append(line)
        if message.contentType == "message/cpim" { copies.append(message.body) }
        if let left = breaksAfter {
            breaksAfter = left - 1
            if left == 0 { return vanish() }
        }
        session.answer(message, code: 200)
        if reportsAtOnce, let id = copies.last.flatMap({ try? CPIMMessage(parsing: $0) })?.messageID,
            line.hasPrefix(id + ":")
        {
            report(id, .delivery, "delivered")
        }
    }

    static func line(_ type: String, _ body: [UInt8]) -> String {
        if type.hasPrefix("application/conference-info") { return "roster " + roster(body) }
        guard let message = try? CPIMMessage(parsing: body) else { return "unreadable" }
        if message.contentType?.essence == "message/imdn+xml" {
            guard let report = try? DispositionReport(parsing: message.body) else { return "bad imdn" }
            return "imdn \(report.messageID) \(report.status)"
        }
        return "\(message.messageID ?? "?"):" + String(decoding: message.body, as: UTF8.self)
    }

    static func roster(_ body: [UInt8]) -> String {
        guard let info = try? ConferenceInfo(parsing: body) else { return "unreadable" }
        let valid = PayloadSchema.conferenceInfo.validate(body)
        let users = info.users.map { user in
            let name = (user.entity ?? "").split(separator: ":").last?.split(separator: "@").first ?? ""
            return "\(name)=\(user.endpoints.first?.status?.rawValue ?? "?")"
        }
        return "\(valid.isEmpty ? "" : "INVALID ")\(info.state.rawValue) " + users.joined(separator: " ")
    }
}
