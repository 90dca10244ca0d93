import Payloads

/// One conversation of the user: what was said, by whom and to whom, and who came and went. A plain value.
struct Conversation: Sendable {
    var record: ConversationRecord
    /// In the order in which they are shown.
    private(set) var messages: [MessageRecord] = []
    private(set) var history: [HistoryRecord] = []
    var participants: Participants
    /// Sessions that deliver or carry messages now, by number.
    var legs: [Int: LegKind] = [:]
    private var places: [String: Int] = [:]

    /// What a session is for.
    enum LegKind: Sendable, Hashable {
        case live
        /// The session of the group is over; what was missed is delivered.
        case over
    }

    init(_ record: ConversationRecord, participants: Participants) {
        self.record = record
        self.participants = participants
    }

    /// A session that names no group is a conversation only when something was said in it: reports may come in one of
    /// their own (BINDING, "Stored dispositions").
    var isShown: Bool { !record.group.isUnnamed || !messages.isEmpty }

    var isLive: Bool { legs.values.contains(.live) }

    func message(_ messageID: String) -> MessageRecord? { places[messageID].map { messages[$0] } }

    func knows(_ messageID: String) -> Bool { places[messageID] != nil }

    /// A message without an id came before when one with the same sender, time and words did.
    func knows(wordsOf chat: ArrivedChat, atAnyTime: Bool) -> Bool {
        guard chat.dateTime != nil else { return false }
        return messages.contains {
            (atAnyTime || $0.dateTime == chat.dateTime) && $0.sender?.key == chat.sender?.key && $0.body == chat.body
        }
    }

    mutating func append(_ message: MessageRecord) {
        if places[message.messageID] == nil { places[message.messageID] = messages.count }
        messages.append(message)
    }

    /// Puts a message before the one shown last; only a defect does.
    mutating func insertBeforeLast(_ message: MessageRecord) {
        messages.insert(message, at: max(0, messages.count - 1))
        index()
    }

    mutating func remove(where isGone: (MessageRecord) -> Bool) {
        messages.removeAll(where: isGone)
        index()
    }

    private mutating func index() {
        places = Dictionary(messages.enumerated().map { ($1.messageID, $0) }) { first, _ in first }
    }

    mutating func append(_ change: HistoryRecord) { history.append(change) }

    /// Changes one message in its place; nil when there is none of that id.
    mutating func change(_ id: Int64, _ change: (inout MessageRecord) -> Void) -> MessageRecord? {
        guard let place = messages.lastIndex(where: { $0.id == id }) else { return nil }
        change(&messages[place])
        return messages[place]
    }

    /// Whom a restart invites: every member of the last list, but the user (BINDING, "Restart").
    func recipients(without own: Set<UserKey>) -> [Person] {
        participants.shown.filter { $0.isMember && !own.contains($0.key) }.map(\.person)
    }

    /// The newest focus is this one.
    mutating func met(_ focus: String) {
        record.focusIsGone = false
        guard record.focus != focus else { return }
        if let before = record.focus { record.formerFocuses = Array((record.formerFocuses + [before]).suffix(32)) }
        record.focus = focus
    }

    /// True for an address that is the group itself, not somebody in it.
    func isGroup(_ uri: String) -> Bool {
        let key = UserKey(uri)
        if key == UserKey(ResourceList.anonymousURI) { return true }
        return ([record.focus].compactMap { $0 } + record.formerFocuses).contains { UserKey($0) == key }
    }
}
