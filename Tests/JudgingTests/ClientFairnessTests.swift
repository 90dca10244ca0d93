import Facts
import Recordings
import TestCases
import Testing

@testable import Judging

/// What a client is to blame for, what it is not, and what nobody can say.
@Suite("What is charged to a client, and what is not")
struct ClientFairnessTests {
    /// carol is called to a deferred session and gets a message and a list.
    private func taken() -> ClientStory {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice")
        story.roster(["alice", "carol"])
        story.participants = ["alice", "carol"].map { SeenParticipant(address: ClientStory.address($0), status: "connected", isSelf: false) }
        return story
    }

    private let one = Expectation.messages(at: "carol", group: "team", exactly: ["m1"])
    private let members = Expectation.roster(at: "carol", group: "team", list: .final, members: ["alice": .connected, "carol": .member])

    private func failures(_ results: [String: CheckResult]) -> [String] {
        results.values.filter { $0.outcome == .fail }.map(\.id).sorted()
    }

    private func isNotReached(_ check: CheckResult?) -> Bool {
        if case .notReached? = check?.outcome { true } else { false }
    }

    // MARK: A group that is not shown

    @Test("a group that is not shown at all, though it was waited for, fails what came in it: messages, members, history")
    func groupNotShown() {
        var story = taken()
        story.misses(showing: [GroupIdentity(conversation: "another", contribution: "group")])
        let changes = Expectation.changes(at: "carol", group: "team", inOrder: [.joined("dave")])
        let results = story.judge([one, members, changes], looking: false)
        #expect(failures(results) == ["history.shown", "members.shown", "shown.complete"])
        #expect(results["shown.complete"]?.observed.contains("does not show the group 'team' at all") == true)
    }

    @Test("a group of which nobody knows whether it is shown, or that was not waited for, is in doubt")
    func groupInDoubt() {
        var shown = taken()
        shown.misses(showing: [ClientStory.group])
        var early = ClientStory()
        early.called()
        early.misses()
        early.hand("m1", by: "alice")
        var unasked = taken()
        unasked.add(.seen(UserView(user: "carol", group: nil, content: .conversations([]))))
        for story in [shown, early, unasked] {
            let results = story.judge([one], looking: false)
            #expect(failures(results) == [])
            #expect(results["shown.complete"]?.outcome == .inconclusive)
        }
    }

    // MARK: Nothing to see

    @Test("where nothing came, nothing passes but that nothing else is shown")
    func nothingCame() {
        var story = ClientStory()
        story.called()
        let results = story.judge([Expectation.messages(at: "carol", group: "team", exactly: [])])
        for check in ["complete", "once", "order", "text", "sender", "time"] { #expect(isNotReached(results["shown." + check]), "\(check)") }
        #expect(results["shown.only"]?.outcome == .pass)
    }

    @Test("where nothing of what came is shown, only shown.complete has something to say")
    func nothingShown() {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice", shown: false)
        let results = story.judge([one])
        #expect(failures(results) == ["shown.complete"])
        for check in ["once", "order", "text", "sender", "time"] { #expect(isNotReached(results["shown." + check]), "\(check)") }
    }

    @Test("reports: no report passes only where a message came on which none was to be given")
    func noReports() {
        let none = Expectation.reports(at: "carol", group: "team", exactly: [])
        var results = taken().judge([one, none])
        #expect(results["reports.asked"]?.outcome == .pass)
        for check in ["complete", "once", "premature"] { #expect(isNotReached(results["reports." + check]), "\(check)") }
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice", answered: false, shown: false)
        results = story.judge([none])
        for check in ["asked", "once", "premature"] { #expect(isNotReached(results["reports." + check]), "\(check)") }
    }

    @Test("the list of another group is none of this one, and an earlier list none of the end")
    func otherLists() {
        var story = ClientStory()
        story.called()
        story.participants = taken().participants
        var other = GroupSession(id: 1, user: "carol", by: .implementation)
        other.group = GroupIdentity(conversation: "another", contribution: "group")
        story.add(.invited(other))
        let list = Item.roster(
            Roster(
                stream: 1, carriage: .session, entity: "sip:focus@cpm.example", extent: .full, version: 1,
                users: [RosterUser(address: ClientStory.address("alice"), status: "connected")]))
        story.offer(list) { $0.session = 1 }
        #expect(story.judge([members])["members.shown"]?.outcome == .inconclusive)
        story = taken()
        story.offer(list, answered: false)
        #expect(story.judge([members])["members.shown"]?.outcome == .inconclusive)
    }

    // MARK: The upper tester

    @Test("a user of whom nobody can say that it has read, or gone on, makes doubt; a message that never came, too")
    func untold() {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice", asks: ["display"])
        story.reads("m1")
        let wanted = Expectation.reports(at: "carol", group: "team", exactly: [ExpectedReport(message: "m1", status: .displayed)])
        #expect(failures(story.judge([wanted])) == ["reports.complete"])
        story.unmet()
        #expect(story.judge([wanted])["reports.complete"]?.outcome == .inconclusive)
        story = taken()
        story.act("restart", ["group": "team", "who": "carol"])
        story.unmet()
        let again = Expectation.restarted(at: "carol", group: "team", inviting: ["alice"])
        #expect(story.judge([again])["restart.members"]?.outcome == .inconclusive)
        story = ClientStory()
        story.called()
        story.hand("m1", by: "alice", asks: ["positive-delivery"], answered: false, shown: false)
        let delivered = Expectation.reports(at: "carol", group: "team", exactly: [ExpectedReport(message: "m1", status: .delivered)])
        #expect(story.judge([delivered])["reports.complete"]?.outcome == .inconclusive)
    }

    @Test("a report that was refused, or whose answer may not have been read, may be given again; a confirmed one may not")
    func reportAgain() {
        let twice: (Bool?, (inout ClientStory) -> Void) -> [String] = { accepted, between in
            var story = ClientStory()
            story.called()
            story.hand("m1", by: "alice", asks: ["positive-delivery"])
            story.gives("delivered", on: "m1", accepted: accepted)
            between(&story)
            story.gives("delivered", on: "m1")
            return failures(story.judge([one]))
        }
        #expect(twice(true) { _ in } == ["reports.once"])
        #expect(twice(false) { _ in } == [])
        #expect(twice(nil) { _ in } == [])
        #expect(twice(true) { $0.add(.carriageLost(user: "carol", session: 0)) } == [])
        #expect(
            twice(true) {
                $0.wait(milliseconds: 300)
                $0.add(.carriageLost(user: "carol", session: 0))
            } == ["reports.once"])
    }

    @Test("a report that wants no answer counts as given once its connection has lived on for a moment")
    func reportAgainWithoutAnswers() {
        let twice: (Bool?, Int64, Bool) -> [String] = { accepted, lived, breaks in
            var story = ClientStory()
            story.called()
            story.hand("m1", by: "alice", asks: ["positive-delivery"])
            story.gives("delivered", on: "m1", accepted: accepted, wantsAnswer: false)
            story.wait(milliseconds: lived)
            if breaks { story.add(.carriageLost(user: "carol", session: 0)) }
            story.gives("delivered", on: "m1", accepted: nil, wantsAnswer: false)
            return failures(story.judge([one]))
        }
        #expect(twice(nil, 0, false) == ["reports.once"])
        #expect(twice(nil, 300, true) == ["reports.once"])
        #expect(twice(nil, 0, true) == [])
        #expect(twice(false, 0, false) == [], "partial: it was refused")
    }
}
