/// The defects that sit between what is stored and what is offered. Without one, everything passes through unchanged.
struct DeliveryFaults: Sendable {
    private let defects: Set<Defect>
    private var messages: MessageFaults
    private let reports: ReportFaults
    var rosters: RosterFaults
    private var repeated: Set<ItemKind> = []
    /// What the client has confirmed, in this session and in earlier ones.
    private var confirmed: [DeliveryMachine.Entry] = []
    /// Of these, what it has confirmed in this session.
    private var confirmedHere: [DeliveryMachine.Entry] = []
    /// What was kept back once (`…-only-at-a-later-return`).
    private var heldOnce: Set<ItemKind> = []
    private var hasBroken = false
    private var hasRestarted = false
    /// What comes again under another name (`delivered-twice-under-a-new-message-id`).
    private var renamed: Set<Int64> = []

    init(_ defects: Set<Defect>) {
        self.defects = defects
        messages = MessageFaults(defects)
        reports = ReportFaults(defects)
        rosters = RosterFaults(defects)
    }

    /// Whether a stream begins with a list of its own where the first item is none.
    var startsStreams: Bool { !defects.contains(.initialMissing) }

    /// Whether what was offered and not answered goes back to its place when the session breaks.
    func keepsUnanswered(_ entry: DeliveryMachine.Entry) -> Bool {
        if defects.contains(.partTakenForWhole), entry.owed.kind == .message, entry.owed.bytes > Self.large { return false }
        // What was relayed as it came, and found nobody there.
        if defects.contains(.lostUnnoticed), entry.owed.kind == .message, !entry.wasStored { return false }
        return !defects.contains(.unansweredDropped)
    }

    /// Bytes above which a message is not on its way for a moment only.
    private static let large = 50_000

    /// Whether lists alone are worth a delivery (`lists-to-one-who-was-put-out`).
    var listsAreContent: Bool { defects.contains(.listsToBooted) }

    /// What is kept back from a device that is not the first of its user (`backlog-split-between-devices`).
    func heldForAnother(_ queue: inout EntryQueue) -> [DeliveryMachine.Entry] {
        guard defects.contains(.splitBetweenDevices) else { return [] }
        let count = queue.count { $0.owed.kind == .message }
        var place = 0
        return queue.removeAll { entry in
            guard entry.owed.kind == .message else { return false }
            place += 1
            return place > count / 2
        }
    }

    /// What is kept back from the first delivery that would bring it.
    mutating func heldForLater(_ queue: inout EntryQueue) -> [DeliveryMachine.Entry] {
        var held: [DeliveryMachine.Entry] = []
        for (defect, kind) in [(Defect.finalListAtLaterReturn, ItemKind.finalRoster), (.reportsAtLaterReturn, .disposition)]
        where defects.contains(defect) && !heldOnce.contains(kind) {
            let found = queue.removeAll { $0.owed.kind == kind }
            if !found.isEmpty { heldOnce.insert(kind) }
            held += found
        }
        return held
    }

    /// What an enabler that was started again finds in its store.
    mutating func restored(_ item: Int64) {
        hasRestarted = true
        messages.restored(item)
    }

    /// When a session opens: which of the backlog is delivered, and in what order.
    mutating func arrange(_ queue: inout EntryQueue, isEnded: Bool) {
        guard !defects.isEmpty else { return }
        confirmedHere = []
        var entries = Array(queue)
        if defects.contains(.confirmedAgain) { entries = confirmed + entries }
        thin(&entries, isEnded: isEnded)
        order(&entries)
        place(&entries)
        queue = EntryQueue(entries)
    }

    /// What an offer came to.
    func outcome(_ outcome: OfferOutcome) -> OfferOutcome {
        outcome == .lost && defects.contains(.silenceConfirms) ? .confirmed : outcome
    }

    /// When the client has confirmed an offer.
    mutating func confirmed(_ entry: DeliveryMachine.Entry, queue: inout EntryQueue) {
        guard !defects.isEmpty, entry.wasStored, !entry.owed.kind.isRoster else { return }
        if entry.owed.kind == .message {
            confirmed.append(entry)
            confirmedHere.append(entry)
        }
        if defects.contains(.twiceUnderNewID), entry.owed.kind == .message, renamed.isEmpty {
            renamed.insert(entry.owed.item)
            queue.insertFirst(entry)
        }
        let again: Defect = entry.owed.kind == .message ? .deliveredTwice : .reportTwice
        guard defects.contains(again), repeated.insert(entry.owed.kind).inserted else { return }
        queue.insertFirst(entry)
    }

    /// When a session goes before its backlog is through.
    mutating func brokenOff(_ queue: inout EntryQueue) {
        guard !defects.isEmpty, !confirmedHere.isEmpty else { return }
        hasBroken = true
        if defects.contains(.restForgottenAtBreak) { _ = queue.removeAll { $0.owed.kind == .message } }
        if defects.contains(.confirmedAgainAfterBreak) { queue.putBack(confirmedHere) }
        confirmedHere = []
    }

    /// What a device had that is not the last one to be served (`delivered-to-each-device`).
    mutating func takeConfirmed() -> [DeliveryMachine.Entry] {
        defer { confirmed = [] }
        return confirmed
    }

    /// When a message or a report is offered.
    mutating func copy(_ item: StoredItem, of entry: DeliveryMachine.Entry) -> StoredItem {
        guard !defects.isEmpty, entry.wasStored else { return item }
        guard item.kind == .message else { return reports.copy(item) }
        return renamed.contains(item.id) ? messages.renamed(item) : messages.copy(item)
    }

    // MARK: The backlog

    private func thin(_ entries: inout [DeliveryMachine.Entry], isEnded: Bool) {
        let messages = entries.indices.filter { entries[$0].owed.kind == .message }
        var gone: Set<Int> = []
        if defects.contains(.newestDropped), isEnded { gone.formUnion(messages.suffix(1)) }
        if defects.contains(.onlyNewestTwo) { gone.formUnion(messages.dropLast(2)) }
        if defects.contains(.reportsDroppedAtEnd), isEnded {
            gone.formUnion(entries.indices.filter { entries[$0].owed.kind == .disposition })
        }
        if defects.contains(.initialMissing) {
            gone.formUnion(entries.indices.prefix { entries[$0].owed.kind == .roster })
        }
        entries = entries.indices.filter { !gone.contains($0) }.map { entries[$0] }
    }

    /// The order of messages among the places that messages have.
    private func order(_ entries: inout [DeliveryMachine.Entry]) {
        if defects.contains(.concurrentSwapped) { entries.swapConcurrent() }
        let places = entries.indices.filter { entries[$0].owed.kind == .message }
        var messages = places.map { entries[$0] }
        if defects.contains(.sameSenderSwapped) { swapSameSender(&messages) }
        let isTurned = hasBroken && defects.contains(.reorderedAfterBreak)
            || hasRestarted && defects.contains(.reorderedAtRestart)
        if isTurned || defects.contains(.newestFirst) { messages.reverse() }
        if defects.contains(.sortedBySender) {
            messages.sort { ($0.owed.sender?.uri ?? "", $0.owed.item) < ($1.owed.sender?.uri ?? "", $1.owed.item) }
        }
        if defects.contains(.largeLast) {
            messages = messages.filter { $0.owed.bytes <= 10_000 } + messages.filter { $0.owed.bytes > 10_000 }
        }
        for (place, message) in zip(places, messages) { entries[place] = message }
    }

    private func swapSameSender(_ messages: inout [DeliveryMachine.Entry]) {
        for place in messages.indices {
            let next = messages[(place + 1)...].firstIndex { $0.owed.sender == messages[place].owed.sender }
            if let next { return messages.swapAt(place, next) }
        }
    }

    /// Where lists stand among the messages.
    private func place(_ entries: inout [DeliveryMachine.Entry]) {
        let first = entries.firstIndex { $0.owed.kind == .roster }
        if defects.contains(.changesNewestFirst) {
            let places = entries.indices.filter { entries[$0].owed.kind == .roster && $0 != first }
            let lists = places.map { entries[$0] }
            for (place, list) in zip(places, lists.reversed()) { entries[place] = list }
        }
        if defects.contains(.changesFirst) {
            entries = entries.filter { $0.owed.kind == .roster } + entries.filter { $0.owed.kind != .roster }
        }
        if defects.contains(.changesLast) {
            let late = entries.indices.filter { entries[$0].owed.kind == .roster && $0 != first }
            let final = entries.filter { $0.owed.kind == .finalRoster }
            let rest = entries.indices.filter { !late.contains($0) && entries[$0].owed.kind != .finalRoster }
            entries = rest.map { entries[$0] } + late.map { entries[$0] } + final
        }
        if defects.contains(.finalListEarly), let last = entries.lastIndex(where: { $0.owed.kind == .message }),
            let final = entries.lastIndex(where: { $0.owed.kind == .finalRoster }), final > last
        {
            entries.insert(entries.remove(at: final), at: last)
        }
    }
}
