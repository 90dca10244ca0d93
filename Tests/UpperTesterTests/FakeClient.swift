import Synchronization

@testable import UpperTester

/// A client that keeps everything in memory and does at once what it is told.
final class FakeClient: UpperTesterService {
    struct State {
        var revision = 1
        var isOnline = false
        var conduct: InvitationConduct?
        var conversations: [ShownConversation] = []
        var messages: [String: [ShownMessage]] = [:]
        var participants: [String: [ShownParticipant]] = [:]
        var history: [String: [ShownHistoryEntry]] = [:]
    }

    private let state = Mutex(State())
    /// Whether `changed` returns at once, as if something had.
    let isNervous: Bool
    let features: [String]

    init(features: [String] = [UpperTesterIdentity.longPoll], isNervous: Bool = false) {
        self.features = features
        self.isNervous = isNervous
    }

    static let address = "sip:carol@cpm.example"

    func look<Value: Sendable>(_ body: (State) -> Value) -> Value { state.withLock { body($0) } }

    func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        state.withLock { state in
            state.revision += 1
            return body(&state)
        }
    }

    /// As if somebody had invited the user.
    func invite(_ id: String, subject: String? = nil) {
        change { state in
            state.conversations.append(
                ShownConversation(
                    id: id, conversationId: "conv-" + id, contributionId: "contrib-" + id, subject: subject, state: .invited,
                    focus: "sip:focus-1@cpm.example"))
            state.participants[id] = [
                ShownParticipant(uri: Self.address, status: .connected, isSelf: true),
                ShownParticipant(uri: "sip:alice@cpm.example", displayName: "Alice", status: .disconnected, method: .booted),
            ]
            state.history[id] = [
                ShownHistoryEntry(.joined(uri: "sip:alice@cpm.example"), at: 1_777_627_740_000),
                ShownHistoryEntry(.booted(uri: "sip:alice@cpm.example")),
                ShownHistoryEntry(.left(uri: "tel:+1555")),
            ]
            state.messages[id] = []
        }
    }

    /// As if somebody had sent the user a message.
    func receive(_ message: ShownMessage, in id: String) {
        change { state in
            state.messages[id, default: []].append(message)
            state.history[id, default: []].append(ShownHistoryEntry(.message(id: message.id)))
        }
    }

    static func received(_ id: String, _ content: ShownContent) -> ShownMessage {
        var message = ShownMessage(
            id: id, direction: .received, sender: "sip:alice@cpm.example", content: content,
            contentType: content == .text("") ? "text/plain" : "a/b", sentAt: 1_777_627_800_250)
        message.shownAt = 1_777_628_527_000
        message.audience = ["sip:bob@cpm.example", address]
        message.dispositions = [
            ShownDisposition(recipient: "sip:bob@cpm.example", status: .delivered, at: 1_777_628_000_000),
            ShownDisposition(status: .displayed),
        ]
        return message
    }

    // MARK: - UpperTesterService

    func identity() async throws(UpperTesterRefusal) -> UpperTesterIdentity {
        UpperTesterIdentity(clientName: "Fake", clientVersion: "0.1", features: features)
    }

    private var shownConnection: ClientConnection {
        let isOnline = look { $0.isOnline }
        return ClientConnection(online: isOnline, registered: isOnline, address: Self.address)
    }

    func connection() async throws(UpperTesterRefusal) -> ClientConnection { shownConnection }

    func setOnline(_ online: Bool) async throws(UpperTesterRefusal) -> ClientConnection {
        change { $0.isOnline = online }
        return shownConnection
    }

    func meetInvitations(_ conduct: InvitationConduct) async throws(UpperTesterRefusal) {
        change { $0.conduct = conduct }
    }

    func conversations() async throws(UpperTesterRefusal) -> ShownConversations {
        look { ShownConversations(revision: $0.revision, $0.conversations) }
    }

    func createConversation(_ new: NewConversation) async throws(UpperTesterRefusal) -> ShownConversation {
        if !look({ $0.isOnline }) { throw UpperTesterRefusal(.conflict, "the client is off-line") }
        if new.subject == "refuse" { throw UpperTesterRefusal(.failed, "the factory answered 403") }
        return change { state in
            let made = ShownConversation(
                id: "made/\(state.revision)?", conversationId: "a", contributionId: "b", subject: new.subject, state: .active,
                focus: "sip:focus-2@cpm.example")
            state.conversations.append(made)
            state.participants[made.id] = new.participants.map { ShownParticipant(uri: $0, status: .pending) }
            return made
        }
    }

    private func place(_ id: String) throws(UpperTesterRefusal) -> Int {
        guard let index = look({ state in state.conversations.firstIndex { $0.id == id } }) else {
            throw UpperTesterRefusal(.notFound, "there is no conversation \(id)")
        }
        return index
    }

    func conversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation {
        let index = try place(id)
        return look { $0.conversations[index] }
    }

    private func set(_ id: String, _ wanted: ShownConversation.State) throws(UpperTesterRefusal) -> ShownConversation {
        let index = try place(id)
        return change { state in
            state.conversations[index].state = wanted
            return state.conversations[index]
        }
    }

    func answerInvitation(
        to id: String, _ answer: InvitationAnswer
    ) async throws(UpperTesterRefusal) -> ShownConversation {
        let index = try place(id)
        if look({ $0.conversations[index].state }) != .invited {
            throw UpperTesterRefusal(.conflict, "no invitation waits")
        }
        return try set(id, answer == .accept ? .active : .ended)
    }

    func leaveConversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation { try set(id, .ended) }

    func restartConversation(_ id: String) async throws(UpperTesterRefusal) -> ShownConversation { try set(id, .active) }

    func messages(in id: String) async throws(UpperTesterRefusal) -> ShownMessages {
        _ = try place(id)
        return look { ShownMessages(revision: $0.revision, $0.messages[id] ?? []) }
    }

    func sendMessage(_ text: String, in id: String) async throws(UpperTesterRefusal) -> ShownMessage {
        _ = try place(id)
        return change { state in
            var message = ShownMessage(
                id: "m-\(state.revision)", direction: .sent, sender: Self.address, content: .text(text),
                sentAt: 1_777_627_800_000)
            message.read = true
            state.messages[id, default: []].append(message)
            return message
        }
    }

    func markRead(_ message: String, in id: String) async throws(UpperTesterRefusal) {
        _ = try place(id)
        let index = look { state in state.messages[id]?.firstIndex { $0.id == message } }
        guard let index else { throw UpperTesterRefusal(.notFound, "there is no message \(message)") }
        change { $0.messages[id]?[index].read = true }
    }

    func participants(in id: String) async throws(UpperTesterRefusal) -> ShownParticipants {
        _ = try place(id)
        return look { ShownParticipants(revision: $0.revision, $0.participants[id] ?? []) }
    }

    func history(in id: String) async throws(UpperTesterRefusal) -> ShownHistory {
        _ = try place(id)
        return look { ShownHistory(revision: $0.revision, $0.history[id] ?? []) }
    }

    func changed(after revision: Int, within time: Duration) async {
        if isNervous { return }
        let deadline = ContinuousClock.now + time
        while look({ $0.revision }) <= revision, ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
