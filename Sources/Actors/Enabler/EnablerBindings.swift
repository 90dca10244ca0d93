import SIP

/// One place where a user can be reached (RFC 3261 §10, RFC 5626).
struct EnablerBinding: Sendable, Hashable {
    var contact: String
    var instance: String?
    /// `reg-id`: the client claims the flow that it registers over.
    var registration: Int?
    /// From the Path header, first hop first (RFC 3327).
    var path: [String]
    /// The connection that the REGISTER came on; nil once it is gone.
    var flow: SIPConnectionID?
    var callID: String
    var sequence: UInt32
    /// Seconds granted.
    var expires: Int
    /// Nanoseconds of the monotonic clock.
    var expiresAt: Int64

    /// True where another REGISTER for this contact is about the same place.
    func isSame(as other: EnablerBinding) -> Bool {
        if let instance = other.instance, self.instance != nil {
            return self.instance == instance && registration == other.registration
        }
        return contact == other.contact
    }

    /// Whether requests can go there: a flow that is claimed and gone cannot be replaced by a call to the contact.
    func isReachable(now: Int64) -> Bool { expiresAt > now && (flow != nil || registration == nil) }
}

/// The bindings of one user: a plain value.
struct EnablerBindings: Sendable, Hashable {
    private(set) var all: [EnablerBinding] = []
    /// Bindings that one user may have.
    private static let most = 16

    enum Verdict: Sendable, Hashable {
        case done
        /// An older CSeq with the same Call-ID (RFC 3261 §10.3, step 7).
        case outOfOrder
        case tooMany
    }

    /// Adds, refreshes and, with `expires` 0, removes; all or nothing.
    mutating func apply(_ wanted: [EnablerBinding], now: Int64) -> Verdict {
        var after = all.filter { $0.expiresAt > now }
        for binding in wanted {
            if let place = after.firstIndex(where: { $0.isSame(as: binding) }) {
                let old = after.remove(at: place)
                if old.callID == binding.callID, old.sequence >= binding.sequence { return .outOfOrder }
            }
            if binding.expires > 0 { after.append(binding) }
        }
        guard after.count <= Self.most else { return .tooMany }
        all = after
        return .done
    }

    mutating func removeAll() { all = [] }

    mutating func lost(_ flow: SIPConnectionID) {
        for place in all.indices where all[place].flow == flow { all[place].flow = nil }
    }

    /// Where to send requests: the newest place, one with an open flow first.
    func best(now: Int64) -> EnablerBinding? {
        let reachable = all.filter { $0.isReachable(now: now) }
        return reachable.last { $0.flow != nil } ?? reachable.last
    }
}
