import Facts
import TestCases
import Testing

@testable import Judging

/// What an absence leaves behind: sessions that nobody ended, and items that ran into the socket of one who read nothing.
@Suite("Sessions and sockets that an absence left behind")
struct SilenceTests {
    private func messages(_ story: FactScript, _ labels: [String]) -> [String: CheckResult] {
        let context = story.context(actors: ["alice": .present, "bob": .present, "carol": .losesConnection, "dave": .present])
        let expected = ExpectedMessages(user: "carol", group: "team", labels: labels, context)
        let results = MessagePresence.run(expected, labels: labels, context)
        return Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0) })
    }

    /// carol was in, her connections broke without a BYE, and what she missed came in a session of its own.
    private func lostConnection(breaks: (inout FactScript, Int) -> Void) -> FactScript {
        var story = FactScript()
        story.create()
        story.session("alice", by: .user)
        let live = story.session("carol")
        story.away("carol")
        breaks(&story, live)
        story.send("m1", by: "alice")
        story.returns("carol")
        let delivery = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: delivery)
        story.ended("carol", delivery)
        story.send("m2", by: "alice")
        return story
    }

    @Test("one who came back is not in the session that its lost connections left, so that what follows is owed")
    func staleSession() {
        let gone = lostConnection { story, _ in story.unreachable("carol") }
        #expect(messages(gone, ["m1", "m2"])["messages.complete"]?.outcome == .fail)
        let lost = lostConnection { story, live in story.carriageLost("carol", live) }
        #expect(messages(lost, ["m1", "m2"])["messages.complete"]?.outcome == .fail)
    }

    @Test("a session in which something came after the break goes on")
    func resumedSession() {
        var story = FactScript()
        story.create()
        story.session("alice", by: .user)
        let live = story.session("carol")
        story.away("carol")
        story.carriageLost("carol", live)
        story.send("m1", by: "alice")
        story.returns("carol")
        story.arrives("m1", at: "carol", in: live)
        story.send("m2", by: "alice")
        #expect(messages(story, ["m1", "m2"])["messages.complete"]?.outcome == .pass)
    }

    /// m1 wants no answer and comes while carol is silent; whether it comes again is up to the test.
    private func silent(_ absence: String, again: Bool, other: Bool = false) -> FactScript {
        var story = FactScript()
        story.create()
        let live = story.session("carol")
        story.away("carol", absence: absence)
        story.send("m1", by: "alice")
        story.arrivesUnanswered("m1", at: "carol", in: live)
        if other { story.send("m2", by: "alice") }
        story.returns("carol")
        if again { story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred)) }
        return story
    }

    @Test("what wanted no answer was not read by a silent client: it may come again, and need not be taken for lost",
        arguments: ["falls-silent", "registration-expires"])
    func unread(absence: String) {
        #expect(messages(silent(absence, again: false), ["m1"])["messages.complete"]?.outcome == .inconclusive)
        let again = messages(silent(absence, again: true), ["m1"])
        #expect(again["messages.complete"]?.outcome == .pass)
        #expect(again["messages.once"]?.outcome == .pass)
        // Another one that never came is lost all the same.
        #expect(messages(silent(absence, again: false, other: true), ["m1", "m2"])["messages.complete"]?.outcome == .fail)
    }

    @Test("what nobody read, or what was refused, is not taken over because the connection went soon afterwards")
    func brokenAfterwards() {
        var story = silent("falls-silent", again: false)
        #expect(messages(story, ["m1"])["messages.complete"]?.outcome == .inconclusive)
        story.indeterminate()
        #expect(messages(story, ["m1"])["messages.complete"]?.outcome == .inconclusive)
        var refused = FactScript.carolMissedTwo()
        refused.arrives("m1", at: "carol", in: refused.session("carol", form: .deferred), confirmed: false)
        refused.unconfirmed(415)
        refused.indeterminate()
        #expect(messages(refused, ["m1"])["messages.complete"]?.outcome == .fail)
    }

    @Test("a list by NOTIFY comes by another connection, and brings back no session whose own is gone")
    func notified() {
        func complete(_ carriage: Roster.Carriage) -> CheckOutcome? {
            var story = FactScript()
            story.create()
            story.session("alice", by: .user)
            let live = story.session("carol")
            story.away("carol")
            story.unreachable("carol")
            story.returns("carol")
            story.roster(at: "carol", in: live, connected: ["alice", "carol"], carriage: carriage)
            story.send("m1", by: "alice")
            return messages(story, ["m1"])["messages.complete"]?.outcome
        }
        #expect(complete(.subscription) == .fail)
        #expect(complete(.session) != .fail, "an item of the session itself shows that it goes on")
    }

    @Test("the session in which one fell silent is left behind at the return, though nobody ended it", arguments: [true, false])
    func leftBehind(isSilent: Bool) {
        var story = FactScript()
        story.create()
        story.session("alice", by: .user)
        story.session("carol")
        story.away("carol", absence: isSilent ? "falls-silent" : "deregisters")
        story.send("m1", by: "alice")
        story.returns("carol")
        story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred))
        story.send("m2", by: "alice")
        // One that is known to be gone is told by the wire; here nothing on the wire says so.
        #expect(messages(story, ["m1", "m2"])["messages.complete"]?.outcome == (isSilent ? .fail : .pass))
    }

    /// carol missed m1, the session ended, and she is back; with the session of her delivery.
    private func returnedAfterTheEnd(breaksAfter count: Int? = nil) -> (FactScript, delivery: Int) {
        var story = FactScript()
        story.create(invite: ["bob", "carol"])
        let own = story.session("alice", by: .user)
        story.away("carol")
        story.send("m1", by: "alice")
        story.ended("alice", own)
        story.returns("carol", breaksAfter: count)
        return (story, story.session("carol", form: .deferred))
    }

    @Test("a list that nobody read leaves it open whether the final one came only where it could have been that")
    func unreadFinalList() {
        func final(_ extent: Roster.Extent, breaksAfter count: Int = 1) -> CheckOutcome {
            var (story, first) = returnedAfterTheEnd(breaksAfter: count)
            story.arrives("m1", at: "carol", in: first)
            story.roster(at: "carol", in: first, extent: extent, connected: ["alice", "bob", "carol"], confirmed: false)
            story.wantsNoAnswer()
            story.away("carol")
            story.returns("carol")
            return RosterLists.run(
                at: "carol", group: "team", list: .final, members: ["alice": .member], story.context()).outcome
        }
        #expect(final(.full) == .inconclusive)
        #expect(final(.partial) == .fail)
        #expect(final(.full, breaksAfter: 2) == .pass, "it fell silent only after a second message, and read the list")
    }

    @Test("one who reads takes over what wants no answer")
    func read() {
        let again = messages(silent("deregisters", again: true), ["m1"])
        #expect(again["messages.once"]?.outcome == .fail)
    }

    @Test("an item that was reported on was read, though the report left when its user had fallen silent after the next one")
    func reportedInTime() {
        var story = FactScript.carolMissedTwo()
        let relayed = story.offerCount
        story.returns("carol", breaksAfter: 2)
        let first = story.session("carol", form: .deferred)
        for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: first, confirmed: false) }
        for offer in [relayed, relayed + 1] { story.reported(offer) }
        story.away("carol")
        story.returns("carol")
        #expect(messages(story, ["m1", "m2"])["messages.complete"]?.outcome == .pass)
    }

    @Test("a return that is to break off reads as many messages as it says, and no more")
    func brokenReturn() {
        var story = FactScript.carolMissedTwo()
        story.returns("carol", breaksAfter: 1)
        let first = story.session("carol", form: .deferred)
        story.arrivesUnanswered("m1", at: "carol", in: first)
        story.arrivesUnanswered("m2", at: "carol", in: first)
        story.away("carol")
        story.returns("carol")
        let second = story.session("carol", form: .deferred)
        story.arrives("m2", at: "carol", in: second)
        #expect(messages(story, ["m1", "m2"]).values.allSatisfy { $0.outcome == .pass })
        story.arrives("m1", at: "carol", in: second)
        #expect(messages(story, ["m1", "m2"])["messages.once"]?.outcome == .fail)
    }

    @Test("a final list that nobody took over never came", arguments: [true, false])
    func finalListIntoSilence(bindsOrder: Bool) {
        var (story, first) = returnedAfterTheEnd()
        story.roster(at: "carol", in: first, connected: ["alice", "bob", "carol"], confirmed: false)
        story.away("carol")
        story.returns("carol")
        let again = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: again)
        var context = story.context()
        if !bindsOrder { context.adopted[.itemOrder] = nil }
        func final(_ context: CheckContext) -> CheckOutcome {
            RosterLists.run(at: "carol", group: "team", list: .final, members: ["alice": .member], context).outcome
        }
        #expect(final(context) == .fail)
        story.roster(at: "carol", in: again, stream: 2, connected: ["alice", "bob", "carol"])
        #expect(final(story.context()) == .pass)
    }
}
