/// Why a client does not do what its upper tester was asked; it becomes an answer with problem details.
public struct UpperTesterRefusal: Error, Sendable, Hashable {
    /// What kind of refusal, with its status code.
    public enum Kind: Int, Sendable, Hashable, CaseIterable {
        /// What was asked for cannot be, whatever the state.
        case badRequest = 400
        /// There is no such conversation or message.
        case notFound = 404
        /// It is there, and not in a state in which that can be done.
        case conflict = 409
        /// The client tried, and the network or its server did not let it.
        case failed = 502
        /// The client cannot do this now.
        case unavailable = 503
    }

    public var kind: Kind
    /// What is wrong, for a person.
    public var detail: String

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}

/// What a client does for its upper tester: one method per operation of `docs/upper-tester.openapi.yaml`.
///
/// `UpperTesterRoutes` calls them, from any task, several at once; it has checked the documents. A method returns when
/// what was asked took effect at the client, and may take as long as that takes; its task is cancelled when whoever
/// asked has gone. `id` is always `ShownConversation.id`.
public protocol UpperTesterService: Sendable {
    /// `GET /v1`.
    func identity() async throws(UpperTesterRefusal) -> UpperTesterIdentity

    /// `GET /v1/connection`.
    func connection() async throws(UpperTesterRefusal) -> ClientConnection
    /// `PUT /v1/connection`: returns once the client is registered, or has given its registration up.
    func setOnline(_ online: Bool) async throws(UpperTesterRefusal) -> ClientConnection
    /// `PUT /v1/invitations`: how those that come from now on are met.
    func meetInvitations(_ conduct: InvitationConduct) async throws(UpperTesterRefusal)

    /// `GET /v1/conversations`.
    func conversations() async throws(UpperTesterRefusal) -> ShownConversations
    /// `POST /v1/conversations`: returns once the group is there, or cannot be made.
    func createConversation(_ new: NewConversation) async throws(UpperTesterRefusal) -> ShownConversation
    /// `GET /v1/conversations/{id}`.
    func conversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation
    /// `POST /v1/conversations/{id}/answer`, of an invitation that waits.
    func answerInvitation(to id: String, _ answer: InvitationAnswer) async throws(UpperTesterRefusal) -> ShownConversation
    /// `POST /v1/conversations/{id}/leave`.
    func leaveConversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation
    /// `POST /v1/conversations/{id}/restart`: at a new focus, with the members that the client knows; returns once the
    /// request for it is on its way.
    func restartConversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation

    /// `GET /v1/conversations/{id}/messages`.
    func messages(in id: String) async throws(UpperTesterRefusal) -> ShownMessages
    /// `POST /v1/conversations/{id}/messages`: returns the message as it is shown while it is being sent.
    func sendMessage(_ text: String, in id: String) async throws(UpperTesterRefusal) -> ShownMessage
    /// `POST /v1/conversations/{id}/messages/{message}/read`: as if the user had looked at it.
    func markRead(_ message: String, in id: String) async throws(UpperTesterRefusal)
    /// `GET /v1/conversations/{id}/participants`.
    func participants(in id: String) async throws(UpperTesterRefusal) -> ShownParticipants
    /// `GET /v1/conversations/{id}/history`.
    func history(in id: String) async throws(UpperTesterRefusal) -> ShownHistory

    /// Returns when the client's revision is greater than `revision`, when the time is over or when the task is
    /// cancelled, whichever is first. Returning early does no harm: the list is looked at again.
    func changed(after revision: Int, within time: Duration) async
}
