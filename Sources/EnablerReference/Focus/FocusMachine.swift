/// What the focus wants done, in this order.
enum FocusAction: Sendable, Hashable {
    /// Call a member, or let the participating function stand in for it.
    case invite(UserAddress)
    /// Participant information changed: everybody who is entitled to it gets it.
    case rosterChanged(RosterSnapshot)
    /// Keep what the member is now.
    case keep(UserAddress, MemberStatus)
    /// The group is over; `final` is the last membership before that.
    case end(EndCause, final: RosterSnapshot)
    /// Something happened: the inactivity timer starts anew.
    case restartInactivity
}

/// Why a user could not be added.
enum AddRefusal: Error, Sendable, Hashable {
    case ended
    case notMember
    case full
}

/// The focus of one group: who is a member, whom a message goes to, and when the group ends. Pure.
///
/// Members for whom the participating function stands in are members like others: the focus relays to them and lists
/// them as connected.
struct FocusMachine: Sendable {
    let focus: String
    let subject: String?
    let creator: UserAddress
    private let maximumMembers: Int
    /// Whether lists show that a member is stood in for, so that this is a change to be told.
    private let showsAbsence: Bool
    private var users: [RosterUser] = []
    private var places: [UserAddress: Int] = [:]
    private(set) var ended: EndCause?

    init(
        focus: String, subject: String?, creator: UserAddress, maximumMembers: Int, showsAbsence: Bool = false
    ) {
        self.focus = focus
        self.subject = subject
        self.creator = creator
        self.maximumMembers = maximumMembers
        self.showsAbsence = showsAbsence
    }

    /// Takes up a group that the store knows.
    mutating func restore(_ members: [StoredMember], ended cause: EndCause?) {
        for member in members {
            put(RosterUser(user: member.user, displayName: member.displayName, status: member.status))
        }
        ended = cause
    }

    /// Starts the group: the creator takes part, the others are called.
    mutating func create(_ creator: RosterUser, inviting invited: [RosterUser]) -> [FocusAction] {
        put(RosterUser(user: creator.user, displayName: creator.displayName, status: .joined))
        for user in invited where places[user.user] == nil {
            put(RosterUser(user: user.user, displayName: user.displayName, status: .invited))
        }
        var actions = users.map { FocusAction.keep($0.user, $0.status) }
        actions.append(.rosterChanged(snapshot(changed: users.map(\.user))))
        actions += users.dropFirst().map { .invite($0.user) }
        return actions + [.restartInactivity]
    }

    func status(of user: UserAddress) -> MemberStatus? { places[user].map { users[$0].status } }

    func displayName(of user: UserAddress) -> String? { places[user].flatMap { users[$0].displayName } }

    /// Everybody the group knows, in the order they came.
    var everybody: [RosterUser] { users }

    /// To whom a message of this sender goes: every member but the sender, present or represented.
    func audience(of sender: UserAddress) -> [UserAddress] {
        users.filter { $0.status.isMember && $0.user != sender }.map(\.user)
    }

    /// The participant information as it is now.
    func snapshot(changed: [UserAddress] = []) -> RosterSnapshot {
        RosterSnapshot(focus: focus, subject: subject, users: users, changed: changed)
    }

    /// A member's standing changed: it joined, is stood in for, left, was put out, or declined.
    mutating func member(_ user: UserAddress, became status: MemberStatus) -> [FocusAction] {
        guard ended == nil, let place = places[user], users[place].status != status else { return [] }
        let before = users[place].status
        users[place].status = status
        var actions: [FocusAction] = [.keep(user, status)]
        let isShown = before.isShownConnected != status.isShownConnected || before.isMember != status.isMember
        if isShown || showsAbsence && before.isMember {
            actions.append(.rosterChanged(snapshot(changed: [user])))
        }
        if !status.isMember, isTooSmall(after: status) { actions.append(contentsOf: end(.tooFewMembers)) }
        return actions + (ended == nil ? [.restartInactivity] : [])
    }

    /// A member adds a user: one who is new, or one who had left or declined.
    mutating func add(_ user: RosterUser, by member: UserAddress) -> Result<[FocusAction], AddRefusal> {
        guard ended == nil else { return .failure(.ended) }
        guard status(of: member)?.isMember == true else { return .failure(.notMember) }
        if status(of: user.user)?.isMember == true { return .success([]) }
        guard users.count < maximumMembers || places[user.user] != nil else { return .failure(.full) }
        put(RosterUser(user: user.user, displayName: user.displayName, status: .invited))
        return .success([
            .keep(user.user, .invited), .rosterChanged(snapshot(changed: [user.user])), .invite(user.user),
            .restartInactivity,
        ])
    }

    /// Somebody sent something.
    func sawTraffic() -> [FocusAction] { ended == nil ? [.restartInactivity] : [] }

    /// The group ends; the final list is the membership just before.
    mutating func end(_ cause: EndCause) -> [FocusAction] {
        guard ended == nil else { return [] }
        ended = cause
        return [.end(cause, final: snapshot())]
    }

    /// Fewer than two members; or the last one present left of its own will and only absent ones remain.
    private func isTooSmall(after status: MemberStatus) -> Bool {
        let members = users.filter(\.status.isMember)
        if members.count < 2 { return true }
        return status != .declined && !members.contains { $0.status == .joined }
    }

    private mutating func put(_ user: RosterUser) {
        if let place = places[user.user] {
            users[place].status = user.status
            users[place].displayName = user.displayName ?? users[place].displayName
        } else {
            places[user.user] = users.count
            users.append(user)
        }
    }
}

extension MemberStatus {
    /// A represented absentee is shown as connected: its participating function has answered for it.
    var isShownConnected: Bool { self == .joined || self == .represented }
}
