import Facts
import Testing
import TestCases

@testable import Judging

@Suite("Checks on messages")
struct MessageCheckTests {
    private func judge(_ story: FactScript, storageStated: Bool? = true) -> [String: CheckResult] {
        let context = story.context(storageStated: storageStated)
        let expected = ExpectedMessages(user: "carol", group: "team", labels: ["m1", "m2"], context)
        let results = MessagePresence.run(expected, labels: ["m1", "m2"], context)
            + [MessageOrder.run(expected, context)] + MessageIntegrity.run(expected, context)
        return Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0) })
    }

    /// The checks that failed, by id.
    private func failed(_ results: [String: CheckResult]) -> Set<String> {
        Set(results.filter { $0.value.outcome == .fail }.keys)
    }

    @Test("everything in order and once passes every check")
    func conformant() {
        var story = FactScript.carolMissedTwo(asks: ["positive-delivery"])
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        let results = judge(story)
        #expect(failed(results).isEmpty)
        for id in ["messages.complete", "messages.once", "messages.order", "messages.right", "messages.body"] {
            #expect(results[id]?.outcome == .pass, "\(id)")
        }
    }

    @Test("a message that never comes fails storing and delivering as a pair")
    func lost() {
        var story = FactScript.carolMissedTwo()
        story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred))
        let results = judge(story)
        #expect(failed(results) == ["messages.complete"])
        #expect(results["messages.complete"]?.requirements == [.store, .deliver])
        #expect(results["messages.complete"]?.observed.contains("m2") == true)
        #expect(results["messages.complete"]?.lines.isEmpty == false)
    }

    @Test("nothing at all is inconclusive while the policy does not say that it stores")
    func policyNotStated() {
        let story = FactScript.carolMissedTwo()
        #expect(judge(story, storageStated: nil)["messages.complete"]?.outcome == .inconclusive)
        #expect(judge(story, storageStated: true)["messages.complete"]?.outcome == .fail)
    }

    @Test("partial loss is a fail whatever the policy says")
    func partialLoss() {
        var story = FactScript.carolMissedTwo()
        story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred))
        #expect(judge(story, storageStated: nil)["messages.complete"]?.outcome == .fail)
    }

    @Test("a user who could not come back leaves it open whether anything was stored")
    func neverBack() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.send("m2", by: "bob")
        #expect(judge(story)["messages.complete"]?.outcome != .pass)
    }

    @Test("a message whose sender was refused is not owed, and that is inconclusive")
    func senderRefused() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.send("m2", by: "bob", accepted: false)
        story.returns("carol")
        story.arrives("m1", at: "carol")
        #expect(judge(story)["messages.complete"]?.outcome == .inconclusive)
    }

    @Test("bytes that ran into the socket of a silent user reached nobody")
    func silentUser() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .live)
        story.arrives("m1", at: "carol", in: session, confirmed: false)
        story.arrives("m2", at: "carol", in: session)
        let results = judge(story)
        #expect(failed(results) == ["messages.complete"])
        #expect(results["messages.complete"]?.observed.contains("m1") == true)
    }

    @Test("what comes again under another Message-ID came again, once it was confirmed; else its id is wrong")
    func againUnderAnotherID() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session) { $0.id = "another" }
        #expect(failed(judge(story)) == ["messages.once"])
        var open = FactScript.carolMissedTwo()
        open.arrives("m1", at: "carol", in: session)
        open.arrives("m2", at: "carol", in: session)
        open.indeterminate()
        open.arrives("m2", at: "carol", in: session) { $0.id = "another" }
        #expect(failed(judge(open)) == ["messages.id"])
        // So it is with a marker.
        var marker = FactScript.carolMissedTwo()
        let second = marker.session("carol", form: .live)
        marker.arrives("m1", at: "carol", in: second)
        marker.arrives("m2", at: "carol", in: second)
        marker.send("marker-1", by: "alice", marker: true)
        marker.arrives("marker-1", at: "carol", in: second)
        marker.arrives("marker-1", at: "carol", in: second) { $0.id = "another" }
        #expect(failed(judge(marker)) == ["messages.once"])
        // Other words, or another time, are another message, which nobody sent.
        var other = FactScript.carolMissedTwo()
        let third = other.session("carol", form: .deferred)
        other.arrives("m1", at: "carol", in: third)
        other.arrives("m2", at: "carol", in: third)
        other.arrives("m2", at: "carol", in: third) { ($0.id, $0.instant) = ("another", 2000) }
        #expect(failed(judge(other)) == ["messages.right"])
    }

    @Test("a copy that nobody took over does not set the place of the one that was")
    func silentCopyThenDelivery() {
        var story = FactScript.carolMissedTwo()
        story.arrives("m2", at: "carol", confirmed: false)
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        let results = judge(story)
        #expect(failed(results).isEmpty)
        #expect(results["messages.order"]?.outcome == .pass)
    }

    @Test("a message that comes again after it was confirmed fails delivery")
    func twice() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        story.arrives("m1", at: "carol", in: session)
        let results = judge(story)
        #expect(failed(results) == ["messages.once"])
        #expect(results["messages.once"]?.requirements == [.deliver])
    }

    @Test("a message may come again when it is open whether its confirmation was seen")
    func indeterminateMayRepeat() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.indeterminate()
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        #expect(failed(judge(story)).isEmpty)
    }

    @Test("two messages of one sender in the wrong order fail delivery")
    func swapped() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m2", at: "carol", in: session)
        story.arrives("m1", at: "carol", in: session)
        #expect(failed(judge(story)) == ["messages.order"])
    }

    @Test("messages of different senders marked concurrent may come in any order")
    func concurrentMaySwap() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.send("m2", by: "bob", concurrent: true)
        story.returns("carol")
        story.arrives("m2", at: "carol")
        story.arrives("m1", at: "carol")
        #expect(judge(story)["messages.order"]?.outcome == .pass)
    }

    @Test("markers of the script and messages sent after the return are nobody's fault")
    func markersAreLeftOut() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .live)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        story.send("marker", by: "alice", marker: true)
        story.arrives("marker", at: "carol", in: session)
        story.send("late", by: "alice")
        story.arrives("late", at: "carol", in: session)
        #expect(failed(judge(story)).isEmpty)
    }

    @Test("a message of the group that nobody sent fails storing")
    func fabricated() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session) {
            $0.id = "somebody-elses"
            $0.body = [1]
        }
        #expect(failed(judge(story)) == ["messages.right"])
    }

    @Test(
        "one altered property fails its own check and no other",
        arguments: [
            "messages.body", "messages.content-type", "messages.datetime", "messages.sender", "messages.id",
            "messages.disposition-request", "messages.well-formed",
        ])
    func altered(check: String) {
        var story = FactScript.carolMissedTwo(asks: ["display"])
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session) { copy in
            switch check {
            case "messages.body": copy.body.append(0)
            case "messages.content-type": copy.contentType = "text/html"
            case "messages.datetime": copy.instant = 2000
            case "messages.sender": copy.sender = FactScript.address("bob")
            case "messages.id": copy.id = "another"
            case "messages.disposition-request": copy.dispositionRequests = []
            default: copy.problems = ["no sender"]
            }
        }
        story.arrives("m2", at: "carol", in: session)
        #expect(failed(judge(story)) == [check])
    }

    @Test("the copy that a present member got is the measure, not the sender's bytes")
    func oracleIsLiveCopy() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob") { $0.body = [7] }
        story.send("m2", by: "bob")
        story.returns("carol")
        story.arrives("m1", at: "carol") { $0.body = [7] }
        story.arrives("m2", at: "carol")
        #expect(failed(judge(story)).isEmpty)
    }

    @Test("a DateTime written with another offset is the same instant")
    func sameInstant() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session) { $0.dateTime = "2026-01-01T01:00:00+01:00" }
        story.arrives("m2", at: "carol", in: session)
        #expect(failed(judge(story)).isEmpty)
    }
}
