/// Names one timer of a queue; never used twice.
struct TimerID: Hashable, Sendable {
    fileprivate let number: UInt64
}

/// Many timers behind one clock: a heap in which a stopped timer stays as a shell until it is met or swept.
///
/// Times are nanoseconds of whatever clock the owner uses; equal deadlines come in the order they were set.
struct TimerQueue<Payload> {
    private struct Entry {
        let deadline: Int64
        let id: UInt64

        func isBefore(_ other: Entry) -> Bool { (deadline, id) < (other.deadline, other.id) }
    }

    private var heap: [Entry] = []
    private var live: [UInt64: Payload] = [:]
    private var lastID: UInt64 = 0

    /// Timers that are set and not stopped.
    var count: Int { live.count }

    /// Entries kept, with the shells of stopped timers; for tests of the bound.
    var storedCount: Int { heap.count }

    mutating func set(at deadline: Int64, _ payload: Payload) -> TimerID {
        lastID += 1
        live[lastID] = payload
        heap.append(Entry(deadline: deadline, id: lastID))
        siftUp(heap.count - 1)
        return TimerID(number: lastID)
    }

    /// Stops a timer; one that is gone already is ignored.
    mutating func stop(_ id: TimerID) {
        guard live.removeValue(forKey: id.number) != nil else { return }
        if heap.count > 2 * live.count + 64 { sweep() }
    }

    mutating func removeAll() {
        heap = []
        live = [:]
    }

    /// When the next timer is due; nil when none is set.
    mutating func nextDeadline() -> Int64? {
        while let first = heap.first {
            if live[first.id] != nil { return first.deadline }
            removeFirst()
        }
        return nil
    }

    /// Takes the next timer that is due at `now`.
    mutating func popDue(_ now: Int64) -> Payload? {
        guard let deadline = nextDeadline(), deadline <= now, let first = heap.first else { return nil }
        removeFirst()
        return live.removeValue(forKey: first.id)
    }

    private mutating func sweep() {
        heap = heap.filter { live[$0.id] != nil }
        // A sorted array is a heap.
        heap.sort { $0.isBefore($1) }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left].isBefore(heap[least]) { least = left }
            if left + 1 < heap.count, heap[left + 1].isBefore(heap[least]) { least = left + 1 }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
