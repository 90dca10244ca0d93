import Payloads

/// The defects that sit between what happens in a group and what is stored. Without one, nothing is touched.
struct StorageFaults: Sendable {
    private let defects: Set<Defect>
    private let creator: UserAddress
    private var hasLost: Set<UserAddress> = []
    private var haveBeenIn: Set<UserAddress> = []
    private var haveBeenAway: Set<UserAddress> = []
    private var wereAdded: Set<UserAddress> = []
    /// What was kept before: bodies of messages, and what reports say.
    private var known: Set<[UInt8]> = []
    private var kept = 0
    private var said: [UserAddress: [StoredItem]] = [:]
    /// What anybody said, with its sender.
    private var history: [StoredItem] = []

    init(_ defects: Set<Defect>, creator: UserAddress) {
        self.defects = defects
        self.creator = creator
    }

    /// A member's standing changed.
    mutating func saw(_ user: UserAddress, become status: MemberStatus) {
        if defects.isEmpty { return }
        if status == .joined { haveBeenIn.insert(user) }
        if status == .represented { haveBeenAway.insert(user) }
    }

    /// A member sent a message.
    mutating func saw(sent item: StoredItem) {
        if defects.contains(.historyToInvitee) { history.append(item) }
        guard defects.contains(.ownMessagesBack), let sender = item.sender else { return }
        said[sender, default: []].append(item)
    }

    /// What a member that is gone now is owed of its own words (`own-messages-come-back`), or of what was said before it was
    /// added (`history-to-a-late-invitee`).
    mutating func comingBack(to user: UserAddress) -> [StoredItem] {
        let own = said.removeValue(forKey: user) ?? []
        return defects.contains(.historyToInvitee) && wereAdded.remove(user) != nil ? history : own
    }

    /// Whether one that is a member no longer is still told of changes (`lists-to-one-who-was-put-out`).
    func tellsOfChanges(_ user: RosterUser) -> Bool { defects.contains(.listsToBooted) && user.status == .booted }

    /// The last membership, as it is kept when the group is over (`creator-missing-after-a-dismissal`).
    func final(_ snapshot: RosterSnapshot, after cause: EndCause) -> RosterSnapshot {
        guard defects.contains(.dismissedWithoutCreator), cause == .dismissed else { return snapshot }
        var snapshot = snapshot
        snapshot.users.removeAll { $0.user == creator }
        return snapshot
    }

    /// Whether reports are stored for those who asked for none (`reports-stored-for-every-absent-member`).
    var straysReports: Bool { defects.contains(.reportsForOthers) }

    /// A user was added to the running session.
    mutating func saw(added user: UserAddress) { if !defects.isEmpty { wereAdded.insert(user) } }

    /// Whether an item is thrown away, whoever is owed it (`reports-on-deferred-messages-dropped`).
    func discards(_ item: StoredItem) -> Bool {
        guard defects.contains(.reportsOnDeferredDropped), item.kind == .disposition else { return false }
        return item.sender.map(haveBeenAway.contains) ?? false
    }

    /// Who of the absent is owed an item after all.
    mutating func owed(_ item: StoredItem, to absent: [UserAddress]) -> [UserAddress] {
        if defects.isEmpty { return absent }
        if item.kind == .disposition { return keepsReport(item) ? absent : [] }
        guard item.kind == .message, keepsMessage(item) else { return [] }
        var users = absent
        if defects.contains(.messageLost) { users = users.filter { !hasLost.insert($0).inserted } }
        if defects.contains(.onlyOneAbsentServed) { users = Array(users.prefix(1)) }
        if defects.contains(.midSessionNotStored) { users.removeAll(where: haveBeenIn.contains) }
        if defects.contains(.addedNotStored) { users.removeAll(where: wereAdded.contains) }
        // One that is called for the first time has been neither in nor away.
        if defects.contains(.ringingNotStored) { users.removeAll { !haveBeenIn.contains($0) && !haveBeenAway.contains($0) } }
        return users
    }

    private mutating func keepsMessage(_ item: StoredItem) -> Bool {
        kept += 1
        if defects.contains(.backlogCut), kept > 50 { return false }
        if defects.contains(.largeNotStored), item.body.count > 50_000 { return false }
        if defects.contains(.onlyCreatorStored), item.sender != creator { return false }
        guard !defects.isDisjoint(with: [.onlyTextStored, .sameWordsTakenForRepeat]),
            let message = try? CPIMMessage(parsing: item.body)
        else { return true }
        if defects.contains(.onlyTextStored), message.contentType?.type != "text" { return false }
        let words = Array("\(item.sender?.uri ?? "") ".utf8) + message.body
        return !defects.contains(.sameWordsTakenForRepeat) || known.insert(words).inserted
    }

    private mutating func keepsReport(_ item: StoredItem) -> Bool {
        if defects.contains(.dispositionNotStored) { return false }
        guard let message = try? CPIMMessage(parsing: item.body), let type = message.contentType,
            let report = try? DispositionReport.all(in: message.body, contentType: type).first
        else { return true }
        if defects.contains(.displayedNotStored), report.status == "displayed" { return false }
        if defects.contains(.oneReportPerMessage) { return known.insert(Array(report.messageID.utf8)).inserted }
        guard defects.contains(.reportersTakenForOne) else { return true }
        return known.insert(Array("\(report.status) \(report.messageID)".utf8)).inserted
    }

    /// Who besides the members gets what is sent.
    func intruders(among everybody: [RosterUser], registered: @autoclosure () -> [UserAddress]) -> [UserAddress] {
        if defects.isEmpty { return [] }
        var statuses: Set<MemberStatus> = []
        if defects.contains(.deliversToBooted) { statuses.insert(.booted) }
        if defects.contains(.deliversToLeaver) { statuses.formUnion([.departed, .booted]) }
        if defects.contains(.deliversToDeclined) { statuses.insert(.declined) }
        let former = everybody.filter { statuses.contains($0.status) }.map(\.user)
        guard defects.contains(.deliversToStranger) else { return former }
        let group = Set(everybody.map(\.user))
        return former + registered().filter { !group.contains($0) }
    }

    /// The chat message that an is-composing is taken for (`composing-kept-as-a-message`); nil as it should be.
    func words(for composing: CPIMMessage, id: @autoclosure () -> String) -> CPIMMessage? {
        guard defects.contains(.composingKept) else { return nil }
        var message = composing
        message.messageID = id()
        message.contentHeaders = [:]
        message.contentType = .plainTextUTF8
        message.body = Array("active".utf8)
        return message
    }

    /// Whether a report by SIP MESSAGE goes nowhere (`report-by-message-lost`).
    var losesPagedReports: Bool { defects.contains(.pagedReportLost) }

    /// What is reported of an absent member as soon as a message for it is stored; nil as it should be.
    var inventedReport: (kind: DispositionReport.Kind, status: String)? {
        if defects.contains(.prematureReport) { return (.delivery, "delivered") }
        if defects.contains(.failedInvented) { return (.delivery, "failed") }
        return defects.contains(.displayedInvented) ? (.display, "displayed") : nil
    }

    /// The same of a message that asks for no report (`delivered-report-nobody-asked-for`).
    var unaskedReport: (kind: DispositionReport.Kind, status: String)? {
        defects.contains(.deliveredUnasked) ? (.delivery, "delivered") : nil
    }
}
