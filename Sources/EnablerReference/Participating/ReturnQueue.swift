/// The groups that a returning user is given, one after the other, oldest first: pure.
struct ReturnQueue: Sendable, Hashable {
    private var waiting: [Int64] = []
    /// Only a defect wants that.
    private let youngestFirst: Bool
    /// The group whose delivery is under way.
    private(set) var current: Int64?

    init(youngestFirst: Bool = false) { self.youngestFirst = youngestFirst }

    var isIdle: Bool { current == nil && waiting.isEmpty }

    /// The user can be reached and these groups have something for it. Returns the group to begin with, if any.
    mutating func returned(_ groups: [Int64]) -> Int64? {
        for group in groups where group != current && !waiting.contains(group) { waiting.append(group) }
        waiting.sort { youngestFirst ? $0 > $1 : $0 < $1 }
        return current == nil ? advance() : nil
    }

    /// The backlog of a group is through. Returns the next group.
    mutating func done(_ group: Int64) -> Int64? {
        waiting.removeAll { $0 == group }
        guard current == group else { return nil }
        return advance()
    }

    /// The user cannot be reached after all for this group: it gets everything at its next return.
    mutating func failed(_ group: Int64) {
        guard current == group else { return }
        waiting.removeAll()
        current = nil
    }

    private mutating func advance() -> Int64? {
        current = waiting.isEmpty ? nil : waiting.removeFirst()
        return current
    }
}
