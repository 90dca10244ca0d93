/// The defects in the lists that a focus gives its subscribers. Without one, nothing is touched.
struct LiveListFaults: Sendable {
    private let defects: Set<Defect>
    private var subscribed: Set<UserAddress> = []

    init(_ defects: Set<Defect>) { self.defects = defects }

    /// The list with which a subscription begins (`current-list-incomplete`).
    mutating func first(_ snapshot: RosterSnapshot, for user: UserAddress) -> RosterSnapshot {
        guard defects.contains(.currentListIncomplete), !subscribed.insert(user).inserted else { return snapshot }
        var snapshot = snapshot
        if let other = snapshot.users.firstIndex(where: { $0.user != user }) { snapshot.users.remove(at: other) }
        return snapshot
    }
}
