public import Diagnostics
public import Recordings

/// The facts of a running case, with what a script needs to know to go on: who is in, who has what.
///
/// Feed it each line as it is recorded. It decides nothing; it answers questions about what has been seen.
public struct FactLog: Sendable {
    private var decoder: FactDecoder
    /// Every fact so far, in order.
    public private(set) var facts: [Fact] = []
    /// Every session by its number.
    public private(set) var sessions: [GroupSession] = []
    public private(set) var joinedSessions: Set<Int> = []
    public private(set) var endedSessions: Set<Int> = []
    /// Those that the implementation ended.
    public private(set) var dismissedSessions: Set<Int> = []
    /// How many chat messages came to each user, copies included.
    public private(set) var messageCounts: [String: Int] = [:]
    /// Every offer by its number.
    public private(set) var offers: [Offer] = []
    private var settled: Set<Int> = []
    /// How many items came to each user and have not been answered for.
    private var unsettled: [String: Int] = [:]
    private var messagesAt: [String: Set<String>] = [:]
    /// Bodies of a few words, each with the number of the last offer that brought it.
    private var wordsAt: [String: [[UInt8]: Int]] = [:]
    private static let fewWords = 64
    private var dispositionsAt: [String: [Disposition]] = [:]
    private var accepted: Set<Int> = []
    /// What each user sent, by user and Message-ID.
    private var submissions: [String: [Int]] = [:]
    private var rosters: [String: RosterView] = [:]
    private let addresses: AddressBook

    public init(addresses: AddressBook, limits: Limits = Limits(), isClientTested: Bool = false) {
        self.addresses = addresses
        decoder = FactDecoder(limits: limits, isClientTested: isClientTested)
    }

    /// Takes the next line and returns what it completes.
    public mutating func take(_ line: RecordedLine) -> [Fact] {
        let new = decoder.take(line)
        facts += new
        for fact in new { remember(fact.what) }
        return new
    }

    private mutating func remember(_ what: FactKind) {
        switch what {
        case .invited(let session), .asked(let session): sessions.append(session)
        case .joined(_, let id): joinedSessions.insert(id)
        case .ended(_, let id, let by, _):
            endedSessions.insert(id)
            if by == .implementation { dismissedSessions.insert(id) }
        case .offered(let offer): remember(offer)
        case .confirmed(let id), .unconfirmed(let id, _), .indeterminate(let id):
            if settled.insert(id).inserted, offers.indices.contains(id) { unsettled[offers[id].user, default: 0] -= 1 }
        case .submitted(let submission):
            guard case .message(let chat) = submission.item, let id = chat.id else { break }
            submissions[Self.key(submission.user, id), default: []].append(submission.id)
        case .submissionAnswered(let id, true, _): accepted.insert(id)
        default: break
        }
    }

    private mutating func remember(_ offer: Offer) {
        offers.append(offer)
        if !settled.contains(offer.id) { unsettled[offer.user, default: 0] += 1 }
        switch offer.item {
        case .message(let message):
            messageCounts[offer.user, default: 0] += 1
            if let id = message.id { messagesAt[offer.user, default: []].insert(id) }
            if message.body.count <= Self.fewWords { wordsAt[offer.user, default: [:]][message.body] = offer.id }
        case .dispositions(let all): dispositionsAt[offer.user, default: []] += all
        case .roster(let roster): rosters[offer.user, default: RosterView()].apply(roster)
        case .composing, .other: break
        }
    }

    // MARK: questions

    /// True when the user has a session of this group that stands; `group` nil means any.
    public func isJoined(_ user: String, group: GroupIdentity?) -> Bool {
        sessions.contains { session in
            session.user == user && (group == nil || session.group == group)
                && joinedSessions.contains(session.id) && !endedSessions.contains(session.id)
        }
    }

    /// The sessions of a user with a group, in the order they began.
    public func sessions(of user: String, group: GroupIdentity?) -> [GroupSession] {
        sessions.filter { $0.user == user && (group == nil || $0.group == group) }
    }

    /// True when the message with this Message-ID came to the user.
    public func has(_ user: String, message id: String) -> Bool { messagesAt[user]?.contains(id) == true }

    /// True when a message with these few words came to the user, under whatever Message-ID, in the offer with this number
    /// or in a later one.
    public func has(_ user: String, words: [UInt8], since offer: Int) -> Bool { wordsAt[user]?[words] ?? -1 >= offer }

    /// True when a disposition about the message, with this status and from this actor, came to the user.
    public func has(_ user: String, disposition status: String, about id: String, from actor: String) -> Bool {
        dispositionsAt[user]?.contains {
            $0.message == id && $0.status == status && addresses.actor(of: $0) == actor
        } == true
    }

    /// True when the implementation accepted what the user sent under this Message-ID.
    public func isAccepted(_ user: String, message id: String) -> Bool {
        submissions[Self.key(user, id)]?.contains(where: accepted.contains) == true
    }

    /// True when a message with this Message-ID has left the user.
    public func hasSent(_ user: String, message id: String) -> Bool { submissions[Self.key(user, id)] != nil }

    private static func key(_ user: String, _ message: String) -> String { "\(user)\n\(message)" }

    /// True when every item that came to the user has been answered for.
    public func isSettled(_ user: String) -> Bool { unsettled[user, default: 0] == 0 }

    /// Whether the newest lists that the user has seen show another actor as one of the group; nil while it knows no
    /// list.
    public func sees(_ user: String, member actor: String) -> Bool? {
        rosters[user]?.isMember { addresses.actor($0) == actor }
    }

    /// The best status under which the newest lists of the user show another actor; nil when it is not listed.
    public func status(_ user: String, of actor: String) -> String? {
        rosters[user]?.status { addresses.actor($0) == actor }
    }
}

/// What the newest lists say, stream by stream; the newest stream counts.
private struct RosterView: Sendable {
    private var members: [Int: [String: RosterUser]] = [:]
    private var newest: Int?

    mutating func apply(_ roster: Roster) {
        newest = roster.stream
        switch roster.extent {
        case .full: members[roster.stream] = Dictionary(keyed(roster), uniquingKeysWith: { a, _ in a })
        case .deleted: members[roster.stream] = [:]
        case .partial:
            for (key, user) in keyed(roster) {
                members[roster.stream, default: [:]][key] = user.extent == .deleted ? nil : user
            }
        }
    }

    private func keyed(_ roster: Roster) -> [(String, RosterUser)] {
        roster.users.map { (AddressBook.canonical($0.address), $0) }
    }

    func isMember(_ isMeant: (String) -> Bool) -> Bool? {
        guard let newest, let list = members[newest] else { return nil }
        return list.values.contains { user in
            isMeant(user.address) && user.status != "disconnected" && user.status != "disconnecting"
        }
    }

    func status(_ isMeant: (String) -> Bool) -> String? {
        guard let newest, let list = members[newest] else { return nil }
        return list.values.first { isMeant($0.address) }?.status
    }
}
