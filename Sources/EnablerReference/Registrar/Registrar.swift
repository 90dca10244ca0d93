/// One contact of a user.
struct ContactBinding<Flow: Hashable & Sendable>: Sendable, Hashable {
    var user: UserAddress
    /// The URI to put on the request line.
    var contact: String
    /// `+sip.instance` and `reg-id` (RFC 5626 §4.1); a registration with the same pair replaces the binding.
    var instance: String?
    var registration: Int?
    /// From the Path header, first hop first (RFC 3327).
    var path: [String]
    /// The connection that the REGISTER came on; nil once it is gone.
    var flow: Flow?
    var callID: String
    var sequence: Int
    /// Nanoseconds on the monotonic clock.
    var expiresAt: Int64
    /// When the REGISTER came, on the same clock.
    var registeredAt: Int64 = 0

    /// The connection for requests to the user; nil where a Path names the way (RFC 3327 §5.3) or the flow is gone.
    var direct: Flow? { path.isEmpty ? flow : nil }
}

/// What a REGISTER asks for, one contact of it.
struct ContactRequest: Sendable, Hashable {
    var contact: String
    var instance: String?
    var registration: Int?
    /// Seconds; 0 takes the contact away.
    var expires: Int
}

/// What came of a REGISTER.
enum RegistrationOutcome: Sendable, Hashable {
    /// `isReachable` after it; `wasReachable` before.
    case accepted(wasReachable: Bool, isReachable: Bool)
    /// An older CSeq with the same Call-ID (RFC 3261 §10.3, step 7).
    case outOfOrder
    case tooManyContacts
}

/// The bindings of all users: pure.
struct Registrar<Flow: Hashable & Sendable>: Sendable {
    typealias Binding = ContactBinding<Flow>

    private var bindings: [UserAddress: [Binding]] = [:]
    /// Contacts for one user.
    private let maximumContacts: Int
    private let maximumUsers: Int

    init(maximumContacts: Int = 16, maximumUsers: Int = 10_000) {
        self.maximumContacts = maximumContacts
        self.maximumUsers = maximumUsers
    }

    /// Adds, refreshes and removes contacts of a user (RFC 3261 §10.3, 5626 §6).
    mutating func register(
        _ user: UserAddress, _ requests: [ContactRequest], like template: Binding, now: Int64
    ) -> RegistrationOutcome {
        let before = live(user, now: now)
        var after = before
        for request in requests {
            let old = after.firstIndex { Self.isSame($0, request) }
            if let old, after[old].callID == template.callID, after[old].sequence >= template.sequence {
                return .outOfOrder
            }
            if let old { after.remove(at: old) }
            guard request.expires > 0 else { continue }
            var binding = template
            binding.contact = request.contact
            binding.instance = request.instance
            binding.registration = request.registration
            binding.registeredAt = now
            binding.expiresAt = now + Int64(request.expires) * 1_000_000_000
            after.append(binding)
        }
        guard after.count <= maximumContacts, bindings[user] != nil || bindings.count < maximumUsers else {
            return .tooManyContacts
        }
        bindings[user] = after.isEmpty ? nil : after
        return .accepted(wasReachable: !before.isEmpty, isReachable: !after.isEmpty)
    }

    /// Takes all contacts of a user away (`Contact: *`).
    mutating func removeAll(of user: UserAddress) -> Bool { bindings.removeValue(forKey: user) != nil }

    /// The contacts of a user that have not run out, oldest first.
    func live(_ user: UserAddress, now: Int64) -> [Binding] {
        (bindings[user] ?? []).filter { $0.expiresAt > now }
    }

    /// Everybody who has a contact.
    func users(now: Int64) -> [UserAddress] {
        bindings.filter { $0.value.contains { $0.expiresAt > now } }.keys.sorted()
    }

    /// Where to send a request for a user: the newest contact, those with an open flow first.
    func best(for user: UserAddress, now: Int64) -> Binding? {
        let known = live(user, now: now)
        return known.last { $0.flow != nil } ?? known.last
    }

    /// A connection is gone: no request can go down it any more, though the contact may still answer.
    mutating func lost(_ flow: Flow) {
        for (user, known) in bindings where known.contains(where: { $0.flow == flow }) {
            bindings[user] = known.map { binding in
                var binding = binding
                if binding.flow == flow { binding.flow = nil }
                return binding
            }
        }
    }

    /// Removes what has run out and names the users who have no contact any more.
    mutating func expire(now: Int64) -> [UserAddress] {
        var gone: [UserAddress] = []
        for (user, known) in bindings where known.contains(where: { $0.expiresAt <= now }) {
            let left = known.filter { $0.expiresAt > now }
            bindings[user] = left.isEmpty ? nil : left
            if left.isEmpty { gone.append(user) }
        }
        return gone.sorted()
    }

    /// When the next contact runs out, in nanoseconds on the monotonic clock.
    var nextExpiry: Int64? { bindings.values.joined().map(\.expiresAt).min() }

    /// True when a user registered over this connection.
    func uses(_ flow: Flow, _ user: UserAddress) -> Bool { (bindings[user] ?? []).contains { $0.flow == flow } }

    private static func isSame(_ binding: Binding, _ request: ContactRequest) -> Bool {
        if let instance = request.instance, binding.instance != nil {
            return binding.instance == instance && binding.registration == request.registration
        }
        return binding.contact == request.contact
    }
}
