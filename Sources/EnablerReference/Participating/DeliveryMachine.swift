/// What one member is owed of one group, in order, and its way to the client: pure.
///
/// Everything goes through here, missed or live, so live traffic cannot overtake the backlog and nothing is sent
/// twice. Items that were offered when a session broke go back to their place; those confirmed are gone.
struct DeliveryMachine: Sendable {
    /// An item on its way; the bytes only while they are needed.
    struct Entry: Sendable, Hashable {
        var owed: OwedEntry
        var item: StoredItem?
        /// True when it had to wait for the client: the copy that is offered is a deferred one.
        var wasStored = true
        /// For a list: that it is a full one, wherever it stands in its stream.
        var showsAll = false
    }

    /// Offers without an answer at a time.
    private let window: Int
    /// Whether roster changes are delivered, or only the final list (CPM-CONV-058b is a MAY).
    private let intermediates: Bool
    private(set) var waiting: EntryQueue = EntryQueue()
    private(set) var inFlight: [Int64: Entry] = [:]
    /// Not for this session: refused, too large, or of a type the client did not accept.
    private var setAside: [Entry] = []
    private var stream: RosterStream
    private let deviations: Deviations
    private(set) var terms: SessionTerms?
    private(set) var isCaughtUp = false
    /// The items that were asked for; empty when nothing is being read.
    private var loading: Set<Int64> = []
    /// The final list of one who was present at the end: the answer to the BYE confirms it.
    private var heldFinal: Entry?
    private var start: Start = .notNeeded
    private var lastSynthetic: Int64 = 0
    private(set) var isEnded = false
    /// Messages that grew too old and that nobody has been told of.
    private var expired: [Int64] = []
    /// The roster as it is, for a live session whose stream has not begun.
    var current: RosterSnapshot?
    private var faults: DeliveryFaults
    private let wrapping: WrappingForm
    private var form: BacklogForm
    /// What goes with an item in one body, by the number of that item.
    private var companions: [Int64: [Entry]] = [:]

    private enum Start: Hashable {
        case notNeeded, wanted
        case loading(before: Int64)
        case ready(RosterSnapshot)
    }

    init(window: Int = 32, intermediates: Bool, isEnded: Bool = false, deviations: Deviations = Deviations()) {
        self.window = window
        self.intermediates = intermediates
        self.isEnded = isEnded
        self.deviations = deviations
        stream = RosterStream(deviations.variations)
        faults = DeliveryFaults(deviations.defects)
        wrapping = WrappingForm(deviations.variations)
        form = BacklogForm(deviations.variations)
    }

    /// Nothing waits and nothing is on its way.
    var isEmpty: Bool { waiting.isEmpty && inFlight.isEmpty && setAside.isEmpty }
    /// Something a user would miss: more than participant information of a group that goes on.
    var hasContent: Bool {
        waiting.contains { $0.owed.kind != .roster } || inFlight.values.contains { $0.owed.kind != .roster }
            || isEnded && faults.listsAreContent && count > 0
    }
    var isOpen: Bool { terms != nil }
    var count: Int { waiting.count + inFlight.count }

    // MARK: Events

    /// A further item is owed; `item` has its bytes when they are at hand.
    mutating func append(_ owed: OwedEntry, item: StoredItem?) -> [DeliveryAction] {
        if owed.kind == .roster, !intermediates { return [.mark([owed.item], .confirmed)] }
        waiting.append(Entry(owed: owed, item: isOpen ? item : nil, wasStored: !isCaughtUp))
        return pump()
    }

    /// An earlier enabler on the same store owed this.
    mutating func restore(_ owed: OwedEntry) -> [DeliveryAction] {
        faults.restored(owed.item)
        return append(owed, item: nil)
    }

    /// True while the client has not confirmed an item that it is owed.
    func isOpen(_ item: Int64) -> Bool { inFlight[item] != nil || waiting.contains { $0.owed.item == item } }

    /// The client can be sent to. `missed` says that it was away, so that it gets the participant information too.
    mutating func open(_ terms: SessionTerms, missed: Bool) -> [DeliveryAction] {
        self.terms = terms
        stream = RosterStream(deviations.variations)
        isCaughtUp = false
        var actions: [DeliveryAction] = []
        if !missed && !hasContent {
            let rosters = waiting.removeAll { $0.owed.kind == .roster }
            if !rosters.isEmpty { actions.append(.mark(rosters.map(\.owed.item), .confirmed)) }
        }
        let starts = intermediates && terms.takesRosters && !waiting.isEmpty && faults.startsStreams
        start = starts ? .wanted : .notNeeded
        faults.arrange(&waiting, isEnded: isEnded)
        setAside += faults.heldForLater(&waiting)
        if terms.isOtherDevice { setAside += faults.heldForAnother(&waiting) }
        form.order(&waiting)
        let told = form.gather(&waiting)
        if !told.isEmpty { actions.append(.mark(told, .confirmed)) }
        return actions + pump()
    }

    /// What was found of the items that were asked for; nil when the store failed. An answer to an earlier session's
    /// question is passed over: taken for this one's, it would make the items of this one look gone.
    mutating func loaded(_ asked: [Int64], _ items: [StoredItem]?) -> [DeliveryAction] {
        guard isOpen, !loading.isEmpty, loading == Set(asked) else { return [] }
        loading = []
        guard let items else { return [] }
        let byID = Dictionary(items.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        waiting.fill { byID[$0] }
        // What the store no longer has cannot be delivered; waiting for it would hold up all that follows.
        _ = waiting.removeAll { entry in asked.contains(entry.owed.item) && byID[entry.owed.item] == nil }
        return pump()
    }

    /// The roster with which the stream starts has come; nil when there is none.
    mutating func loaded(start snapshot: RosterSnapshot?, before item: Int64) -> [DeliveryAction] {
        guard isOpen, start == .loading(before: item) else { return [] }
        start = snapshot.map(Start.ready) ?? .notNeeded
        return pump()
    }

    /// An offer was answered, or never will be; `now` in nanoseconds.
    mutating func answered(_ item: Int64, _ outcome: OfferOutcome, at now: Int64 = 0) -> [DeliveryAction] {
        guard let entry = inFlight.removeValue(forKey: item) else { return [] }
        let others = companions.removeValue(forKey: item) ?? []
        var actions: [DeliveryAction] = []
        switch faults.outcome(outcome) {
        case .confirmed:
            if item > 0 { actions.append(.mark([item] + others.map(\.owed.item), .confirmed)) }
            faults.confirmed(entry, queue: &waiting)
            form.confirmed(entry, at: now)
        case .refused:
            if item > 0 { setAside += [entry] + others }
        case .lost:
            if item > 0, faults.keepsUnanswered(entry) { waiting.putBack([entry] + others) }
            return actions
        }
        return actions + pump()
    }

    /// The answer to an offer came after its session had been given up: it counts unless the item is on its way again.
    mutating func answeredLate(_ item: Int64, _ outcome: OfferOutcome) -> [DeliveryAction] {
        let others = (companions.removeValue(forKey: item) ?? []).map(\.owed.item)
        let gone = outcome == .confirmed
            ? waiting.removeAll { $0.owed.item == item || others.contains($0.owed.item) } : []
        return gone.isEmpty ? [] : [.mark(gone.map(\.owed.item), .confirmed)]
    }

    /// The session broke, before it is called gone.
    mutating func broke(at now: Int64) -> [DeliveryAction] {
        let again = form.uncertain(at: now)
        waiting.putBack(again)
        return again.isEmpty ? [] : [.mark(again.map(\.owed.item), .owed)]
    }

    /// The session is gone: what was not confirmed is owed again.
    mutating func closed() {
        let isThrough = waiting.isEmpty && inFlight.isEmpty
        let sent = inFlight.values + inFlight.keys.flatMap { companions[$0] ?? [] }
        let unanswered = sent.filter { $0.owed.item > 0 && faults.keepsUnanswered($0) }
        waiting.putBack(unanswered + setAside + [heldFinal].compactMap(\.self))
        if isOpen, !isThrough { faults.brokenOff(&waiting) }
        inFlight.removeAll()
        setAside.removeAll()
        heldFinal = nil
        waiting.forgetBytes()
        terms = nil
        isCaughtUp = false
        loading = []
    }

    /// The client answered the BYE that ended its session: it knows that the group is over.
    mutating func farewellAnswered() -> [DeliveryAction] {
        guard let held = heldFinal else { return [] }
        heldFinal = nil
        return [.mark([held.owed.item], .confirmed)]
    }

    /// The group is over. `final` is the last list; one who was present at the end needs it only without a BYE.
    mutating func end(final: OwedEntry, item: StoredItem) -> [DeliveryAction] {
        isEnded = true
        guard isOpen && isCaughtUp else { return append(final, item: item) }
        heldFinal = Entry(owed: final, item: nil)
        return pump()
    }

    /// What was confirmed is owed once more; only a defect asks for that.
    mutating func oweAgain() { waiting.putBack(faults.takeConfirmed()) }

    /// Takes the reports out of the backlog, for another carriage.
    mutating func takeReports() -> [OwedEntry] { waiting.removeAll { $0.owed.kind == .disposition }.map(\.owed) }

    /// An item whose other carriage failed goes to its place.
    mutating func putBack(_ owed: OwedEntry) { waiting.putBack([Entry(owed: owed, item: nil)]) }

    /// The member is one no longer: what is owed from before is delivered as of a session that is over.
    mutating func leave() { isEnded = true }

    /// The member was added again.
    mutating func comeBack() { isEnded = false }

    /// Forgets everything: the user refused, or policy says so.
    mutating func drop() -> [DeliveryAction] {
        let items = waiting.removeAll { _ in true }.map(\.owed.item) + inFlight.keys.filter { $0 > 0 }
            + inFlight.keys.flatMap { companions.removeValue(forKey: $0) ?? [] }.map(\.owed.item)
            + (setAside + [heldFinal].compactMap(\.self)).map(\.owed.item)
        heldFinal = nil
        inFlight.removeAll()
        setAside.removeAll()
        return items.isEmpty ? [] : [.mark(items.sorted(), .dropped)]
    }

    /// How much is kept, and which when there is more: messages as the policy says, reports within a bound of their own.
    struct Capacity: Sendable, Hashable {
        var maximum: Int
        var reports = 10_000
        var keepsOldest = false
    }

    /// The messages that grew too old since this was asked for the last time.
    mutating func takeExpired() -> [Int64] {
        defer { expired = [] }
        return expired
    }

    /// Drops what is older than `limit`, in milliseconds since 1970.
    mutating func expire(before limit: Int64) -> [DeliveryAction] {
        var gone = waiting.removeAll { $0.owed.createdAt < limit }
        expired += gone.filter { $0.owed.kind == .message }.map(\.owed.item)
        if !gone.isEmpty, PolicyFaults(deviations.defects).expiryTakesAll { gone += waiting.removeAll { _ in true } }
        return gone.isEmpty ? [] : [.mark(gone.map(\.owed.item), .dropped)]
    }

    /// Drops the messages above what the policy keeps, and the reports above their bound.
    mutating func limit(to capacity: Capacity) -> [DeliveryAction] {
        var gone: [Entry] = []
        for (kind, maximum) in [(ItemKind.message, capacity.maximum), (.disposition, capacity.reports)] {
            let total = waiting.count { $0.owed.kind == kind }
            guard total > maximum else { continue }
            let kept = capacity.keepsOldest ? 0..<maximum : total - maximum..<total
            var place = -1
            gone += waiting.removeAll { entry in
                guard entry.owed.kind == kind else { return false }
                place += 1
                return !kept.contains(place)
            }
        }
        return gone.isEmpty ? [] : [.mark(gone.map(\.owed.item), .dropped)]
    }
}

// MARK: - Sending

extension DeliveryMachine {
    /// Sends as much as the window lets, in order.
    private mutating func pump() -> [DeliveryAction] {
        guard let terms else { return [] }
        var actions: [DeliveryAction] = []
        while inFlight.count < window {
            if let document = startDocument(&actions) {
                offer(document, nil, &actions)
                continue
            }
            if case .loading = start { break }
            guard let next = waiting.first else { break }
            guard let item = next.item else {
                if loading.isEmpty {
                    let missing = waiting.unloaded(atMost: 16)
                    loading = Set(missing)
                    actions.append(.load(missing))
                }
                break
            }
            // What comes by another way must not overtake what is on this one.
            if next.owed.kind == .finalRoster, form.notifiesFinal, !inFlight.isEmpty { break }
            waiting.removeFirst()
            offer(next, item, terms, &actions)
        }
        return actions + settle(terms)
    }

    /// The full document with which a stream begins, where the first item is not one itself.
    private mutating func startDocument(_ actions: inout [DeliveryAction]) -> RosterDocument? {
        switch start {
        case .notNeeded, .loading: return nil
        case .wanted:
            guard let first = waiting.first, !first.owed.kind.isRoster, first.owed.kind != .disposition else {
                start = .notNeeded
                return nil
            }
            start = .loading(before: first.owed.item)
            actions.append(.loadStart(before: first.owed.item))
            return nil
        case .ready(let snapshot):
            start = .notNeeded
            return faults.rosters.document(snapshot, &stream, isOver: isEnded, today: current)
        }
    }

    /// Without a document the item is done with; without an entry nobody is owed it.
    private mutating func offer(_ document: RosterDocument?, _ entry: Entry?, _ actions: inout [DeliveryAction]) {
        guard let document else {
            return actions += entry.map { [.mark([$0.owed.item], .confirmed)] } ?? []
        }
        if let entry {
            inFlight[entry.owed.item] = entry
            actions.append(.offer(item: entry.owed.item, .roster(document)))
            return
        }
        lastSynthetic -= 1
        let owed = OwedEntry(
            item: lastSynthetic, group: 0, user: UserAddress(canonical: ""), kind: .roster, sender: nil, bytes: 0,
            createdAt: 0)
        inFlight[lastSynthetic] = Entry(owed: owed, item: nil)
        actions.append(.offer(item: lastSynthetic, .roster(document)))
    }

    private mutating func offer(
        _ entry: Entry, _ item: StoredItem, _ terms: SessionTerms, _ actions: inout [DeliveryAction]
    ) {
        var kept = entry
        kept.item = nil
        if entry.owed.kind.isRoster {
            guard terms.takesRosters, let snapshot = RosterSnapshot(encoded: item.body) else {
                return setAside.append(kept)
            }
            guard entry.owed.kind == .finalRoster else {
                var document = faults.rosters.document(snapshot, &stream, isOver: isEnded, today: current)
                if entry.showsAll { document?.showAll(of: snapshot) }
                return offer(document, kept, &actions)
            }
            let document = faults.rosters.final(snapshot, &stream)
            guard form.notifiesFinal, terms.isDeferred, let document else { return offer(document, kept, &actions) }
            inFlight[entry.owed.item] = kept
            return actions.append(.offer(item: entry.owed.item, .notice(snapshot, document)))
        }
        if let maximum = terms.maximumSize, item.body.count > maximum { return setAside.append(kept) }
        inFlight[entry.owed.item] = kept
        let copy = wrapping.copy(faults.copy(item, of: entry), of: entry, focus: current?.focus)
        actions.append(.offer(item: entry.owed.item, .stored(together(copy, with: entry))))
    }

    /// A report with those that follow it, where a variation says so.
    private mutating func together(_ item: StoredItem, with entry: Entry) -> StoredItem {
        guard form.joinsReports, item.kind == .disposition, entry.wasStored, let focus = current?.focus else { return item }
        var items = [item]
        var others: [Entry] = []
        for next in waiting {
            guard next.owed.kind == .disposition, let bytes = next.item else { break }
            items.append(bytes)
            others.append(next)
        }
        guard !others.isEmpty, let joined = form.joined(items, from: focus) else { return item }
        for _ in others { waiting.removeFirst() }
        for place in others.indices { others[place].item = nil }
        companions[entry.owed.item] = others
        return joined
    }

    /// Says once that the backlog is through, and that an ended group is.
    private mutating func settle(_ terms: SessionTerms) -> [DeliveryAction] {
        guard waiting.isEmpty, inFlight.isEmpty, start == .notNeeded else { return [] }
        if isEnded { return [.finished] }
        guard !isCaughtUp else { return [] }
        if terms.isDeferred, terms.takesRosters, !stream.hasStarted, let current {
            var actions: [DeliveryAction] = []
            offer(faults.rosters.document(current, &stream, isOver: isEnded, today: current), nil, &actions)
            return actions
        }
        isCaughtUp = true
        return [.caughtUp]
    }
}
