import Diagnostics
import Dispatch
import GRDB

/// Where a client keeps what it shows.
public enum ClientStoreLocation: Sendable, Hashable {
    /// Gone when the client stops.
    case memory
    /// A SQLite file; it is made when it is not there, and outlives the client.
    case file(String)
}

/// What a client has shown, in SQLite. All work happens on the database's own queue, in the order it was asked for.
struct ClientStore: Sendable {
    private let database: DatabaseQueue

    private init(database: DatabaseQueue) { self.database = database }

    /// Opens or makes the store, away from every event loop and from the cooperative pool.
    /// - Throws: `Diagnostic` (`client.store`) when the file cannot be used.
    static func open(_ location: ClientStoreLocation) async throws -> ClientStore {
        do {
            return try await onOwnThread { try opened(location) }
        } catch {
            guard case .file(let path) = location else { throw error }
            throw Diagnostic(
                .input, "client.store", at: SourcePlace(file: path), "the store cannot be opened or made there",
                instead: "name a file in a folder that can be written, or a store that a client of this program made")
        }
    }

    private static func opened(_ location: ClientStoreLocation) throws -> ClientStore {
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
        return ClientStore(database: database)
    }

    /// Closes the file after all work that was asked for before.
    func close() async {
        let database = database
        try? await Self.onOwnThread { try database.close() }
    }

    /// Reads all that an earlier client has written.
    func contents() async throws -> StoreContents { try await database.read { try StoreQueries.contents($0) } }

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

    private static func onOwnThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }
}
