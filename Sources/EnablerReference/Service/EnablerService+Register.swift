import SIP

// The registrar's side of REGISTER (RFC 3261 §10.3, 3327, 3608, 5626).
extension EnablerService {
    func register(_ request: SIPServerRequest) {
        let message = request.message
        guard let user = message.to.flatMap({ context.homeUser($0.uri) }) else { return answer(request, 404) }
        guard isAuthentic(request, user, status: 401) else { return }
        let contacts = message.contacts
        guard contacts.count == message.headers.values("Contact").count else { return answer(request, 400) }
        if contacts.contains(where: { $0.uri == "*" }) {
            guard contacts.count == 1, message.expires == 0 else { return answer(request, 400) }
            let wasThere = context.registrar.removeAll(of: user)
            accepted(request, user)
            if wasThere { unregistered(user) }
            return
        }
        let wishes = contacts.map { wish($0, default: message.expires) }
        let least = context.settings.shortestRegistration
        if wishes.contains(where: { $0.expires > 0 && $0.expires < least }) {
            return answer(request, 423, ["Min-Expires": String(least)])
        }
        guard wishes.allSatisfy({ SIPURI($0.contact) != nil && $0.contact.utf8.count <= 1_024 }) else {
            return answer(request, 400)
        }
        apply(wishes, of: user, request)
    }

    private func apply(_ wishes: [ContactRequest], of user: UserAddress, _ request: SIPServerRequest) {
        let template = ContactBinding<SIPConnectionID>(
            user: user, contact: "", instance: nil, registration: nil, path: request.message.paths.map(\.uri),
            flow: request.connection, callID: request.message.callID ?? "",
            sequence: Int(request.message.cseq?.number ?? 0), expiresAt: 0)
        switch context.registrar.register(user, wishes, like: template, now: context.now) {
        case .outOfOrder: answer(request, 500)
        case .tooManyContacts: answer(request, 503)
        case .accepted(let wasReachable, let isReachable):
            if let instance = wishes.first?.instance, context.firstInstances[user] == nil {
                context.firstInstances[user] = instance
            }
            accepted(request, user)
            planExpiry()
            if wasReachable, !isReachable { unregistered(user) }
            guard isReachable, wishes.contains(where: { $0.expires > 0 }) else { return }
            let waits = context.variations.contains(.deliveryAtFirstRequest)
            guard !waits, context.returnFaults.heedsRegistrations else { return }
            guard let delay = context.returnFaults.delay ?? context.answers.deliveryDelay else { return userReturned(user) }
            _ = context.timers.after(milliseconds: delay) { [weak self] in self?.userReturned(user) }
        }
    }

    private func wish(_ contact: NameAddress, default expires: Int?) -> ContactRequest {
        let asked = contact.parameters["expires"].flatMap { Int($0) } ?? expires ?? context.settings.longestRegistration
        return ContactRequest(
            contact: contact.uri, instance: contact.parameters["+sip.instance"],
            registration: contact.parameters["reg-id"].flatMap { Int($0) },
            expires: max(0, min(asked, context.settings.longestRegistration)))
    }

    /// The 200 with the bindings as they are now.
    private func accepted(_ request: SIPServerRequest, _ user: UserAddress) {
        var headers = SIPHeaders()
        for binding in context.registrar.live(user, now: context.now) {
            var contact = NameAddress(uri: binding.contact)
            let seconds = (binding.expiresAt - context.now + 999_999_999) / 1_000_000_000
            contact.parameters["expires"] = String(seconds)
            if let registration = binding.registration { contact.parameters["reg-id"] = String(registration) }
            if let instance = binding.instance { contact.parameters["+sip.instance"] = "\"\(instance)\"" }
            headers.add("Contact", contact.description)
        }
        for path in request.message.headers.values("Path") { headers.add("Path", path) }
        if claimsFlow(request), context.settings.flowTimer > 0 {
            headers.add("Require", "outbound")
            headers.add("Flow-Timer", String(context.settings.flowTimer))
            context.stack.expectKeepAlive(
                request.connection, within: Int64(context.settings.flowTimer) * 1_500_000_000)
        }
        headers.add("Service-Route", "<\(context.ownRoute)>")
        headers.add("P-Associated-URI", "<\(user.uri)>")
        answer(request, 200, headers)
    }

    /// True for a registration over a flow of the client's own (RFC 5626 §6): no proxy stands between.
    private func claimsFlow(_ request: SIPServerRequest) -> Bool {
        let message = request.message
        return message.headers.lists("outbound", in: "Supported") && message.headers.values("Via").count == 1
            && message.contacts.contains { $0.parameters.has("reg-id") && $0.parameters["expires"] != "0" }
            && message.expires != 0
    }
}
