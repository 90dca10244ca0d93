import Facts
import TestCases
import Testing

@testable import Judging

/// The final list and the reports are missed as the messages are, and come when those do.
@Suite("When the final list and the reports come")
struct ItemsInTimeTests {
    private let everybody = ["alice", "bob", "carol"]

    /// A session that carol missed, with her report owed; at each of two returns something comes.
    private func story(
        _ first: (inout FactScript, Int) -> Void, _ second: (inout FactScript, Int) -> Void
    ) -> CheckContext {
        var story = FactScript()
        story.create(invite: ["bob", "carol"])
        let own = story.session("alice", by: .user)
        story.send("c1", by: "carol", asks: ["display"])
        story.away("carol")
        story.send("m1", by: "alice")
        story.report("displayed", about: "c1", by: "bob")
        story.ended("alice", own)
        story.pause(50)
        comesBack(&story, first)
        comesBack(&story, second)
        var context = story.context()
        context.deliveryWithin = 1_000_000_000
        return context
    }

    private func comesBack(_ story: inout FactScript, _ deliver: (inout FactScript, Int) -> Void) {
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        deliver(&story, session)
        story.ended("carol", session)
        story.stepDone("return")
        story.away("carol")
    }

    private func list(_ context: CheckContext) -> CheckOutcome? {
        DeliveryTime.finalList(at: "carol", group: "team", context)?.outcome
    }

    private func report(_ context: CheckContext) -> CheckOutcome? {
        let wanted = [ExpectedDisposition(message: "c1", from: "bob", status: .displayed)]
        return DeliveryTime.reports(at: "carol", wanted, context)?.outcome
    }

    @Test("at the first return it is in time, at a later one it is not")
    func laterReturn() {
        let message = { (story: inout FactScript, session: Int) in story.arrives("m1", at: "carol", in: session) }
        let rest = { (story: inout FactScript, session: Int) in
            story.disposition("displayed", about: "c1", of: "bob", at: "carol")
            story.roster(at: "carol", in: session, stream: session, connected: ["alice", "bob", "carol"])
        }
        let late = story(message, rest)
        #expect(list(late) == .fail)
        #expect(report(late) == .fail)
        let timely = story({ message(&$0, $1); rest(&$0, $1) }, { _, _ in })
        #expect(list(timely) == .pass)
        #expect(report(timely) == .pass)
        // One that comes again at a later return had come in time.
        #expect(list(story({ message(&$0, $1); rest(&$0, $1) }, rest)) == .pass)
    }

    @Test("long after the trigger it is too late")
    func pastTheLimit() {
        let late = story({ story, session in
            story.arrives("m1", at: "carol", in: session)
            story.pause(1_500)
            story.roster(at: "carol", in: session, connected: everybody)
        }, { _, _ in })
        #expect(list(late) == .fail)
    }

    @Test("while the session goes on no final list is due")
    func goesOn() {
        var story = FactScript()
        story.create(invite: ["bob", "carol"])
        story.session("alice", by: .user)
        story.away("carol")
        story.send("m1", by: "alice")
        story.returns("carol")
        story.roster(at: "carol", in: story.session("carol"), connected: everybody)
        #expect(list(story.context()) == nil)
    }
}
