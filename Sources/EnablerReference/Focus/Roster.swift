import Foundation

/// One user in the participant information of a group.
struct RosterUser: Sendable, Hashable, Codable {
    var user: UserAddress
    var displayName: String?
    var status: MemberStatus
}

/// Who is in a group at one moment, and which users the change that led to it touched.
struct RosterSnapshot: Sendable, Hashable, Codable {
    /// The focus URI: the `entity` of the document (RFC 4575 §5.1).
    var focus: String
    var subject: String?
    var users: [RosterUser]
    var changed: [UserAddress]

    /// As kept in the store.
    var encoded: [UInt8] { (try? JSONEncoder().encode(self)).map { [UInt8]($0) } ?? [] }

    init(focus: String, subject: String?, users: [RosterUser], changed: [UserAddress]) {
        self.focus = focus
        self.subject = subject
        self.users = users
        self.changed = changed
    }

    init?(encoded: [UInt8]) {
        guard let value = try? JSONDecoder().decode(RosterSnapshot.self, from: Data(encoded)) else { return nil }
        self = value
    }
}

/// One conference-info document before it becomes XML.
struct RosterDocument: Sendable, Hashable {
    var focus: String
    var subject: String?
    /// Versions start at 1 and rise by one within a stream (RFC 4575 §4).
    var version: Int
    var isFull: Bool
    /// All users, or those that changed.
    var users: [RosterUser]
    /// All who are connected now, whatever the document shows of them.
    var connected: Int
    /// Breaks the core schema; only a defect sets it.
    var isInvalid = false
    /// Has no version; only a defect sets it.
    var isUnversioned = false

    /// Makes a full one of it.
    mutating func showAll(of snapshot: RosterSnapshot) {
        isFull = true
        users = snapshot.users
    }
}

/// One stream of participant information: a subscription, or one deferred delivery.
///
/// The first document is full; each later one is partial with the version before plus one, unless a full one is
/// asked for (RFC 4575 §4.1).
struct RosterStream: Sendable {
    private var version = 0
    private let tellsAll: Bool
    private let leavesOutAbsent: Bool
    /// True once a document was made.
    var hasStarted: Bool { version > 0 }

    init(_ variations: Set<Variation> = []) {
        leavesOutAbsent = variations.contains(.absentUnlisted)
        // A partial list cannot tell of one who is no longer shown at all.
        tellsAll = leavesOutAbsent || RosterForm(variations).tellsAll
    }

    /// The next document for a snapshot: full at the start or where asked for, else what the change touched.
    mutating func next(_ snapshot: RosterSnapshot, full: Bool = false) -> RosterDocument {
        let isFull = full || tellsAll || !hasStarted
        version += 1
        var snapshot = snapshot
        if leavesOutAbsent, snapshot.users.contains(where: { $0.status == .joined }) {
            snapshot.users.removeAll { $0.status == .represented }
        }
        let users = isFull ? snapshot.users : snapshot.users.filter { snapshot.changed.contains($0.user) }
        return RosterDocument(
            focus: snapshot.focus, subject: snapshot.subject, version: version, isFull: isFull, users: users,
            connected: snapshot.users.count { $0.status == .joined || $0.status == .represented })
    }
}
