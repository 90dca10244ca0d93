/// Answers to chunks that were to have none (`Failure-Report: no`, RFC 4975 §7.2), and the items to which the chunks belong.
///
/// An early chunk may be answered before the whole is there and has become an item.
struct UnwantedAnswers {
    /// Message-ID by transaction, of chunks that want no answer.
    private var chunks: [String: String] = [:]
    /// The item that a message has become, by Message-ID.
    private var items: [String: Int] = [:]
    private var early: [String: (code: Int, lines: [Int])] = [:]

    mutating func chunk(_ transaction: String, of message: String) { chunks[transaction] = message }

    func isUnwanted(_ transaction: String) -> Bool { chunks[transaction] != nil }

    /// The item to which the answered chunk belongs; nil while there is none.
    mutating func answered(_ transaction: String, _ code: Int, _ lines: [Int]) -> Int? {
        guard let message = chunks.removeValue(forKey: transaction) else { return nil }
        if let item = items[message] { return item }
        early[message] = (code, (early[message]?.lines ?? []) + lines)
        return nil
    }

    /// A message is whole; returns the answers that came before, nil as their code where there was none.
    mutating func begins(_ item: Int, as message: String) -> (code: Int?, lines: [Int]) {
        items[message] = item
        let before = early.removeValue(forKey: message)
        return (before?.code, before?.lines ?? [])
    }
}
