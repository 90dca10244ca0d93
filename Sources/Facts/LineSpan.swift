/// Which recorded lines a message of a byte stream is made of.
struct LineSpan: Sendable {
    private var pending: [Int] = []

    /// The most line numbers kept for one message; a large message keeps its first and its last ones.
    private static let most = 64

    mutating func add(_ line: Int) {
        if pending.last == line { return }
        if pending.count >= Self.most { pending.remove(at: Self.most / 2) }
        pending.append(line)
    }

    /// The lines of the message that has just ended.
    ///
    /// - Parameter more: true when bytes of the last line belong to the next message.
    mutating func take(more: Bool) -> [Int] {
        let lines = pending
        pending = more ? Array(pending.suffix(1)) : []
        return lines
    }

    var lines: [Int] { pending }
}
