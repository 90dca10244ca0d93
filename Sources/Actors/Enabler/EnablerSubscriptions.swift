import Connections
import Payloads
import SIP

/// One subscription of a client to a focus; confined to the actor's loop.
final class EnablerSubscription {
    let user: String
    /// The user part of the focus.
    let focus: String
    /// The value of Event, which each NOTIFY repeats (RFC 6665 §8.2.1).
    let event: String
    let localTag: String
    var dialog: SIPDialog?
    var flow: SIPConnectionID
    /// False as long as nothing but empty NOTIFYs went out.
    var isActive = false

    init(user: String, focus: String, event: String, localTag: String, dialog: SIPDialog?, flow: SIPConnectionID) {
        self.user = user
        self.focus = focus
        self.event = event
        self.localTag = localTag
        self.dialog = dialog
        self.flow = flow
    }
}

/// Subscriptions of clients to the conference package, and messages to clients outside sessions.
extension SIPEnablerActor {
    public func setInitialList(_ focusURI: String, _ document: [UInt8]?) {
        initialLists[focusKey(focusURI)] = document
    }

    public func awaitSubscription(of user: String, to focusURI: String) async throws(ActorFailure) {
        let name = try self.user(user).name
        _ = try present("await a subscription")
        try await watch(for: "a subscription of \(name) to \(focusURI)") {
            self.subscription(of: name, to: focusURI) == nil ? nil : .success(())
        }
    }

    public func notify(
        _ document: [UInt8], of focusURI: String, to user: String, state: String
    ) async throws(ActorFailure) {
        let name = try self.user(user).name
        _ = try present("notify")
        guard let subscription = subscription(of: name, to: focusURI) else {
            throw .impossible("\(name) has no subscription to \(focusURI)")
        }
        try await wait(for: "the answer to NOTIFY") { (wait: VerbWait<Void>) in
            sendNotify(subscription, state: state, document) { self.settle(wait, with: $0) { _ in } }
        }
    }

    public func sendMessage(_ message: EnablerMessage, to user: String) async throws(ActorFailure) -> SendResult {
        let equipment = try present("send a message")
        let user = try self.user(user)
        let (binding, flow) = try await place(of: user)
        let requests = EnablerRequests(settings: settings, address: equipment.address)
        let request = requests.message(message, freshStart(), to: user, at: binding)
        return try await wait(for: "the answer to MESSAGE") { wait in
            equipment.sip.send(request, to: .connection(flow)) { outcome in
                switch outcome {
                case .failed(let failure): wait.fail(self.failure(failure, awaited: wait.awaited))
                case .response(let response):
                    guard let status = response.status, status >= 200 else { return }
                    wait.succeed(SendResult(code: status, comment: response.reason ?? ""))
                }
            }
        }
    }

    private func subscription(of user: String, to focusURI: String) -> EnablerSubscription? {
        subscriptions.last { $0.user == user && $0.focus == focusKey(focusURI) }
    }

    // MARK: SUBSCRIBE

    func subscribed(_ request: SIPServerRequest) {
        let message = request.message
        guard message.to?.tag == nil else { return resubscribed(request) }
        guard mayApproach(request) else { return }
        let event = message.headers["Event"] ?? ""
        guard event.split(separator: ";").first?.lowercased() == "conference" else {
            return respond(489, to: request, fields: [("Allow-Events", "conference")])
        }
        guard let user = sender(of: request) else { return respond(403, to: request) }
        guard subscriptions.count < Self.mostSubscriptions else { return respond(503, to: request) }
        let tag = tokens.token(length: 12)
        let dialog = SIPDialog(uas: message, localTag: tag, contact: ownContact(message))
        guard dialog != nil else { return respond(400, to: request) }
        let subscription = EnablerSubscription(
            user: user.name, focus: focusKey(message.requestURI ?? ""), event: event, localTag: tag, dialog: dialog,
            flow: request.connection)
        answer(request, subscription)
        let document = initialLists[subscription.focus]
        notifyAtOnce(subscription, asked: message.expires ?? Self.usualExpires, document)
    }

    /// A refresh, or the end, in the dialog of a subscription.
    private func resubscribed(_ request: SIPServerRequest) {
        guard let subscription = subscriptions.first(where: { $0.dialog?.matches(request.message) == true }) else {
            return respond(481, to: request)
        }
        guard subscription.dialog?.receive(request.message) == .fresh else { return respond(500, to: request) }
        subscription.flow = request.connection
        answer(request, subscription)
        notifyAtOnce(subscription, asked: request.message.expires ?? Self.usualExpires, nil)
    }

    /// Seconds of a subscription that says nothing (RFC 4575 §3.4).
    private static let usualExpires = 3600

    /// Subscriptions at once.
    private static let mostSubscriptions = 1_000

    private func answer(_ request: SIPServerRequest, _ subscription: EnablerSubscription) {
        let expires = request.message.expires ?? Self.usualExpires
        respond(
            200, to: request, tag: subscription.localTag,
            fields: [("Contact", subscription.dialog?.contact ?? ""), ("Expires", "\(expires)")])
        subscriptions.removeAll { $0 === subscription }
        if expires > 0 { subscriptions.append(subscription) }
    }

    /// The NOTIFY that every SUBSCRIBE brings about (RFC 6665 §4.2.1.2).
    private func notifyAtOnce(_ subscription: EnablerSubscription, asked expires: Int, _ document: [UInt8]?) {
        if document != nil { subscription.isActive = true }
        let state = expires == 0 ? "terminated;reason=timeout"
            : "\(subscription.isActive ? "active" : "pending");expires=\(expires)"
        sendNotify(subscription, state: state, document ?? []) { _ in }
        somethingHappened()
    }

    private func sendNotify(
        _ subscription: EnablerSubscription, state: String, _ document: [UInt8],
        then: @escaping (SIPClientOutcome) -> Void
    ) {
        guard var dialog = subscription.dialog, let user = directory.user(subscription.user) else { return }
        var fields = [("Event", subscription.event), ("Subscription-State", state)]
        if !document.isEmpty { fields.append(("Content-Type", ServiceIdentifiers.conferenceInfo)) }
        let request = dialog.request(.notify, headers: headers(fields), body: document)
        subscription.dialog = dialog
        if state.lowercased().hasPrefix("active") { subscription.isActive = true }
        if state.lowercased().hasPrefix("terminated") { subscriptions.removeAll { $0 === subscription } }
        let hop = hop(subscription.flow, of: user, toward: dialog.nextHopURI)
        equipment?.sip.send(request, to: hop, onOutcome: then)
    }
}
