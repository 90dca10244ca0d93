import NIOCore
import TestCases

/// Which case is begun next: in the order given, but no more than a few at once that make work instead of waiting.
///
/// Cases wait much more than they work, so that many go side by side. Those with a long backlog compute all the time; many
/// of them at once make one another late, and whatever is late has to be played again.
struct CaseQueue {
    private var others: ArraySlice<Int>
    private var laborious: ArraySlice<Int>
    private let allLaborious: Set<Int>
    private let places: [Int: Int]
    private var underWay = 0
    private let most: Int

    /// - Parameters:
    ///   - order: the places of the bookings, in the order in which they are to begin.
    ///   - most: how many laborious ones may be under way at once.
    init(_ order: [Int], most: Int = 4 * max(1, System.coreCount), isLaborious: (Int) -> Bool) {
        let all = Set(order.filter(isLaborious))
        allLaborious = all
        laborious = order.filter(all.contains)[...]
        others = order.filter { !all.contains($0) }[...]
        places = Dictionary(zip(order, order.indices)) { first, _ in first }
        self.most = max(1, most)
    }

    var isEmpty: Bool { others.isEmpty && laborious.isEmpty }

    /// The next to begin; nil when there is none, or none before another has ended.
    mutating func next() -> Int? {
        let isRoom = underWay < most
        guard isRoom, let first = laborious.first, others.first.map({ places[first, default: 0] < places[$0, default: 0] }) ?? true
        else { return others.popFirst() }
        underWay += 1
        return laborious.popFirst()
    }

    /// One that was begun has ended.
    mutating func ended(_ place: Int) { if allLaborious.contains(place) { underWay -= 1 } }
}

extension TestCase {
    /// A case of so many messages that it works instead of waiting. The limit lies between those of some tens, which are the
    /// most, and those with a backlog of a thousand.
    var isLaborious: Bool {
        steps.reduce(0) { sum, step in if case .send(let send) = step.kind { sum + send.count } else { sum } } > 200
    }
}
