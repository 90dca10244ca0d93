import Payloads

@testable import ClientReference

/// Values that many tests need.
enum Sample {
    static let group = GroupKey(conversation: "conv", contribution: "contrib")
    static let focus = "sip:focus@cpm.example"
    static let carol = "sip:carol@cpm.example"

    /// A book of carol's with one conversation in a live session, number 1.
    static func book(_ defects: Set<ClientDefect> = [], contents: StoreContents = StoreContents()) -> ConversationBook {
        var book = ConversationBook(own: [carol], faults: ClientFaults(defects), contents: contents)
        _ = book.meet(group, now: 0)
        book.joined(1, leg: 1, .live, focus: focus)
        _ = book.takeChanges()
        return book
    }

    static func place(leg: Int? = 1, now: Int64 = 1_000) -> ArrivalPlace {
        ArrivalPlace(conversation: 1, leg: leg, focus: focus, now: now)
    }

    static func chat(
        _ id: String?, _ text: String = "text", from sender: String = "alice", asking: Set<DispositionRequest> = []
    ) -> ArrivedChat {
        ArrivedChat(
            messageID: id, sender: Person(uri: "sip:\(sender)@cpm.example"), dateTime: "2026-05-01T09:30:00Z",
            contentType: "text/plain;charset=UTF-8", body: Array(text.utf8), requests: asking)
    }

    static func report(_ id: String, _ status: String = "delivered", of recipient: String = "bob") -> ArrivedReport {
        ArrivedReport(
            messageID: id, recipient: "sip:\(recipient)@cpm.example", reporter: Person(uri: "sip:\(recipient)@cpm.example"),
            status: status, at: "2026-05-01T10:00:00Z")
    }

    static func wrapper(_ id: String? = "r1") -> ArrivedChat { chat(id, "", from: "bob") }

    /// `bob` connected, `-dave` departed, `!eve` booted, `?carol` pending, `~frank` disconnected without a method.
    static func list(
        _ words: String, state: ConferenceElementState = .full, version: Int? = nil, entity: String = focus
    ) -> ConferenceInfo {
        ConferenceInfo(entity: entity, state: state, version: version, users: words.split(separator: " ").map(user))
    }

    private static func user(_ word: Substring) -> ConferenceUser {
        let name = word.drop { "-!?~".contains($0) }
        let uri = name.contains(":") ? String(name) : "sip:\(name)@cpm.example"
        var endpoint = ConferenceEndpoint(entity: uri, status: .connected)
        switch word.first {
        case "-": (endpoint.status, endpoint.disconnectionMethod) = (.disconnected, .departed)
        case "!": (endpoint.status, endpoint.disconnectionMethod) = (.disconnected, .booted)
        case "~": endpoint.status = .disconnected
        case "?": endpoint.status = .pending
        default: break
        }
        return ConferenceUser(entity: uri, endpoints: [endpoint])
    }
}

extension ConversationBook {
    /// The texts that are shown.
    var shownTexts: [String] { conversations[1]?.messages.map { String(decoding: $0.body, as: UTF8.self) } ?? [] }

    mutating func take(_ content: ArrivedContent, leg: Int? = 1) -> Reception { received(content, at: Sample.place(leg: leg)) }

    /// An own message that was sent.
    mutating func say(_ text: String, id: String) {
        let message = composed(
            ComposedContent(type: "text/plain", body: Array(text.utf8)), in: 1, messageID: id,
            sender: Person(uri: Sample.carol), at: ("2026-05-01T09:00:00Z", 0))
        if let message { sent(message.id, in: 1, .sent) }
    }

    /// `+dave`, `-bob departed`, `[alice bob]`.
    var story: [String] {
        (conversations[1]?.history ?? []).map { change in
            let names = change.users.map { String($0.uri.drop { $0 != ":" }.dropFirst().prefix { $0 != "@" }) }
            switch change.kind {
            case .began: return "[" + names.sorted().joined(separator: " ") + "]"
            case .joined: return "+" + names.joined()
            case .left: return "-" + names.joined() + (change.method.map { " \($0)" } ?? "")
            }
        }
    }
}
