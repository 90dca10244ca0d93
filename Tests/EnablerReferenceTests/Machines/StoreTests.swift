import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import EnablerReference

@Suite("The store")
struct StoreTests {
    private let group = StoredGroup(
        id: 1, focus: "sip:focus-1@cpm.example", conversation: "c", contribution: "d", subject: "team", creator: alice,
        createdAt: 7)

    private func commit(_ changes: [StoreChange], to store: DeferralStore) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            store.commit(changes) { problem in
                if let problem { continuation.resume(throwing: problem) } else { continuation.resume() }
            }
        }
    }

    @Test("opened again, it has what was owed and offered, in order, and not what was confirmed")
    func reopened() async throws {
        let path = NSTemporaryDirectory() + "enabler-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let store = try await DeferralStore.open(.file(path))
        try await commit([.group(group), .member(StoredMember(group: 1, user: carol, status: .represented))], to: store)
        try await commit((1...3).map { .item(item($0), owedTo: [carol, bob]) }, to: store)
        try await commit([.mark([1], for: carol, .confirmed), .mark([2], for: carol, .offered)], to: store)
        await store.close()

        let again = try await DeferralStore.open(.file(path))
        let contents = try await again.contents()
        #expect(contents.groups == [group])
        #expect(contents.members.map(\.status) == [.represented])
        #expect(contents.owed.filter { $0.user == carol }.map(\.item) == [2, 3])
        #expect(contents.owed.filter { $0.user == carol }.map(\.state) == [.offered, .owed])
        #expect(contents.owed.filter { $0.user == bob }.map(\.item) == [1, 2, 3])
        #expect(contents.lastItem == 3)
        #expect(contents.messages.map(\.messageID) == ["m1", "m2", "m3"])
        await again.close()
    }

    @Test("at a crash in a delivery the defects lose what was unanswered, or take for owed what was confirmed in it")
    func crashed() async throws {
        let store = try await DeferralStore.open(.memory)
        try await commit([.group(group)] + (1...3).map { .item(item($0), owedTo: [carol, bob]) }, to: store)
        try await commit(
            [.mark([1], for: carol, .confirmed), .mark([2], for: carol, .offered), .mark([1], for: bob, .confirmed)],
            to: store)
        func found(_ defects: Set<Defect>) async throws -> [UserAddress: [Int64]] {
            let faults = RestartFaults(defects)
            let contents = faults.found(try await store.contents(withConfirmed: faults.takesConfirmedForOwed))
            return Dictionary(grouping: contents.owed, by: \.user).mapValues { $0.map(\.item) }
        }
        #expect(try await found([]) == [carol: [2, 3], bob: [2, 3]])
        #expect(try await found([.unansweredLostAtCrash]) == [carol: [3], bob: [2, 3]])
        #expect(try await found([.confirmedAgainAfterCrash]) == [carol: [1, 2, 3], bob: [2, 3]])
        #expect(try await found([.confirmedAgainAfterRestart]) == [carol: [1, 2, 3], bob: [1, 2, 3]])
        await store.close()
    }

    @Test("gives back the bytes as they were, and the newest roster before an item")
    func items() async throws {
        let store = try await DeferralStore.open(.memory)
        var binary = item(2)
        binary.body = Array(0...255)
        try await commit(
            [.group(group), .item(item(1, .roster), owedTo: []), .item(binary, owedTo: [carol])], to: store)
        let found = await withCheckedContinuation { continuation in
            store.load([2, 9]) { continuation.resume(returning: (try? $0.get()) ?? []) }
        }
        #expect(found == [binary])
        let roster = await withCheckedContinuation { continuation in
            store.roster(of: 1, before: 2) { continuation.resume(returning: (try? $0.get()) ?? nil) }
        }
        #expect(roster?.id == 1)
        await store.close()
    }

    @Test("a file of a later version is refused with a sentence")
    func laterVersion() async throws {
        let path = NSTemporaryDirectory() + "enabler-\(UUID().uuidString).sqlite"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("not a database, but long enough to be looked at as one".utf8).write(to: URL(filePath: path))
        await #expect(throws: (any Error).self) { try await DeferralStore.open(.file(path)) }
    }

    @Test("the writer commits in order, many at once, and calls back on the loop")
    func writer() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let store = try await DeferralStore.open(.memory)
        let group = group
        let order = try await loop.flatSubmit {
            let writer = StoreWriter(store: store, eventLoop: loop, contents: StoreContents())
            let promise = loop.makePromise(of: [Int64].self)
            var done: [Int64] = []
            writer.commit([.group(group)])
            for _ in 0..<500 {
                let id = writer.nextItem()
                writer.commit([.item(item(id), owedTo: [carol])]) { committed in
                    loop.assertInEventLoop()
                    if committed { done.append(id) }
                }
            }
            writer.drain { promise.succeed(done) }
            return promise.futureResult
        }.get()
        #expect(order == Array(1...500))
        #expect(try await store.states(of: carol).count == 500)
        await store.close()
    }
}
