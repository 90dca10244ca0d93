import UpperTester

/// What one user sees of the newest group, in lines.
struct DemoScreen: Sendable {
    /// Messages and changes as they are shown: `alice: hello`, `bob left`.
    var story: [String] = []
    /// The messages alone, in their own order.
    var messages: [String] = []
    /// `alice connected`, `bob disconnected (departed)`.
    var participants: [String] = []
    /// `hello: delivered to bob`.
    var fates: [String] = []
    /// nil while there is no group.
    var conversation: ShownConversation?
    var revision = 0

    /// Nothing where the client shows no group, or refuses to say.
    static func look(at client: any UpperTesterService) async -> DemoScreen {
        var screen = DemoScreen()
        do throws(UpperTesterRefusal) {
            let all = try await client.conversations()
            screen.revision = all.revision
            guard let conversation = all.entries.last else { return screen }
            screen.conversation = conversation
            let messages = try await client.messages(in: conversation.id).entries
            screen.take(messages, try await client.history(in: conversation.id).entries)
            screen.participants = try await client.participants(in: conversation.id).entries.map(line)
        } catch {
            screen.story.append("(\(error.detail))")
        }
        return screen
    }

    private mutating func take(_ messages: [ShownMessage], _ history: [ShownHistoryEntry]) {
        var byID: [String: [ShownMessage]] = Dictionary(grouping: messages, by: \.id)
        for entry in history {
            switch entry.kind {
            case .message(let id):
                guard byID[id]?.isEmpty == false, let message = byID[id]?.removeFirst() else { continue }
                story.append(Self.line(message))
            case .joined(let uri): story.append("\(DemoStage.name(of: uri)) joined")
            case .left(let uri): story.append("\(DemoStage.name(of: uri)) left")
            case .booted(let uri): story.append("\(DemoStage.name(of: uri)) was put out")
            }
        }
        for message in messages {
            self.messages.append(Self.line(message))
            for fate in message.dispositions {
                fates.append("\(Self.text(message)): \(fate.status.rawValue) to \(DemoStage.name(of: fate.recipient ?? "sip:somebody"))")
            }
        }
    }

    private static func line(_ message: ShownMessage) -> String { "\(DemoStage.name(of: message.sender)): \(text(message))" }

    private static func line(_ participant: ShownParticipant) -> String {
        "\(DemoStage.name(of: participant.uri)) \(participant.status.rawValue)" + (participant.method.map { " (\($0.rawValue))" } ?? "")
    }

    private static func text(_ message: ShownMessage) -> String {
        switch message.content {
        case .text(let text): text
        case .data(let bytes): "(\(bytes.count) bytes of \(message.contentType))"
        }
    }
}
