/// What the user of a client sees of one group at one moment.
public struct UserView: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// Every message, in the order shown.
        case messages([SeenMessage])
        /// Who takes part.
        case participants([SeenParticipant])
        /// Messages, joins and departures in the order shown.
        case history([SeenEntry])
        /// Every group, whatever is in it; `group` is nil then.
        case conversations([GroupIdentity])
    }

    public var user: String
    /// nil where the client names a group that it has not told the ids of.
    public var group: GroupIdentity?
    public var content: Content

    public init(user: String, group: GroupIdentity?, content: Content) {
        self.user = user
        self.group = group
        self.content = content
    }
}

/// A message as the user sees it.
public struct SeenMessage: Sendable, Hashable {
    /// The imdn.Message-ID.
    public var id: String
    /// The user wrote it itself.
    public var isOwn: Bool
    public var sender: String
    /// What the user reads, or the bytes of what is no text.
    public var body: [UInt8]
    public var contentType: String
    /// When it was sent, in milliseconds since 1970; nil when the client shows no time that can be read.
    public var sentAt: Int64?
    public var isRead: Bool
    public var dispositions: [SeenDisposition]
    /// To whom it was exchanged, as addresses; nil where the client does not show it.
    public var audience: [String]?

    public init(
        id: String, isOwn: Bool, sender: String, body: [UInt8], contentType: String, sentAt: Int64?, isRead: Bool,
        dispositions: [SeenDisposition] = [], audience: [String]? = nil
    ) {
        self.id = id
        self.isOwn = isOwn
        self.sender = sender
        self.body = body
        self.contentType = contentType
        self.sentAt = sentAt
        self.isRead = isRead
        self.dispositions = dispositions
        self.audience = audience
    }
}

/// What the user sees of the fate of a message that it wrote.
public struct SeenDisposition: Sendable, Hashable {
    public var recipient: String?
    /// `delivered`, `displayed`, `failed` or `processed`.
    public var status: String

    public init(recipient: String?, status: String) {
        self.recipient = recipient
        self.status = status
    }
}

/// Somebody of a group as the user sees it.
public struct SeenParticipant: Sendable, Hashable {
    public var address: String
    /// `connected`, `pending`, `disconnected` or another status of RFC 4575.
    public var status: String
    /// How it went, where it did and that is shown.
    public var method: String?
    public var isSelf: Bool

    public init(address: String, status: String, method: String? = nil, isSelf: Bool) {
        self.address = address
        self.status = status
        self.method = method
        self.isSelf = isSelf
    }
}

/// One line of the history that the user sees.
public enum SeenEntry: Sendable, Hashable {
    /// A message, by its imdn.Message-ID.
    case message(String)
    case joined(String)
    case left(String)
}
