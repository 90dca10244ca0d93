import Facts
import Testing
import TestCases

@testable import Judging

@Suite("Checks on participant information")
struct RosterCheckTests {
    private let members: [String: ExpectedStatus] = ["alice": .left, "bob": .member, "carol": .member, "dave": .left]

    /// m1, alice leaves, m2; carol gets the lists named.
    private func story(_ deliver: (inout FactScript, Int) -> Void) -> FactScript {
        var story = FactScript()
        story.registered("alice")
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.leave("alice")
        story.send("m2", by: "bob")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        deliver(&story, session)
        return story
    }

    @Test("a list that is missing at a user whom the implementation let in no more is in doubt, and fails where it came back")
    func couldNotComeBack() {
        for (registering, outcome) in [(false, CheckOutcome.inconclusive), (true, .fail)] {
            var story = FactScript()
            story.create()
            story.away("carol")
            story.send("m1", by: "alice")
            story.returns("carol", registering: registering)
            let context = story.context()
            let list = RosterLists.run(at: "carol", group: "team", list: .final, members: members, context)
            #expect(context.tempered(list).outcome == outcome, "\(list.observed)")
        }
    }

    @Test("what came and should not have fails also at a user who could not come back", arguments: ["messages.right", "messages.declined"])
    func cameAllTheSame(_ id: String) {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.returns("carol", registering: false)
        let make = CheckMaker(id: id, subject: "carol", requirements: [.store], basis: .clause, expected: "nothing")
        #expect(story.context().tempered(make.fail("m1 came", lines: [1])).outcome == .fail)
    }

    private func all(_ story: FactScript) -> [String: CheckOutcome] {
        let context = story.context()
        let lists = [
            RosterLists.run(at: "carol", group: "team", list: .final, members: members, context),
            RosterLists.run(
                at: "carol", group: "team", list: .initial,
                members: ["alice": .member, "bob": .member, "carol": .any, "dave": .left], context),
        ]
        let rest = RosterForm.run(at: "carol", group: "team", context)
            + RosterChanges.run(at: "carol", group: "team", expected: [.left("alice")], context)
        var out: [String: CheckOutcome] = [:]
        for result in lists + rest {
            out[result.id] = [out[result.id], result.outcome].contains(.fail) ? .fail : result.outcome
        }
        return out
    }

    private func failed(_ story: FactScript) -> Set<String> { Set(all(story).filter { $0.value == .fail }.keys) }

    private func good(_ story: inout FactScript, _ session: Int) {
        story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
        story.arrives("m1", at: "carol", in: session)
        story.roster(
            at: "carol", in: session, version: 2, connected: ["bob", "carol"], disconnected: ["alice"])
        story.arrives("m2", at: "carol", in: session)
        story.roster(at: "carol", in: session, version: 3, connected: ["bob", "carol"])
    }

    @Test("a departure that happened and that the case leaves open may be shown; one that did not happen may not")
    func trueDeparture() {
        for (happened, outcome) in [(true, CheckOutcome.pass), (false, .fail)] {
            var story = FactScript()
            story.registered("alice")
            story.create()
            let bob = story.session("bob")
            story.away("carol")
            story.send("m1", by: "alice")
            story.leave("alice")
            story.send("m2", by: "bob")
            if happened { story.ended("bob", bob, by: .user) }
            story.returns("carol")
            let session = story.session("carol", form: .deferred)
            good(&story, session)
            story.roster(at: "carol", in: session, version: 4, connected: ["carol"], disconnected: ["bob"])
            story.roster(at: "carol", in: session, version: 5, connected: ["carol"])
            #expect(all(story)["roster.intermediate"] == outcome, "happened: \(happened)")
        }
    }

    @Test("in a session that goes on the last list of the backlog is one of a change, and no final list")
    func lastListOfLiveSession() {
        var story = FactScript()
        story.registered("alice")
        story.create()
        _ = story.session("bob")
        story.away("carol")
        story.send("m1", by: "bob")
        story.leave("alice")
        story.returns("carol")
        let session = story.session("carol", form: .live)
        story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
        story.arrives("m1", at: "carol", in: session)
        story.roster(at: "carol", in: session, version: 2, connected: ["bob", "carol"], disconnected: ["alice"])
        for order in ["as-happened", nil] {
            var context = story.context()
            context.adopted[.itemOrder] = order
            let checks = RosterChanges.run(at: "carol", group: "team", expected: [.left("alice")], context)
            #expect(checks.first { $0.id == "roster.intermediate" }?.outcome == .pass, "\(order ?? "not adopted")")
        }
    }

    @Test("initial, change in its place and final list pass")
    func conformant() {
        let outcomes = all(story { good(&$0, $1) })
        for id in ["roster.final", "roster.initial", "roster.intermediate", "roster.place", "roster.valid", "roster.stream"] {
            #expect(outcomes[id] == .pass, "\(id)")
        }
    }

    @Test("no full list behind the last message means that the final list is missing")
    func finalMissing() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: ["bob", "carol"])
            story.arrives("m2", at: "carol", in: session)
        }
        #expect(failed(bad) == ["roster.final"])
    }

    @Test("a list that only shows the teardown is never the final one")
    func teardownIsNoFinalList() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: ["bob", "carol"])
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: [], disconnected: ["alice", "bob", "carol"])
        }
        #expect(failed(bad) == ["roster.final"])
    }

    @Test("a teardown behind the final list does not hide it")
    func teardownAfterFinalList() {
        let fine = story { story, session in
            good(&story, session)
            story.roster(at: "carol", in: session, version: 4, connected: [], disconnected: ["alice", "bob", "carol"])
        }
        #expect(failed(fine).isEmpty)
    }

    @Test("a leaver shown as connected in the final list fails it")
    func leaverShown() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: ["bob", "carol"])
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: ["alice", "bob", "carol"])
        }
        #expect(failed(bad).contains("roster.final"))
    }

    @Test("a leaver may be left out or be shown as disconnected")
    func leaverMayBeDisconnected() {
        let fine = story { story, session in
            story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: ["bob", "carol"])
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: ["bob", "carol"], disconnected: ["alice"])
        }
        #expect(failed(fine).isEmpty)
    }

    @Test("a partial list before any full one breaks its stream")
    func partialFirst() {
        let bad = story { story, session in
            story.roster(
                at: "carol", in: session, extent: .partial, version: 1, connected: ["alice", "bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: ["bob", "carol"])
        }
        #expect(failed(bad).contains("roster.stream"))
    }

    @Test("a partial list that skips a version breaks its stream; a full one may jump")
    func versions() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.roster(
                at: "carol", in: session, extent: .partial, version: 5, connected: [], disconnected: ["alice"])
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 9, connected: ["bob", "carol"])
        }
        #expect(failed(bad) == ["roster.stream"])
    }

    @Test("a document that breaks the core schema fails the requirement that delivers it")
    func invalid() {
        let bad = story { story, session in
            story.roster(
                at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"], problems: ["line 2: no"])
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: ["bob", "carol"])
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: ["bob", "carol"])
        }
        let failures = RosterForm.run(at: "carol", group: "team", bad.context()).filter { $0.outcome == .fail }
        #expect(failures.map(\.id) == ["roster.valid"])
        #expect(failures.first?.requirements == [.intermediate])
    }

    @Test("a change that no list shows fails the intermediate lists")
    func changeMissing() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: ["bob", "carol"])
        }
        #expect(failed(bad) == ["roster.intermediate"])
    }

    @Test("a change that stands on the wrong side of a message fails its place")
    func changeMisplaced() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
            story.roster(at: "carol", in: session, version: 2, connected: ["bob", "carol"])
            story.arrives("m1", at: "carol", in: session)
            story.arrives("m2", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 3, connected: ["bob", "carol"])
        }
        #expect(failed(bad) == ["roster.place"])
    }

    @Test("the list that came with the deferred invitation serves as the initial one")
    func invitedWith() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.returns("carol")
        let session = story.session(
            "carol", form: .deferred, invitedWith: ["alice", "bob", "carol"].map(FactScript.address))
        story.arrives("m1", at: "carol", in: session)
        let result = RosterLists.run(
            at: "carol", group: "team", list: .initial, members: ["alice": .member, "bob": .member], story.context())
        #expect(result.outcome == .pass)
    }

    @Test("somebody who is not of the group fails the list that shows him")
    func stranger() {
        let bad = story { story, session in
            good(&story, session)
            story.roster(at: "carol", in: session, version: 4, connected: ["bob", "carol", "mallory"])
        }
        #expect(failed(bad).contains("roster.final"))
    }
}
