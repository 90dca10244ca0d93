import Connections
import Diagnostics
import MSRP
import Payloads
import SIP

/// A dialog and an MSRP session with one client about one group. Confined to the event loop.
final class ClientLeg {
    enum State: Hashable { case calling, established, over }

    let number: Int
    /// Opened by the participating function to deliver what was missed.
    let isDeferred: Bool
    private(set) var state = State.calling
    private(set) var media: MSRPMedia?
    /// The connection that the dialog runs on; nil once it is gone.
    private(set) var connection: SIPConnectionID?
    private(set) var session: MSRPSession?
    let context: EnablerContext
    private weak var owner: (any ClientLegOwner)?
    private var dialog: SIPDialog?
    private var invite: SIPTransactionKey?
    private var sentInvite: SIPMessage?
    private var isCancelled = false
    private var offered: MSRPMedia?
    /// The session description that this end has given, which a re-INVITE repeats.
    private var description: [UInt8] = []
    private var serverInvite: SIPServerRequest?
    private var connectLimit: LoopTimer?
    private var sessionClock: DialogClock?
    /// Called when the dialog begins and ends, so that in-dialog requests find the leg.
    var onDialog: ((ClientLeg, DialogKey, Bool) -> Void)?

    init(number: Int, isDeferred: Bool, context: EnablerContext, owner: any ClientLegOwner) {
        self.number = number
        self.isDeferred = isDeferred
        self.context = context
        self.owner = owner
    }

    // MARK: Calling the client

    /// Sends the INVITE to a binding (RFC 3261 §13.2); the outcome comes to the owner.
    func call(_ invitation: Invitation, to binding: ContactBinding<SIPConnectionID>) {
        let session = makeSession()
        let offer = SessionOffer(context: context)
        let medium = offer.medium(session, direction: invitation.direction, offering: true)
        offered = medium
        connection = binding.direct
        description = medium.description(sessionID: offer.sessionID()).serialized()
        var request = invitation.request(sdp: description, to: binding, context: context)
        request = context.answers.invite(request, from: invitation.inviter)
        if isDeferred { request = context.returnFaults.invite(request) }
        sendInvite(request, toward: binding.path.first ?? binding.contact)
    }

    private func sendInvite(_ request: SIPMessage, toward next: String) {
        sentInvite = request
        guard let hop = hop(for: next) else { return refuse(503) }
        invite = context.stack.send(request, to: hop) { [weak self] outcome in self?.inviteOutcome(outcome, next) }
    }

    /// CANCELs the INVITE; a crossing 200 still comes to the owner.
    func cancel() {
        guard state == .calling, let invite else { return }
        isCancelled = true
        context.stack.cancel(invite)
    }

    private func inviteOutcome(_ outcome: SIPClientOutcome, _ next: String) {
        switch outcome {
        case .failed(.timeout): refuse(408)
        case .failed: refuse(503)
        case .response(let response):
            guard let status = response.status, status >= 200 else { return }
            guard status < 300 else {
                if state == .calling, !isCancelled, let sentInvite, let longer = SessionTimer.retry(sentInvite, after: response) {
                    return sendInvite(longer, toward: next)
                }
                return refuse(status)
            }
            guard state == .calling else { return acknowledge(response) }
            answered(response)
        }
    }

    private func answered(_ response: SIPMessage) {
        guard let sentInvite, let offered, let dialog = SIPDialog(uac: sentInvite, response: response) else {
            return refuse(502)
        }
        begin(dialog)
        acknowledge(response)
        guard let agreed = SessionOffer(context: context).agreed(offer: offered, answer: response.body) else {
            hangUp(Farewell(reason: "SIP;cause=488;text=\"Not Acceptable Here\""))
            return refuse(488)
        }
        media = agreed.media
        sessionClock = DialogClock(answeredBy: response, leg: self, context: context)
        owner?.accepted(self)
        if state == .established { join(agreed) }
    }

    private func acknowledge(_ response: SIPMessage) {
        guard let dialog, let number = response.cseq?.number else { return }
        send(dialog.ack(for: number, credentialsOf: sentInvite), expectsAnswer: false)
    }

    private func refuse(_ status: Int) {
        guard state == .calling || status == 488 else { return }
        finish()
        owner?.refused(self, status: status)
    }

    // MARK: Answering the client

    /// Answers the client's INVITE with 200 and its SDP; false when the offer has nothing to accept, and then 488 went.
    func answer(_ request: SIPServerRequest, focus: String, tag: String, extra: SIPHeaders = [:]) -> Bool {
        let session = makeSession()
        guard let offer = InviteBody(request.message, limits: context.settings.limits).sdp,
            let (answer, agreed) = SessionOffer(context: context).answer(offer, for: session, direction: .sendrecv),
            let dialog = SIPDialog(
                uas: request.message, localTag: tag, contact: context.focusContact(focus))
        else {
            finish()
            context.stack.respond(request.message.response(488, toTag: tag), to: request)
            return false
        }
        connection = request.connection
        serverInvite = request
        media = agreed.media
        begin(dialog)
        for status in context.answers.provisional {
            var response = request.message.response(status, toTag: tag)
            response.addRecordRoute(context.ownRoute)
            response.headers.add("Contact", context.focusContact(focus))
            context.stack.respond(response, to: request)
        }
        var response = request.message.response(200, toTag: tag)
        response.addRecordRoute(context.ownRoute)
        response.headers.add("Contact", context.focusContact(focus))
        response.headers.add("Allow", CPMNames.allowed)
        response.headers.add(contentsOf: extra)
        response.headers.add("Content-Type", "application/sdp")
        sessionClock = DialogClock(accepting: request.message, response: &response, leg: self, context: context)
        description = answer.serialized()
        response.body = description
        context.stack.respond(response, to: request)
        join(agreed)
        return true
    }

    // MARK: In the dialog

    /// A request of the client in this dialog.
    func receive(_ request: SIPServerRequest) {
        guard takes(request) else { return }
        switch request.message.method {
        case .bye?:
            context.stack.respond(request.message.response(200), to: request)
            // The owner first: closing the session fails what is under way, and that must not look like a loss.
            owner?.ended(self, cause: request.message.sipCause)
            drop()
        case .update?, .invite?:
            refresh(request)
        case .options?, .info?:
            context.stack.respond(request.message.response(200), to: request)
        default:
            context.stack.respond(request.message.response(405), to: request)
        }
    }

    /// True for a request that is in order; any other has been answered (RFC 3261 §12.2.2).
    func takes(_ request: SIPServerRequest) -> Bool {
        guard dialog?.receive(request.message) == .fresh else {
            context.stack.respond(request.message.response(500), to: request)
            return false
        }
        connection = request.connection
        return true
    }

    /// A session refresh (RFC 4028 §9); a new offer is answered with the session as it is.
    private func refresh(_ request: SIPServerRequest) {
        if case .tooSmall(let minimum) = DialogClock.negotiate(request.message, context) {
            var response = request.message.response(422)
            response.headers.add("Min-SE", String(minimum))
            return context.stack.respond(response, to: request)
        }
        var response = request.message.response(200)
        response.headers.add("Contact", dialog?.contact ?? "")
        sessionClock?.refreshed(by: request.message, response: &response)
        if !request.message.body.isEmpty {
            guard let session, let offer = InviteBody(request.message, limits: context.settings.limits).sdp,
                let (answer, _) = SessionOffer(context: context).answer(offer, for: session, direction: .sendrecv)
            else { return context.stack.respond(request.message.response(488), to: request) }
            response.headers.add("Content-Type", "application/sdp")
            response.body = answer.serialized()
        }
        context.stack.respond(response, to: request)
    }

    /// Sends a request in the dialog; `done` gets the final status, 408 for a time-out and 503 for a lost connection.
    func request(
        _ method: SIPMethod, headers: SIPHeaders = [:], body: [UInt8] = [], done: @escaping (Int, SIPMessage?) -> Void
    ) {
        guard var dialog else { return done(481, nil) }
        let message = dialog.request(method, headers: headers, body: body)
        self.dialog = dialog
        send(message, expectsAnswer: true) { outcome in
            switch outcome {
            case .response(let response):
                if let status = response.status, status >= 200 { done(status, response) }
            case .failed(.timeout): done(408, nil)
            case .failed: done(503, nil)
            }
        }
    }

    /// Refreshes the session (RFC 4028 §7.4); `done` gets the final response, nil where none came.
    func refresh(_ timer: SessionTimer, done: @escaping (SIPMessage?) -> Void) {
        guard var dialog else { return }
        let request = timer.refresh(in: &dialog, headers: ["Allow": CPMNames.allowed], description: description)
        self.dialog = dialog
        send(request, expectsAnswer: true) { [weak self] outcome in
            guard case .response(let response) = outcome else { return done(nil) }
            guard let self, let status = response.status, status >= 200 else { return }
            if status < 300 {
                self.dialog?.refresh(target: response)
                if request.method == .invite { self.acknowledge(response) }
            }
            done(response)
        }
    }

    private func send(
        _ message: SIPMessage, expectsAnswer: Bool, onOutcome: @escaping (SIPClientOutcome) -> Void = { _ in }
    ) {
        var message = message
        message.removeTopRoute(where: context.isOwn)
        let next = message.routes.first?.uri ?? message.requestURI ?? ""
        guard let hop = hop(for: next) else {
            if expectsAnswer { onOutcome(.failed(.connection("there is no way to \(escapedPeerText(next))"))) }
            return
        }
        if expectsAnswer {
            _ = context.stack.send(message, to: hop, onOutcome: onOutcome)
        } else {
            context.stack.sendStateless(message, to: hop)
        }
    }

    private func hop(for uri: String) -> SIPHop? {
        if let connection { return .connection(connection) }
        return SIPHop.resolving(uri: uri, tls: context.settings.tlsClient)
    }

    /// The connection of the dialog is gone: further requests open a new one.
    func connectionClosed(_ closed: SIPConnectionID) {
        if connection == closed { connection = nil }
    }

    // MARK: The end

    /// Says BYE; `done` is told whether the client answered.
    func hangUp(_ farewell: Farewell, done: @escaping (Bool) -> Void = { _ in }) {
        guard state != .over, dialog != nil else { return done(false) }
        var headers = SIPHeaders()
        if let reason = farewell.reason { headers.add("Reason", reason) }
        state = .over
        // The leg stays alive until the answer, whoever else lets go of it.
        request(.bye, headers: headers) { status, _ in
            self.finish()
            done((200..<300).contains(status))
        }
    }

    /// Forgets the dialog without a word, and the session once the answers that are under way have come: what the
    /// client has confirmed already must not be owed again.
    func drop() {
        endDialog()
        if unanswered == 0 || session?.isConnected != true { closeSession() }
    }

    private func finish() {
        endDialog()
        closeSession()
    }

    private func endDialog() {
        state = .over
        connectLimit?.cancel()
        connectLimit = nil
        sessionClock?.stop()
        sessionClock = nil
        if let dialog { onDialog?(self, DialogKey(dialog), false) }
        dialog = nil
    }

    func closeSession() {
        session?.close()
        session = nil
        giveUpReports()
    }

    private func begin(_ dialog: SIPDialog) {
        self.dialog = dialog
        state = .established
        onDialog?(self, DialogKey(dialog), true)
    }

    /// Nobody refreshes or acknowledges the dialog: the client is told, if it still hears, and counts as lost
    /// (RFC 4028 §10, RFC 3261 §13.3.1.4).
    func giveUp() {
        guard state == .established else { return }
        hangUp(.none)
        owner?.lost(self)
    }

    /// The MSRP session did not come about, or broke.
    func dialogFailed() {
        guard state == .established else { return }
        owner?.lost(self)
    }

    // MARK: MSRP

    /// Messages sent in the session whose outcome is not told yet.
    var unanswered = 0
    /// Those whose REPORT of success is awaited.
    var unreported: [String: (OfferOutcome) -> Void] = [:]

    private func makeSession() -> MSRPSession {
        let session = context.msrp.makeSession { [weak self] _, signal in self?.signal(signal) }
        session.holdsAnswers = true
        session.maxSize = context.settings.limits.msrpMessage
        self.session = session
        return session
    }

    private func join(_ agreed: AgreedSession) {
        connectLimit = context.timers.after(milliseconds: max(5_000, context.settings.lossRecognition)) { [weak self] in
            self?.dialogFailed()
        }
        if agreed.media.secure { session?.announced = AnnouncedCertificate(agreed.media.fingerprints) }
        if agreed.connects {
            session?.connect(to: agreed.path, tls: context.mediaClient, bind: true)
        } else {
            session?.expect(from: agreed.path)
            if session?.isConnected == true { signal(.connected) }
        }
    }

    private func signal(_ signal: MSRPSessionSignal) {
        switch signal {
        case .connected:
            guard state == .established else { return }
            connectLimit?.cancel()
            connectLimit = nil
            owner?.connected(self)
        case .received(let message):
            guard state != .over else { return answer(message, code: 481) }
            owner?.received(message, on: self)
        case .closed:
            giveUpReports()
            dialogFailed()
        case .report(let messageID, let code, _): reported(messageID, code == 200 ? .confirmed : .refused)
        case .refusedLate(let messageID, _, _): reported(messageID, .refused)
        case .introduced, .incomplete:
            break
        }
    }

    /// Answers a message that came in this leg's session, when what it causes is committed.
    func answer(_ message: MSRPIncomingMessage, code: Int) { session?.answer(message, code: code) }
}
