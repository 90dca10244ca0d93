import Foundation
import GRDB
import Testing

@testable import EnablerReference

/// Another program's hold on the store's file, during which nothing can be committed to it.
private struct StoreHold {
    private let database: DatabaseQueue

    init(_ file: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        database = try DatabaseQueue(path: file, configuration: configuration)
        try database.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws {
        try database.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try database.close()
    }
}

@Suite("A sender's answer and the commit, over real sockets", .timeLimit(.minutes(1)))
struct CommitTests {
    @Test("a sender gets its 200 only when the message is committed, and nobody gets the message before")
    func answersAfterCommit() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"], settings: { $0.store = .file(file) }) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            // So that nothing of the beginning waits to be committed any more.
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            let before = try await scene["alice"].run { $0.statuses.count }

            let hold = try StoreHold(file)
            try await scene["alice"].run { $0.chat("m2", "two") }
            // The enabler goes on answering what needs no commit, so that it is the commit that the 200 waits for.
            try await scene.register("bob")
            try await Task.sleep(for: .milliseconds(400))
            #expect(try await scene["alice"].run { $0.statuses.count } == before)
            #expect(try await !scene["bob"].log.contains("m2:two"))
            try hold.release()

            try await scene["alice"].wait("200 to m2") { $0.statuses.count > before }
            try await scene["bob"].wait("m2") { $0.log.contains("m2:two") }
            let kept = try DatabaseQueue(path: file)
            let rows = try await kept.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM items WHERE messageID = 'm2'") }
            #expect(rows == 1)
            try kept.close()
        }
    }
}
