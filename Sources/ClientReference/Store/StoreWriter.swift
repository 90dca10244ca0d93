import NIOCore

/// Gathers changes on the event loop and commits all that wait at once, so that many messages share one transaction.
///
/// Completions run on the event loop, in the order the changes were given, and only after the commit.
final class StoreWriter {
    private struct Pending {
        var changes: [StoreChange]
        var completion: (Bool) -> Void
    }

    private let store: ClientStore
    private let eventLoop: any EventLoop
    private var pending: [Pending] = []
    private var isCommitting = false
    private var whenIdle: [() -> Void] = []

    init(store: ClientStore, eventLoop: any EventLoop) {
        self.store = store
        self.eventLoop = eventLoop
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

    private func flush() {
        guard !isCommitting, !pending.isEmpty else { return }
        isCommitting = true
        let batch = pending
        pending.removeAll(keepingCapacity: true)
        let changes = batch.flatMap(\.changes)
        let back = NIOLoopBound((self, batch), eventLoop: eventLoop)
        let eventLoop = eventLoop
        guard !changes.isEmpty else {
            return eventLoop.assumeIsolated().execute { self.finished(batch, committed: true) }
        }
        store.commit(changes) { problem in
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
