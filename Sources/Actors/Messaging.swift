import Connections
import Diagnostics
import MSRP
import Payloads
import Recordings
import SIP

/// Chat messages and disposition notifications, out and in.
extension SIPClientActor {
    public func send(_ chat: OutgoingChat) async throws(ActorFailure) -> SendResult {
        let (media, message) = try prepare(chat)
        return try await wait(for: "the answer to the SEND of \(chat.messageID)") { wait in
            wait.whenAbandoned { _ in media.abort(messageID: message.messageID) }
            media.send(message) { wait.settle(with: self.result(of: $0, awaited: wait.awaited)) }
        }
    }

    public func post(_ chat: OutgoingChat) async throws(ActorFailure) {
        let (media, message) = try prepare(chat)
        media.send(message) { _ in }
    }

    public func compose(in group: GroupHandle) async throws(ActorFailure) -> SendResult {
        let (media, message) = try prepare(in: group, type: MediaType.isComposing.essence, chunkSize: nil) { content, to in
            content.composing(to: to, dateTime: self.dateTime())
        }
        return try await wait(for: "the answer to the SEND of the is-composing") { wait in
            wait.whenAbandoned { _ in media.abort(messageID: message.messageID) }
            media.send(message) { wait.settle(with: self.result(of: $0, awaited: wait.awaited)) }
        }
    }

    private func prepare(_ chat: OutgoingChat) throws(ActorFailure) -> (MSRPSession, MSRPOutgoingMessage) {
        try prepare(in: chat.group, type: chat.contentType, chunkSize: chat.chunkSize) { content, to in
            content.chat(chat, to: to, dateTime: self.dateTime())
        }
    }

    /// What goes to everybody in the session of the group, where its peer takes it.
    private func prepare(
        in group: GroupHandle, type: String, chunkSize: Int?, _ write: (ChatContent, _ recipient: String) -> [UInt8]
    ) throws(ActorFailure) -> (MSRPSession, MSRPOutgoingMessage) {
        _ = try present("send")
        guard let session = session(in: group.identity, where: \.carriesOurMessages), let media = session.media
        else { throw .impossible("\(name) has no session in the group that carries its messages") }
        let content = ChatContent(sender: settings.address, displayName: settings.displayName)
        let body = write(content, settings.habits.chatRecipient ?? session.focusURI)
        if let why = session.remoteMedia?.refusal(of: type, wrappedIn: body) { throw .impossible(why) }
        return (media, outgoing(body, chunkSize: chunkSize))
    }

    public func report(_ report: OutgoingReport) async throws(ActorFailure) -> SendResult {
        _ = try present("report")
        guard let chat = received[report.about] else {
            throw .impossible("\(name) has not received the message \(report.about) and cannot report on it")
        }
        return try await wait(for: "the answer to the \(report.status.rawValue) report on \(report.about)") { wait in
            transmit(report, on: chat) { wait.settle(with: $0) } withSIP: {
                self.settle(wait, with: $0) { SendResult(code: $0.status ?? 0, comment: $0.reason ?? "") }
            }
        }
    }

    /// Sends a report where the habits of the client put it.
    private func transmit(
        _ report: OutgoingReport, on chat: ReceivedChat,
        then: @escaping (Result<SendResult, ActorFailure>) -> Void, withSIP: @escaping (SIPClientOutcome) -> Void
    ) {
        let content = ChatContent(sender: settings.address, displayName: settings.displayName)
        let body = content.report(report, on: chat, dateTime: dateTime())
        if settings.habits.reportCarriage == .sessionThenMessage,
            let session = session(in: report.group.identity, where: \.carriesOurMessages), let media = session.media
        {
            if let why = session.remoteMedia?.refusal(of: "message/imdn+xml", wrappedIn: body) {
                return then(.failure(.impossible(why)))
            }
            let awaited = "the answer to the SEND of the report"
            media.send(outgoing(body, chunkSize: nil)) { then(self.result(of: $0, awaited: awaited)) }
            return
        }
        guard let equipment else { return }
        // The last who asked to be in the way of reports gets it, else the sender (RFC 5438 §8.2).
        let target = chat.routes.first.flatMap { CPIMAddress($0)?.uri } ?? chat.sender
        let message = equipment.requests.message(
            freshStart(), to: target, group: report.group.identity,
            content: RequestContent(type: "message/cpim", body: body))
        exchange(routed(message), to: outbound) { withSIP($1) }
    }

    private func outgoing(_ body: [UInt8], chunkSize: Int?) -> MSRPOutgoingMessage {
        MSRPOutgoingMessage(
            messageID: tokens.token(length: 16), contentType: "message/cpim", body: body, successReport: false,
            failureReport: .yes, chunkSize: chunkSize)
    }

    /// DateTime of a message made now (RFC 3862 §4.3).
    func dateTime() -> String { RecordingHeader.timestamp(milliseconds: environment.wallClock()) }

    // MARK: In

    /// A whole MSRP message has come; the session has answered it.
    func received(_ message: MSRPIncomingMessage, in session: ClientSession) {
        guard message.contentType.flatMap({ MediaType($0) })?.essence == "message/cpim",
            let cpim = try? CPIMMessage(parsing: message.body), let messageID = cpim.messageID,
            cpim.contentType?.essence != "message/imdn+xml"
        else { return }
        let chat = ReceivedChat(
            messageID: messageID, sender: cpim.from?.uri ?? "", dateTime: cpim.dateTime,
            originalTo: cpim.originalTo?.uri, routes: cpim.imdnRecordRoute, requests: cpim.dispositionRequests,
            session: session.callID)
        let isNew = received[messageID] == nil
        received.keep(chat)
        countTowardsDeparture()
        if isNew { reportByItself(on: chat, in: session) }
    }

    private func reportByItself(on chat: ReceivedChat, in session: ClientSession) {
        for status in [ReportedStatus.delivered, .displayed]
        where chat.requests.contains(status.request) && settings.habits.automaticReports.contains(status) {
            let report = OutgoingReport(
                group: session.handle, about: chat.messageID, status: status, messageID: tokens.token(length: 20))
            transmit(report, on: chat) { _ in } withSIP: { _ in }
        }
    }
}

extension MSRPMedia {
    /// Why whoever wrote this does not take a content wrapped in CPIM, one clause; nil where it does (RFC 4975 §8.6).
    ///
    /// A description without a list says nothing of what would stand in it.
    func refusal(of content: String, wrappedIn body: [UInt8]) -> String? {
        if let maxSize, body.count > maxSize {
            return "the peer takes at most \(maxSize) bytes (a=max-size) and the message has \(body.count)"
        }
        let cpim = MediaType.cpim
        if !acceptTypes.isEmpty, !accepts(cpim) {
            return "the peer does not take message/cpim, only \(listed(acceptTypes)) (a=accept-types)"
        }
        guard let type = MediaType(content), !acceptWrappedTypes.isEmpty, !accepts(type, wrapped: true) else { return nil }
        return "the peer does not take \(type.essence), only \(listed(acceptWrappedTypes)) (a=accept-wrapped-types)"
    }

    private func listed(_ types: [String]) -> String { escapedPeerText(types.joined(separator: ", ")) }
}
