/// One thing that a recording says, free of any binding, with the lines that say it.
public struct Fact: Sendable, Hashable {
    /// Nanoseconds since the recording's zero, of the line that completed the fact.
    public var at: Int64
    /// Numbers of the recorded lines that it rests on, first to last, never empty.
    public var lines: [Int]
    public var what: FactKind

    public init(at: Int64, lines: [Int], what: FactKind) {
        self.at = at
        self.lines = lines
        self.what = what
    }
}

/// What can be said of a group session without naming SIP, MSRP or HTTP.
///
/// "User" is always the actor's name in the case; "session" the number of a `GroupSession`, "offer" that of an
/// `Offer` and "submission" that of a `Submission`, each counted from 0 in the recording.
public enum FactKind: Sendable, Hashable {
    /// The implementation granted a registration.
    case registered(user: String)
    /// The implementation confirmed that the user's registration is gone.
    case deregistered(user: String)
    /// An invitation to a group session reached the user.
    case invited(GroupSession)
    /// The user asked for a group session: created one, or came back to one.
    case asked(GroupSession)
    /// The user, or on the user's own request the implementation, is alerting; nothing is decided yet.
    case alerting(user: String, session: Int)
    /// The session stands at this user.
    case joined(user: String, session: Int)
    /// The focus of a session that the user asked for, as the implementation named it.
    case focus(session: Int, String)
    /// Offer and answer say who opens the carriage of the session's items.
    case agreed(session: Int, Opening)
    /// The carriage of the session's items came about: something crossed it.
    case carried(session: Int)
    /// The session was refused before it stood.
    case refused(user: String, session: Int, by: Side, code: Int)
    /// The inviting side took its invitation back.
    case withdrawn(user: String, session: Int, by: Side)
    /// The session ended at this user.
    case ended(user: String, session: Int, by: Side, cause: EndCause)
    /// The carriage of the session's items broke while the session stood.
    case carriageLost(user: String, session: Int)
    /// A connection of the user's went; no connection of the user's is open any more.
    case unreachable(user: String)
    /// The user handed an item to the implementation, completely.
    case submitted(Submission)
    /// The implementation answered for a submitted item.
    case submissionAnswered(submission: Int, accepted: Bool, code: Int)
    /// An item came to the user, completely.
    case offered(Offer)
    /// The user's side took the offered item over, as the offer demanded.
    case confirmed(offer: Int)
    /// The user's side refused the item, with this code, or never answered for it: nil.
    case unconfirmed(offer: Int, code: Int?)
    /// The user's side answered, but the connection broke before the other side can be known to have seen it.
    case indeterminate(offer: Int)
    /// The user's side answered an item, or a part of it, that was to have no answer, or none but an error (RFC 4975 §7.2).
    case unasked(offer: Int, code: Int)
    /// The user's side reported on the whole of an item that asked for it, or refused it so (RFC 4975 §7.1.2).
    case reported(offer: Int, code: Int)
    /// The user asked to be told who takes part, at this focus.
    case subscribed(user: String, focus: String)
    /// A participant-information stream of the user ended.
    case streamEnded(user: String, stream: Int)
    /// What the scripted side did, or finished doing.
    case act(Act)
    /// A wait of the script began, was met or ran out.
    case wait(Wait)
    /// The harness itself was held up for so many milliseconds.
    case stalled(milliseconds: Int64)
    /// What the user of a client under test sees, as its upper tester or an operator said.
    case seen(UserView)
    /// A person at the client under test was asked something and answered.
    case answered(OperatorAnswer)
    /// Bytes from the implementation that cannot be read.
    case garbage(user: String, reason: String)
    /// A message from the implementation that began at `since` and had not ended when its connection was closed.
    case unfinished(user: String, since: Int64)
}

/// Who did something: a user of the case (the harness) or the implementation under test.
public enum Side: String, Sendable, Hashable {
    case user
    case implementation
}

/// Who is to open the carriage of a session, as offer and answer say (RFC 4145 §4.1, RFC 6135).
public enum Opening: Sendable, Hashable {
    case user
    case implementation
    /// The user's answer leaves none that can be opened; why, as a clause.
    case nobody(String)
}

/// Why a session ended, as far as it was said.
public struct EndCause: Sendable, Hashable {
    /// 200 for an end by somebody's will, 410 for a group that is gone, nil where nothing was said.
    public var code: Int?
    /// The words that came with it, escaped for printing.
    public var text: String?

    public init(code: Int?, text: String?) {
        self.code = code
        self.text = text
    }
}

/// The ids that make a group, compared byte for byte; they last across a restart at another focus.
public struct GroupIdentity: Sendable, Hashable {
    public var conversation: String
    public var contribution: String

    public init(conversation: String, contribution: String) {
        self.conversation = conversation
        self.contribution = contribution
    }
}

/// One session of one user with the implementation, from the invitation on.
public struct GroupSession: Sendable, Hashable {
    /// Whether items that follow belong to a session that goes on or to one that is over.
    public enum Form: String, Sendable, Hashable {
        /// Items flow both ways.
        case live
        /// Only the implementation sends: a session that is over is being delivered.
        case deferred
        /// Not said.
        case unknown
    }

    public var id: Int
    public var user: String
    /// nil when the invitation does not carry both ids.
    public var group: GroupIdentity?
    /// The focus, as the remote target without its parameters.
    public var focus: String?
    public var form: Form
    /// With which of the user's devices, from 1.
    public var device = 1
    /// Who asked for the session.
    public var by: Side
    /// The inviter that the invitation names, as an address; nil when none is named or the user asked.
    public var inviter: String?
    /// Members that came with the invitation (`recipient-list-history`), as addresses; nil when no list came.
    public var invitedWith: [String]?
    /// Whom the user's own request wants to be invited (RFC 5366), as addresses; nil when it names nobody.
    public var inviting: [String]?
    /// What is wrong with the invitation, one sentence each.
    public var problems: [String]

    public init(id: Int, user: String, by: Side) {
        self.id = id
        self.user = user
        self.by = by
        self.form = .unknown
        self.problems = []
    }
}

/// An item that came to a user.
public struct Offer: Sendable, Hashable {
    public var id: Int
    public var user: String
    /// The session it came in; nil for what came outside of any.
    public var session: Int?
    public var item: Item
    /// A REPORT of success was asked for (`Success-Report: yes`).
    public var wantsReport = false
    /// False for one whose type or size the user's description of its media does not take.
    public var isAccepted = true

    public init(id: Int, user: String, session: Int?, item: Item) {
        self.id = id
        self.user = user
        self.session = session
        self.item = item
    }
}

/// An item that a user handed to the implementation.
public struct Submission: Sendable, Hashable {
    public var id: Int
    public var user: String
    public var session: Int?
    public var item: Item
    /// False for one that is to have no answer, or none but an error (`Failure-Report: no` and `partial`, RFC 4975 §7.2).
    public var wantsAnswer = true

    public init(id: Int, user: String, session: Int?, item: Item) {
        self.id = id
        self.user = user
        self.session = session
        self.item = item
    }
}
