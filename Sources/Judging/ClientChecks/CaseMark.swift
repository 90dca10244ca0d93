/// Tells the ids of messages of this case from those of another one that the same client has been through.
///
/// The player ends the ids of a case's messages with a word of their own.
struct CaseMark {
    private let own: Set<Substring>

    init(_ evidence: Evidence) { own = Set(evidence.messages.compactMap { Self.mark(of: $0.id) }) }

    /// True for an id that the player made, and not in this case.
    func isOfAnotherCase(_ id: String) -> Bool { Self.mark(of: id).map { !own.contains($0) } ?? false }

    private static func mark(of id: String) -> Substring? {
        guard let dot = id.lastIndex(of: ".") else { return nil }
        let word = id[id.index(after: dot)...]
        guard word.utf8.count == 11, word.hasPrefix("cpm"),
            word.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
        else { return nil }
        return word
    }
}
