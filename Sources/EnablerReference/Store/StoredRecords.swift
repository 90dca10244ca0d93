/// The canonical address of a user: scheme, user and host, nothing else, with the host in lower case.
struct UserAddress: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// For example `sip:alice@cpm.example`.
    let uri: String

    /// Takes a text that is canonical already; addresses from outside go through `UserAddress(parsing:)`.
    init(canonical uri: String) { self.uri = uri }

    static func < (one: UserAddress, other: UserAddress) -> Bool { one.uri < other.uri }

    var description: String { uri }
}

/// Why the focus ended a group; what its BYE says follows from it.
enum EndCause: String, Sendable, Hashable {
    /// Too few members are left: 410 Gone.
    case tooFewMembers
    /// Nobody sent anything for too long: no Reason, and the group may be started again.
    case inactivity
    /// Somebody with the right to it dismissed the group: 200 Call Completed.
    case dismissed
}

/// What a member is to the focus.
enum MemberStatus: String, Sendable, Hashable, Codable {
    /// Called, without an answer so far.
    case invited
    /// Its own client takes part.
    case joined
    /// The participating function stands in for it.
    case represented
    /// Left with a BYE that means leaving.
    case departed
    /// Was put out by another.
    case booted
    /// Refused the invitation for good.
    case declined

    /// True while the group's traffic is owed to the member.
    var isMember: Bool {
        switch self {
        case .invited, .joined, .represented: true
        case .departed, .booted, .declined: false
        }
    }
}

/// A group as the store keeps it.
struct StoredGroup: Sendable, Hashable {
    var id: Int64
    /// The focus URI, without a port so that it survives a restart.
    var focus: String
    var conversation: String
    var contribution: String
    var subject: String?
    var creator: UserAddress
    /// Nil while the group is live.
    var ended: EndCause?
    /// Milliseconds since 1970.
    var createdAt: Int64
}

/// A member of a group as the store keeps it.
struct StoredMember: Sendable, Hashable {
    var group: Int64
    var user: UserAddress
    var displayName: String?
    var status: MemberStatus
}

/// What kind of thing is owed.
enum ItemKind: String, Sendable, Hashable {
    case message
    case disposition
    /// The roster after a change; delivered as a full or a partial document.
    case roster
    /// The last membership of an ended group; always delivered as a full document.
    case finalRoster

    var isRoster: Bool { self == .roster || self == .finalRoster }
}

/// Something that happened in a group, in the group's order: `id` only rises.
struct StoredItem: Sendable, Hashable {
    var id: Int64
    var group: Int64
    var kind: ItemKind
    var sender: UserAddress?
    /// The imdn.Message-ID of a chat message (RFC 5438 §6.3).
    var messageID: String?
    /// The MSRP content type, such as `message/cpim`; empty for rosters, which are rendered when delivered.
    var contentType: String
    /// The message with its original CPIM wrapper, or an encoded `RosterSnapshot`.
    var body: [UInt8]
    /// Milliseconds since 1970.
    var createdAt: Int64
}

/// How far an item has come on its way to one user. Only wire events move it.
enum OwedState: String, Sendable, Hashable {
    /// Nothing of it was sent.
    case owed
    /// Sent, without an answer so far: it is offered again after a break or a restart.
    case offered
    /// The client has it.
    case confirmed
    /// Policy or the user's refusal took it off the list.
    case dropped
}

/// That one user is owed one item, without the item's bytes.
struct OwedEntry: Sendable, Hashable {
    var item: Int64
    var group: Int64
    var user: UserAddress
    var kind: ItemKind
    var sender: UserAddress?
    var bytes: Int
    var createdAt: Int64
    /// True for a message whose sender had not got the one before it in the group. A restart forgets that.
    var isConcurrent = false
    /// What an enabler that is started on the store found; nobody keeps it in step after that.
    var state: OwedState = .owed
}

/// One thing to write; several are committed together.
enum StoreChange: Sendable, Hashable {
    case group(StoredGroup)
    case member(StoredMember)
    case item(StoredItem, owedTo: [UserAddress])
    case mark([Int64], for: UserAddress, OwedState)
    /// Everything of a group that is over and spent.
    case forget(group: Int64)
}

/// Whom a stored message came from, so that a report about it finds its way after a restart.
struct KnownMessage: Sendable, Hashable {
    var group: Int64
    var messageID: String
    var sender: UserAddress
}

/// All that is read when a store is opened.
struct StoreContents: Sendable {
    var groups: [StoredGroup] = []
    var members: [StoredMember] = []
    /// What is owed or offered, in the order of the items.
    var owed: [OwedEntry] = []
    var messages: [KnownMessage] = []
    var lastItem: Int64 = 0
    var lastGroup: Int64 = 0
}
