import SIP

/// One subscription to a group's conference events (RFC 4575, 6665). Confined to the event loop.
final class ConferenceSubscription {
    let user: UserAddress
    let key: DialogKey
    private var dialog: SIPDialog
    private var stream: RosterStream
    private var expiry: LoopTimer?
    private var expiresAt: Int64 = 0
    private(set) var connection: SIPConnectionID?
    private let context: EnablerContext
    /// Called when the subscription is over.
    private let onEnd: (ConferenceSubscription) -> Void
    private(set) var isOver = false

    static let longest = 3_600

    init(
        user: UserAddress, dialog: SIPDialog, connection: SIPConnectionID, context: EnablerContext,
        onEnd: @escaping (ConferenceSubscription) -> Void
    ) {
        self.user = user
        self.dialog = dialog
        key = DialogKey(dialog)
        self.connection = connection
        self.context = context
        stream = RosterStream(context.variations)
        self.onEnd = onEnd
    }

    /// Answers the SUBSCRIBE that began or refreshes this, and sends the whole roster (RFC 4575 §3.4, §3.5), or nothing
    /// where there is none yet.
    func accept(_ request: SIPServerRequest, isFirst: Bool, roster: RosterSnapshot?) {
        if !isFirst {
            guard dialog.receive(request.message) == .fresh else {
                return context.stack.respond(request.message.response(500), to: request)
            }
            connection = request.connection
        }
        let seconds = min(request.message.expires ?? Self.longest, Self.longest)
        var response = request.message.response(200, toTag: dialog.localTag)
        if isFirst { response.addRecordRoute(context.ownRoute) }
        response.headers.add("Expires", String(seconds))
        response.headers.add("Contact", dialog.contact ?? "")
        let notifiesFirst = context.answers.notifiesFirst
        if !notifiesFirst { context.stack.respond(response, to: request) }
        begin(seconds, roster)
        if notifiesFirst { context.stack.respond(response, to: request) }
    }

    /// Runs for so many seconds from now, with the whole roster first; 0 ends it.
    private func begin(_ seconds: Int, _ roster: RosterSnapshot?) {
        expiresAt = context.now + Int64(seconds) * 1_000_000_000
        guard seconds > 0 else { return end(reason: "timeout", last: roster) }
        expiry?.cancel()
        expiry = context.timers.after(milliseconds: Int64(seconds) * 1_000) { [weak self] in
            self?.end(reason: "timeout", last: nil)
        }
        notify(roster.map { stream.next($0, full: true) }, state: activeState) { _ in }
    }

    /// Tells of a change; `done` is told whether the client has it.
    func notify(_ change: RosterSnapshot, done: @escaping (Bool) -> Void) {
        notify(stream.next(change), state: activeState, done: done)
    }

    /// Ends the subscription (RFC 6665 §4.2.2); `done` is told whether the client has the last list.
    func end(reason: String, last: RosterSnapshot?, done: @escaping (Bool) -> Void = { _ in }) {
        guard !isOver else { return done(false) }
        notify(last.map { stream.next($0, full: true) }, state: "terminated;reason=\(reason)", done: done)
        stop()
        onEnd(self)
    }

    /// Ends without a word.
    func stop() {
        isOver = true
        expiry?.cancel()
        expiry = nil
    }

    func connectionClosed(_ closed: SIPConnectionID) {
        if connection == closed { connection = nil }
    }

    /// False once the connection of its SUBSCRIBE has gone; a refresh may bring another.
    var isConnected: Bool { connection != nil }

    private var activeState: String {
        "active;expires=\(max(0, (expiresAt - context.now) / 1_000_000_000))"
    }

    private func notify(_ document: RosterDocument?, state: String, done: @escaping (Bool) -> Void) {
        guard !isOver else { return done(false) }
        var headers: SIPHeaders = ["Event": "conference", "Subscription-State": state]
        if document != nil { headers.add("Content-Type", "application/conference-info+xml") }
        var request = dialog.request(.notify, headers: headers, body: document?.conferenceInfo(context.rosters) ?? [])
        request.removeTopRoute(where: context.isOwn)
        let next = request.routes.first?.uri ?? request.requestURI ?? ""
        let way = connection.map { SIPHop.connection($0) }
            ?? SIPHop.resolving(uri: next, tls: context.settings.tlsClient)
        guard let way else { return done(false) }
        context.stack.send(request, to: way) { [weak self] outcome in
            switch outcome {
            case .response(let response):
                guard let status = response.status, status >= 200 else { return }
                if status == 481 { self?.vanish() }
                done(status < 300)
            case .failed:
                self?.vanish()
                done(false)
            }
        }
    }

    /// The client does not answer, or knows nothing of it: nothing more is sent (RFC 6665 §4.2.2).
    private func vanish() {
        guard !isOver else { return }
        stop()
        onEnd(self)
    }
}
