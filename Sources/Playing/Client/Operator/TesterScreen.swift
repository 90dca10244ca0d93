import UpperTester

/// What an upper tester shows of a group, for an operator who has no screen of the client to look at: whoever learns to be one, and
/// clients whose screen nobody sees.
struct TesterScreen {
    var messages: [ShownMessage]
    var participants: [ShownParticipant]
    var history: [ShownHistoryEntry]
    var person = PersonText()

    /// More than these of each are counted.
    private static let most = 200

    var lines: [String] {
        var lines: [String] = []
        let shown = Dictionary(messages.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
        let changes = history.filter { if case .message = $0.kind { false } else { true } }
        // A history has the messages in their places.
        if changes.isEmpty {
            lines += messages.prefix(Self.most).map(line)
        } else {
            lines += history.prefix(Self.most).map { entry in
                switch entry.kind {
                case .message(let id): shown[id].map(line) ?? "a message that is not shown otherwise"
                case .joined(let uri): "* \(person.safe(uri, limit: 200)) joined"
                case .left(let uri), .booted(let uri): "* \(person.safe(uri, limit: 200)) left"
                }
            }
        }
        if lines.isEmpty { lines.append("(no messages)") }
        if messages.count > Self.most { lines.append("(\(messages.count) messages in all)") }
        let names = participants.prefix(Self.most).map { "\(person.safe($0.uri, limit: 200)) (\($0.status.rawValue))" }
        return lines + ["participants: \(person.listed(names, none: "nobody"))"]
    }

    private func line(_ message: ShownMessage) -> String {
        let body: [UInt8] =
            switch message.content {
            case .text(let text): Array(text.utf8)
            case .data(let bytes): bytes
            }
        var line = "\(person.safe(message.sender, limit: 200)), \(person.time(message.sentAt)): \(person.content(body, message.contentType))"
        for fate in message.dispositions.prefix(20) {
            line += ", \(fate.status.rawValue)\(fate.recipient.map { " (\(person.safe($0, limit: 200)))" } ?? "")"
        }
        if let audience = message.audience {
            let names = audience.prefix(20).map { person.safe($0, limit: 200) }
            line += ", to \(person.listed(names, none: "nobody"))"
        }
        return line
    }
}
