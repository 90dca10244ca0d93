import Facts
import TestCases
import Testing

@testable import Judging

/// One who was in a session and saw no list there cannot be told by a list what is new in it.
@Suite("Changes before the first list")
struct UntoldChangeTests {
    private func outcome(knows: Bool, atInvitation: Bool = false, shows dave: Bool = true) -> CheckOutcome? {
        var story = FactScript()
        story.registered("alice")
        story.create()
        if knows {
            let live = story.session("carol")
            story.roster(at: "carol", in: live, version: 1, connected: ["alice", "bob", "carol"])
        }
        if !atInvitation { story.away("carol") }
        story.added("dave", isAway: false)
        story.send("m1", by: "bob")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(
            at: "carol", in: session, stream: 2, version: 1, connected: ["alice", "bob", "carol"] + (dave ? ["dave"] : []))
        story.arrives("m1", at: "carol", in: session)
        return RosterChanges.run(at: "carol", group: "team", expected: [.joined("dave")], story.context())
            .first { $0.id == "roster.intermediate" }?.outcome
    }

    @Test("what the first list shows already is inconclusive")
    func untold() { #expect(outcome(knows: false) == .inconclusive) }

    @Test("who joined and left again at the end, all within the interval, need not be shown", arguments: [0, 400])
    func undoneAtTheEnd(interval: Int64) {
        var story = FactScript()
        story.create()
        story.session("alice", by: .user)
        story.away("carol")
        story.added("dave", isAway: false)
        let dave = story.session("dave")
        story.everyoneLeaves()
        story.ended("dave", dave, by: .user)
        story.stepDone("end")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(at: "carol", in: session, stream: 2, version: 1, connected: ["alice", "bob", "carol"])
        story.roster(at: "carol", in: session, stream: 2, version: 2, connected: ["alice", "bob", "carol"])
        var context = story.context()
        context.participantInfoInterval = interval * 1_000_000
        let outcome = RosterChanges.run(
            at: "carol", group: "team", expected: [.joined("dave"), .left("dave")], context
        ).first { $0.id == "roster.intermediate" }?.outcome
        #expect(outcome == (interval > 0 ? .pass : .fail))
    }

    @Test("what it does not show is missing")
    func missing() { #expect(outcome(knows: false, shows: false) == .fail) }

    @Test("with a list known from before it is told")
    func told() { #expect(outcome(knows: true) == .pass) }

    @Test("one who was away from the invitation on is owed the list before it")
    func owed() { #expect(outcome(knows: false, atInvitation: true) == .fail) }
}
