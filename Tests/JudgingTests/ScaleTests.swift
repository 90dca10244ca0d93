import Facts
import Foundation
import TestCases
import Testing

@testable import Judging

/// Judging takes time in proportion to the recording, whatever the implementation did to it.
@Suite("Judging of long cases", .serialized)
struct ScaleTests {
    /// What became of the deferred messages.
    enum Delivery: String, CaseIterable, Sendable {
        case asSent, reversed, withStrangeIDs, twice, never, interleavedWithLists
    }

    /// Alice and bob talk while carol is away: so many messages, each with a report, and a list for every tenth.
    private static func story(_ count: Int, _ delivery: Delivery) -> CheckContext {
        var story = FactScript()
        for actor in ["alice", "bob", "dave"] { story.registered(actor) }
        story.create()
        story.session("alice", by: .user)
        story.session("bob")
        story.session("carol")
        let own = (0..<count / 4).map { "c\($0)" }
        for label in own { story.send(label, by: "carol", asks: ["positive-delivery"]) }
        story.away("carol")
        let labels = (0..<count).map { "m\($0)" }
        for (place, label) in labels.enumerated() {
            let (by, other) = place % 2 == 0 ? ("alice", "bob") : ("bob", "alice")
            story.send(label, by: by, asks: ["positive-delivery"], concurrent: place % 3 == 0)
            story.arrives(label, at: other)
            story.report("delivered", about: label, by: other)
            story.disposition("delivered", about: label, of: other, at: by)
        }
        for label in own { story.report("delivered", about: label, by: "bob") }
        story.leave("dave")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        deliver(labels, delivery, in: session, &story)
        for label in own { story.disposition("delivered", about: label, of: "bob", at: "carol") }
        story.roster(at: "carol", in: session, version: 100_000, connected: ["alice", "bob", "carol"])
        return story.context(expectations: [
            .messages(at: "carol", group: "team", exactly: labels),
            .messages(at: "bob", group: "team", exactly: labels.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)),
            .dispositions(
                at: "carol", group: "team",
                exactly: own.map { ExpectedDisposition(message: $0, from: "bob", status: .delivered) }),
            .changes(at: "carol", group: "team", inOrder: [.left("dave")]),
            .roster(at: "carol", group: "team", list: .final, members: ["alice": .member, "bob": .member, "carol": .member]),
            .nothing(at: "dave", group: "team"),
        ])
    }

    private static func deliver(_ labels: [String], _ delivery: Delivery, in session: Int, _ story: inout FactScript) {
        switch delivery {
        case .asSent: for label in labels { story.arrives(label, at: "carol", in: session) }
        case .reversed: for label in labels.reversed() { story.arrives(label, at: "carol", in: session) }
        case .withStrangeIDs:
            for label in labels { story.arrives(label, at: "carol", in: session) { $0.id = "strange-\(label)" } }
        case .twice: for label in labels + labels { story.arrives(label, at: "carol", in: session) }
        case .never: break
        case .interleavedWithLists:
            for (place, label) in labels.enumerated() {
                story.arrives(label, at: "carol", in: session)
                story.roster(
                    at: "carol", in: session, version: place + 1,
                    connected: ["alice", "bob", "carol"] + (place % 2 == 0 ? ["dave"] : []))
            }
        }
    }

    /// Nanoseconds of this thread's own work, so that whatever else runs does not count.
    private static func work(_ body: () -> Int) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
        }
        let start = now()
        let count = body()
        return count > 0 ? now() - start : .infinity
    }

    /// The least of several measurements of judging the facts, in nanoseconds for each.
    private static func cost(_ count: Int, _ delivery: Delivery, times: Int) -> Double {
        let context = story(count, delivery)
        let facts = context.evidence.facts
        let measured = (0..<times).map { _ in
            work {
                var context = context
                context.evidence = Evidence(facts)
                return Judge.checks(context).count
            }
        }
        return (measured.min() ?? .infinity) / Double(facts.count)
    }

    @Test("twenty times the messages take about as long for each", arguments: Delivery.allCases)
    func linear(delivery: Delivery) {
        let small = Self.cost(60, delivery, times: 7)
        let large = Self.cost(1200, delivery, times: 2)
        // Growing with the square would make it 20.
        #expect(large / small < 3, "\(small) ns a fact became \(large) ns")
    }
}
