import Facts
import TestCases
import Testing

@testable import Judging

/// Lists that come by NOTIFY, lists of a session that goes on, and who was put out.
@Suite("Lists by NOTIFY, of a live session, and of one who was put out")
struct NotifiedListTests {
    private let all = ["alice", "bob", "carol", "dave"]

    /// dave leaves, or is put out, between m1 and m2, and then the session ends; carol was away from the invitation on.
    private func story(
        out: String = "leave", ends: Bool = true, _ deliver: (inout FactScript, Int) -> Void
    ) -> CheckContext {
        var story = FactScript()
        story.create(invite: ["bob", "carol", "dave"])
        let own = story.session("alice", by: .user)
        let bobs = story.session("bob")
        story.away("carol", absence: "not-registered")
        for user in ["alice", "bob"] { story.roster(at: user, stream: user == "bob" ? 8 : 9, connected: all) }
        story.send("m1", by: "alice")
        for user in ["bob", "dave"] { story.arrives("m1", at: user) }
        if out == "leave" { story.leave("dave") } else { story.boot("dave") }
        story.roster(at: "bob", stream: 8, version: 2, connected: ["alice", "bob", "carol"])
        story.send("m2", by: "alice")
        story.arrives("m2", at: "bob")
        if ends {
            story.ended("bob", bobs)
            story.ended("alice", own)
        }
        story.returns("carol")
        let session = story.session("carol", form: ends ? .deferred : .live)
        deliver(&story, session)
        return story.context(actors: [
            "alice": .present, "bob": .present, "carol": .notRegistered, "dave": out == "leave" ? .present : .booted,
        ])
    }

    /// The lists, by either way; messages always come in the session.
    private func delivery(_ carriage: Roster.Carriage) -> (inout FactScript, Int) -> Void {
        { story, session in
            let place = carriage == .session ? session : nil
            story.roster(at: "carol", in: place, stream: 4, connected: all, carriage: carriage)
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: place, stream: 4, version: 2, connected: ["alice", "bob", "carol"], carriage: carriage)
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, stream: 5, connected: ["alice", "bob", "carol"])
        }
    }

    private func changes(_ context: CheckContext) -> [String: CheckOutcome] {
        let results = RosterChanges.run(at: "carol", group: "team", expected: [.left("dave")], context)
            + [RosterAudience.run(at: "carol", group: "team", context)]
            + [RosterLists.run(
                at: "carol", group: "team", list: .initial, members: ["alice": .member, "dave": .member], context)]
        return Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0.outcome) })
    }

    @Test("lists by NOTIFY after the end of the session tell the changes, and have no place among the messages")
    func notified() {
        let outcomes = changes(story(delivery(.subscription)))
        #expect(outcomes["roster.intermediate"] == .pass)
        #expect(outcomes["roster.initial"] == .pass)
        #expect(outcomes["roster.place"]?.word == "not reached")
        #expect(outcomes["roster.audience"]?.word == "not reached")
    }

    @Test("while the session goes on a NOTIFY shows the focus, and none of the changes that were missed")
    func notifiedWhileLive() {
        let outcomes = changes(story(ends: false) { story, session in
            story.roster(at: "carol", stream: 4, connected: all, carriage: .subscription)
            story.arrives("m1", at: "carol", in: session)
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", stream: 4, version: 2, connected: ["alice", "bob", "carol"], carriage: .subscription)
        })
        #expect(outcomes["roster.intermediate"] == .fail)
        #expect(outcomes["roster.initial"] == .fail)
    }

    @Test("an initial list by NOTIFY behind the first message may have been sent before it")
    func initialByNotify() {
        let context = story { story, session in
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", stream: 4, connected: all, carriage: .subscription)
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, stream: 5, connected: ["alice", "bob", "carol"])
        }
        let check = RosterLists.run(
            at: "carol", group: "team", list: .initial, members: ["alice": .member, "dave": .member], context)
        #expect(check.outcome == .inconclusive)
    }

    @Test("where nobody answers for the absent, a list that no longer names one of them shows no departure", arguments: BindingKey.takeover.permitted)
    func absentUnlisted(takeover: String) {
        var story = FactScript()
        story.create(invite: ["bob", "carol", "dave"])
        for user in ["carol", "dave"] { story.away(user, absence: "not-registered") }
        let own = story.session("alice", by: .user)
        story.send("m1", by: "alice")
        story.ended("alice", own)
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(at: "carol", in: session, stream: 4, connected: all)
        story.arrives("m1", at: "carol", in: session)
        story.roster(at: "carol", in: session, stream: 4, version: 2, connected: ["alice", "bob", "carol"])
        story.roster(at: "carol", in: session, stream: 4, version: 3, connected: ["alice", "bob", "carol"])
        var context = story.context(
            actors: ["alice": .present, "bob": .present, "carol": .notRegistered, "dave": .notRegistered])
        context.adopted[.takeover] = takeover
        let check = RosterChanges.run(at: "carol", group: "team", expected: [], context).first { $0.id == "roster.intermediate" }
        #expect(check?.outcome == (takeover == "represented" ? .fail : .pass))
    }

    @Test("a final list by NOTIFY may come before the messages, one in the session may not", arguments: [false, true])
    func finalByNotify(isNotified: Bool) {
        let context = story { story, session in
            story.roster(
                at: "carol", in: isNotified ? nil : session, stream: 4, connected: ["alice", "bob", "carol"],
                carriage: isNotified ? .subscription : .session)
            for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        }
        let members: [String: ExpectedStatus] = ["alice": .member, "bob": .member, "dave": .left]
        let final = RosterLists.run(at: "carol", group: "team", list: .final, members: members, context)
        #expect(final.outcome == (isNotified ? .pass : .fail))
        let timely = DeliveryTime.finalList(at: "carol", group: "team", context)
        #expect(timely?.outcome == (isNotified ? .pass : nil))
    }

    @Test("a list by NOTIFY is measured by the return before it, of however many")
    func secondReturn() {
        var story = FactScript()
        story.create(invite: ["bob", "carol"])
        let own = story.session("alice", by: .user)
        story.away("carol", absence: "not-registered")
        story.send("m1", by: "alice")
        story.returns("carol")
        let live = story.session("carol")
        story.arrives("m1", at: "carol", in: live)
        story.roster(at: "carol", stream: 4, connected: all, carriage: .subscription)
        story.away("carol", absence: "deregisters")
        story.unreachable("carol")
        story.send("m2", by: "alice")
        story.ended("alice", own)
        story.ended("carol", live)
        story.returns("carol")
        story.arrives("m2", at: "carol", in: story.session("carol", form: .deferred))
        story.roster(at: "carol", stream: 5, connected: ["alice", "carol"], carriage: .subscription)
        let context = story.context()
        let points = context.timeline(of: "carol", group: "team").points
        #expect(points.map { context.isStored($0, of: "carol", group: "team") } == [false, true])
    }

    @Test("who is put out is out, for the place of lists and for the audience of messages")
    func putOut() {
        let right = changes(story(out: "boot", delivery(.session)))
        #expect(right["roster.place"] == .pass)
        #expect(right["roster.audience"] == .pass)
        let wrong = changes(story(out: "boot") { story, session in
            story.roster(at: "carol", in: session, stream: 4, connected: all)
            for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
            story.roster(at: "carol", in: session, stream: 4, version: 2, connected: ["alice", "bob", "carol"])
            story.roster(at: "carol", in: session, stream: 5, connected: ["alice", "bob", "carol"])
        })
        #expect(wrong["roster.place"] == .fail)
        #expect(wrong["roster.audience"] == .fail)
    }

    @Test("a malformed list of a live session is not the final list")
    func malformedWhileLive() {
        let notified = story(ends: false) { story, session in
            story.arrives("m1", at: "carol", in: session)
            story.roster(
                at: "carol", stream: 4, connected: all, problems: ["an attribute is missing"], carriage: .subscription)
        }
        #expect(RosterForm.run(at: "carol", group: "team", notified).allSatisfy { $0.outcome != .fail })
        let backlog = story(ends: false) { story, session in
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, connected: all, problems: ["an attribute is missing"])
        }
        let failed = RosterForm.run(at: "carol", group: "team", backlog).filter { $0.outcome == .fail }
        #expect(failed.map(\.requirements) == [[.intermediate]])
    }

    @Test("a partial list without a version cannot be applied")
    func partialWithoutVersion() {
        let context = story { story, session in
            story.roster(at: "carol", in: session, connected: all)
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, extent: .partial, version: nil, connected: [], disconnected: ["dave"])
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: ["alice", "bob", "carol"])
        }
        let failed = RosterForm.run(at: "carol", group: "team", context).filter { $0.outcome == .fail }
        #expect(failed.map(\.id) == ["roster.stream"])
    }
}
