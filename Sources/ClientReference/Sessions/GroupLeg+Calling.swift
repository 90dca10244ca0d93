import Connections
import MSRP
import Payloads
import SIP

// How a session comes about.
extension GroupLeg {
    // MARK: Our INVITE

    /// Calls the factory or a focus; `make` gets the offer and makes the INVITE.
    func call(_ make: (_ offer: [UInt8]) -> SIPMessage) {
        let offer = makeOffer(secure: context.settings.mediaTLS != nil)
        let exchange = Exchange(make(offer), context: context)
        call = exchange
        send(exchange)
    }

    private func makeOffer(secure: Bool) -> [UInt8] {
        let offer = LegOffer(context: context)
        guard let session = makeSession(secure: secure) else { return [] }
        let medium = offer.medium(session, offering: true)
        offered = medium
        description = medium.description(sessionID: offer.sessionID()).serialized()
        return description
    }

    private func send(_ exchange: Exchange) {
        exchange.send(to: context.outbound) { [weak self] exchange, outcome in self?.answered(exchange, outcome) }
    }

    private func answered(_ exchange: Exchange, _ outcome: SIPClientOutcome) {
        guard let status = outcome.finalStatus else { return }
        guard let response = outcome.response, status < 300 else {
            guard state == .calling else { return }
            if let response = outcome.response,
                exchange.retry(after: response, to: context.outbound, then: { [weak self] in self?.answered($0, $1) })
            {
                return
            }
            return refuse(status, outcome.response)
        }
        guard let dialog = SIPDialog(uac: exchange.request, response: response) else { return refuse(502, response) }
        acknowledge(dialog, exchange)
        if state == .calling { return accepted(dialog, response) }
        // A session that is not wanted any more, or a second one, is ended at once (RFC 3261 §13.2.2.4, §9.1).
        guard self.dialog?.remoteTag != dialog.remoteTag || state == .over else { return }
        var unwanted = dialog
        let bye = unwanted.request(.bye)
        Exchange(bye, context: context).send(to: context.hop(toward: dialog.nextHopURI)) { _, _ in }
    }

    private func accepted(_ dialog: SIPDialog, _ response: SIPMessage) {
        begin(dialog)
        focus = response.contacts.first?.uri ?? dialog.remoteTarget
        guard let offered, let agreed = LegOffer(context: context).agreed(offer: offered, answer: response.body) else {
            state = .calling
            let owner = owner
            hangUpQuietly()
            owner?.refused(self, status: 488, response: response)
            return
        }
        if let timer = SessionTimer(uac: response, now: context.now) {
            clock = SessionClock(timer, leg: self, context: context)
        }
        join(agreed)
        owner?.established(self)
    }

    private func hangUpQuietly() {
        guard var dialog else { return }
        let bye = dialog.request(.bye)
        owner?.dialog(DialogKey(callID: dialog.callID, localTag: dialog.localTag), leads: nil)
        Exchange(bye, context: context).send(to: context.hop(toward: dialog.nextHopURI)) { _, _ in }
        state = .over
        closeSession()
    }

    private func refuse(_ status: Int, _ response: SIPMessage?) {
        state = .over
        closeSession()
        owner?.refused(self, status: status, response: response)
    }

    // MARK: Their INVITE

    /// Answers with a provisional response.
    func ring(_ status: Int = 180) {
        guard state == .offered, let invite else { return }
        respond(status, to: invite, ["Contact": context.requests?.contact ?? ""])
    }

    /// Refuses the INVITE.
    func decline(_ status: Int, _ headers: SIPHeaders = [:]) {
        guard state == .offered, let invite else { return }
        respond(status, to: invite, headers)
        state = .over
        closeSession()
    }

    /// Answers the INVITE with 200 and the session; false when its offer cannot be used, and then 488 went.
    func accept() -> Bool {
        guard state == .offered, let invite, let invitation, let contact = context.requests?.contact else { return false }
        let answer = SessionClock.negotiate(invite.message, context)
        if case .tooSmall(let minimum) = answer {
            decline(422, ["Min-SE": String(minimum)])
            return false
        }
        let media = describe(invitation)
        guard media != .refused,
            let dialog = SIPDialog(uas: invite.message, localTag: localTag, contact: contact)
        else {
            decline(488, ["Warning": "399 client \"there is no MSRP session in it that can be taken\""])
            return false
        }
        focus = invitation.focus
        kind = invitation.isOver ? .over : .live
        begin(dialog)
        for status in context.session.provisional { respond(status, to: invite, ["Contact": contact]) }
        var headers: SIPHeaders = ["Contact": contact, "Allow": CPMNames.allowed]
        if case .agreed(let timer, let fields) = answer {
            headers.add(contentsOf: fields)
            clock = SessionClock(timer, leg: self, context: context)
        }
        headers.add("Content-Type", "application/sdp")
        respond(200, to: invite, headers, body: description)
        if case .answered(let agreed) = media { join(agreed) }
        return true
    }

    /// What the 2xx to an INVITE has to say of the media.
    private enum Described: Equatable {
        case answered(AgreedMedia)
        /// The INVITE had no offer, so that the 2xx makes one (RFC 3261 §13.2.1).
        case offered
        case refused
    }

    private func describe(_ invitation: Invitation) -> Described {
        if invitation.isUnreadable { return .refused }
        guard let offer = invitation.offer else {
            _ = makeOffer(secure: context.settings.mediaTLS != nil)
            return .offered
        }
        let isSecure = MSRPMedia(offer)?.secure == true
        if isSecure, context.settings.mediaTLS == nil, context.settings.mediaServer == nil { return .refused }
        guard let session = makeSession(secure: isSecure),
            let (answer, agreed) = LegOffer(context: context).answer(offer, for: session)
        else { return .refused }
        // Without a certificate of its own the client cannot be the one that is called.
        if isSecure, !agreed.connects, context.settings.mediaServer == nil { return .refused }
        description = answer.serialized()
        return .answered(agreed)
    }

    // MARK: MSRP

    private func makeSession(secure: Bool) -> MSRPSession? {
        let session = context.equipment?.msrp.makeSession(secure: secure) { [weak self] _, signal in self?.signal(signal) }
        session?.holdsAnswers = true
        session?.maxSize = context.settings.largestMessage
        session?.acceptance = { [weak self] head in self?.judge(head) ?? 200 }
        self.session = session
        return session
    }

    /// What is said to the first chunk of a message: 415 where its type was not accepted.
    private func judge(_ head: MSRPHead) -> Int {
        if let range = head.byteRange, let end = range.end, end < range.total ?? Int.max, range.start == 1,
            firstChunks.count < 1_000
        {
            firstChunks[head.messageID ?? ""] = end
        }
        if context.faults.answers.answersUnasked, head.failureReport != .yes { answerUnasked(head) }
        guard let type = head.contentType.flatMap({ MediaType($0) }) else { return 200 }
        return LegOffer.acceptTypes.contains { type.isCovered(by: $0) } ? 200 : 415
    }

    /// What only a defect says.
    private func answerUnasked(_ head: MSRPHead) {
        let to = (head["From-Path"] ?? "").prefix { $0 != " " }
        let from = (head["To-Path"] ?? "").prefix { $0 != " " }
        let id = head.transactionID
        session?.sendRaw(Array("MSRP \(id) 200 OK\r\nTo-Path: \(to)\r\nFrom-Path: \(from)\r\n-------\(id)$\r\n".utf8))
    }

    private func signal(_ signal: MSRPSessionSignal) {
        switch signal {
        case .connected: if state == .established { connected() }
        case .received(let message): owner?.received(message, on: self)
        case .incomplete: owner?.interrupted(on: self)
        case .closed: sessionClosed()
        case .introduced, .report, .refusedLate: break
        }
    }

    /// Answers a message when what it says is committed.
    func answer(_ message: MSRPIncomingMessage, code: Int) {
        var message = message
        if !context.faults.answers.reportsSuccess { message.successReport = false }
        if context.faults.answers.answersMessages { session?.answer(message, code: code) }
        unanswered -= 1
        closeWhenAnswered()
    }

    /// Sends one CPIM message; the outcome is told once.
    func send(_ body: [UInt8], onOutcome: @escaping (MSRPSendOutcome) -> Void) {
        guard let session else { return onOutcome(.connectionLost) }
        session.send(
            MSRPOutgoingMessage(
                messageID: context.tokens.token(), contentType: "message/cpim", body: body,
                successReport: context.media.asksForSuccess)
        ) { onOutcome($0) }
    }
}
