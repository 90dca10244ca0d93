import Facts
import TestCases
import Testing

@testable import Judging

@Suite("To whom each deferred message was exchanged")
struct AudienceTests {
    /// What the lists in the delivery say, and how the script went.
    struct Course {
        var beforeFirst = ["alice", "bob", "carol"]
        var beforeSecond: [String]? = ["alice", "carol"]
        /// Whether alice is shown that bob left before she sends m2.
        var isObserved = true
        var isSeenInTime = true
        var isSwapped = false
    }

    /// alice sends m1, bob leaves, alice sends m2; carol gets both later, each behind a list.
    private func story(_ course: Course) -> FactScript {
        var story = FactScript()
        story.create(invite: ["bob", "carol"])
        story.session("alice", by: .user)
        story.session("bob")
        story.away("carol")
        story.roster(at: "alice", stream: 5, connected: ["alice", "bob", "carol"])
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob")
        story.leave("bob")
        let shows = { (story: inout FactScript) in
            story.roster(at: "alice", stream: 5, version: 2, connected: ["alice", "carol"], disconnected: ["bob"])
        }
        if course.isObserved, course.isSeenInTime { shows(&story) }
        story.send("m2", by: "alice")
        if course.isObserved, !course.isSeenInTime { shows(&story) }
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(at: "carol", in: session, version: 1, connected: course.beforeFirst)
        story.arrives(course.isSwapped ? "m2" : "m1", at: "carol", in: session)
        if let second = course.beforeSecond {
            story.roster(at: "carol", in: session, version: 2, connected: second, disconnected: ["bob"])
        }
        story.arrives(course.isSwapped ? "m1" : "m2", at: "carol", in: session)
        story.roster(at: "carol", in: session, version: 3, connected: ["alice", "carol"])
        return story
    }

    private func judge(_ course: Course, change: (inout CheckContext) -> Void = { _ in }) -> CheckResult {
        let actors: [String: Absence] = ["alice": .present, "bob": .present, "carol": .neverAnswers]
        var context = story(course).context(actors: actors)
        change(&context)
        return RosterAudience.run(at: "carol", group: "team", context)
    }

    @Test("messages that came out of order say nothing about the lists before them")
    func disordered() {
        var story = FactScript()
        story.create(invite: ["bob", "carol"])
        story.session("alice", by: .user)
        story.session("bob")
        story.away("carol")
        story.roster(at: "alice", stream: 5, connected: ["alice", "bob", "carol"])
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob")
        story.leave("bob")
        story.roster(at: "alice", stream: 5, version: 2, connected: ["alice", "carol"], disconnected: ["bob"])
        story.send("m2", by: "alice")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
        story.arrives("m2", at: "carol", in: session)
        story.roster(at: "carol", in: session, version: 2, connected: ["alice", "carol"], disconnected: ["bob"])
        story.arrives("m1", at: "carol", in: session)
        let context = story.context(actors: ["alice": .present, "bob": .present, "carol": .neverAnswers])
        let result = RosterAudience.run(at: "carol", group: "team", context)
        #expect(result.outcome.word == "not reached")
        #expect(result.observed.contains("out of order"))
    }

    @Test("lists that show to whom each message went pass")
    func right() {
        let result = judge(Course())
        #expect(result.outcome == .pass)
        #expect(result.observed.contains("m1 and m2"))
        #expect(!result.lines.isEmpty)
    }

    @Test("a list that shows one who had left, or a stranger, or lacks a member, fails")
    func wrong() {
        let late = judge(Course(beforeSecond: nil))
        #expect(late.outcome == .fail)
        #expect(late.observed.contains("of m2 they show bob"))
        #expect(late.requirements == [.intermediate])
        #expect(judge(Course(beforeFirst: ["alice", "bob", "carol", "mallory"])).outcome == .fail)
        #expect(judge(Course(beforeFirst: ["alice", "carol"])).observed.contains("of m1 they lack bob"))
    }

    @Test("messages that change places stand among lists that are not theirs, and say nothing")
    func swapped() {
        var course = Course()
        course.isSwapped = true
        #expect(judge(course).outcome.word == "not reached")
    }

    @Test("the sender and the user itself do not count")
    func leftOut() { #expect(judge(Course(beforeFirst: ["bob"], beforeSecond: ["carol"])).outcome == .pass) }

    @Test("without somebody who saw both, in order, nothing can be said", arguments: [(false, true), (true, false)])
    func noBarrier(isObserved: Bool, isSeenInTime: Bool) {
        var course = Course(beforeSecond: nil)
        course.isObserved = isObserved
        course.isSeenInTime = isSeenInTime
        let result = judge(course)
        #expect(result.outcome != .fail)
        if !isObserved {
            #expect(result.outcome.word == "not reached")
            #expect(result.observed.contains("not determinable"))
        }
    }

    @Test("a change within the participant-info-interval before a message says nothing of it")
    func interval() {
        let result = judge(Course(beforeSecond: nil)) { $0.participantInfoInterval = 1_000_000_000 }
        #expect(result.outcome == .pass)
        #expect(!result.observed.contains("m2"))
    }

    @Test("where the binding does not say where lists stand it fails nobody")
    func binding() {
        #expect(judge(Course(beforeSecond: nil)) { $0.adopted[.itemOrder] = nil }.isWarning)
        #expect(judge(Course(beforeSecond: nil)) { $0.adopted[.itemOrder] = "any" }.outcome.word == "not reached")
    }

    @Test("it yields to the checks that find the same lists wrong, and to no other")
    func yields() {
        let audience = judge(Course(beforeSecond: nil))
        func other(_ id: String, _ outcome: CheckOutcome, at user: String = "carol") -> CheckResult {
            CheckResult(
                id: id, subject: user, requirements: [.intermediate], basis: .clause, outcome: outcome, expected: "",
                observed: "")
        }
        func yielded(to result: CheckResult) -> String { RosterAudience.yielding(audience, to: [result]).outcome.word }
        #expect(yielded(to: other("roster.intermediate", .fail)) == "not reached")
        #expect(yielded(to: other("roster.intermediate", .pass)) == "fail")
        #expect(yielded(to: other("roster.intermediate", .fail, at: "dave")) == "fail")
        #expect(yielded(to: other("roster.final", .fail)) == "fail")
    }

    /// dave is away too, and stands in for himself nowhere.
    @Test("one who is away and represented is part of the audience")
    func represented() {
        func outcome(_ shown: [String], _ takeover: String?) -> CheckOutcome {
            var story = FactScript()
            story.create(invite: ["carol", "dave"])
            story.away("carol")
            story.away("dave")
            story.send("m1", by: "alice")
            story.returns("carol")
            let session = story.session("carol", form: .deferred)
            story.roster(at: "carol", in: session, connected: shown)
            story.arrives("m1", at: "carol", in: session)
            var context = story.context(actors: ["alice": .present, "carol": .neverAnswers, "dave": .neverAnswers])
            context.adopted[.takeover] = takeover
            return RosterAudience.run(at: "carol", group: "team", context).outcome
        }
        #expect(outcome(["alice", "carol", "dave"], "represented") == .pass)
        #expect(outcome(["alice", "carol"], "represented") == .fail)
        #expect(outcome(["alice", "carol"], nil) == .pass)
    }

    @Test("no message, or no list before it, leaves the check unreached")
    func nothing() {
        var story = FactScript()
        story.create(invite: ["carol"])
        story.away("carol")
        story.send("m1", by: "alice")
        story.returns("carol")
        #expect(RosterAudience.run(at: "carol", group: "team", story.context()).outcome.word == "not reached")
        story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred))
        #expect(RosterAudience.run(at: "carol", group: "team", story.context()).outcome.word == "not reached")
    }
}
