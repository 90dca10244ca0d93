public import Recordings

/// The order to create a group.
public struct NewConversation: UpperTesterDocument {
    /// Whom to invite, at least one.
    public var participants: [String]
    public var subject: String?

    public init(participants: [String], subject: String? = nil) {
        self.participants = participants
        self.subject = subject
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        let list = try field.required("participants", "write an array with the addresses of those to invite")
        participants = try list.elements { address throws(DocumentProblem) in try address.address() }
        if participants.isEmpty { throw list.problem("is empty", "write at least one address") }
        subject = try field.optional("subject")?.line("write a text, or leave it out")
    }

    public var json: JSONValue {
        jsonObject(["participants": JSONValue(strings: participants), "subject": subject.map { .string($0) }])
    }
}

/// A group chat as the user sees it.
public struct ShownConversation: UpperTesterDocument {
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// An invitation that the user has not answered.
        case invited
        /// The user takes part, or would if the client were on-line.
        case active
        /// Over: left, declined, dismissed, removed.
        case ended
    }

    /// By which the API names it; the same for as long as the client knows the group, also across a restart.
    public var id: String
    public var conversationId: String
    public var contributionId: String
    public var subject: String?
    public var state: State
    /// The present or last group session identity.
    public var focus: String?

    public init(
        id: String, conversationId: String, contributionId: String, subject: String? = nil, state: State,
        focus: String? = nil
    ) {
        self.id = id
        self.conversationId = conversationId
        self.contributionId = contributionId
        self.subject = subject
        self.state = state
        self.focus = focus
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        let name = "write the identifier as a text that is not empty"
        id = try field.required("id", name).identifier(name)
        conversationId = try field.required("conversationId", "write the Conversation-ID").identifier("write the Conversation-ID")
        contributionId = try field.required("contributionId", "write the Contribution-ID").identifier("write the Contribution-ID")
        subject = try field.optional("subject")?.line("write a text, or leave it out")
        state = try field.required("state", "write invited, active or ended").word()
        focus = try field.optional("focus")?.address()
    }

    public var json: JSONValue {
        jsonObject([
            "id": .string(id), "conversationId": .string(conversationId), "contributionId": .string(contributionId),
            "subject": subject.map { .string($0) }, "state": .string(state.rawValue), "focus": focus.map { .string($0) },
        ])
    }
}

/// Somebody in a group, as the user sees it.
public struct ShownParticipant: UpperTesterDocument {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case connected
        case pending
        case alerting
        case dialingOut = "dialing-out"
        case disconnected
    }

    /// How a disconnected one went (RFC 4575 §5.7.4).
    public enum Method: String, Sendable, Hashable, CaseIterable {
        case departed
        case booted
        case failed
        case busy
    }

    public var uri: String
    public var displayName: String?
    public var status: Status
    public var method: Method?
    /// Whether it is the client's own user.
    public var isSelf: Bool

    public init(
        uri: String, displayName: String? = nil, status: Status, method: Method? = nil, isSelf: Bool = false
    ) {
        self.uri = uri
        self.displayName = displayName
        self.status = status
        self.method = method
        self.isSelf = isSelf
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        uri = try field.required("uri", "write the participant's address").address()
        displayName = try field.optional("displayName")?.line("write a text, or leave it out")
        status = try field.required("status", "write connected, pending, alerting, dialing-out or disconnected").word()
        method = try field.optional("method")?.word()
        isSelf = try field.required("self", "write true for the client's own user, else false").bool()
    }

    public var json: JSONValue {
        jsonObject([
            "uri": .string(uri), "displayName": displayName.map { .string($0) }, "status": .string(status.rawValue),
            "method": method.map { .string($0.rawValue) }, "self": .bool(isSelf),
        ])
    }
}

/// One thing in the history of a group, in the order shown to the user.
public struct ShownHistoryEntry: UpperTesterDocument {
    public enum Kind: Sendable, Hashable {
        /// A message, by its identifier.
        case message(id: String)
        case joined(uri: String)
        case left(uri: String)
        case booted(uri: String)
    }

    private enum Word: String, CaseIterable {
        case message, joined, left, booted
    }

    public var kind: Kind
    /// Of a change: when it was, in milliseconds since 1970, where the client shows that.
    public var at: Int64?

    public init(_ kind: Kind, at: Int64? = nil) {
        self.kind = kind
        self.at = at
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        let word = try field.required("kind", "write message, joined, left or booted").word(Word.self)
        if word == .message {
            let instead = "write the identifier of the message"
            kind = .message(id: try field.required("message", instead).identifier(instead))
        } else {
            let uri = try field.required("uri", "write the address of whom it is about").address()
            kind = word == .joined ? .joined(uri: uri) : word == .left ? .left(uri: uri) : .booted(uri: uri)
        }
        at = try field.optional("at")?.time()
    }

    public var json: JSONValue {
        let (word, key, value): (Word, String, String) =
            switch kind {
            case .message(let id): (.message, "message", id)
            case .joined(let uri): (.joined, "uri", uri)
            case .left(let uri): (.left, "uri", uri)
            case .booted(let uri): (.booted, "uri", uri)
            }
        return jsonObject(["kind": .string(word.rawValue), key: .string(value), "at": at.map(UpperTesterTime.json)])
    }
}
