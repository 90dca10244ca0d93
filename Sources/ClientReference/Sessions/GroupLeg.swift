import Connections
import Diagnostics
import MSRP
import Payloads
import SIP

/// What a leg tells the client.
protocol GroupLegOwner: AnyObject {
    /// Offer and answer have met, in either direction.
    func established(_ leg: GroupLeg)
    /// The final answer to our INVITE was no 2xx, or one that cannot be used; 408 and 503 where none came.
    func refused(_ leg: GroupLeg, status: Int, response: SIPMessage?)
    /// The MSRP session is there.
    func connected(_ leg: GroupLeg)
    /// A whole message came.
    func received(_ message: MSRPIncomingMessage, on leg: GroupLeg)
    /// A message that had begun will not come.
    func interrupted(on leg: GroupLeg)
    /// The session is over; the leg is told nothing more.
    func ended(_ leg: GroupLeg, _ end: ConversationBook.LegEnd)
    /// The leg's dialog begins or ends, so that requests find it.
    func dialog(_ key: DialogKey, leads leg: GroupLeg?)
}

/// What names a dialog at this end.
struct DialogKey: Hashable {
    var callID: String
    var localTag: String
}

/// A dialog and an MSRP session about one group. Confined to the event loop.
final class GroupLeg {
    enum State: Hashable {
        /// Our INVITE is out.
        case calling
        /// The other end's INVITE waits for its answer.
        case offered
        case established
        case over
    }

    let number: Int
    let conversation: Int64
    let context: ClientContext
    private(set) weak var owner: (any GroupLegOwner)?
    var state: State
    var kind = Conversation.LegKind.live
    /// Contact of the focus.
    var focus = ""
    /// What was agreed; nil before.
    var agreed: AgreedMedia?
    var session: MSRPSession?
    var dialog: SIPDialog?
    var clock: SessionClock?
    /// The session description that this end has given, which a re-INVITE repeats.
    var description: [UInt8] = []
    var offered: MSRPMedia?
    /// The INVITE of the other end, until it is acknowledged.
    var invite: SIPServerRequest?
    var invitation: Invitation?
    var call: Exchange?
    let localTag: String
    /// Messages that came and are not answered yet.
    var unanswered = 0
    /// Chunks that have been announced: how many bytes the first had, by Message-ID.
    var firstChunks: [String: Int] = [:]
    /// Our BYE is on its way.
    private var awaitsGoodbye = false
    private var connectLimit: LoopTimer?
    private var grace: LoopTimer?

    init(number: Int, conversation: Int64, state: State, context: ClientContext, owner: any GroupLegOwner) {
        self.number = number
        self.conversation = conversation
        self.state = state
        self.context = context
        self.owner = owner
        localTag = context.tokens.token(length: 12)
    }

    /// True when messages and reports can go out in it.
    var canSend: Bool { state == .established && session != nil && agreed?.direction.canSend == true }

    /// Whether the other end takes this inside CPIM.
    func takes(_ type: MediaType, bytes: Int) -> Bool {
        guard let remote = agreed?.remote else { return false }
        return remote.accepts(.cpim) && remote.accepts(type, wrapped: true) && bytes <= remote.maxSize ?? Int.max
    }

    // MARK: In the dialog

    /// A request of the other end in this dialog.
    func receive(_ request: SIPServerRequest) {
        if request.message.method == .ack { return acknowledged(request.message) }
        guard dialog?.receive(request.message) == .fresh else { return respond(500, to: request) }
        switch request.message.method {
        case .bye?:
            respond(200, to: request)
            finish(EndReason(request.message).end)
        case .update?, .invite?: refresh(request)
        case .options?, .info?: respond(200, to: request)
        case .notify?: respond(200, to: request)
        default: respond(405, to: request)
        }
    }

    private func acknowledged(_ ack: SIPMessage) {
        invite = nil
        guard agreed == nil, let offered, state == .established else { return }
        guard let agreed = LegOffer(context: context).agreed(offer: offered, answer: ack.body) else {
            return hangUp(.broken)
        }
        join(agreed)
        owner?.established(self)
    }

    /// A session refresh (RFC 4028 §9); a new offer is answered with the session as it is.
    private func refresh(_ request: SIPServerRequest) {
        let answer = SessionClock.negotiate(request.message, context)
        if case .tooSmall(let minimum) = answer { return respond(422, to: request, ["Min-SE": String(minimum)]) }
        var headers: SIPHeaders = ["Contact": dialog?.contact ?? "", "Allow": CPMNames.allowed]
        if case .agreed(let timer, let fields) = answer {
            headers.add(contentsOf: fields)
            clock?.stop()
            clock = SessionClock(timer, leg: self, context: context)
        } else {
            clock?.refreshed()
        }
        guard !request.message.body.isEmpty || request.message.method == .invite else {
            return respond(200, to: request, headers)
        }
        guard session != nil else { return respond(488, to: request) }
        headers.add("Content-Type", "application/sdp")
        respond(200, to: request, headers, body: description)
    }

    func respond(_ status: Int, to request: SIPServerRequest, _ headers: SIPHeaders = [:], body: [UInt8] = []) {
        var response = request.message.response(status, toTag: localTag)
        response.headers.add(contentsOf: headers)
        response.body = body
        context.equipment?.sip.respond(response, to: request)
    }

    /// Sends a request in the dialog; `done` gets the final status and the response.
    func request(
        _ method: SIPMethod, headers: SIPHeaders = [:], done: @escaping (Int, SIPMessage?) -> Void
    ) {
        guard var dialog else { return done(481, nil) }
        let message = dialog.request(method, headers: headers)
        self.dialog = dialog
        send(message) { done($0, $1) }
    }

    /// Sends what was made for the dialog.
    func send(_ message: SIPMessage, done: @escaping (Int, SIPMessage?) -> Void) {
        Exchange(message, context: context).send(to: context.hop(toward: dialog?.nextHopURI ?? "")) { exchange, outcome in
            if exchange.sequence > self.dialog?.localSequence ?? 0 { self.dialog?.localSequence = exchange.sequence }
            if let status = outcome.finalStatus { done(status, outcome.response) }
        }
    }

    func acknowledge(_ dialog: SIPDialog, _ exchange: Exchange) {
        let ack = dialog.ack(for: exchange.sequence, credentialsOf: exchange.request)
        context.equipment?.sip.sendStateless(ack, to: context.hop(toward: dialog.nextHopURI))
    }

    // MARK: Beginning

    func begin(_ dialog: SIPDialog) {
        self.dialog = dialog
        state = .established
        owner?.dialog(DialogKey(callID: dialog.callID, localTag: dialog.localTag), leads: self)
    }

    /// Sets the MSRP connection up.
    func join(_ agreed: AgreedMedia) {
        self.agreed = agreed
        connectLimit = context.timers.after(milliseconds: 10_000) { [weak self] in self?.hangUp(.broken) }
        if agreed.remote.secure { session?.announced = AnnouncedCertificate(agreed.remote.fingerprints) }
        if agreed.connects {
            guard context.faults.answers.opensConnections else { return }
            session?.connect(to: agreed.path, tls: agreed.remote.secure ? context.mediaClient : nil, bind: true)
        } else {
            session?.expect(from: agreed.path)
            if session?.isConnected == true { connected() }
        }
    }

    func connected() {
        connectLimit?.cancel()
        connectLimit = nil
        owner?.connected(self)
    }

    // MARK: The end

    /// Says BYE and forgets the session.
    func hangUp(_ end: ConversationBook.LegEnd, reason: String? = nil, done: @escaping (Int) -> Void = { _ in }) {
        guard state == .established, dialog != nil else {
            if state == .calling { call?.cancel() }
            if state == .offered, let invite { respond(480, to: invite) }
            finish(end)
            return done(481)
        }
        var headers = SIPHeaders()
        if let reason { headers.add("Reason", reason) }
        // The leg stays alive until the answer, whoever else lets go of it; and so does the connection, whose end
        // could be taken for a loss before the BYE is read.
        awaitsGoodbye = true
        request(.bye, headers: headers) { status, _ in
            self.awaitsGoodbye = false
            self.dialog = nil
            self.closeWhenAnswered()
            done(status)
        }
        finish(end)
    }

    /// The MSRP session went. What ends it may be on its way over the other connection, and says more.
    func sessionClosed() {
        session = nil
        owner?.interrupted(on: self)
        guard state == .established, grace == nil else { return }
        grace = context.timers.after(milliseconds: 1_500) { [weak self] in self?.finish(.broken) }
    }

    /// Forgets the session without a word.
    func finish(_ end: ConversationBook.LegEnd) {
        guard state != .over else { return }
        state = .over
        connectLimit?.cancel()
        grace?.cancel()
        clock?.stop()
        clock = nil
        if let dialog { owner?.dialog(DialogKey(callID: dialog.callID, localTag: dialog.localTag), leads: nil) }
        if !awaitsGoodbye { dialog = nil }
        owner?.ended(self, end)
        closeWhenAnswered()
    }

    /// Closes a session that is over, once nobody waits for anything in it.
    func closeWhenAnswered() {
        if state == .over, unanswered == 0, !awaitsGoodbye { closeSession() }
    }

    /// Closes the MSRP session.
    func closeSession() {
        guard let session else { return }
        self.session = nil
        session.close()
    }
}
