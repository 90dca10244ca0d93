import NIOCore

/// Gathers changes on the event loop and commits all that wait at once, so that many messages share one transaction.
///
/// Completions run on the event loop, in the order the changes were given, and only after the commit. Numbers for
/// groups and items are given out here, so that nothing has to wait for the database to know them.
final class StoreWriter {
    private struct Pending {
        var changes: [StoreChange]
        var completion: (Bool) -> Void
    }

    private let store: DeferralStore
    private let eventLoop: any EventLoop
    private var pending: [Pending] = []
    private var isCommitting = false
    private var whenIdle: [() -> Void] = []
    private var lastItem: Int64
    private var lastGroup: Int64

    init(store: DeferralStore, eventLoop: any EventLoop, contents: StoreContents) {
        self.store = store
        self.eventLoop = eventLoop
        lastItem = contents.lastItem
        lastGroup = contents.lastGroup
    }

    func nextItem() -> Int64 {
        lastItem += 1
        return lastItem
    }

    func nextGroup() -> Int64 {
        lastGroup += 1
        return lastGroup
    }

    /// Commits soon; `completion` is told whether it was.
    func commit(_ changes: [StoreChange], completion: @escaping (Bool) -> Void = { _ in }) {
        pending.append(Pending(changes: changes, completion: completion))
        flush()
    }

    /// Calls back when nothing is left to commit.
    func drain(_ done: @escaping () -> Void) {
        guard isCommitting || !pending.isEmpty else { return done() }
        whenIdle.append(done)
    }

    /// Reads items; nil when the store failed.
    func load(_ items: [Int64], completion: @escaping ([StoredItem]?) -> Void) {
        let back = NIOLoopBound(completion, eventLoop: eventLoop)
        let eventLoop = eventLoop
        store.load(items) { result in
            eventLoop.execute { back.value(try? result.get()) }
        }
    }

    /// The newest roster of a group before an item.
    func roster(of group: Int64, before item: Int64, completion: @escaping (StoredItem?) -> Void) {
        let back = NIOLoopBound(completion, eventLoop: eventLoop)
        let eventLoop = eventLoop
        store.roster(of: group, before: item) { result in
            eventLoop.execute { back.value((try? result.get()) ?? nil) }
        }
    }

    private func flush() {
        guard !isCommitting, !pending.isEmpty else { return }
        isCommitting = true
        let batch = pending
        pending.removeAll(keepingCapacity: true)
        let back = NIOLoopBound((self, batch), eventLoop: eventLoop)
        let eventLoop = eventLoop
        store.commit(batch.flatMap(\.changes)) { problem in
            eventLoop.execute {
                let (writer, batch) = back.value
                writer.finished(batch, committed: problem == nil)
            }
        }
    }

    private func finished(_ batch: [Pending], committed: Bool) {
        isCommitting = false
        for entry in batch { entry.completion(committed) }
        flush()
        guard !isCommitting else { return }
        let idle = whenIdle
        whenIdle.removeAll()
        for done in idle { done() }
    }
}
