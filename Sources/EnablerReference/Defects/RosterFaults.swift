/// What defects change in participant information before it is delivered. Without one, everything passes unchanged.
struct RosterFaults: Sendable {
    private let defects: Set<Defect>
    /// The first members that were shown to this client.
    private var first: [RosterUser]?

    private static let otherFocus = "sip:focus-0@nowhere.example"
    private static let stranger = RosterUser(
        user: UserAddress(canonical: "sip:stranger@nowhere.example"), displayName: nil, status: .joined)

    init(_ defects: Set<Defect>) { self.defects = defects }

    /// The document for a change, or for the start of a stream; nil leaves it out.
    ///
    /// - Parameters:
    ///   - isOver: in a group that goes on every list is as it should be: there the last one is the current list, and not
    ///     one of the earlier.
    ///   - today: the roster as it is now, where it is known.
    mutating func document(
        _ snapshot: RosterSnapshot, _ stream: inout RosterStream, isOver: Bool, today: RosterSnapshot?
    ) -> RosterDocument? {
        guard isOver, !defects.isEmpty else {
            var document = stream.next(snapshot)
            document.isInvalid = defects.contains(.conferenceInfoInvalid)
            return document
        }
        let isFirst = !stream.hasStarted
        var snapshot = snapshot
        if defects.contains(.listsWithoutAbsent) {
            let away = Set((today?.users ?? []).filter { $0.status == .represented }.map(\.user))
            snapshot.users.removeAll { away.contains($0.user) }
        }
        if isFirst {
            first = first ?? snapshot.users
            if defects.contains(.initialCurrent) { snapshot.users = today?.users ?? snapshot.users }
        } else {
            if defects.contains(.intermediateMissing) || isUntold(snapshot) { return nil }
            if defects.contains(.listVersionGap) { _ = stream.next(snapshot) }
        }
        var document = stream.next(snapshot)
        if isFirst, defects.contains(.partialWithoutFull) { document.isFull = false }
        document.isUnversioned = defects.contains(.partialUnversioned) && !document.isFull
        if defects.contains(.listVersionFalls) { document.version = 1 }
        if defects.contains(.listOtherFocus) { document.focus = Self.otherFocus }
        if defects.contains(.listStranger) { document.users.append(Self.stranger) }
        if defects.contains(.listUserTwice) { document.users += Self.again(document.users) }
        document.isInvalid = defects.contains(.conferenceInfoInvalid)
        return document
    }

    /// The final list; nil leaves it out.
    func final(_ snapshot: RosterSnapshot, _ stream: inout RosterStream) -> RosterDocument? {
        if defects.isEmpty { return stream.next(snapshot, full: true) }
        if defects.contains(.finalListMissing) { return nil }
        var snapshot = snapshot
        snapshot.users = membership(snapshot.users)
        var document = stream.next(snapshot, full: !defects.contains(.finalListPartial))
        if defects.contains(.finalListOtherFocus) { document.focus = Self.otherFocus }
        if defects.contains(.finalListUserTwice) { document.users += Self.again(document.users) }
        if defects.contains(.finalListVersionFalls) { document.version = 0 }
        document.isInvalid = defects.contains(.conferenceInfoInvalid)
        return document
    }

    private func membership(_ users: [RosterUser]) -> [RosterUser] {
        var users = users
        if defects.contains(.finalListStale), let first { users = first }
        if defects.contains(.finalListWithoutAbsent) { users.removeAll { $0.status == .represented } }
        if defects.contains(.finalListWithoutMember), let place = users.firstIndex(where: { $0.status == .joined }) {
            users.remove(at: place)
        }
        if defects.contains(.finalListStranger) { users.append(Self.stranger) }
        for place in users.indices {
            if defects.contains(.finalListShowsLeaver) { users[place].status = .joined }
            if defects.contains(.finalListTeardown) { users[place].status = .departed }
        }
        return users
    }

    private func isUntold(_ snapshot: RosterSnapshot) -> Bool {
        guard defects.contains(.departuresUntold), !snapshot.changed.isEmpty else { return false }
        return snapshot.users.allSatisfy { !snapshot.changed.contains($0.user) || !$0.status.isMember }
    }

    /// The first user once more, its host in capitals: the same user by RFC 3261 §19.1.4.
    private static func again(_ users: [RosterUser]) -> [RosterUser] {
        users.prefix(1).map { listed in
            var other = listed
            let parts = listed.user.uri.split(separator: "@", maxSplits: 1)
            if parts.count == 2 { other.user = UserAddress(canonical: "\(parts[0])@\(parts[1].uppercased())") }
            return other
        }
    }
}
