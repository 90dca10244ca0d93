import Payloads

/// What the client must remember of a message to be able to report on it (RFC 5438 §7.2.1, §8).
struct ReceivedChat: Sendable, Hashable {
    var messageID: String
    var sender: String
    var dateTime: String?
    var originalTo: String?
    /// Values for IMDN-Route as written, in order (RFC 5438 §6.6, §6.7).
    var routes: [String]
    var requests: Set<DispositionRequest>
    /// Call-ID of the session in which it came.
    var session: String
}

/// The messages received so far, by Message-ID; the oldest are forgotten when there are too many.
struct ReceivedChats {
    private var chats: [String: ReceivedChat] = [:]
    private var order: [String] = []
    private let most = 16_384

    /// Keeps the latest copy of a message.
    mutating func keep(_ chat: ReceivedChat) {
        if chats.updateValue(chat, forKey: chat.messageID) == nil { order.append(chat.messageID) }
        if order.count > most {
            for old in order.prefix(most / 2) { chats[old] = nil }
            order.removeFirst(most / 2)
        }
    }

    subscript(messageID: String) -> ReceivedChat? { chats[messageID] }
}
