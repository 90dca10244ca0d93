import TestCases
import Testing

@testable import Playing

@Suite("Users on lease")
struct UserLeasesTests {
    private func users(_ count: Int) -> [IXITUser] { (1...count).map { IXITUser(uri: "sip:u\($0)@x.example") } }

    @Test("users are given in the order of the description, each to one case at a time")
    func order() async throws {
        let leases = UserLeases(users: users(4))
        #expect(try await leases.lease(2).map(\.uri) == ["sip:u1@x.example", "sip:u2@x.example"])
        #expect(try await leases.lease(2).map(\.uri) == ["sip:u3@x.example", "sip:u4@x.example"])
    }

    @Test("who asks for more than there is gets a sentence and not a wait for ever")
    func tooFew() async throws {
        let leases = UserLeases(users: users(2))
        await #expect(throws: LeaseFailure.tooFew(needed: 3, usable: 2, quarantined: 0)) { try await leases.lease(3) }
    }

    @Test("a case waits for users that come back, in its turn")
    func waits() async throws {
        let leases = UserLeases(users: users(3))
        let first = try await leases.lease(2)
        // It needs more than are free, and the one behind it must not overtake it.
        let big = Task { try await leases.lease(3) }
        try await Task.sleep(for: .milliseconds(50))
        let small = Task { try await leases.lease(1) }
        try await Task.sleep(for: .milliseconds(50))
        await leases.release(first)
        let got = try await big.value
        #expect(got.count == 3)
        await leases.release(got)
        #expect(try await small.value.count == 1)
    }

    @Test("an exclusive lease waits until nobody else has a user, and takes all there are")
    func exclusive() async throws {
        let leases = UserLeases(users: users(4))
        let first = try await leases.lease(1)
        let alone = Task { try await leases.lease(2, exclusively: true) }
        try await Task.sleep(for: .milliseconds(50))
        let behind = Task { try await leases.lease(1) }
        try await Task.sleep(for: .milliseconds(50))
        await leases.release(first)
        let all = try await alone.value
        #expect(all.count == 4)
        await leases.release(all)
        #expect(try await behind.value.count == 1)
    }

    @Test("users in quarantine are not given out again, and those who need them are told")
    func quarantine() async throws {
        let leases = UserLeases(users: users(2))
        let first = try await leases.lease(1)
        let waiting = Task { try await leases.lease(2) }
        try await Task.sleep(for: .milliseconds(50))
        await leases.release(first, quarantine: true)
        await #expect(throws: LeaseFailure.tooFew(needed: 2, usable: 1, quarantined: 1)) { try await waiting.value }
        #expect(try await leases.lease(1).map(\.uri) == ["sip:u2@x.example"])
    }

    @Test("a cancelled wait ends, and lets those behind it go on")
    func cancellation() async throws {
        let leases = UserLeases(users: users(2))
        let first = try await leases.lease(1)
        let big = Task { try await leases.lease(2) }
        try await Task.sleep(for: .milliseconds(50))
        let small = Task { try await leases.lease(1) }
        try await Task.sleep(for: .milliseconds(50))
        big.cancel()
        await #expect(throws: LeaseFailure.cancelled) { try await big.value }
        #expect(try await small.value.count == 1)
        await leases.release(first)
    }
}
