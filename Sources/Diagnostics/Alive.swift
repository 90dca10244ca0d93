internal import Synchronization

/// Held by what lives for a time of its own, so that tests can tell that nothing of it is left: tasks that no group
/// waits for, waits, protocol stacks, connections, actors, stages.
public final class Alive: Sendable {
    private static let counts = Mutex<[String: Int]>([:])
    private static let begun = Atomic<Int>(0)

    private let kind: String

    /// - Parameter kind: what it is, in a word or two.
    public init(_ kind: StaticString) {
        self.kind = "\(kind)"
        Self.begun.add(1, ordering: .relaxed)
        Self.counts.withLock { $0[self.kind, default: 0] += 1 }
    }

    deinit {
        Self.counts.withLock { counts in
            let left = (counts[kind] ?? 1) - 1
            counts[kind] = left == 0 ? nil : left
        }
    }

    /// How many there are now of each kind; a kind of which nothing is left is not in it.
    public static var all: [String: Int] { counts.withLock { $0 } }

    /// How many there have been in this process, gone ones too.
    public static var ever: Int { begun.load(ordering: .relaxed) }
}

/// Starts a task that nobody needs to wait for, counted as long as it runs.
///
/// The only way to start one: children of a group end before the group does, and such a task may outlive everybody.
public func startTask(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    let alive = Alive("task")
    return Task {
        await work()
        withExtendedLifetime(alive) {}
    }
}
