import Payloads

/// All conversations of the user: events in, what is to be stored, answered and reported out. A plain value.
///
/// What it changes is taken with `takeChanges` and committed before anybody is told of it.
struct ConversationBook: Sendable {
    /// The user, under every address of his.
    let own: Set<UserKey>
    let faults: ClientFaults
    var showing: ShowingFaults
    /// False for a client that looks at whole lists alone.
    var appliesChanges = true
    var conversations: [Int64: Conversation] = [:]
    private(set) var dispositions = DispositionBook()
    private var byGroup: [GroupKey: Int64] = [:]
    private var byMessage: [String: Int64] = [:]
    private var lastConversation: Int64 = 0
    private var lastEntry: Int64 = 0
    private var changes: [StoreChange] = []

    static let mostConversations = 10_000

    init(own: [String], faults: ClientFaults = ClientFaults([]), contents: StoreContents = StoreContents()) {
        self.own = Set(own.map { UserKey($0) })
        self.faults = faults
        showing = faults.showing
        restore(contents)
    }

    /// Everything that was changed since the last call, in order.
    mutating func takeChanges() -> [StoreChange] {
        defer { changes = [] }
        return changes
    }

    /// Every conversation, oldest first.
    var inOrder: [Conversation] { conversations.values.sorted { $0.record.id < $1.record.id } }

    func conversation(of group: GroupKey) -> Conversation? { byGroup[group].flatMap { conversations[$0] } }

    /// The conversation in which the user sent a message.
    func conversation(ofOwn messageID: String) -> Int64? { byMessage[messageID] }

    private mutating func restore(_ contents: StoreContents) {
        for record in contents.conversations {
            var record = record
            if record.state == .live || record.state == .invited { record.state = .suspended }
            conversations[record.id] = Conversation(
                record,
                participants: Participants(contents.participants[record.id] ?? [], own: own, faults: faults.lists))
            byGroup[record.group] = record.id
            lastConversation = max(lastConversation, record.id)
        }
        for message in contents.messages {
            conversations[message.conversation]?.append(message)
            if message.isOwn { byMessage[message.messageID] = message.conversation }
            lastEntry = max(lastEntry, message.id)
        }
        for change in contents.history {
            conversations[change.conversation]?.append(change)
            lastEntry = max(lastEntry, change.id)
        }
        var dropped: [DispositionRecord] = []
        for record in contents.dispositions {
            _ = dispositions.add(record, isClaimed: byMessage[record.messageID] != nil, dropped: &dropped)
        }
        changes = dropped.map { .forgetDisposition($0) }
    }

    // MARK: Groups

    /// The conversation of a group, made when it is met first; nil when there are too many.
    mutating func meet(_ group: GroupKey, now: Int64) -> Int64? {
        if let known = byGroup[group] { return known }
        guard conversations.count < Self.mostConversations else { return nil }
        lastConversation += 1
        let record = ConversationRecord(id: lastConversation, group: group, state: .invited, createdAt: now)
        conversations[record.id] = Conversation(record, participants: Participants(own: own, faults: faults.lists))
        byGroup[group] = record.id
        changes.append(.conversation(record))
        return record.id
    }

    /// A conversation that never came about is no more.
    mutating func forget(_ id: Int64) {
        guard let conversation = conversations.removeValue(forKey: id) else { return }
        byGroup[conversation.record.group] = nil
        changes.append(.forget(conversation: id))
    }

    /// Changes what is said of a conversation as a whole.
    mutating func update(_ id: Int64, _ change: (inout Conversation) -> Void) {
        guard var conversation = conversations[id] else { return }
        let before = conversation.record
        change(&conversation)
        conversations[id] = conversation
        if conversation.record != before { changes.append(.conversation(conversation.record)) }
    }

    /// Somebody invites the user; `people` are those the invitation names, himself among them.
    mutating func invited(_ id: Int64, subject: String?, inviter: Person?, people: [Person], now: Int64) {
        update(id) { conversation in
            if let subject { conversation.record.subject = subject }
            if conversation.record.inviter == nil { conversation.record.inviter = inviter }
        }
        guard let changes = conversations[id]?.participants.begin(with: people), !changes.isEmpty else { return }
        tell(changes, in: id, now: now)
    }

    // MARK: Sessions

    /// A session with the focus is there.
    mutating func joined(_ id: Int64, leg: Int, _ kind: Conversation.LegKind, focus: String?) {
        update(id) { conversation in
            conversation.legs[leg] = kind
            if let focus { conversation.met(focus) }
            conversation.record.refusal = nil
            if kind == .live {
                conversation.record.state = .live
            } else if !conversation.isLive {
                // Delivery of what was missed is no way back in for one who left or was put out.
                if ![.left, .booted].contains(conversation.record.state) { conversation.record.state = .ended }
                conversation.record.focusIsGone = true
            }
        }
    }

    /// Why a session with the focus is over.
    enum LegEnd: Sendable, Hashable {
        /// The focus said so; `isGone` when nobody can come back to it.
        case ended(isGone: Bool)
        case booted
        case left
        /// It broke, or was given up, and the group lives on.
        case broken
        /// The client went, or said so.
        case offline
    }

    mutating func legEnded(_ leg: Int, in id: Int64, _ end: LegEnd, now: Int64) {
        settle(id, now: now)
        let kind = conversations[id]?.legs[leg]
        if end == .broken { broke(leg, in: id) }
        update(id) { conversation in
            conversation.legs[leg] = nil
            conversation.participants.ended(.delivery(leg))
            guard let kind, !conversation.isLive else { return }
            switch end {
            case .booted: conversation.record.state = .booted
            case .left: conversation.record.state = .left
            case .ended(let isGone):
                if ![.left, .booted].contains(conversation.record.state) { conversation.record.state = .ended }
                conversation.record.focusIsGone = isGone || kind == .over
            case .broken, .offline:
                if kind == .live, conversation.record.state == .live { conversation.record.state = .suspended }
            }
        }
    }

    // MARK: Lists

    /// Takes a list that came in a delivery or by subscription.
    mutating func listed(
        _ info: ConferenceInfo, in id: Int64, from source: ListSource, holding: Bool = false, now: Int64
    ) -> ListOutcome {
        var outcome = ListOutcome.ignored
        if !appliesChanges, info.state == .partial { return outcome }
        for place in faults.lists.mergesGroups ? Array(conversations.keys) : [id] {
            guard var participants = conversations[place]?.participants else { continue }
            let result = participants.apply(info, from: source, holding: holding)
            conversations[place]?.participants = participants
            if place == id { outcome = result }
            if case .taken(let changes) = result { tell(changes, in: place, now: now) }
            if result == .held { self.changes.append(.participants(participants.shown, of: place)) }
        }
        return outcome
    }

    /// A delivery has fallen quiet.
    mutating func settle(_ id: Int64, now: Int64) {
        guard let changes = conversations[id]?.participants.settle(), !changes.isEmpty else { return }
        tell(changes, in: id, now: now)
    }

    mutating func tell(_ changes: [MembershipChange], in id: Int64, now: Int64) {
        guard let participants = conversations[id]?.participants else { return }
        for change in faults.lists.told(changes) where conversations[id]?.history.count ?? 0 < Self.mostMessages {
            let record: HistoryRecord
            switch change {
            case .began(let all):
                record = HistoryRecord(
                    id: nextEntry(), conversation: id, kind: .began, users: all.map(\.person), at: now)
            case .joined(let one):
                record = HistoryRecord(id: nextEntry(), conversation: id, kind: .joined, users: [one.person], at: now)
            case .left(let one):
                record = HistoryRecord(
                    id: nextEntry(), conversation: id, kind: .left, users: [one.person], method: one.method, at: now)
            }
            conversations[id]?.append(record)
            self.changes.append(.history(record))
        }
        self.changes.append(.participants(participants.shown, of: id))
    }

    // MARK: For the other parts

    mutating func nextEntry() -> Int64 {
        lastEntry += 1
        return lastEntry
    }

    mutating func note(_ change: StoreChange) { changes.append(change) }

    /// An own message is there: reports on it have something to belong to.
    mutating func claim(_ messageID: String, in id: Int64) {
        byMessage[messageID] = id
        dispositions.claim(messageID)
    }

    mutating func add(_ record: DispositionRecord) {
        var dropped: [DispositionRecord] = []
        guard dispositions.add(record, isClaimed: byMessage[record.messageID] != nil, dropped: &dropped) else { return }
        changes.append(.disposition(record))
        changes += dropped.map { .forgetDisposition($0) }
    }
}
