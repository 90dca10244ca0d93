import Connections
import MSRP

// What goes to the client in the MSRP session of a leg.
extension ClientLeg {
    /// True when messages can be sent.
    var isConnected: Bool { session?.isConnected == true }

    /// Sends one message; the outcome is told once.
    func send(contentType: String, body: [UInt8], onOutcome: @escaping (OfferOutcome) -> Void) {
        guard let session else { return onOutcome(.lost) }
        let isReported = context.media.asksForSuccess
        let message = MSRPOutgoingMessage(
            messageID: context.tokens.token(), contentType: contentType, body: body, successReport: isReported,
            failureReport: isReported ? .partial : .yes)
        unanswered += 1
        let settle: (OfferOutcome) -> Void = { outcome in
            self.unanswered -= 1
            // A leg that was dropped meanwhile lived on for this answer alone.
            defer { if self.state == .over, self.unanswered == 0 { self.closeSession() } }
            onOutcome(outcome)
        }
        if isReported { awaitReport(on: message.messageID, settle) }
        session.send(message) { outcome in
            guard isReported else { return settle(Self.outcome(of: outcome)) }
            switch outcome {
            // Only errors are answered; the REPORT says that all is well.
            case .unanswered, .answered(200, _): break
            default: self.reported(message.messageID, Self.outcome(of: outcome))
            }
        }
    }

    private static func outcome(of outcome: MSRPSendOutcome) -> OfferOutcome {
        switch outcome {
        case .answered(200, _), .unanswered: .confirmed
        case .answered(let code, _) where code == 408 || code == 481: .lost
        case .answered: .refused
        case .timedOut, .connectionLost, .aborted: .lost
        }
    }

    /// Sends something that nobody is owed, such as is-composing.
    func sendPassing(contentType: String, body: [UInt8]) {
        session?.send(
            MSRPOutgoingMessage(
                messageID: context.tokens.token(), contentType: contentType, body: body, failureReport: .no)
        ) { _ in }
    }

    // MARK: Reports of success

    /// A client that does not report counts as one that does not answer.
    private func awaitReport(on messageID: String, _ settle: @escaping (OfferOutcome) -> Void) {
        let limit = context.timers.after(milliseconds: context.settings.lossRecognition) { [weak self] in
            self?.reported(messageID, .lost)
        }
        unreported[messageID] = { outcome in
            limit.cancel()
            settle(outcome)
        }
    }

    func reported(_ messageID: String, _ outcome: OfferOutcome) { unreported.removeValue(forKey: messageID)?(outcome) }

    func giveUpReports() {
        for messageID in unreported.keys.sorted() { reported(messageID, .lost) }
    }
}
