import MSRP
import SIP

/// What a participant needs of its group.
protocol ParticipantGroup: AnyObject {
    var id: Int64 { get }
    var isOver: Bool { get }
    /// How the user's client is to be taken leave of when all is delivered.
    func farewell(for user: UserAddress) -> Farewell
    /// What an INVITE to the user says.
    func invitation(for user: UserAddress, deferred: Bool, sendOnly: Bool) -> Invitation
    func binding(for user: UserAddress) -> ContactBinding<SIPConnectionID>?
    /// The member's standing changed.
    func member(_ user: UserAddress, became status: MemberStatus)
    /// A message came from the user's client; `answer` is given the code once what it causes is kept.
    func received(_ message: MSRPIncomingMessage, from participant: Participant, answer: @escaping (Int) -> Void)
    /// Sends a stored report outside of any session, as a SIP MESSAGE; `done` is told whether the client took it.
    func page(_ item: StoredItem, to user: UserAddress, done: @escaping (Bool) -> Void)
    /// Sends the last list to the user's subscription, once it has one; `done` is told whether the client has it.
    func notice(_ last: RosterSnapshot, to user: UserAddress, done: @escaping (Bool) -> Void)
    func isMember(_ user: UserAddress) -> Bool
    /// A message for the user grew too old to be delivered.
    func expired(_ item: StoredItem, at user: UserAddress)
    /// Another group of the service, where there is one.
    var otherGroup: StoredGroup? { get }
    func isSubscribed(_ user: UserAddress) -> Bool
    /// The user can be reached, so that what it missed may be delivered.
    func returned(_ user: UserAddress)
    /// The user's backlog in this group is through, or was given up; `reached` says whether the user can be reached.
    func deliveryEnded(for user: UserAddress, reached: Bool)
    /// A leg's dialog began or ended.
    func dialog(_ key: DialogKey, of leg: ClientLeg, begins: Bool)
    var currentRoster: RosterSnapshot { get }
}
