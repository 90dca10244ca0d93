import Facts
import TestCases
import Testing

@testable import Judging

/// Reports that nobody asked for or gave, and those that are lost beside others that come twice.
@Suite("Reports that are invented, and lost beside others")
struct ReportsUnaskedTests {
    /// What alice gets about m1, which carol missed; before carol has it, or afterwards.
    private func asked(_ asks: [String], after: Bool = false, _ deliver: (inout FactScript) -> Void) -> CheckResult? {
        var story = FactScript.carolMissedTwo(asks: asks)
        let session = story.session("carol", form: .deferred)
        if after { story.arrives("m1", at: "carol", in: session) }
        deliver(&story)
        if !after { story.arrives("m1", at: "carol", in: session) }
        return DispositionAsked.run(story.context())
    }

    @Test("delivered, failed and processed are told only where the message asks for them")
    func unasked() {
        #expect(asked([]) { $0.disposition("delivered", about: "m1", of: "carol", at: "alice") }?.outcome == .fail)
        #expect(asked(["display"]) { $0.disposition("failed", about: "m1", of: "carol", at: "alice") }?.outcome == .fail)
        let processed = { (story: inout FactScript) in
            story.disposition("processed", about: "m1", of: "carol", at: "alice", kind: "processing")
        }
        #expect(asked(["display"], processed)?.outcome == .fail)
        #expect(asked(["processing"], processed)?.outcome == .pass)
    }

    @Test("what says failed of a message that arrives is invented; of one that never does it may be so")
    func failed() {
        let report = { (story: inout FactScript) in story.disposition("failed", about: "m1", of: "carol", at: "alice") }
        #expect(asked(["negative-delivery"], report)?.outcome == .fail)
        #expect(asked(["negative-delivery"], after: true, report)?.outcome == .fail)
        var story = FactScript.carolMissedTwo(asks: ["negative-delivery"])
        report(&story)
        #expect(DispositionAsked.run(story.context())?.outcome == .pass)
    }

    @Test("what its recipient reported is nobody's invention, and where no report came nothing is said")
    func given() {
        let given = asked([], after: true) { story in
            story.report("delivered", about: "m1", by: "carol")
            story.disposition("delivered", about: "m1", of: "carol", at: "alice")
        }
        #expect(given?.outcome == .pass)
        #expect(asked(["display"]) { _ in } == nil)
    }

    @Test("a false report fails also where a case expects none, and in the name of nobody")
    func uncalledFor() {
        func genuine(_ names: String, to user: String = "alice") -> CheckOutcome? {
            var story = FactScript.carolMissedTwo(asks: ["positive-delivery"])
            story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred))
            story.disposition("delivered", about: "m1", of: names, at: user)
            return DispositionChecks.uncalledFor(story.context()).first { $0.subject == user }?.outcome
        }
        #expect(genuine("carol") == .fail)
        #expect(genuine("mallory") == .fail)
        // Between those who were there all the time nothing was deferred.
        #expect(genuine("bob") == nil)
    }

    /// bob's and dave's reports about c1 and c2, of which some come.
    private func complete(_ deliver: (inout FactScript) -> Void) -> CheckOutcome? {
        var story = FactScript()
        story.create()
        for label in ["c1", "c2"] {
            story.send(label, by: "alice", asks: ["display", "positive-delivery"])
            for actor in ["bob", "dave"] { story.arrives(label, at: actor) }
        }
        story.away("alice")
        story.report("displayed", about: "c1", by: "bob")
        story.report("delivered", about: "c2", by: "dave")
        story.returns("alice")
        deliver(&story)
        let wanted = [
            ExpectedDisposition(message: "c1", from: "bob", status: .displayed),
            ExpectedDisposition(message: "c2", from: "dave", status: .delivered),
        ]
        return DispositionChecks.run(at: "alice", group: "team", expected: wanted, story.context())
            .first { $0.id == "dispositions.complete" }?.outcome
    }

    @Test("a report that came twice is not another that is lost, unless it may be that one changed on its way")
    func lostAndTwice() {
        #expect(complete { story in
            for _ in 0..<2 { story.disposition("displayed", about: "c1", of: "bob", at: "alice") }
        } == .fail)
        #expect(complete { story in
            story.disposition("displayed", about: "c1", of: "bob", at: "alice")
            story.disposition("displayed", about: "c2", of: "dave", at: "alice")
        } == .inconclusive)
    }
}
