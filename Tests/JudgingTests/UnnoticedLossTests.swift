import Facts
import TestCases
import Testing

@testable import Judging

/// Messages between a loss and its recognition: `messages.in-the-window`.
@Suite("What is sent before a loss is noticed")
struct UnnoticedLossTests {
    private static let actors: [String: Absence] = ["alice": .present, "bob": .present, "carol": .losesConnection]
    private static let expectation = Expectation.messages(at: "carol", group: "team", exactly: ["m1", "m2", "m3"])

    /// Carol has m1, is lost, and misses m2 before that is noticed and m3 after it.
    private func story(
        absence: String = "loses-connection", answers: Bool = true, back: Bool = true,
        inTheWindow: (inout FactScript) -> Void = { $0.relayed("m2") }
    ) -> FactScript {
        var story = FactScript()
        for actor in ["alice", "bob", "carol"] { story.registered(actor) }
        story.create(invite: ["bob", "carol"])
        story.session("alice", by: .user)
        story.session("bob")
        let session = story.session("carol")
        story.relayed("m1")
        if answers { story.arrives("m1", at: "carol", in: session) } else { story.arrivesUnanswered("m1", at: "carol", in: session) }
        story.goes("carol", absence: absence)
        if absence == "loses-connection" { story.carriageLost("carol", session) }
        inTheWindow(&story)
        story.noticed("carol")
        story.relayed("m3")
        if back { story.returns("carol") }
        return story
    }

    private func judge(_ story: FactScript, claimed: Bool = true, absence: Absence = .losesConnection) -> [String: CheckResult] {
        var context = story.context(
            actors: Self.actors.merging(["carol": absence]) { $1 }, expectations: [Self.expectation])
        context.claimsStoringAfterLoss = claimed
        return Dictionary(Judge.checks(context).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func failed(_ results: [String: CheckResult]) -> Set<String> {
        Set(results.filter { $0.value.outcome == .fail }.keys)
    }

    @Test("what comes on return passes, and messages.complete leaves it out")
    func comes() {
        var story = story()
        let session = story.session("carol", form: .deferred)
        for label in ["m2", "m3"] { story.arrives(label, at: "carol", in: session) }
        let results = judge(story)
        #expect(failed(results).isEmpty)
        #expect(results["messages.in-the-window"]?.outcome == .pass)
        #expect(results["messages.in-the-window"]?.basis == .reasonForChange)
        #expect(results["messages.complete"]?.expected == "carol gets m3")
        #expect(results["messages.complete"]?.outcome == .pass)
        #expect(results["messages.order"]?.outcome == .pass)
    }

    @Test("what never comes fails this check alone, storing and delivering as a pair")
    func lost() {
        var story = story()
        story.arrives("m3", at: "carol", in: story.session("carol", form: .deferred))
        let results = judge(story)
        #expect(failed(results) == ["messages.in-the-window"])
        #expect(results["messages.in-the-window"]?.requirements == [.store, .deliver])
        #expect(results["messages.in-the-window"]?.weight == .requirement)
        #expect(results["messages.in-the-window"]?.observed.contains("m2") == true)
        #expect(results["messages.complete"]?.outcome == .pass)
    }

    @Test("a loss after the recognition is messages.complete's business alone")
    func lostLater() {
        var story = story()
        story.arrives("m2", at: "carol", in: story.session("carol", form: .deferred))
        #expect(failed(judge(story)) == ["messages.complete"])
    }

    @Test("it fails nobody who does not claim to store after a loss")
    func notClaimed() {
        var story = story()
        story.arrives("m3", at: "carol", in: story.session("carol", form: .deferred))
        let result = judge(story, claimed: false)["messages.in-the-window"]
        #expect(result?.outcome == .fail)
        #expect(result?.weight == .warning)
    }

    @Test("what may have been taken over before the end may come again, and need not")
    func indeterminate() {
        func taken(_ story: inout FactScript) {
            story.relayed("m2")
            story.arrives("m2", at: "carol", in: 2)
            story.indeterminate()
        }
        var once = story(inTheWindow: taken)
        once.arrives("m3", at: "carol", in: once.session("carol", form: .deferred))
        #expect(judge(once)["messages.in-the-window"]?.outcome == .pass)
        #expect(failed(judge(once)).isEmpty)
        var again = story(inTheWindow: taken)
        let session = again.session("carol", form: .deferred)
        for label in ["m2", "m3"] { again.arrives(label, at: "carol", in: session) }
        #expect(failed(judge(again)).isEmpty)
    }

    @Test("bytes that a silent user did not answer reached nobody; what wanted no answer leaves it open")
    func silent() {
        var open = story(absence: "falls-silent") { story in
            story.relayed("m2")
            story.arrives("m2", at: "carol", in: 2, confirmed: false)
        }
        open.arrives("m3", at: "carol", in: open.session("carol", form: .deferred))
        #expect(failed(judge(open, absence: .fallsSilent)) == ["messages.in-the-window"])
        var unread = story(absence: "falls-silent") { story in
            story.relayed("m2")
            story.arrivesUnanswered("m2", at: "carol", in: 2)
        }
        unread.arrives("m3", at: "carol", in: unread.session("carol", form: .deferred))
        let results = judge(unread, absence: .fallsSilent)
        #expect(failed(results).isEmpty)
        #expect(results["messages.in-the-window"]?.outcome == .inconclusive)
    }

    @Test("one that relays without wanting an answer cannot know, and is not blamed")
    func relaysUnanswered() {
        var story = story(answers: false)
        story.arrives("m3", at: "carol", in: story.session("carol", form: .deferred))
        let results = judge(story)
        #expect(failed(results).isEmpty)
        #expect(results["messages.in-the-window"]?.outcome == .inconclusive)
        #expect(results["messages.in-the-window"]?.observed.contains("no answer") == true)
    }

    @Test("it is held against nobody who could not come back, nor where the sender was refused")
    func doubts() {
        #expect(judge(story(back: false))["messages.in-the-window"]?.outcome != .fail)
        var refused = story { $0.send("m2", by: "alice", accepted: false) }
        refused.arrives("m3", at: "carol", in: refused.session("carol", form: .deferred))
        let results = judge(refused)
        #expect(results["messages.in-the-window"]?.outcome == .inconclusive)
        #expect(results["messages.complete"]?.outcome == .pass)
        #expect(results["messages.complete"]?.expected == "carol gets m3")
    }

    @Test("twice after a confirmation, and out of order, are what they are elsewhere")
    func otherFaults() {
        var twice = story()
        let first = twice.session("carol", form: .deferred)
        for label in ["m2", "m2", "m3"] { twice.arrives(label, at: "carol", in: first) }
        #expect(failed(judge(twice)) == ["messages.once"])
        var turned = story()
        let second = turned.session("carol", form: .deferred)
        for label in ["m3", "m2"] { turned.arrives(label, at: "carol", in: second) }
        #expect(failed(judge(turned)) == ["messages.order"])
    }

    @Test("where the script waits there is no such check, and where nothing was sent it is not reached")
    func elsewhere() {
        var waits = FactScript.carolMissedTwo()
        waits.arrives("m1", at: "carol", in: waits.session("carol", form: .deferred))
        #expect(judge(waits)["messages.in-the-window"] == nil)
        let result = judge(story(inTheWindow: { _ in }))["messages.in-the-window"]
        #expect(result?.outcome.word == "not reached")
    }
}
