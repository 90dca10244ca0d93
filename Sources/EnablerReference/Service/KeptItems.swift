/// How much of each kind an enabler keeps for one user until its client has it.
public struct KeptItems: Sendable, Hashable {
    public let messages: Int
    public let dispositions: Int
    /// Lists of participants, the final ones among them.
    public let lists: Int
    /// Lists of sessions that are over.
    public let finalLists: Int

    init(_ kinds: [ItemKind]) {
        messages = kinds.count { $0 == .message }
        dispositions = kinds.count { $0 == .disposition }
        lists = kinds.count(where: \.isRoster)
        finalLists = kinds.count { $0 == .finalRoster }
    }

    public var isEmpty: Bool { messages + dispositions + lists == 0 }
}
