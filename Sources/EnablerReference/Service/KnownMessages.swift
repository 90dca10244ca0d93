/// Who sent which message, by group; the oldest are forgotten above a bound.
struct KnownMessages {
    private struct Key: Hashable {
        var group: Int64
        var messageID: String
    }

    private static let maximum = 100_000
    private var senders: [Key: UserAddress] = [:]
    private var byID: [String: [Int64]] = [:]
    private var order: [Key] = []
    private var oldest = 0

    mutating func add(_ message: KnownMessage) {
        guard message.messageID.utf8.count <= 512 else { return }
        let key = Key(group: message.group, messageID: message.messageID)
        // Whoever uses the id of another's message does not get the reports on that.
        guard senders[key] == nil else { return }
        senders[key] = message.sender
        byID[message.messageID, default: []].append(message.group)
        guard order.count >= Self.maximum else { return order.append(key) }
        let gone = order[oldest]
        senders[gone] = nil
        byID[gone.messageID]?.removeAll { $0 == gone.group }
        if byID[gone.messageID]?.isEmpty == true { byID[gone.messageID] = nil }
        order[oldest] = key
        oldest = (oldest + 1) % order.count
    }

    func sender(of messageID: String, in group: Int64) -> UserAddress? {
        senders[Key(group: group, messageID: messageID)]
    }

    func groups(of messageID: String) -> [Int64] { byID[messageID] ?? [] }
}
