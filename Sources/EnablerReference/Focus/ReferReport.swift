import Connections
import SIP

/// The implicit subscription of a REFER (RFC 3515 §2.4.4, 4488, 7647): 202, then what became of the invitation.
final class ReferReport {
    let request: SIPServerRequest
    /// No NOTIFYs.
    var isSilent: Bool
    private let context: EnablerContext
    private let tag: String
    /// The session in whose dialog the NOTIFYs go; nil when the REFER makes a dialog of its own.
    private weak var leg: ClientLeg?
    private let isInSession: Bool
    private var dialog: SIPDialog?
    private var last: Int?
    private var isAccepted = false
    var onEnd: ((ReferReport) -> Void)?

    /// - Parameter leg: the session in whose dialog the REFER came; nil outside of any.
    init(_ request: SIPServerRequest, in leg: ClientLeg?, context: EnablerContext) {
        self.request = request
        self.context = context
        self.leg = leg
        isInSession = leg != nil
        tag = context.tokens.token()
        // The client wants none (RFC 4488 §4).
        isSilent = request.message.headers["Refer-Sub"]?.lowercased().hasPrefix("false") == true
            || context.answers.referAccepted == 200
    }

    /// Answers 202 and begins to tell.
    func accept() {
        let contact = context.focusContact(request.message.to?.uri ?? "")
        var response = request.message.response(context.answers.referAccepted, toTag: tag)
        response.headers.add("Contact", contact)
        if isSilent { response.headers.add("Refer-Sub", "false") }
        if !isSilent, !isInSession { response.addRecordRoute(context.ownRoute) }
        context.stack.respond(response, to: request)
        isAccepted = true
        guard !isSilent else { return end() }
        if !isInSession { dialog = SIPDialog(uas: request.message, localTag: tag, contact: contact) }
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

    /// Which REFER of the dialog it is about; the first may leave it out, and not everybody counts (RFC 3515 §2.4.6).
    private var event: String {
        guard isInSession, let number = request.message.cseq?.number else { return "refer" }
        return "refer;id=\(number)"
    }

    private func notify(_ line: String, state: String) {
        let headers: SIPHeaders = [
            "Event": event, "Subscription-State": state, "Content-Type": "message/sipfrag;version=2.0",
        ]
        let body = Array((line + "\r\n").utf8)
        if isInSession {
            leg?.request(.notify, headers: headers, body: body) { _, _ in }
            return
        }
        guard var dialog else { return }
        var message = dialog.request(.notify, headers: headers, body: body)
        self.dialog = dialog
        message.removeTopRoute(where: context.isOwn)
        context.stack.send(message, to: .connection(request.connection)) { _ in }
    }
}
