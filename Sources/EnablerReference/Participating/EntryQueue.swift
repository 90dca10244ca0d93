extension [DeliveryMachine.Entry] {
    /// Lets neighbouring messages of two senders change places, where the second sender had not got the first message:
    /// nobody can tell by what they say which of them was first.
    mutating func swapConcurrent() {
        var place = startIndex
        while place + 1 < endIndex {
            let (one, other) = (self[place].owed, self[place + 1].owed)
            let areMessages = one.kind == .message && other.kind == .message
            if areMessages, one.sender != other.sender, other.isConcurrent {
                swapAt(place, place + 1)
                place += 1
            }
            place += 1
        }
    }
}

/// What waits for one client, in the order of the items' numbers, with cheap ends.
struct EntryQueue: Sendable, Hashable, Sequence {
    typealias Entry = DeliveryMachine.Entry

    private var entries: [Entry]
    private var head = 0

    init(_ entries: [Entry] = []) { self.entries = entries }

    var isEmpty: Bool { head == entries.count }
    var count: Int { entries.count - head }
    var first: Entry? { isEmpty ? nil : entries[head] }

    func makeIterator() -> IndexingIterator<ArraySlice<Entry>> { entries[head...].makeIterator() }

    func count(where matches: (Entry) -> Bool) -> Int { entries[head...].count(where: matches) }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    mutating func removeFirst() {
        head += 1
        guard head > 64, head * 2 > entries.count else { return }
        entries.removeFirst(head)
        head = 0
    }

    /// Puts entries back where their numbers say.
    mutating func putBack(_ back: some Sequence<Entry>) {
        entries = (Array(entries[head...]) + back).sorted { $0.owed.item < $1.owed.item }
        head = 0
    }

    /// Puts one in front of all others.
    mutating func insertFirst(_ entry: Entry) {
        entries = [entry] + entries[head...]
        head = 0
    }

    /// Takes out and returns those that match, in order.
    mutating func removeAll(where matches: (Entry) -> Bool) -> [Entry] {
        var kept: [Entry] = []
        var gone: [Entry] = []
        for entry in self {
            if matches(entry) { gone.append(entry) } else { kept.append(entry) }
        }
        entries = kept
        head = 0
        return gone
    }

    /// The numbers of the next entries whose bytes are not here.
    func unloaded(atMost limit: Int) -> [Int64] {
        Array(entries[head...].prefix(while: { $0.item == nil }).prefix(limit).map(\.owed.item))
    }

    mutating func fill(_ find: (Int64) -> StoredItem?) {
        for place in entries.indices[head...] where entries[place].item == nil {
            entries[place].item = find(entries[place].owed.item)
        }
    }

    mutating func forgetBytes() {
        for place in entries.indices[head...] { entries[place].item = nil }
    }
}
