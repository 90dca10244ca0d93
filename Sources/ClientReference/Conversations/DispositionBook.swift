/// What became of the user's messages, by Message-ID. Reports on messages that are not known are kept for a while, in
/// case their message becomes known; the oldest of those go above a bound. A plain value.
struct DispositionBook: Sendable {
    private struct Key: Hashable {
        var messageID: String
        var recipient: UserKey
        var status: String
    }

    private static let mostUnclaimed = 1_000
    private static let mostOfOne = 2_000
    private var byMessage: [String: [DispositionRecord]] = [:]
    private var known: Set<Key> = []
    private var unclaimed: [DispositionRecord] = []

    subscript(messageID: String) -> [DispositionRecord] { byMessage[messageID] ?? [] }

    /// Takes a report; false when it says nothing new. `dropped` gets what had to go for it.
    mutating func add(
        _ record: DispositionRecord, isClaimed: Bool, dropped: inout [DispositionRecord]
    ) -> Bool {
        guard byMessage[record.messageID]?.count ?? 0 < Self.mostOfOne,
            known.insert(key(record)).inserted
        else { return false }
        byMessage[record.messageID, default: []].append(record)
        if isClaimed { return true }
        unclaimed.append(record)
        if unclaimed.count > Self.mostUnclaimed {
            let oldest = unclaimed.removeFirst()
            known.remove(key(oldest))
            byMessage[oldest.messageID]?.removeAll { $0 == oldest }
            dropped.append(oldest)
        }
        return true
    }

    /// A message with this id is the user's own: reports on it are there to stay.
    mutating func claim(_ messageID: String) { unclaimed.removeAll { $0.messageID == messageID } }

    private func key(_ record: DispositionRecord) -> Key {
        Key(messageID: record.messageID, recipient: record.recipient.key, status: record.status)
    }
}
