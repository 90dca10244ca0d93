import Payloads

/// The defects in what is made of lists. Without one, everything passes through unchanged.
struct ListFaults: Sendable {
    private let defects: Set<ClientDefect>

    init(_ defects: Set<ClientDefect>) { self.defects = defects }

    var mergesGroups: Bool { defects.contains(.groupsMerged) }

    /// Whether a list is looked at; `isKnown` once one has been.
    func takes(isKnown: Bool) -> Bool { !(isKnown && defects.contains(.finalListIgnored)) }

    /// A list as it is shown.
    func shown(_ list: [Participant]) -> [Participant] {
        guard defects.contains(.leaversShown) else { return list }
        return list.map { participant in
            var participant = participant
            if !participant.isMember { participant.status = "connected" }
            participant.method = nil
            return participant
        }
    }

    /// What a change is applied to where no whole list came before it; nil where that is not done.
    func base(for change: ConferenceInfo) -> ConferenceInfo? {
        defects.contains(.partialAlone) ? ConferenceInfo(entity: change.entity, users: []) : nil
    }

    /// Which changes the user is told of.
    func told(_ changes: [MembershipChange]) -> [MembershipChange] {
        guard !defects.isEmpty else { return changes }
        return changes.filter { change in
            if defects.contains(.changesIgnored) { return false }
            if case .left = change { return !defects.contains(.leavesIgnored) }
            return true
        }
    }
}
