import Connections
import SIP

/// One request of the client with its repetitions for digest challenges (RFC 7616).
final class Exchange {
    /// The request as sent last, with credentials where they were asked for.
    private(set) var request: SIPMessage
    private var key: SIPTransactionKey?
    private var attempts = 0
    private var isCancelled = false
    private let context: ClientContext

    init(_ request: SIPMessage, context: ClientContext) {
        self.request = request
        self.context = context
    }

    /// The number with which the request went last.
    var sequence: UInt32 { request.cseq?.number ?? 0 }

    /// Sends it; `then` is called with each provisional and with the final response, for an INVITE with each repeated
    /// 2xx too.
    func send(to hop: SIPHop, then: @escaping (Exchange, SIPClientOutcome) -> Void) {
        guard let stack = context.equipment?.sip else {
            return then(self, .failed(.connection("the client is off-line")))
        }
        attempts += 1
        key = stack.send(request, to: hop) { outcome in
            if case .response(let response) = outcome, let status = response.status, status == 401 || status == 407,
                self.attempts < 4, !self.isCancelled,
                let next = self.context.digest.answer(challenges: response, for: self.request)
            {
                self.request = next
                return self.send(to: hop, then: then)
            }
            then(self, outcome)
        }
    }

    /// CANCELs an INVITE.
    func cancel() {
        isCancelled = true
        if let key { context.equipment?.sip.cancel(key) }
    }

    /// Sends the same again with a longer session interval; false where the response does not ask for that.
    func retry(after response: SIPMessage, to hop: SIPHop, then: @escaping (Exchange, SIPClientOutcome) -> Void) -> Bool {
        guard !isCancelled, let longer = SessionTimer.retry(request, after: response) else { return false }
        request = longer
        attempts = 0
        send(to: hop, then: then)
        return true
    }
}

extension SIPClientOutcome {
    /// The final status; 408 for a time-out and 503 for a lost connection; nil for a provisional response.
    var finalStatus: Int? {
        switch self {
        case .response(let response): (response.status ?? 0) >= 200 ? response.status : nil
        case .failed(.timeout): 408
        case .failed: 503
        }
    }

    var response: SIPMessage? {
        if case .response(let response) = self { return response }
        return nil
    }
}
