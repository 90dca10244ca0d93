import SIP

/// The defects that sit between a user's return and the delivery to it. Without one, nothing is touched.
struct ReturnFaults: Sendable {
    private let defects: Set<Defect>

    init(_ defects: Set<Defect>) { self.defects = defects }

    /// Whether a registration is the occasion for a delivery.
    var heedsRegistrations: Bool { !defects.contains(.registrationIgnored) }

    /// Which of the groups that have something for the user are delivered; each with whether it is over.
    func served<Group>(_ groups: [(group: Group, isOver: Bool)]) -> [Group] {
        let kept = defects.contains(.endedNotDelivered) ? groups.filter { !$0.isOver } : groups
        return (defects.contains(.onlyOldestGroup) ? Array(kept.prefix(1)) : kept).map(\.group)
    }

    /// Whether of groups with these conversations the youngest is delivered first.
    func startsWithYoungest(_ conversations: [String]) -> Bool {
        if defects.contains(.youngestGroupFirst) { return true }
        return defects.contains(.newFocusFirst) && Set(conversations).count < conversations.count
    }

    /// Whether somebody who was given a backlog of a group before gets another.
    var servesAgain: Bool { !defects.contains(.onlyFirstReturn) }

    /// How many times a user must have registered before it is given anything.
    var registrationsNeeded: Int { defects.contains(.secondReturnDelivers) ? 2 : 1 }

    /// Milliseconds from a registration to the delivery that it brings: just above what the description of the embedded
    /// enabler allows (`delivery-within`).
    var delay: Int64? { defects.contains(.deliveryTooLate) ? 5_150 : nil }

    /// Whether a delivery names another group than its own, where there is one.
    var mixesGroups: Bool { defects.contains(.groupsMixedUp) }

    /// Whether what was stored outlives the user's own INVITE.
    var keepsBacklogOnInvite: Bool { !defects.contains(.backlogLostOnInvite) }

    /// The contact that is called, of all that a user has; `best` as it should be.
    func contact<Flow>(
        of known: [ContactBinding<Flow>], best: ContactBinding<Flow>?, firstInstance: String?
    ) -> ContactBinding<Flow>? {
        if defects.contains(.firstDeviceOnly) { return known.last { $0.instance == firstInstance } }
        return defects.contains(.oldestContactPreferred) ? known.first : best
    }

    /// Whether a device gets what another has confirmed (`delivered-to-each-device`).
    var servesEachDevice: Bool { defects.contains(.deliveredToEachDevice) }

    /// What becomes of the session of a delivery once it is there.
    enum Opening { case delivers, staysEmpty, ends }

    var opening: Opening {
        if defects.contains(.deliveryStaysEmpty) { return .staysEmpty }
        return defects.contains(.deliveryEndsAtOnce) ? .ends : .delivers
    }

    /// The INVITE of a delivery as it goes out.
    func invite(_ request: SIPMessage) -> SIPMessage {
        guard defects.contains(.deliveryOfOtherGroup) else { return request }
        var request = request
        request.headers.set("Contribution-ID", "of-another-group")
        return request
    }
}
