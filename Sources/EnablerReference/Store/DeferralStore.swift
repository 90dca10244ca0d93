import Diagnostics
import Dispatch
import GRDB

/// Where a store keeps its data.
public enum StoreLocation: Sendable, Hashable {
    /// Gone when the enabler stops.
    case memory
    /// A SQLite file; it is made when it is not there, and outlives the enabler.
    case file(String)
}

/// What is owed to whom, in SQLite. All work happens on the database's own queue, in the order it was asked for.
struct DeferralStore: Sendable {
    private let database: DatabaseQueue

    private init(database: DatabaseQueue) { self.database = database }

    /// Opens or makes the store, away from every event loop and from the cooperative pool.
    /// - Throws: `Diagnostic` (`enabler.store`) when the file cannot be used.
    static func open(_ location: StoreLocation) async throws -> DeferralStore {
        do {
            return try await opened(location)
        } catch {
            guard case .file(let path) = location else { throw error }
            throw Diagnostic(
                .input, "enabler.store", at: SourcePlace(file: path), "the store cannot be opened or made there",
                instead: "name a file in a folder that can be written, or a store that this program made")
        }
    }

    private static func opened(_ location: StoreLocation) async throws -> DeferralStore {
        try await onOwnThread {
            let database: DatabaseQueue
            switch location {
            case .memory:
                database = try DatabaseQueue()
            case .file(let path):
                var configuration = Configuration()
                configuration.journalMode = .wal
                configuration.busyMode = .timeout(5)
                database = try DatabaseQueue(path: path, configuration: configuration)
            }
            try database.write { try StoreSchema.create($0) }
            return DeferralStore(database: database)
        }
    }

    /// Closes the file after all work that was asked for before.
    func close() async {
        let database = database
        try? await Self.onOwnThread { try database.close() }
    }

    /// Reads all that is needed to go on where an earlier enabler stopped.
    ///
    /// - Parameter withConfirmed: messages that their users have count as owed; only a defect asks for that.
    func contents(withConfirmed: Bool = false) async throws -> StoreContents {
        try await database.read { try StoreQueries.contents($0, withConfirmed: withConfirmed) }
    }

    /// Commits the changes in one transaction, then calls `completion` on the database's queue: nil means committed.
    func commit(_ changes: [StoreChange], completion: @escaping @Sendable ((any Error)?) -> Void) {
        database.asyncWrite(
            { db in
                for change in changes { try StoreQueries.apply(change, to: db) }
            },
            completion: { _, result in
                switch result {
                case .success: completion(nil)
                case .failure(let error): completion(error)
                }
            })
    }

    /// Reads whole items in the order of their ids; `completion` is called on the database's queue.
    func load(_ items: [Int64], completion: @escaping @Sendable (Result<[StoredItem], any Error>) -> Void) {
        database.asyncRead { outcome in
            completion(Result { try StoreQueries.items(items, in: outcome.get()) })
        }
    }

    /// The newest roster of a group before an item, for the start of a delivery stream.
    func roster(
        of group: Int64, before item: Int64, completion: @escaping @Sendable (Result<StoredItem?, any Error>) -> Void
    ) {
        database.asyncRead { outcome in
            completion(Result { try StoreQueries.roster(of: group, before: item, in: outcome.get()) })
        }
    }

    /// The state of each item for a user, for tests and for inspection by hand.
    func states(of user: UserAddress) async throws -> [Int64: OwedState] {
        try await database.read { try StoreQueries.states(of: user, in: $0) }
    }

    private static func onOwnThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }
}
