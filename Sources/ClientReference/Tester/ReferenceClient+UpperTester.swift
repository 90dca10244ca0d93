import NIOCore
public import UpperTester

// What the user does and sees, for `UpperTesterRoutes`.
extension ReferenceClient: UpperTesterService {
    public func identity() async throws(UpperTesterRefusal) -> UpperTesterIdentity {
        UpperTesterIdentity(
            clientName: "cpmcheck reference client", clientVersion: "1",
            features: deviations.variations.contains(.noLongPoll) ? [] : [UpperTesterIdentity.longPoll])
    }

    public func connection() async throws(UpperTesterRefusal) -> ClientConnection {
        try await asked { service in
            ClientConnection(
                online: service.isOnline, registered: service.isRegistered, address: service.context.settings.address)
        }
    }

    public func setOnline(_ online: Bool) async throws(UpperTesterRefusal) -> ClientConnection {
        let status: Int = try await done { service, done in
            // What is the case already is answered at once.
            if online, service.isRegistered { return done(.success(200)) }
            let taken: (Int) -> Void = { done(.success($0)) }
            if online { service.goOnline(taken) } else { service.goOffline(taken) }
        }
        guard !online || status < 300 else {
            throw UpperTesterRefusal(.failed, "the registrar answered REGISTER with \(status)")
        }
        return try await connection()
    }

    public func meetInvitations(_ conduct: InvitationConduct) async throws(UpperTesterRefusal) {
        try await asked { service in
            switch conduct {
            case .accept: service.habit = .accept
            case .ignore: service.habit = .ring
            case .decline: service.habit = .decline
            }
        }
    }

    // MARK: Conversations

    public func conversations() async throws(UpperTesterRefusal) -> ShownConversations {
        try await asked { service in
            let views = ShownViews(service)
            return ShownConversations(revision: service.bell.revision, service.book.inOrder.filter(views.shows).map(views.conversation))
        }
    }

    public func createConversation(_ new: NewConversation) async throws(UpperTesterRefusal) -> ShownConversation {
        try await done { service, done in
            service.create(new.participants, subject: new.subject) { id, failure in
                guard failure == nil, let conversation = id.flatMap({ service.book.conversations[$0] }) else {
                    return done(.failure(UpperTesterRefusal(.failed, failure?.why ?? "the group could not be made")))
                }
                done(.success(ShownViews(service).conversation(conversation)))
            }
        }
    }

    public func conversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation {
        try await shown(id) { views, conversation, _ in views.conversation(conversation) }
    }

    public func answerInvitation(
        to id: String, _ answer: InvitationAnswer
    ) async throws(UpperTesterRefusal) -> ShownConversation {
        let isAnswered: Bool = try await done { service, done in
            guard let conversation = service.conversation(named: id) else { return done(.failure(.unknown(id))) }
            service.answerInvitation(to: conversation.record.id, accepting: answer == .accept) { done(.success($0)) }
        }
        guard isAnswered else { throw UpperTesterRefusal(.conflict, "no invitation waits in conversation \(id)") }
        return try await conversation(id)
    }

    public func leaveConversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation {
        let _: Int = try await done { service, done in
            guard let conversation = service.conversation(named: id) else { return done(.failure(.unknown(id))) }
            guard [.live, .suspended].contains(conversation.record.state) else {
                return done(.failure(UpperTesterRefusal(.conflict, "the user is not in conversation \(id)")))
            }
            service.leave(conversation.record.id) { done(.success($0)) }
        }
        return try await conversation(id)
    }

    public func restartConversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation {
        try await asked { service throws(UpperTesterRefusal) in
            guard let conversation = service.conversation(named: id) else { throw .unknown(id) }
            if conversation.isLive { throw UpperTesterRefusal(.conflict, "conversation \(id) has a session") }
            var refusal: ClientService.SeekFailure?
            var isAsking = true
            service.seek(conversation.record.id) { result in
                if isAsking, case .failure(let failure) = result { refusal = failure }
            }
            isAsking = false
            if let refusal { throw UpperTesterRefusal(.conflict, refusal.why) }
        }
        return try await conversation(id)
    }

    // MARK: Messages

    public func messages(in id: String) async throws(UpperTesterRefusal) -> ShownMessages {
        try await shown(id) { ShownMessages(revision: $2, $0.messages($1)) }
    }

    public func sendMessage(_ text: String, in id: String) async throws(UpperTesterRefusal) -> ShownMessage {
        try await done { service, done in
            guard let conversation = service.conversation(named: id) else { return done(.failure(.unknown(id))) }
            guard ![.left, .booted, .declined, .invited].contains(conversation.record.state) else {
                return done(.failure(UpperTesterRefusal(.conflict, "the user is not in conversation \(id)")))
            }
            let content = ComposedContent(type: "text/plain;charset=UTF-8", body: Array(text.utf8))
            service.compose(content, in: conversation.record.id) { message in
                guard let message else { return done(.failure(UpperTesterRefusal(.unavailable, "the store failed"))) }
                done(.success(ShownViews(service).message(message, in: conversation)))
            }
        }
    }

    public func markRead(_ message: String, in id: String) async throws(UpperTesterRefusal) {
        let _: Bool = try await done { service, done in
            guard let conversation = service.conversation(named: id) else { return done(.failure(.unknown(id))) }
            guard let found = conversation.message(message) else {
                let detail = "there is no message \(message) in conversation \(id)"
                return done(.failure(UpperTesterRefusal(.notFound, detail)))
            }
            // One's own has been read.
            if found.isOwn { return done(.success(true)) }
            service.read([found.id], in: conversation.record.id) { done(.success(true)) }
        }
    }

    public func participants(in id: String) async throws(UpperTesterRefusal) -> ShownParticipants {
        try await shown(id) { ShownParticipants(revision: $2, $0.participants($1)) }
    }

    public func history(in id: String) async throws(UpperTesterRefusal) -> ShownHistory {
        try await shown(id) { ShownHistory(revision: $2, $0.history($1)) }
    }

    // MARK: Waiting

    public func changed(after revision: Int, within time: Duration) async {
        let wait = NIOLoopBoundBox.makeBoxSendingValue(ChangeWait(), eventLoop: eventLoop)
        let limit = Int64(max(0, min(time / .milliseconds(1), 120_000)))
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                eventLoop.execute {
                    let begun: Void? = try? self.present { service in
                        service.await(above: revision, limit: limit, wait.value) { continuation.resume() }
                    }
                    if begun == nil { continuation.resume() }
                }
            }
        } onCancel: {
            eventLoop.execute { wait.value.isCancelled = true }
        }
    }

    // MARK: On the loop

    private static let notRunning = UpperTesterRefusal(.unavailable, "the client is not running")

    /// Does something on the loop at once.
    private func asked<Value: Sendable>(
        _ body: @escaping @Sendable (ClientService) throws(UpperTesterRefusal) -> Value
    ) async throws(UpperTesterRefusal) -> Value {
        let result = try? await look { service in
            Result { () throws(UpperTesterRefusal) -> Value in try body(service) }
        }
        return try (result ?? .failure(Self.notRunning)).get()
    }

    /// Does something on the loop and waits until `done` is called.
    private func done<Value: Sendable>(
        _ body: @escaping @Sendable (
            ClientService, _ done: @escaping (Result<Value, UpperTesterRefusal>) -> Void
        ) -> Void
    ) async throws(UpperTesterRefusal) -> Value {
        let result: Result<Value, UpperTesterRefusal>? = try? await on(body)
        return try (result ?? .failure(Self.notRunning)).get()
    }

    private func shown<Value: Sendable>(
        _ id: String, _ body: @escaping @Sendable (ShownViews, Conversation, Int) -> Value
    ) async throws(UpperTesterRefusal) -> Value {
        try await asked { service throws(UpperTesterRefusal) in
            guard let conversation = service.conversation(named: id) else { throw .unknown(id) }
            return body(ShownViews(service), conversation, service.bell.revision)
        }
    }
}

/// Somebody waits for a change. Confined to the event loop.
final class ChangeWait {
    /// Ends the wait.
    var onCancel: (() -> Void)?
    var isCancelled = false {
        didSet { if isCancelled { onCancel?() } }
    }
}

extension ClientService {
    /// Calls once: when there is a change, when the time in milliseconds is over, or when the wait is cancelled.
    func await(above revision: Int, limit: Int64, _ wait: ChangeWait, _ tell: @escaping () -> Void) {
        guard !wait.isCancelled else { return tell() }
        var timer: LoopTimer?
        let number = bell.wait(above: revision) {
            timer?.cancel()
            tell()
        }
        guard let number else { return }
        timer = context.timers.after(milliseconds: limit) { [bell] in bell.release(number) }
        wait.onCancel = { [bell] in bell.release(number) }
    }
}

extension UpperTesterRefusal {
    static func unknown(_ id: String) -> UpperTesterRefusal {
        UpperTesterRefusal(.notFound, "there is no conversation \(id)")
    }
}

extension ClientService {
    /// The conversation that the upper tester names so.
    func conversation(named id: String) -> Conversation? { Int64(id).flatMap { book.conversations[$0] } }
}
