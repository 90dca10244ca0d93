import Connections
import SIP

/// The registrar: it answers by itself, and verbs ask what it knows (RFC 3261 §10.3, RFC 3327, RFC 3608, RFC 5626).
extension SIPEnablerActor {
    public func isRegistered(_ user: String) -> Bool {
        guard let user = directory.user(user) else { return false }
        return bindings[user.name]?.best(now: now) != nil
    }

    public func awaitRegistration(of user: String) async throws(ActorFailure) {
        let name = try self.user(user).name
        _ = try present("await a registration")
        try await watch(for: "a REGISTER of \(name)") { self.isRegistered(name) ? .success(()) : nil }
    }

    public func awaitDeregistration(of user: String) async throws(ActorFailure) {
        let name = try self.user(user).name
        _ = try present("await the end of a registration")
        try await watch(for: "the end of the registration of \(name)") {
            self.isRegistered(name) ? nil : .success(())
        }
    }

    func register(_ request: SIPServerRequest) {
        let message = request.message
        guard let user = message.to.flatMap({ directory.user(at: $0.uri) }) else { return respond(404, to: request) }
        guard isAuthentic(request, user) else { return }
        let contacts = message.contacts
        guard contacts.count == message.headers.values("Contact").count else { return respond(400, to: request) }
        var changed = bindings[user.name] ?? EnablerBindings()
        if contacts.contains(where: { $0.uri == "*" }) {
            guard contacts.count == 1, message.expires == 0 else { return respond(400, to: request) }
            changed.removeAll()
        } else {
            switch changed.apply(contacts.map { binding($0, request) }, now: now) {
            case .outOfOrder: return respond(500, to: request)
            case .tooMany: return respond(503, to: request)
            case .done: break
            }
        }
        bindings[user.name] = changed
        owners[request.connection] = user.name
        respond(200, to: request, fields: registeredFields(message, changed.all, user))
        somethingHappened()
    }

    /// Challenges where the settings say so; true when the request may go on.
    private func isAuthentic(_ request: SIPServerRequest, _ user: EnablerUser) -> Bool {
        guard settings.challenge != .none, let password = user.password else { return true }
        let name = user.authenticationUser ?? userPart(of: user.address)
        let verdict = digest.verify(request.message, password: { $0 == name ? password : nil }, now: now)
        if case .accepted = verdict { return true }
        var response = request.message.response(401, toTag: tokens.token(length: 12))
        digest.challenge(&response, stale: verdict == .stale, now: now)
        equipment?.sip.respond(response, to: request)
        return false
    }

    private func binding(_ contact: NameAddress, _ request: SIPServerRequest) -> EnablerBinding {
        let message = request.message
        let asked = contact.parameters["expires"].flatMap { Int($0) } ?? message.expires ?? 3600
        let granted = max(0, min(asked, settings.grantedExpires ?? asked, 1 << 30))
        return EnablerBinding(
            contact: contact.uri, instance: contact.parameters["+sip.instance"],
            registration: contact.parameters["reg-id"].flatMap { Int($0) }, path: message.headers.values("Path"),
            flow: request.connection, callID: message.callID ?? "", sequence: message.cseq?.number ?? 0,
            expires: granted, expiresAt: now + Int64(granted) * 1_000_000_000)
    }

    /// The 200 with the bindings as they are now.
    private func registeredFields(
        _ message: SIPMessage, _ all: [EnablerBinding], _ user: EnablerUser
    ) -> [(String, String)] {
        var fields: [(String, String)] = []
        for binding in all {
            var contact = NameAddress(uri: binding.contact)
            contact.parameters["expires"] = String(max(0, (binding.expiresAt - now + 999_999_999) / 1_000_000_000))
            if let registration = binding.registration { contact.parameters["reg-id"] = String(registration) }
            if let instance = binding.instance { contact.parameters["+sip.instance"] = "\"\(instance)\"" }
            fields.append(("Contact", contact.description))
        }
        for path in message.headers.values("Path") { fields.append(("Path", path)) }
        if message.headers.lists("outbound", in: "Supported"), all.contains(where: { $0.registration != nil }) {
            fields.append(("Require", "outbound"))
        }
        if settings.givesServiceRoute, let route = equipment?.address.route {
            fields.append(("Service-Route", "<\(route)>"))
        }
        fields.append(("P-Associated-URI", "<\(user.address)>"))
        return fields
    }
}
