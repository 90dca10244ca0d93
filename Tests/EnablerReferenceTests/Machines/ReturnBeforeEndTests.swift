import NIOCore
import NIOEmbedded
import SIP
import Testing

@testable import EnablerReference

/// A service on a loop whose time is the test's, with a store in memory and no socket.
private final class ServiceBench {
    let service: EnablerService

    /// A live group in which everybody is stood in for and nobody is owed anything.
    init(_ loop: NIOAsyncTestingEventLoop, _ store: DeferralStore) {
        var contents = StoreContents()
        contents.groups = [
            StoredGroup(
                id: 1, focus: "sip:focus-1@cpm.example", conversation: "c", contribution: "d", subject: "team",
                creator: alice, createdAt: 7)
        ]
        contents.members = [alice, bob, carol].map { StoredMember(group: 1, user: $0, status: .represented) }
        contents.lastGroup = 1
        let context = EnablerContext(
            eventLoop: loop, settings: EnablerSettings(), deviations: Deviations(), store: store, contents: contents,
            taps: EnablerTaps())
        service = EnablerService(context: context)
        service.restore(contents)
    }

    /// When the user's client was last called, in nanoseconds of the loop's time; 0 for never.
    func called(_ user: UserAddress) -> Int64 { service.groups[1]?.participants[user]?.lastContact ?? -1 }

    /// As a REGISTER does it, over a connection that is gone again.
    func registers(_ user: UserAddress) {
        let template = ContactBinding<SIPConnectionID>(
            user: user, contact: "", instance: nil, registration: nil, path: [], flow: nil, callID: "call of \(user)",
            sequence: 1, expiresAt: 0)
        // A contact that names no host to connect to.
        let wish = ContactRequest(contact: "tel:+441632960001", instance: nil, registration: nil, expires: 600)
        _ = service.context.registrar.register(user, [wish], like: template, now: service.context.now)
        service.userReturned(user)
    }
}

@Suite("A return while the end of a session is being kept", .timeLimit(.minutes(1)))
struct ReturnBeforeEndTests {
    private static let began = TimeAmount.seconds(10)

    /// Plays `early` when the session is over and its last list not kept yet, and looks when the list is kept.
    private func play(
        _ early: @escaping @Sendable (NIOLoopBound<ServiceBench>) -> Void,
        then look: @escaping @Sendable (NIOLoopBound<ServiceBench>) -> Void
    ) async throws {
        let loop = NIOAsyncTestingEventLoop()
        let store = try await DeferralStore.open(.memory)
        let bench = try await loop.executeInContext { NIOLoopBound(ServiceBench(loop, store), eventLoop: loop) }
        await loop.advanceTime(by: Self.began)
        try await loop.executeInContext {
            bench.value.service.groups[1]?.end(.dismissed)
            early(bench)
        }
        // The store works in the order in which it is asked: what was to be kept is, once this has been read.
        _ = try await store.contents()
        await loop.run()
        try await loop.executeInContext {
            look(bench)
            bench.value.service.stop()
        }
        await store.close()
    }

    @Test("who registers in between is called once its last list is kept, and nobody else is")
    func between() async throws {
        try await play { bench in
            bench.value.registers(carol)
            #expect(bench.value.called(carol) == 0, "there is nothing to deliver yet")
        } then: { bench in
            #expect(bench.value.called(carol) == Self.began.nanoseconds)
            #expect(bench.value.called(bob) == 0)
        }
    }

    @Test("who registers afterwards is called then, and nobody before")
    func afterwards() async throws {
        try await play { _ in } then: { bench in
            #expect(bench.value.called(carol) == 0)
            bench.value.registers(carol)
            #expect(bench.value.called(carol) == Self.began.nanoseconds)
        }
    }
}
