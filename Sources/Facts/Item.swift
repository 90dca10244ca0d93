/// What travels in a group session.
public enum Item: Sendable, Hashable {
    case message(ChatMessage)
    /// One or more disposition notifications that came together.
    case dispositions([Disposition])
    case roster(Roster)
    /// An is-composing indication: never a chat message.
    case composing
    /// Something whose type is not known here, or that cannot be read; `problems` say why.
    case other(type: String, problems: [String])
}

/// A chat message after unwrapping.
public struct ChatMessage: Sendable, Hashable {
    /// The imdn.Message-ID; nil when there is none.
    public var id: String?
    /// The sender's address as written.
    public var sender: String?
    /// The sending time as written.
    public var dateTime: String?
    /// The sending time as milliseconds since 1970; nil when absent or not a time.
    public var instant: Int64?
    /// Type and parameters, as a parsed value written in one form.
    public var contentType: String
    public var body: [UInt8]
    /// Requested dispositions, by their names in RFC 5438 §6.3, sorted.
    public var dispositionRequests: [String]
    /// What is wrong with the wrapping, one sentence each; empty for a well-formed message.
    public var problems: [String]

    public init(
        id: String?, sender: String?, dateTime: String?, instant: Int64?, contentType: String, body: [UInt8],
        dispositionRequests: [String], problems: [String] = []
    ) {
        self.id = id
        self.sender = sender
        self.dateTime = dateTime
        self.instant = instant
        self.contentType = contentType
        self.body = body
        self.dispositionRequests = dispositionRequests
        self.problems = problems
    }
}

/// What became of a message at one recipient.
public struct Disposition: Sendable, Hashable {
    /// The imdn.Message-ID of the message it is about.
    public var message: String
    /// The recipient it speaks of, as an address.
    public var recipient: String?
    /// The other addresses that may name the recipient, in order of weight: the original recipient, then whoever the
    /// report says it is from. In a group the message was addressed to the focus, and so may the recipient be.
    public var otherNames: [String]
    /// `delivered`, `displayed`, `failed`, `forbidden`, `error`, `processed`, `stored`.
    public var status: String
    /// `delivery`, `display` or `processing`.
    public var kind: String
    public var problems: [String]

    public init(
        message: String, recipient: String?, otherNames: [String] = [], status: String, kind: String,
        problems: [String] = []
    ) {
        self.message = message
        self.recipient = recipient
        self.otherNames = otherNames
        self.status = status
        self.kind = kind
        self.problems = problems
    }
}

/// One participant-information document.
public struct Roster: Sendable, Hashable {
    public enum Extent: String, Sendable, Hashable {
        case full
        case partial
        case deleted
    }

    /// How it came: by the user's own subscription, or as an item of a session.
    public enum Carriage: String, Sendable, Hashable {
        case subscription
        case session
    }

    /// Number of the stream (one subscription, or one session's items) that it belongs to.
    public var stream: Int
    public var carriage: Carriage
    public var entity: String
    public var extent: Extent
    public var version: Int?
    public var users: [RosterUser]
    /// The count of users that the document gives, if it gives one (RFC 4575 §5.5).
    public var userCount: Int?
    /// What breaks the core schema or the rules of the document, one sentence each with its line.
    public var problems: [String]

    public init(
        stream: Int, carriage: Carriage, entity: String, extent: Extent, version: Int?, users: [RosterUser],
        userCount: Int? = nil, problems: [String] = []
    ) {
        self.stream = stream
        self.carriage = carriage
        self.entity = entity
        self.extent = extent
        self.version = version
        self.users = users
        self.userCount = userCount
        self.problems = problems
    }
}

/// One user of a participant-information document.
public struct RosterUser: Sendable, Hashable {
    public var address: String
    public var extent: Roster.Extent
    /// The best status of the user's end points (RFC 4575 §5.7.3), such as `connected`; nil when none is given.
    public var status: String?
    /// How the user went (`departed`, `booted`, `failed`, `busy`), if it is said.
    public var method: String?

    public init(address: String, extent: Roster.Extent = .full, status: String?, method: String? = nil) {
        self.address = address
        self.extent = extent
        self.status = status
        self.method = method
    }
}
