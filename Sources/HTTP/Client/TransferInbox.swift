import CCurlShim
import Synchronization

/// What is handed to the thread of a client, from any thread.
final class TransferInbox: Sendable {
    /// What there is to do since it was last asked.
    struct Letters {
        var jobs: [TransferJob] = []
        var cancelled: [Int] = []
        var isStopping = false
    }

    /// libcurl's one pointer that may be used from any thread, for waking alone.
    private struct Bell: @unchecked Sendable {
        let group: OpaquePointer
        func ring() { ccurl_group_wake(group) }
    }

    private struct State {
        var letters = Letters()
        var lastID = 0
        var bell: Bell?
        var hasEnded = false
        /// Who waits for the end.
        var mourners: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    func nextID() -> Int {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    func submit(_ job: TransferJob) {
        let isTaken = state.withLock { state in
            if state.hasEnded { return false }
            state.letters.jobs.append(job)
            state.bell?.ring()
            return true
        }
        if !isTaken { job.finish(.failure(.stopped)) }
    }

    func cancel(_ id: Int) {
        state.withLock { state in
            if state.hasEnded { return }
            state.letters.cancelled.append(id)
            state.bell?.ring()
        }
    }

    /// - Parameter ended: called once the thread has ended.
    func stop(_ ended: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if state.hasEnded { return true }
            state.letters.isStopping = true
            state.mourners.append(ended)
            state.bell?.ring()
            return false
        }
        if isOver { ended() }
    }

    // MARK: - For the thread

    func hang(_ group: OpaquePointer) {
        state.withLock { $0.bell = Bell(group: group) }
    }

    func take() -> Letters {
        state.withLock { state in
            let letters = state.letters
            state.letters = Letters()
            state.letters.isStopping = letters.isStopping
            return letters
        }
    }

    /// Nothing is taken any more; gives back what nobody took. After this the group may go.
    func close() -> Letters {
        state.withLock { state in
            state.hasEnded = true
            state.bell = nil
            let letters = state.letters
            state.letters = Letters()
            return letters
        }
    }

    /// To be called when all is freed.
    func tellMourners() {
        let mourners = state.withLock { state in
            let all = state.mourners
            state.mourners = []
            return all
        }
        for mourner in mourners { mourner() }
    }
}
