import Facts
import TestCases
import Testing

@testable import Judging

@Suite("Form of lists, coalescing, and the list of an invitation")
struct RosterFormTests {
    /// carol missed m1; what lists come is up to the test.
    private func story(_ deliver: (inout FactScript, Int) -> Void) -> FactScript {
        var story = FactScript()
        story.create()
        let own = story.session("alice", by: .user)
        story.away("carol")
        story.send("m1", by: "alice")
        story.ended("alice", own)
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        deliver(&story, session)
        return story
    }

    private let everybody = ["alice", "bob", "carol"]

    private func form(_ story: FactScript, aliases: [String: [String]] = [:]) -> [CheckResult] {
        RosterForm.run(at: "carol", group: "team", story.context(aliases: aliases))
    }

    private func failed(_ results: [CheckResult]) -> [String] {
        results.filter { $0.outcome == .fail }.map { "\($0.id) \($0.requirements.map(\.rawValue)) \($0.weight)" }
    }

    // MARK: entity

    @Test("a list about another conference fails the requirement that delivers it")
    func entity() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, connected: everybody, entity: "sip:elsewhere@cpm.example")
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: everybody)
        }
        #expect(failed(form(bad)) == ["roster.entity [\"CPM-CONV-058b\"] requirement"])
        let worse = story { story, session in
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, connected: everybody, entity: "sip:elsewhere@cpm.example")
        }
        #expect(failed(form(worse)) == ["roster.entity [\"CPM-CONV-058a\"] requirement"])
    }

    @Test("any focus that the group had will do, written in any way")
    func entityOfFormerFocus() {
        let fine = story { story, session in
            story.session("bob", focus: "sip:second@cpm.example")
            story.roster(at: "carol", in: session, connected: everybody, entity: "SIPS:focus@CPM.example;gr=1")
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: everybody, entity: "sip:second@cpm.example")
        }
        #expect(failed(form(fine)).isEmpty)
    }

    @Test("the factory that a creator asks is no focus, and where none is known nothing is said")
    func factory() {
        let bad = story { story, session in
            story.roster(at: "carol", in: session, connected: everybody, entity: "sip:factory@cpm.example")
        }
        #expect(failed(form(bad)).count == 1)
        var none = FactScript()
        none.create()
        none.returns("carol")
        none.roster(at: "carol", connected: everybody, entity: "sip:elsewhere@cpm.example")
        #expect(form(none).first { $0.id == "roster.entity" }?.outcome.word == "not reached")
    }

    // MARK: each user once

    @Test("a user who stands twice in a document, under two aliases, fails it")
    func twice() {
        let bad = story { story, session in
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, connected: everybody + ["caroline"])
        }
        #expect(failed(form(bad)).isEmpty)
        let aliases = ["carol": [FactScript.address("caroline")]]
        #expect(failed(form(bad, aliases: aliases)) == ["roster.once [\"CPM-CONV-058a\"] requirement"])
    }

    @Test("two documents may show a user under different aliases")
    func otherAlias() {
        let fine = story { story, session in
            story.roster(at: "carol", in: session, connected: ["alice", "bob", "caroline"])
            story.arrives("m1", at: "carol", in: session)
            story.roster(at: "carol", in: session, version: 2, connected: everybody)
        }
        #expect(failed(form(fine, aliases: ["carol": [FactScript.address("caroline")]])).isEmpty)
    }

    // MARK: user-count

    @Test("a user-count outside of connected and listed is a warning", arguments: [(1, true), (2, false), (3, false), (4, true)])
    func userCount(count: Int, warns: Bool) {
        let list = story { story, session in
            story.arrives("m1", at: "carol", in: session)
            story.roster(
                at: "carol", in: session, connected: ["bob", "carol"], disconnected: ["alice"], userCount: count)
        }
        let results = form(list)
        #expect(failed(results) == (warns ? ["roster.user-count [\"CPM-CONV-058a\"] warning"] : []))
        #expect(results.first { $0.id == "roster.user-count" }?.isWarning == warns)
    }

    // MARK: coalescing

    /// bob leaves; the session ends so many milliseconds later; only the final list shows it.
    private func lastChange(interval: Int64, until end: Int) -> CheckOutcome? {
        var story = FactScript()
        story.create()
        let own = story.session("alice", by: .user)
        story.away("carol")
        story.send("m1", by: "alice")
        story.leave("bob")
        for _ in 0..<end { story.registered("dave") }
        story.ended("alice", own)
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(at: "carol", in: session, connected: everybody)
        story.arrives("m1", at: "carol", in: session)
        story.roster(at: "carol", in: session, version: 2, connected: ["alice", "carol"])
        var context = story.context()
        context.participantInfoInterval = interval * 1_000_000
        return RosterChanges.run(at: "carol", group: "team", expected: [.left("bob")], context).first?.outcome
    }

    @Test("a last change may be told by the final list alone, when the session ended within the interval")
    func coalescedIntoFinal() {
        #expect(lastChange(interval: 20, until: 5) == .pass)
        #expect(lastChange(interval: 20, until: 50) == .fail)
        #expect(lastChange(interval: 0, until: 5) == .fail)
    }

    @Test("what was undone within the interval need not be told")
    func undone() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.added("dave", isAway: false)
        story.leave("dave")
        story.send("m1", by: "alice")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(at: "carol", in: session, connected: everybody)
        story.arrives("m1", at: "carol", in: session)
        story.roster(at: "carol", in: session, version: 2, connected: everybody)
        var context = story.context()
        func outcome() -> CheckOutcome? {
            RosterChanges.run(at: "carol", group: "team", expected: [.joined("dave"), .left("dave")], context).first?.outcome
        }
        #expect(outcome() == .fail)
        context.participantInfoInterval = 50_000_000
        #expect(outcome() == .pass)
    }

    // MARK: the list of an invitation

    private func invited(_ addresses: [String]) -> CheckResult {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.returns("carol")
        story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred, invitedWith: addresses))
        return RosterLists.run(
            at: "carol", group: "team", list: .initial, members: ["alice": .member, "bob": .member], story.context())
    }

    @Test("a stranger, or an actor who was not invited, fails the list of an invitation")
    func strangers() {
        let members = ["alice", "bob"].map(FactScript.address)
        #expect(invited(members).outcome == .pass)
        #expect(invited(members + [FactScript.address("mallory")]).outcome == .fail)
        #expect(invited(members + [FactScript.address("dave")]).outcome == .fail)
        #expect(invited(members + [FactScript.address("carol")]).outcome == .pass)
        #expect(invited(members + ["sip:anonymous@anonymous.invalid"]).outcome == .pass)
    }
}
