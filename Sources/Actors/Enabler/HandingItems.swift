import Connections
import MSRP
import SIP

/// What the enabler hands to clients: whole, in two parts, given up, cut off, or raw.
extension SIPEnablerActor {
    public func send(_ item: HandedItem, in session: EnablerSessionID) async throws(ActorFailure) -> SendResult {
        let (session, media) = try carrier(session)
        let messageID = item.messageID ?? tokens.token(length: 16)
        switch item.end {
        case .whole: return try await sendWhole(item, messageID, in: session, media)
        case .aborted(let count):
            let bytes = try pieces(item, messageID, media).aborted(after: count)
            media.sendRaw(bytes)
            return SendResult(code: 0, comment: "given up after \(count) of \(item.body.count) bytes")
        case .paused(let count):
            media.sendRaw(try pieces(item, messageID, media).paused(after: count))
            return SendResult(code: 0, comment: "paused after \(count) of \(item.body.count) bytes")
        case .resumed(let count):
            media.sendRaw(try pieces(item, messageID, media).rest(from: count))
            return SendResult(code: 0, comment: "the rest from \(count) of \(item.body.count) bytes")
        case .broken(let count):
            media.breakConnection(after: try pieces(item, messageID, media).cutOff(after: count))
            return try await watch(for: "the end of the MSRP connection") {
                let comment = "broken off after \(count) of \(item.body.count) bytes"
                return media.isConnected ? nil : .success(SendResult(code: 0, comment: comment))
            }
        }
    }

    public func sendRaw(_ bytes: [UInt8], in session: EnablerSessionID) async throws(ActorFailure) {
        let (session, media) = try carrier(session)
        guard media.isConnected else {
            throw .connectionLost(awaited: session.awaited, cause: "the MSRP connection is not there")
        }
        media.sendRaw(bytes)
    }

    private func carrier(_ id: EnablerSessionID) throws(ActorFailure) -> (EnablerSession, MSRPSession) {
        _ = try present("send")
        let session = try self.session(id)
        guard session.phase != .ended, let media = session.media else {
            throw .impossible("\(session.id) with \(session.user.name) has ended and carries nothing")
        }
        return (session, media)
    }

    private func sendWhole(
        _ item: HandedItem, _ messageID: String, in session: EnablerSession, _ media: MSRPSession
    ) async throws(ActorFailure) -> SendResult {
        let message = MSRPOutgoingMessage(
            messageID: messageID, contentType: item.contentType, body: item.body, successReport: item.successReport,
            failureReport: item.failureReport, chunkSize: item.chunkSize)
        let awaitsReport = item.successReport
        let awaited = awaitsReport ? "the Success-Report on \(messageID)" : "the answer to the SEND of \(messageID)"
        return try await wait(for: awaited) { (wait: VerbWait<SendResult>) in
            wait.whenAbandoned { _ in media.abort(messageID: messageID) }
            // A REPORT may come before the answer; both are waited for where both are due.
            var isAnswered = item.failureReport != .yes
            var report: SendResult?
            if awaitsReport {
                // Each may be about a part; a refusal of one is a refusal of all.
                var coverage = MSRPCoverage()
                session.reports[messageID] = { code, comment, range in
                    if code == 200 { coverage.add(range) }
                    guard code != 200 || coverage.covers(item.body.count) else { return }
                    report = SendResult(code: code, comment: comment)
                    if isAnswered, let report { wait.succeed(report) }
                }
                wait.whenSettled { session.reports[messageID] = nil }
                self.watch(wait) {
                    media.isConnected
                        ? nil : .failure(.connectionLost(awaited: awaited, cause: "the MSRP connection is gone"))
                }
            }
            media.send(message) { outcome in
                if awaitsReport, outcome.isSuccess {
                    isAnswered = true
                    if let report { wait.succeed(report) }
                    return
                }
                wait.settle(with: self.result(of: outcome, awaited: awaited))
            }
        }
    }

    private func pieces(
        _ item: HandedItem, _ messageID: String, _ media: MSRPSession
    ) throws(ActorFailure) -> UnfinishedItem {
        guard media.isConnected else {
            throw .connectionLost(awaited: "the MSRP connection", cause: "it is not there")
        }
        return UnfinishedItem(
            item: item, messageID: messageID, toPath: media.remotePath.map(\.description).joined(separator: " "),
            fromPath: media.localURI.description, transactionIDs: { self.tokens.token(length: 16) })
    }
}

extension MSRPSendOutcome {
    /// Answered with 200, or not answered as was asked.
    fileprivate var isSuccess: Bool {
        switch self {
        case .answered(let code, _): code == 200
        case .unanswered: true
        case .timedOut, .connectionLost, .aborted: false
        }
    }
}
