/// A queue that is also looked into: first in, first out, in constant time; offsets count from its front.
struct WaitingLine<Element: Sendable>: Sendable {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { items.count == head }
    var first: Element? { isEmpty ? nil : items[head] }

    subscript(offset: Int) -> Element? { items[head + offset] }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func prepend(_ element: Element) {
        if head > 0 {
            head -= 1
            items[head] = element
        } else {
            items.insert(element, at: 0)
        }
    }

    mutating func removeFirst() {
        guard !isEmpty else { return }
        items[head] = nil
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 64, head > items.count / 2 {
            items.removeFirst(head)
            head = 0
        }
    }

    @discardableResult
    mutating func remove(at offset: Int) -> Element? { items.remove(at: head + offset) }

    mutating func removeAll() {
        items = []
        head = 0
    }

    /// Changes one element in its place.
    mutating func change(at offset: Int, _ change: (inout Element) -> Void) {
        guard var element = items[head + offset] else { return }
        items[head + offset] = nil
        change(&element)
        items[head + offset] = element
    }

    /// The first offset, at or after `start`, whose element is wanted.
    func firstOffset(from start: Int = 0, where isWanted: (Element) -> Bool) -> Int? {
        var place = head + start
        while place < items.count {
            if let element = items[place], isWanted(element) { return place - head }
            place += 1
        }
        return nil
    }

    /// The sum of a number of each element.
    func sum(_ number: (Element) -> Int) -> Int {
        items[head...].reduce(0) { $0 + ($1.map(number) ?? 0) }
    }
}
