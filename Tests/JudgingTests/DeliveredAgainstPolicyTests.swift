import Facts
import TestCases
import Testing

@testable import Judging

/// What comes to one who is to get nothing, by whatever name and whatever way.
@Suite("What is delivered against policy or right, under other names and by other ways")
struct DeliveredAgainstPolicyTests {
    /// carol missed m1 under a policy that stores nothing; the session is over when she comes back.
    private func withheld(_ deliver: (inout FactScript, Int) -> Void) -> CheckOutcome {
        var story = FactScript()
        for actor in ["alice", "bob", "carol"] { story.registered(actor) }
        story.create(invite: ["bob", "carol"])
        let own = story.session("alice", by: .user)
        story.away("carol")
        story.send("m1", by: "alice", asks: ["display"])
        story.ended("alice", own)
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        deliver(&story, session)
        story.probed()
        return PolicyChecks.withheld(at: "carol", group: "team", what: .everything, story.context()).outcome
    }

    @Test("nothing passes, and what comes under another Message-ID, or without one, does not")
    func otherIdentity() {
        #expect(withheld { _, _ in } == .pass)
        #expect(withheld { $0.arrives("m1", at: "carol", in: $1) { $0.id = "another" } } == .fail)
        #expect(withheld { $0.arrives("m1", at: "carol", in: $1) { $0.id = nil } } == .fail)
        #expect(withheld { story, _ in story.arrives("m1", at: "carol") { $0.id = nil } } == .fail)
        #expect(withheld { $0.arrives("m1", at: "carol", in: $1) { ($0.id, $0.body) = ("another", [1]) } } == .fail)
    }

    @Test("what cannot be read, and a report on nothing known, is delivered all the same")
    func unreadable() {
        #expect(withheld { $0.offer(.other(type: "message/cpim", problems: ["no header"]), to: "carol", in: $1) } == .fail)
        #expect(withheld { story, session in
            let report = Disposition(message: "unknown", recipient: nil, status: "delivered", kind: "delivery")
            story.offer(.dispositions([report]), to: "carol", in: session)
        } == .fail)
    }

    @Test("the members of a session that is over are stored information by NOTIFY too, and its teardown is not")
    func notified() {
        func list(connected: [String], disconnected: [String]) -> CheckOutcome {
            withheld { story, _ in
                story.roster(
                    at: "carol", stream: 7, connected: connected, disconnected: disconnected, carriage: .subscription)
            }
        }
        #expect(list(connected: ["alice", "bob"], disconnected: []) == .fail)
        #expect(list(connected: [], disconnected: ["alice", "bob"]) == .pass)
    }

    /// dave has left; what comes to him then is up to the test.
    private func departed(_ deliver: (inout FactScript, Int) -> Void) -> CheckOutcome {
        var story = FactScript()
        for actor in ["alice", "bob", "dave"] { story.registered(actor) }
        story.create()
        let live = story.session("dave")
        story.leave("dave")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob")
        deliver(&story, live)
        return NothingChecks.run(at: "dave", group: "team", story.context()).outcome
    }

    @Test("one who left gets nothing under another Message-ID either, and nothing that cannot be read")
    func leaver() {
        #expect(departed { _, _ in } == .pass)
        #expect(departed { $0.arrives("m1", at: "dave", in: $1) { $0.id = "another" } } == .fail)
        #expect(departed { $0.arrives("m1", at: "dave", in: $1) { $0.id = nil } } == .fail)
        #expect(departed { $0.offer(.other(type: "message/cpim", problems: ["no header"]), to: "dave", in: $1) } == .fail)
    }

    @Test("history from before an invitation fails whoever states that it is not owed, and warns whoever does not")
    func lateInvitee() {
        var story = FactScript()
        story.create()
        story.send("m1", by: "alice")
        story.added("carol")
        story.send("m2", by: "alice")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        func right(_ reading: String?) -> CheckResult? {
            var context = story.context()
            if let reading { context.claims[.lateInviteeReading] = reading }
            let expected = ExpectedMessages(user: "carol", group: "team", labels: ["m2"], context)
            return MessagePresence.run(expected, labels: ["m2"], context).first { $0.id == "messages.right" }
        }
        #expect(right("not-owed")?.outcome == .fail)
        #expect(right("not-owed")?.weight == .requirement)
        #expect(right(nil)?.weight == .warning)
        #expect(right("owed")?.weight == .warning)
    }
}
