import Facts
import Testing
import TestCases

@testable import Judging

@Suite("Checks on dispositions, and on those who have no right")
struct DispositionAndRightTests {
    /// alice, away, is owed bob's report about her own message c1.
    private func story(_ deliver: (inout FactScript) -> Void) -> FactScript {
        var story = FactScript()
        story.create()
        story.send("c1", by: "alice", asks: ["display"])
        story.arrives("c1", at: "bob")
        story.away("alice")
        story.report("displayed", about: "c1", by: "bob")
        story.returns("alice")
        deliver(&story)
        return story
    }

    private func judge(_ story: FactScript) -> [String: CheckOutcome] {
        let wanted = [ExpectedDisposition(message: "c1", from: "bob", status: .displayed)]
        let results = DispositionChecks.run(at: "alice", group: "team", expected: wanted, story.context())
        return Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0.outcome) })
    }

    @Test("an owed disposition that comes once passes")
    func conformant() {
        let outcomes = judge(story { $0.disposition("displayed", about: "c1", of: "bob", at: "alice") })
        #expect(outcomes == [
            "dispositions.complete": .pass, "dispositions.once": .pass, "dispositions.genuine": .pass,
        ])
    }

    @Test("an owed disposition that never comes fails")
    func missing() { #expect(judge(story { _ in })["dispositions.complete"] == .fail) }

    @Test("a disposition that its recipient never gave does not owe anything")
    func neverGiven() {
        var story = FactScript()
        story.create()
        story.send("c1", by: "alice", asks: ["display"])
        story.away("alice")
        story.returns("alice")
        #expect(judge(story)["dispositions.complete"] == .inconclusive)
    }

    @Test("a disposition that comes again after it was confirmed fails")
    func twice() {
        let outcomes = judge(
            story {
                $0.disposition("displayed", about: "c1", of: "bob", at: "alice")
                $0.disposition("displayed", about: "c1", of: "bob", at: "alice")
            })
        #expect(outcomes["dispositions.once"] == .fail)
    }

    @Test("a report in the name of somebody who gave none fails")
    func misattributed() {
        let outcomes = judge(
            story {
                $0.disposition("displayed", about: "c1", of: "bob", at: "alice")
                $0.disposition("displayed", about: "c1", of: "dave", at: "alice")
            })
        #expect(outcomes["dispositions.genuine"] == .fail)
    }

    @Test("a report that came changed was stored: its delivery fails, and not that it is missing")
    func changed() {
        let outcomes = judge(story { $0.disposition("delivered", about: "c1", of: "bob", at: "alice") })
        #expect(outcomes["dispositions.genuine"] == .fail)
        #expect(outcomes["dispositions.complete"] == .inconclusive)
    }

    @Test("a delivered report before the message reached the absent user fails")
    func premature() {
        var story = FactScript.carolMissedTwo(asks: ["positive-delivery"])
        story.disposition("delivered", about: "m1", of: "carol", at: "alice")
        story.arrives("m1", at: "carol")
        #expect(DispositionChecks.premature(story.context())?.outcome == .fail)
    }

    @Test("a delivered report after the message reached the absent user passes")
    func timely() {
        var story = FactScript.carolMissedTwo(asks: ["positive-delivery"])
        story.arrives("m1", at: "carol")
        story.disposition("delivered", about: "m1", of: "carol", at: "alice")
        #expect(DispositionChecks.premature(story.context())?.outcome == .pass)
    }

    @Test("where no disposition was asked for, nothing is said about premature ones")
    func notAsked() { #expect(DispositionChecks.premature(FactScript.carolMissedTwo().context()) == nil) }

    // MARK: nothing for those without a right

    private func departed(_ deliver: (inout FactScript) -> Void) -> CheckResult {
        var story = FactScript()
        for actor in ["alice", "bob", "dave"] { story.registered(actor) }
        story.create()
        story.leave("dave")
        story.send("m1", by: "alice")
        deliver(&story)
        return NothingChecks.run(at: "dave", group: "team", story.context())
    }

    @Test("silence at a leaver passes while others are served")
    func silence() { #expect(departed { $0.arrives("m1", at: "bob") }.outcome == .pass) }

    @Test("silence at a leaver says nothing when nobody was served")
    func silenceWithoutWitness() { #expect(departed { _ in }.outcome == .inconclusive) }

    @Test("what was sent after the leaving must not come")
    func deliveredToLeaver() {
        let result = departed {
            $0.arrives("m1", at: "bob")
            $0.arrives("m1", at: "dave")
        }
        #expect(result.outcome == .fail)
        #expect(result.requirements == [.store])
    }

    @Test("an invitation to the group must not come to a leaver")
    func invitedAgain() {
        let result = departed {
            $0.arrives("m1", at: "bob")
            $0.session("dave")
        }
        #expect(result.outcome == .fail)
    }

    @Test("one who left is still owed what was sent before, and may be invited for it")
    func owedFromBefore() {
        func story(with extra: Bool) -> CheckOutcome {
            var story = FactScript()
            for actor in ["alice", "bob", "dave"] { story.registered(actor) }
            story.create()
            story.send("m0", by: "alice")
            story.leave("dave")
            story.send("m1", by: "alice")
            story.arrives("m1", at: "bob")
            let session = story.session("dave", form: .deferred)
            story.arrives("m0", at: "dave", in: session)
            if extra { story.arrives("m1", at: "dave", in: session) }
            return NothingChecks.run(at: "dave", group: "team", story.context()).outcome
        }
        #expect(story(with: false) == .pass)
        #expect(story(with: true) == .fail)
    }

    @Test("that everybody leaves in the clean-up does not move the moment of a refusal")
    func cleanUpIsNoDeparture() {
        var story = FactScript()
        for actor in ["alice", "bob", "dave"] { story.registered(actor) }
        story.create()
        story.declined("dave")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob")
        story.arrives("m1", at: "dave")
        story.leave("dave", phase: "closing")
        #expect(NothingChecks.run(at: "dave", group: "team", story.context()).outcome == .fail)
    }

    @Test("silence of a user who could not be reached says nothing")
    func unreachable() {
        var story = FactScript()
        story.create()
        story.leave("dave")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob")
        #expect(NothingChecks.run(at: "dave", group: "team", story.context()).outcome == .inconclusive)
    }
}
