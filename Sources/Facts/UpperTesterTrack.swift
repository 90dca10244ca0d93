import Diagnostics
import Foundation
import HTTP
import Recordings
import UpperTester

/// Reads what crossed one connection with an upper tester: what the client's user sees, as the answers say.
struct UpperTesterTrack: Sendable {
    let actor: String
    private var transcript = HTTPTranscript()
    private var asked: [Int: HTTPTranscript.Request] = [:]
    private var span = LineSpan()

    init(actor: String) { self.actor = actor }

    /// - Parameter direction: as recorded; the harness asks.
    mutating func take(_ bytes: [UInt8], _ direction: RecordedDirection, _ line: Int, _ state: inout DecoderState) {
        span.add(line)
        for entry in transcript.take(bytes, from: direction == .sent ? .client : .server) { take(entry, &state) }
    }

    mutating func close(_ state: inout DecoderState) {
        for entry in transcript.end() { take(entry, &state) }
    }

    private mutating func take(_ entry: HTTPTranscript.Entry, _ state: inout DecoderState) {
        switch entry {
        case .request(let request, let number): asked[number] = request
        case .response(let answer, let number):
            let lines = span.take(more: true)
            guard let request = asked.removeValue(forKey: number), (200..<300).contains(answer.status),
                let path = UpperTesterPath(request.target), let json = try? JSONValue(parsing: answer.body)
            else { return }
            read(JSONField(document: json), path, asking: request.method, lines, &state)
        // What cannot be read is the asker's to say, who has seen it too.
        case .problem: break
        }
    }

    /// A document that breaks the specification says nothing; the player notes why.
    private func read(
        _ document: JSONField, _ path: UpperTesterPath, asking method: String, _ lines: [Int], _ state: inout DecoderState
    ) {
        switch (method, path.id, path.list) {
        case ("GET", nil, nil):
            guard let all = try? ShownConversations(document) else { return }
            for conversation in all.entries { state.keep(conversation, of: actor) }
            let groups = all.entries.map { GroupIdentity(conversation: $0.conversationId, contribution: $0.contributionId) }
            state.emit(.seen(UserView(user: actor, group: nil, content: .conversations(groups))), lines: lines)
        case (_, _, nil):
            guard let conversation = try? ShownConversation(document) else { return }
            state.keep(conversation, of: actor)
        case ("GET", let id?, let list?):
            guard let content = content(document, list) else { return }
            let view = UserView(user: actor, group: state.conversations["\(actor)\n\(id)"], content: content)
            state.emit(.seen(view), lines: lines)
        default: break
        }
    }

    private func content(_ document: JSONField, _ list: UpperTesterPath.List) -> UserView.Content? {
        switch list {
        case .messages: (try? ShownMessages(document)).map { .messages($0.entries.map(SeenMessage.init)) }
        case .participants: (try? ShownParticipants(document)).map { .participants($0.entries.map(SeenParticipant.init)) }
        case .history: (try? ShownHistory(document)).map { .history($0.entries.map(SeenEntry.init)) }
        }
    }
}

/// Which part of an upper tester a request is about.
struct UpperTesterPath: Sendable, Hashable {
    enum List: String, Sendable { case messages, participants, history }

    /// The conversation, as the client names it.
    var id: String?
    var list: List?

    /// Nil for what is about no conversation, and for one message of it.
    init?(_ target: String) {
        let segments = target.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        guard
            let version = segments.indices.first(where: {
                segments[$0] == "v1" && $0 + 1 < segments.count && segments[$0 + 1] == "conversations"
            })
        else { return nil }
        let rest = segments[(version + 2)...]
        guard rest.count <= 2 else { return nil }
        id = rest.first.flatMap(\.removingPercentEncoding)
        guard rest.count == 2, let last = rest.last else { return }
        list = List(rawValue: last)
        // `answer`, `leave` and `restart` give the conversation back.
        guard list != nil || ["answer", "leave", "restart"].contains(last) else { return nil }
    }
}

extension DecoderState {
    /// Remembers which group the client means by its name for it.
    mutating func keep(_ conversation: ShownConversation, of actor: String) {
        conversations["\(actor)\n\(conversation.id)"] = GroupIdentity(
            conversation: conversation.conversationId, contribution: conversation.contributionId)
    }
}

extension SeenMessage {
    init(_ shown: ShownMessage) {
        let body: [UInt8] =
            switch shown.content {
            case .text(let text): Array(text.utf8)
            case .data(let bytes): bytes
            }
        self.init(
            id: shown.id, isOwn: shown.direction == .sent, sender: shown.sender, body: body, contentType: shown.contentType,
            sentAt: shown.sentAt, isRead: shown.read,
            dispositions: shown.dispositions.map { SeenDisposition(recipient: $0.recipient, status: $0.status.rawValue) },
            audience: shown.audience)
    }
}

extension SeenParticipant {
    init(_ shown: ShownParticipant) {
        self.init(
            address: shown.uri, status: shown.status.rawValue, method: shown.method?.rawValue, isSelf: shown.isSelf)
    }
}

extension SeenEntry {
    init(_ shown: ShownHistoryEntry) {
        switch shown.kind {
        case .message(let id): self = .message(id)
        case .joined(let uri): self = .joined(uri)
        case .left(let uri), .booted(let uri): self = .left(uri)
        }
    }
}
