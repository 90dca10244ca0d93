/// Answers to chunks that were to have none (`Failure-Report: no`, RFC 4975 §7.2), or none but an error (`partial`), and the
/// items to which the chunks belong.
///
/// An early chunk may be answered before the whole is there and has become an item.
struct UnwantedAnswers {
    struct Answer {
        var offer: Int
        var code: Int
        /// An error that was to be said.
        var isRefusal: Bool
        var lines: [Int]
    }

    private struct Chunk {
        var message: String
        var mayBeRefused: Bool
    }

    /// By transaction, those that want no answer or none but an error.
    private var chunks: [String: Chunk] = [:]
    /// The item that a message has become, by Message-ID.
    private var items: [String: Int] = [:]
    /// Answers to parts of messages that are no items yet; `offer` is not known.
    private var early: [String: Answer] = [:]

    mutating func chunk(_ transaction: String, of message: String, mayBeRefused: Bool) {
        chunks[transaction] = Chunk(message: message, mayBeRefused: mayBeRefused)
    }

    func isUnwanted(_ transaction: String) -> Bool { chunks[transaction] != nil }

    /// What the answer to a chunk says of its item; nil while there is none.
    mutating func answered(_ transaction: String, _ code: Int, _ lines: [Int]) -> Answer? {
        guard let chunk = chunks.removeValue(forKey: transaction) else { return nil }
        let answer = Answer(
            offer: items[chunk.message] ?? 0, code: code, isRefusal: chunk.mayBeRefused && code >= 300, lines: lines)
        if items[chunk.message] != nil { return answer }
        if early[chunk.message] == nil {
            early[chunk.message] = answer
        } else {
            early[chunk.message]?.lines += lines
            if answer.isRefusal { early[chunk.message]?.isRefusal = true }
        }
        return nil
    }

    /// A message is whole; returns what was answered before.
    mutating func begins(_ item: Int, as message: String) -> Answer? {
        items[message] = item
        var before = early.removeValue(forKey: message)
        before?.offer = item
        return before
    }
}
