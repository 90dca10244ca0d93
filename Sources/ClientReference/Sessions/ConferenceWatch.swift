import SIP

/// A subscription of the client to the participants of a live group (RFC 4575, RFC 6665). Confined to the event loop.
final class ConferenceWatch {
    let number: Int
    let conversation: Int64
    let focus: String
    private let context: ClientContext
    private var dialog: SIPDialog?
    private var alarm: LoopTimer?
    private var isOver = false
    private(set) var key: DialogKey?
    /// A document has come.
    var onDocument: ((ConferenceWatch, [UInt8]) -> Void)?
    /// No more will come; true where the focus says that a new subscription is welcome (RFC 6665 §4.1.3).
    var onEnd: ((ConferenceWatch, _ isWelcomeAgain: Bool) -> Void)?

    init(number: Int, conversation: Int64, focus: String, context: ClientContext) {
        self.number = number
        self.conversation = conversation
        self.focus = focus
        self.context = context
    }

    /// Subscribes; `register` is told by what requests the subscription is known, since a NOTIFY may come first.
    func start(_ group: GroupKey, register: (DialogKey) -> Void) {
        guard let request = context.requests?.subscribe(group, focus: focus) else { return }
        let key = DialogKey(callID: request.callID ?? "", localTag: request.from?.tag ?? "")
        self.key = key
        register(key)
        Exchange(request, context: context).send(to: context.outbound) { exchange, outcome in
            if let response = outcome.response, (200..<300).contains(response.status ?? 0), self.dialog == nil {
                self.dialog = SIPDialog(uac: exchange.request, response: response)
            }
            self.answered(outcome)
        }
    }

    /// Asks anew: a refresh brings the whole state (RFC 6665 §4.1.2.2).
    func refresh() { again(expires: context.settings.subscriptionExpires) }

    private func again(expires: Int) {
        guard var dialog, let requests = context.requests else { return }
        let request = dialog.request(.subscribe, headers: requests.subscriptionHeaders(expires: expires))
        self.dialog = dialog
        Exchange(request, context: context).send(to: context.hop(toward: dialog.nextHopURI)) { exchange, outcome in
            if exchange.sequence > self.dialog?.localSequence ?? 0 { self.dialog?.localSequence = exchange.sequence }
            if expires > 0 { self.answered(outcome) }
        }
    }

    private func answered(_ outcome: SIPClientOutcome) {
        guard let status = outcome.finalStatus, !isOver else { return }
        // Refused or lost: that carriage is over (RFC 6665 §4.1.2.3); the group is not.
        guard status < 300 else { return end(isWelcomeAgain: false) }
        let granted = outcome.response?.expires ?? context.settings.subscriptionExpires
        guard granted > 0 else { return }
        alarm?.cancel()
        alarm = context.timers.after(milliseconds: Int64(max(granted, 1)) * 500) { [weak self] in self?.refresh() }
    }

    /// A NOTIFY of the focus.
    func receive(_ request: SIPServerRequest) {
        let message = request.message
        guard message.method == .notify else {
            context.equipment?.sip.respond(message.response(405), to: request)
            return
        }
        guard dialog?.receive(message) != .outOfOrder else {
            context.equipment?.sip.respond(message.response(500), to: request)
            return
        }
        context.equipment?.sip.respond(message.response(200), to: request)
        if !message.body.isEmpty { onDocument?(self, message.body) }
        let state = message.headers["Subscription-State"]?.lowercased() ?? ""
        guard state.hasPrefix("terminated") else { return }
        end(isWelcomeAgain: state.contains("reason=deactivated") || state.contains("reason=timeout"))
    }

    /// Lets go of the subscription; the focus is told where it can be.
    func stop(saying: Bool) {
        guard !isOver else { return }
        isOver = true
        alarm?.cancel()
        if saying { again(expires: 0) }
    }

    private func end(isWelcomeAgain: Bool) {
        guard !isOver else { return }
        isOver = true
        alarm?.cancel()
        onEnd?(self, isWelcomeAgain)
    }
}
