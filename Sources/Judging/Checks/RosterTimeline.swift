import Facts

/// The participant-information documents that reached a user after its return, each with the view that a client has
/// once it has applied it (RFC 4575 §4.6).
struct RosterTimeline {
    /// A document in its place.
    struct Point {
        var record: Evidence.OfferRecord
        var roster: Roster
        /// Members by canonical address after this document; nil while no full one is known.
        var view: [String: RosterUser]?
        /// Breaches of the rules of its stream.
        var faults: [Fault]
        /// Whether the user's side took it over: what ran into a silent or broken connection was shown to nobody.
        var isTakenOver: Bool { record.isTakenOver }
        /// True for a document that only shows the end: `deleted`, or everybody disconnected.
        var isTeardown: Bool
    }

    private(set) var points: [Point] = []

    /// - Parameters:
    ///   - group: the ids of the group; documents of other groups are left out.
    ///   - from: nanoseconds; earlier documents are used to know the stream's state, but are no points.
    init(user: String, group: GroupIdentity?, from: Int64, evidence: Evidence) {
        var streams: [Int: StreamState] = [:]
        let own = group.flatMap { evidence.focuses[$0] } ?? []
        let foreign = evidence.focuses.filter { $0.key != group }.values.reduce(into: Set()) { $0.formUnion($1) }
            .subtracting(own)
        for (record, roster) in evidence.rosterOffers(at: user) {
            if let group, let other = evidence.session(record.offer.session)?.session.group, other != group { continue }
            // A subscription without a session is known by the focus that its lists are about.
            if record.offer.session == nil, foreign.contains(AddressBook.canonical(roster.entity)) { continue }
            var state = streams[roster.stream] ?? StreamState()
            let faults = state.apply(roster, lines: record.lines)
            streams[roster.stream] = state
            guard record.at >= from else { continue }
            points.append(
                Point(
                    record: record, roster: roster, view: state.view, faults: faults,
                    isTeardown: Self.isTeardown(roster, state.view)))
        }
    }

    private static func isTeardown(_ roster: Roster, _ view: [String: RosterUser]?) -> Bool {
        if roster.extent == .deleted { return true }
        guard let view, !view.isEmpty else { return false }
        return view.values.allSatisfy { !isMember($0) }
    }

    /// Whether a list shows the user as one of the group: connected, or on the way in. A user without any status is
    /// listed, and that is what the core schema lets a focus say of a member.
    static func isMember(_ user: RosterUser?) -> Bool {
        guard let user, user.extent != .deleted else { return false }
        switch user.status {
        case "disconnected", "disconnecting": return false
        default: return true
        }
    }
}

/// What is known of one stream of documents.
private struct StreamState {
    var view: [String: RosterUser]?
    var version: Int?
    var last: Roster?

    /// Applies a document and says which rule of the stream it breaks.
    mutating func apply(_ roster: Roster, lines: [Int]) -> [Fault] {
        defer {
            last = roster
            version = roster.version ?? version
        }
        if let last, last.version != nil, sameDocument(last, roster) { return [] }
        var faults: [Fault] = []
        if let now = roster.version, let before = version {
            if roster.extent == .partial, view != nil, now != before + 1 {
                faults.append(Fault(text: "a partial list has version \(now) after version \(before)", lines: lines))
            } else if roster.extent != .partial, now <= before {
                faults.append(Fault(text: "version \(now) comes after version \(before)", lines: lines))
            }
        }
        if roster.extent == .partial, roster.version == nil {
            faults.append(Fault(text: "a partial list has no version, so that nobody can tell what it applies to", lines: lines))
        }
        switch roster.extent {
        case .full: view = Dictionary(keyed(roster.users), uniquingKeysWith: Self.better)
        case .deleted: view = [:]
        case .partial:
            guard var merged = view else {
                faults.append(Fault(text: "a partial list comes before any full one", lines: lines))
                return faults
            }
            for (key, user) in keyed(roster.users) { Self.merge(user, into: &merged, key: key) }
            view = merged
        }
        return faults
    }

    private func sameDocument(_ a: Roster, _ b: Roster) -> Bool {
        a.version == b.version && a.extent == b.extent && a.users == b.users
    }

    private func keyed(_ users: [RosterUser]) -> [(String, RosterUser)] {
        users.map { (AddressBook.canonical($0.address), $0) }
    }

    private static func better(_ a: RosterUser, _ b: RosterUser) -> RosterUser {
        RosterTimeline.isMember(a) ? a : b
    }

    private static func merge(_ user: RosterUser, into view: inout [String: RosterUser], key: String) {
        switch user.extent {
        case .deleted: view[key] = nil
        case .full: view[key] = user
        case .partial:
            var known = view[key] ?? user
            known.extent = .full
            if user.status != nil { known.status = user.status }
            if user.method != nil { known.method = user.method }
            view[key] = known
        }
    }
}
