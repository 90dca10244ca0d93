import Actors
import Facts
import NIOCore
import TestCases
import UpperTester

/// The user's side through an upper tester.
struct TesterSide: UserSide {
    let tester: UpperTesterClient
    /// The address of everybody of the case.
    let addresses: [ActorName: String]
    /// Until the client knows a group, in milliseconds.
    let patience: Int64

    func setOnline(_ online: Bool) async throws { _ = try await tester.setOnline(online) }

    func createGroup(with names: [ActorName]) async throws -> GroupIDs? {
        let conversation = try await tester.createConversation(NewConversation(participants: names.compactMap { addresses[$0] }))
        return GroupIDs(conversationID: conversation.conversationId, contributionID: conversation.contributionId)
    }

    func handle(of group: UserGroup) async throws -> String {
        let deadline = NIODeadline.now() + .milliseconds(patience)
        var revision: Int?
        while !Task.isCancelled {
            let wait = revision == nil ? Duration.zero : .milliseconds(500)
            let all = try await tester.conversations(after: revision, wait: wait)
            revision = all.revision
            let found = all.entries.first {
                $0.conversationId == group.ids.conversationID && $0.contributionId == group.ids.contributionID
            }
            if let found { return found.id }
            guard NIODeadline.now() < deadline else { break }
        }
        throw StepFailure("\(group.name) among those that the client shows")
    }

    func write(_ text: String, in handle: String) async throws -> WrittenMessage? {
        let message = try await tester.sendMessage(text, in: handle)
        return WrittenMessage(id: message.id, sentAt: message.sentAt)
    }

    func read(_ message: ReadMessage, in handle: String) async throws { try await tester.markRead(message.id, in: handle) }

    func restart(_ handle: String) async throws { _ = try await tester.restartConversation(handle) }

    func leave(_ handle: String) async throws { _ = try await tester.leaveConversation(handle) }

    func revision(after: Int?, wait: Duration) async throws -> Int? {
        try await tester.conversations(after: after, wait: wait).revision
    }

    func look(at handle: String) async throws -> [String] {
        let messages = try await tester.messages(in: handle).entries
        let participants = try await tester.participants(in: handle).entries
        let history = try await tester.history(in: handle).entries
        return TesterScreen(messages: messages, participants: participants, history: history).lines
    }

    func shutdown() async { await tester.shutdown() }
}
