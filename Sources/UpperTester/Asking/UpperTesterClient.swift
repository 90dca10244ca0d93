public import HTTP

/// Where an upper tester is, and how long it may take.
public struct UpperTesterSettings: Sendable {
    /// The URL before `/v1`, such as `https://127.0.0.1:8443/tester`.
    public var baseURL: String
    /// PEM file with the certificates to trust; nil means the system's.
    public var authorityFile: String?
    /// The name that the certificate has, where the URL has an address.
    public var serverName: String?
    public var credentials: HTTPCredentials?
    public var connectTime: Duration = .seconds(5)
    /// For an answer, beside what a long poll was asked to wait.
    public var answerTime: Duration = .seconds(30)

    public init(baseURL: String) { self.baseURL = baseURL }
}

/// Asks an upper tester: one method per operation. Several may be called at once; each can be cancelled.
public struct UpperTesterClient: Sendable {
    private let base: HTTPURL
    private let asker: UpperTesterAsker

    /// - Parameter tap: is told of every byte; nil when nobody records.
    /// - Throws: `HTTPFailure.unusable` when the URL is none.
    public init(_ settings: UpperTesterSettings, tap: HTTPTap? = nil) throws(HTTPFailure) {
        var text = settings.baseURL
        while text.hasSuffix("/") { text.removeLast() }
        base = try HTTPURL(text)
        guard !base.target.contains("?") else { throw .unusable("the upper tester's URL has a query; leave out what begins with ?") }
        var http = HTTPClientSettings()
        http.authorityFile = settings.authorityFile
        http.serverName = settings.serverName
        http.credentials = settings.credentials
        http.connectTime = settings.connectTime
        http.totalTime = settings.answerTime
        http.maximumBody = 16 * 1_024 * 1_024
        asker = UpperTesterAsker(
            base: text, http: HTTPClient(http, tap: tap), answerTime: settings.answerTime)
    }

    /// Ends what is under way and closes all connections.
    public func shutdown() async { await asker.http.shutdown() }

    // MARK: - The client

    public func identity() async throws(UpperTesterFailure) -> UpperTesterIdentity { try await asker.ask(.identity) }

    public func connection() async throws(UpperTesterFailure) -> ClientConnection { try await asker.ask(.connection) }

    /// Returns once it took effect.
    public func setOnline(_ online: Bool) async throws(UpperTesterFailure) -> ClientConnection {
        try await asker.ask(.setOnline, sending: ConnectionOrder(online: online))
    }

    /// How invitations that come from now on are met.
    public func meetInvitations(_ conduct: InvitationConduct) async throws(UpperTesterFailure) {
        try await asker.order(.meetInvitations, sending: conduct)
    }

    // MARK: - Conversations

    /// - Parameters:
    ///   - after: the revision that is known; nil asks for the list as it is.
    ///   - wait: until the revision is greater, at most this long; then the list comes as it is.
    public func conversations(
        after: Int? = nil, wait: Duration = .zero
    ) async throws(UpperTesterFailure) -> ShownConversations {
        try await asker.list(.conversations, [], after, wait)
    }

    public func createConversation(_ new: NewConversation) async throws(UpperTesterFailure) -> ShownConversation {
        try await asker.ask(.createConversation, sending: new)
    }

    public func conversation(_ id: String) async throws(UpperTesterFailure) -> ShownConversation {
        try await asker.ask(.conversation, [id])
    }

    public func answerInvitation(
        to id: String, _ answer: InvitationAnswer
    ) async throws(UpperTesterFailure) -> ShownConversation {
        try await asker.ask(.answerInvitation, [id], sending: answer)
    }

    public func leaveConversation(_ id: String) async throws(UpperTesterFailure) -> ShownConversation {
        try await asker.ask(.leaveConversation, [id])
    }

    /// At a new focus, with the members that the client knows.
    public func restartConversation(_ id: String) async throws(UpperTesterFailure) -> ShownConversation {
        try await asker.ask(.restartConversation, [id])
    }

    // MARK: - What is in a conversation

    /// In the order shown to the user. `after` and `wait` as for `conversations`.
    public func messages(
        in id: String, after: Int? = nil, wait: Duration = .zero
    ) async throws(UpperTesterFailure) -> ShownMessages {
        try await asker.list(.messages, [id], after, wait)
    }

    public func sendMessage(_ text: String, in id: String) async throws(UpperTesterFailure) -> ShownMessage {
        try await asker.ask(.sendMessage, [id], sending: NewMessage(text: text))
    }

    public func markRead(_ message: String, in id: String) async throws(UpperTesterFailure) {
        try await asker.order(.markRead, [id, message])
    }

    public func participants(
        in id: String, after: Int? = nil, wait: Duration = .zero
    ) async throws(UpperTesterFailure) -> ShownParticipants {
        try await asker.list(.participants, [id], after, wait)
    }

    public func history(
        in id: String, after: Int? = nil, wait: Duration = .zero
    ) async throws(UpperTesterFailure) -> ShownHistory {
        try await asker.list(.history, [id], after, wait)
    }
}
