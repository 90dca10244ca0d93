import Payloads
import SIP

/// Subscriptions to the conference package, and REFER.
extension SIPClientActor {
    public func subscribe(to group: GroupHandle) async throws(ActorFailure) {
        _ = try present("subscribe")
        var group = group
        if let focus = focuses[group.identity] { group.focusURI = focus }
        try await wait(for: "the 2xx to SUBSCRIBE") { (wait: VerbWait<Void>) in
            begin(group) { self.settle(wait, with: $0) { _ in } }
        }
    }

    /// A client in a live session follows the roster on its own; to one that is over it subscribes where the last list
    /// comes so.
    func subscribeOnJoining(_ session: ClientSession) {
        guard settings.habits.subscribesOnJoining,
            session.direction == .sendrecv || settings.habits.subscribesToDeferred,
            subscription(to: session.handle) == nil
        else { return }
        begin(session.handle) { _ in }
    }

    private func subscription(to group: GroupHandle) -> ClientSubscription? {
        subscriptions.values.first { $0.group == group }
    }

    private func begin(_ group: GroupHandle, then: @escaping (SIPClientOutcome) -> Void) {
        guard let equipment else { return }
        let start = freshStart()
        let subscription = ClientSubscription(callID: start.callID, localTag: start.fromTag, group: group)
        subscriptions[start.callID] = subscription
        let request = routed(equipment.requests.subscribe(start, group: group))
        exchange(request, to: outbound) { exchange, outcome in
            if case .response(let response) = outcome, let status = response.status, status >= 200, status < 300 {
                subscription.dialog = SIPDialog(uac: exchange.request, response: response)
            }
            self.subscribed(subscription, outcome)
            then(outcome)
        }
    }

    private func refresh(_ subscription: ClientSubscription, then: @escaping (SIPClientOutcome) -> Void) {
        let expires = settings.habits.subscriptionExpires
        guard let request = subscribeRequest(subscription, expires: expires) else { return }
        exchange(request.message, to: request.hop) { exchange, outcome in
            subscription.follow(exchange)
            self.subscribed(subscription, outcome)
            then(outcome)
        }
    }

    private func subscribeRequest(
        _ subscription: ClientSubscription, expires: Int
    ) -> (message: SIPMessage, hop: SIPHop)? {
        guard let equipment, var dialog = subscription.dialog else { return nil }
        let fields = equipment.requests.subscriptionFields(expires: expires) + [("Contact", equipment.requests.contact)]
        let message = dialog.request(.subscribe, headers: headers(fields))
        subscription.dialog = dialog
        return (message, hop(toward: dialog.nextHopURI))
    }

    private func subscribed(_ subscription: ClientSubscription, _ outcome: SIPClientOutcome) {
        if case .response(let response) = outcome, let status = response.status {
            if status < 200 { return }
            if status < 300, subscriptions[subscription.callID] === subscription {
                let granted = response.expires ?? settings.habits.subscriptionExpires
                subscription.setTimer(
                    schedule(in: .seconds(max(granted / 2, 1))) {
                        guard self.presence == .open else { return }
                        self.refresh(subscription) { _ in }
                    })
                return
            }
            if status < 300 { return }
        }
        // Refused or lost: that carriage is over (RFC 6665 §4.1.2.3); the group is not.
        subscription.stopTimer()
        subscriptions[subscription.callID] = nil
    }

    /// Ends the subscription to a group that the user has left; the last NOTIFY is still answered.
    func unsubscribe(from group: GroupIDs) {
        for subscription in subscriptions.values where subscription.group.identity == group {
            subscription.stopTimer()
            guard let request = subscribeRequest(subscription, expires: 0) else { continue }
            exchange(request.message, to: request.hop) { _, _ in }
        }
    }

    // MARK: REFER

    public func add(_ user: String, to group: GroupHandle) async throws(ActorFailure) {
        try await refer(user, .invite, in: group, for: "add a member")
    }

    public func remove(_ user: String, from group: GroupHandle) async throws(ActorFailure) {
        try await refer(user, .bye, in: group, for: "put a member out")
    }

    /// REFER to the focus about a user, in the dialog with it or outside of any.
    private func refer(
        _ user: String, _ method: SIPMethod, in group: GroupHandle, for purpose: String
    ) async throws(ActorFailure) {
        let equipment = try present(purpose)
        try await wait(for: "the 2xx to REFER") { (wait: VerbWait<Void>) in
            if settings.habits.refersInDialog, let session = session(in: group.identity) {
                let fields = equipment.requests.referFields(user: user, method: method)
                    + [("Contact", equipment.requests.contact)]
                request(.refer, in: session, fields: fields) { self.settle(wait, with: $0) { _ in } }
            } else {
                let start = freshStart()
                referrals.insert(start.callID)
                let message = equipment.requests.refer(start, group: group, user: user, method: method)
                exchange(routed(message), to: outbound) { self.settle(wait, with: $1) { _ in } }
            }
        }
    }

    // MARK: Requests in dialogs

    /// Sends a request in the dialog of a session.
    func request(
        _ method: SIPMethod, in session: ClientSession, fields: [(String, String)],
        then: @escaping (SIPClientOutcome) -> Void
    ) {
        guard var dialog = session.dialog else { return }
        let message = dialog.request(method, headers: headers(fields))
        session.dialog = dialog
        exchange(message, to: hop(toward: dialog.nextHopURI)) { exchange, outcome in
            if let sequence = exchange.request.cseq?.number, sequence > session.dialog?.localSequence ?? 0 {
                session.dialog?.localSequence = sequence
            }
            then(outcome)
        }
    }
}

extension ClientSubscription {
    /// A challenge answered in between has moved the sequence on.
    func follow(_ exchange: Exchange) {
        guard let sequence = exchange.request.cseq?.number, sequence > dialog?.localSequence ?? 0 else { return }
        dialog?.localSequence = sequence
    }
}
