/// The defects that sit between what is stored and what is offered. Without one, everything passes through unchanged.
struct DeliveryFaults: Sendable {
    private let defects: Set<Defect>
    private var hasRepeated = false

    init(_ defects: Set<Defect>) { self.defects = defects }

    /// When a session opens: the order of the backlog (`same-sender-swapped`).
    func arrange(_ queue: inout EntryQueue) {
        guard defects.contains(.sameSenderSwapped) else { return }
        let entries = Array(queue)
        for place in entries.indices {
            let one = entries[place].owed
            guard one.kind == .message else { continue }
            let next = entries[(place + 1)...].firstIndex { $0.owed.kind == .message && $0.owed.sender == one.sender }
            if let next { return queue.swap(place, next) }
        }
    }

    /// When the client has confirmed an offer (`delivered-twice-after-confirmation`).
    mutating func confirmed(_ entry: DeliveryMachine.Entry, queue: inout EntryQueue) {
        guard defects.contains(.deliveredTwice), !hasRepeated else { return }
        guard entry.owed.kind == .message, entry.wasStored else { return }
        hasRepeated = true
        queue.insertFirst(entry)
    }

    /// When an intermediate document is made (`partial-without-full`, `conference-info-invalid`).
    func document(_ snapshot: RosterSnapshot, _ stream: inout RosterStream, ended: Bool) -> RosterDocument {
        let isFirst = !stream.hasStarted
        var document = stream.next(snapshot)
        if defects.isEmpty { return document }
        if isFirst, ended, defects.contains(.partialWithoutFull) { document.isFull = false }
        document.isInvalid = defects.contains(.conferenceInfoInvalid)
        return document
    }

    /// When the final list is made (`final-list-missing`, `final-list-shows-leaver-connected`,
    /// `conference-info-invalid`); nil leaves it out.
    func final(_ snapshot: RosterSnapshot, _ stream: inout RosterStream) -> RosterDocument? {
        if defects.isEmpty { return stream.next(snapshot, full: true) }
        if defects.contains(.finalListMissing) { return nil }
        var snapshot = snapshot
        if defects.contains(.finalListShowsLeaver) {
            for place in snapshot.users.indices { snapshot.users[place].status = .joined }
        }
        var document = stream.next(snapshot, full: true)
        document.isInvalid = defects.contains(.conferenceInfoInvalid)
        return document
    }

    /// When a message is offered (`datetime-rewritten-when-deferred`, `disposition-request-stripped`).
    func copy(_ item: StoredItem, of entry: DeliveryMachine.Entry) -> StoredItem {
        guard !defects.isEmpty, item.kind == .message, entry.wasStored else { return item }
        var copy = item
        if defects.contains(.dateTimeRewritten) {
            copy.body = editingHeader("datetime", of: copy.body) { _ in "DateTime: 2001-02-03T04:05:06Z" }
        }
        if defects.contains(.requestStripped) {
            copy.body = editingHeader("disposition-notification", of: copy.body) { _ in nil }
        }
        return copy
    }

    /// Replaces or removes a header of the CPIM wrapper, whatever its prefix; all other bytes stay.
    private func editingHeader(_ name: String, of body: [UInt8], _ edit: (String) -> String?) -> [UInt8] {
        var out: [UInt8] = []
        var rest = body[...]
        while let end = rest.firstIndex(of: 10) {
            let line = String(decoding: rest[..<end], as: UTF8.self).trimmingSuffix("\r")
            let written = rest[...end]
            rest = rest[(end + 1)...]
            if line.isEmpty {
                out += written
                break
            }
            let header = line.prefix { $0 != ":" }.split(separator: ".").last.map { $0.lowercased() }
            guard header == name else {
                out += written
                continue
            }
            if let edited = edit(line) { out += Array((edited + "\r\n").utf8) }
        }
        return out + rest
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        last == suffix ? String(dropLast()) : self
    }
}

/// The defects that sit between what happens in a group and what is stored. Without one, nothing is touched.
struct StorageFaults: Sendable {
    private let defects: Set<Defect>
    private var hasLost: Set<UserAddress> = []

    init(_ defects: Set<Defect>) { self.defects = defects }

    /// Who of the absent is owed an item after all (`message-lost`, `disposition-not-stored`).
    mutating func owed(_ kind: ItemKind, to absent: [UserAddress]) -> [UserAddress] {
        if defects.isEmpty { return absent }
        if kind == .disposition, defects.contains(.dispositionNotStored) { return [] }
        guard kind == .message, defects.contains(.messageLost) else { return absent }
        return absent.filter { !hasLost.insert($0).inserted }
    }

    /// Who besides the members gets what is sent (`delivers-to-one-who-left`).
    func intruders(among everybody: [RosterUser]) -> [UserAddress] {
        guard defects.contains(.deliversToLeaver) else { return [] }
        return everybody.filter { $0.status == .departed || $0.status == .declined }.map(\.user)
    }

    /// Whether a delivered report is made up as soon as a message is stored (`delivered-report-before-reached`).
    var reportsPrematurely: Bool { defects.contains(.prematureReport) }

    /// Whether a report by SIP MESSAGE goes nowhere (`report-by-message-lost`).
    var losesPagedReports: Bool { defects.contains(.pagedReportLost) }
}
