import Connections
import SIP

/// The implicit subscription of a REFER (RFC 3515 §2.4.4, 4488, 7647): 202, then what became of the invitation.
final class ReferReport {
    private let request: SIPServerRequest
    private let context: EnablerContext
    private let isSilent: Bool
    private var dialog: SIPDialog?
    private var last: Int?
    private var isAccepted = false
    var onEnd: ((ReferReport) -> Void)?

    /// - Parameter isSilent: no NOTIFYs, as with several users at once (RFC 5368) or where the client wants none.
    init(_ request: SIPServerRequest, isSilent: Bool, context: EnablerContext) {
        self.request = request
        self.context = context
        let declined = request.message.headers["Refer-Sub"]?.lowercased().hasPrefix("false") == true
        // Inside the INVITE's dialog its numbers would have to be shared; the roster tells the outcome as well.
        self.isSilent = isSilent || declined || request.message.to?.tag != nil
    }

    /// Answers 202 and begins to tell.
    func accept() {
        let tag = context.tokens.token()
        let contact = CPMNames.focusContact(request.message.to?.uri ?? "")
        var response = request.message.response(202, toTag: tag)
        response.headers.add("Contact", contact)
        if isSilent { response.headers.add("Refer-Sub", "false") }
        if !isSilent { response.addRecordRoute(context.ownRoute) }
        context.stack.respond(response, to: request)
        isAccepted = true
        guard !isSilent else { return end() }
        dialog = SIPDialog(uas: request.message, localTag: tag, contact: contact)
        notify("SIP/2.0 100 Trying", state: "active;expires=60")
        if let last { outcome(last) }
    }

    /// The final status of the invitation.
    func outcome(_ status: Int) {
        last = status
        guard isAccepted, !isSilent else { return }
        notify("SIP/2.0 \(status) \(SIPReasonPhrase.of(status))", state: "terminated;reason=noresource")
        end()
    }

    private func end() {
        onEnd?(self)
        onEnd = nil
    }

    private func notify(_ line: String, state: String) {
        guard var dialog else { return }
        var message = dialog.request(
            .notify,
            headers: ["Event": "refer", "Subscription-State": state, "Content-Type": "message/sipfrag;version=2.0"],
            body: Array((line + "\r\n").utf8))
        self.dialog = dialog
        message.removeTopRoute(where: context.isOwn)
        context.stack.send(message, to: .connection(request.connection)) { _ in }
    }
}
