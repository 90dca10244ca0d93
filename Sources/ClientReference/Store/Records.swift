import Payloads

/// What names a group for its whole life, also at another focus; compared byte for byte.
struct GroupKey: Hashable, Sendable {
    var conversation: String
    var contribution: String

    init(conversation: String, contribution: String) {
        self.conversation = conversation
        self.contribution = contribution
    }

    /// A session without ids is all that names itself.
    init(unnamedAt focus: String) {
        conversation = "without-id \(focus)"
        contribution = ""
    }

    var isUnnamed: Bool { contribution.isEmpty && conversation.hasPrefix("without-id ") }
}

/// What a conversation is to its user.
enum ConversationState: String, Sendable, Hashable {
    /// An invitation waits for the user.
    case invited
    /// There is a session with the focus.
    case live
    /// The session broke and may be taken up again.
    case suspended
    /// The focus ended the session.
    case ended
    /// The user left.
    case left
    /// The user was put out.
    case booted
    /// The user refused the invitation.
    case declined
}

/// A conversation without what was said in it.
struct ConversationRecord: Sendable, Hashable {
    var id: Int64
    var group: GroupKey
    var subject: String?
    var inviter: Person?
    /// The newest focus URI; nil before there was one.
    var focus: String?
    /// The focuses before it, oldest first.
    var formerFocuses: [String] = []
    var state: ConversationState
    /// True when the focus is known to be gone, so that it need not be asked.
    var focusIsGone = false
    /// What became of the last attempt to take the session up again, where it was refused.
    var refusal: String?
    /// Milliseconds since 1970.
    var createdAt: Int64
}

/// Whether a report is due.
enum ReportState: String, Sendable, Hashable {
    /// Nobody asked for it.
    case unwanted
    /// Asked for; its time has not come.
    case asked
    /// To be sent.
    case owed
    case sent
}

/// How far a message of the user's own has come.
enum SendState: String, Sendable, Hashable {
    case waiting, sent, failed
}

/// What a report needs of the message that it is about (RFC 5438 §7.2).
struct ReportTrail: Sendable, Hashable, Codable {
    var originalTo: String?
    /// IMDN-Record-Route, as written.
    var routes: [String] = []
}

/// A message shown to the user, received or sent.
struct MessageRecord: Sendable, Hashable {
    /// The place in the conversation: rises with every message and every change in who takes part.
    var id: Int64
    var conversation: Int64
    /// imdn.Message-ID (RFC 5438 §6.3).
    var messageID: String
    var isOwn: Bool
    var sender: Person?
    /// DateTime as written; nil when there was none.
    var dateTime: String?
    var contentType: String
    var body: [UInt8]
    /// Milliseconds since 1970.
    var arrivedAt: Int64
    var delivered = ReportState.unwanted
    var displayed = ReportState.unwanted
    var isRead = false
    var trail = ReportTrail()
    /// Those to whom it went, as far as the lists told; nil when none had come.
    var audience: [String]?
    /// Of an own message.
    var sending = SendState.sent
}

/// A change in who takes part.
struct HistoryRecord: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        /// The first list that came.
        case began
        case joined
        case left
    }

    var id: Int64
    var conversation: Int64
    var kind: Kind
    /// Those concerned: one, or all of the first list.
    var users: [Person]
    /// How somebody left, as the list says (RFC 4575 §5.7.6).
    var method: String?
    /// Milliseconds since 1970.
    var at: Int64
}

/// One line of a list of participants.
struct Participant: Sendable, Hashable {
    var person: Person
    /// As the list says (RFC 4575 §5.7.3), `member` where it says nothing.
    var status: String
    var method: String?
    let key: UserKey

    init(person: Person, status: String, method: String?) {
        self.person = person
        self.status = status
        self.method = method
        key = person.key
    }

    var isMember: Bool { status != "disconnected" && status != "disconnecting" }
}

/// What became of a message at one recipient (RFC 5438).
struct DispositionRecord: Sendable, Hashable {
    var messageID: String
    var recipient: Person
    /// Such as `delivered`, `displayed`, `failed`.
    var status: String
    /// The report's own DateTime as written; nil when there was none.
    var at: String?
}

/// One thing to write; several are committed together.
enum StoreChange: Sendable, Hashable {
    case conversation(ConversationRecord)
    case message(MessageRecord)
    /// Only what changes of a message after it was written.
    case progress(MessageRecord)
    case history(HistoryRecord)
    case participants([Participant], of: Int64)
    case disposition(DispositionRecord)
    case forgetDisposition(DispositionRecord)
    /// Everything of a conversation.
    case forget(conversation: Int64)
}

/// All that is read when a store is opened.
struct StoreContents: Sendable {
    var conversations: [ConversationRecord] = []
    var messages: [MessageRecord] = []
    var history: [HistoryRecord] = []
    var participants: [Int64: [Participant]] = [:]
    var dispositions: [DispositionRecord] = []
}
