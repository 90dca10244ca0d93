import Facts
import Recordings
import TestCases
import Testing

@testable import Judging

/// What a fault is charged to, and what is charged to nobody.
@Suite("Attribution")
struct AttributionTests {
    private func messages(
        _ story: FactScript, at user: String = "carol", _ labels: [String] = ["m1", "m2"], storageStated: Bool? = true
    ) -> [String: CheckResult] {
        let context = story.context(
            storageStated: storageStated, expectations: [.messages(at: user, group: "team", exactly: labels)])
        return Dictionary(Judge.checks(context).map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    }

    private func failed(_ results: [String: CheckResult]) -> Set<String> {
        Set(results.filter { $0.value.outcome == .fail }.keys)
    }

    // MARK: live relay

    /// Bob is there all the time; alice sends two messages.
    private func relayed(_ relay: (inout FactScript) -> Void) -> FactScript {
        var story = FactScript()
        story.create()
        story.session("alice", by: .user)
        story.session("bob")
        story.send("m1", by: "alice", asks: ["display"])
        story.send("m2", by: "alice")
        relay(&story)
        return story
    }

    @Test(
        "whatever befalls a message on its way to one who is there is a warning and fails nobody",
        arguments: ["lost", "twice", "altered", "swapped", "fabricated", "unreadable"])
    func liveRelay(what: String) {
        let story = relayed { story in
            switch what {
            case "lost": story.arrives("m2", at: "bob")
            case "twice": for label in ["m1", "m2", "m1"] { story.arrives(label, at: "bob") }
            case "altered":
                story.arrives("m1", at: "bob") { $0.body = [1] }
                story.arrives("m2", at: "bob")
            case "swapped": for label in ["m2", "m1"] { story.arrives(label, at: "bob") }
            case "fabricated":
                for label in ["m1", "m2"] { story.arrives(label, at: "bob") }
                story.arrives("m2", at: "bob") { $0.id = "nobody's" }
            default:
                story.arrives("m1", at: "bob")
                story.offer(.other(type: "message/cpim", problems: ["no blank line"]), to: "bob")
            }
        }
        let results = messages(story, at: "bob")
        #expect(results.values.allSatisfy { $0.outcome != .fail || $0.weight == .warning })
        #expect(results["messages.complete"]?.outcome.word == "not reached")
        if ["lost", "twice", "altered"].contains(what) { #expect(results["live.relay"]?.isWarning == true) }
    }

    @Test("messages that were relayed as they were sent pass, and prove no storing")
    func liveRelayIsFine() {
        let results = messages(relayed { for label in ["m1", "m2"] { $0.arrives(label, at: "bob") } }, at: "bob")
        #expect(results["live.relay"]?.outcome == .pass)
        #expect(results.values.allSatisfy { $0.id == "live.relay" || $0.outcome.word == "not reached" })
    }

    /// m1 before, m2 during, m3 after carol's absence.
    private func around(_ relay: (inout FactScript, Int) -> Void) -> FactScript {
        var story = FactScript()
        story.create()
        let before = story.session("carol")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "carol", in: before)
        story.away("carol")
        story.send("m2", by: "alice")
        story.returns("carol")
        relay(&story, story.session("carol"))
        return story
    }

    @Test("a message sent after the return into a session that goes on is live: its loss is a warning")
    func liveAfterReturn() {
        let story = around { story, session in
            story.arrives("m2", at: "carol", in: session)
            story.send("m3", by: "alice")
        }
        let results = messages(story, ["m1", "m2", "m3"])
        #expect(failed(results) == ["live.relay"])
        #expect(results["messages.complete"]?.outcome == .pass)
    }

    @Test("a message that came live and comes again after the return fails delivery")
    func liveAndAgain() {
        let story = around { story, session in
            story.arrives("m1", at: "carol", in: session)
            story.arrives("m2", at: "carol", in: session)
        }
        #expect(failed(messages(story)) == ["messages.once"])
    }

    @Test("the backlog behind what was sent after the return is out of order")
    func backlogLate() {
        let story = around { story, session in
            story.send("m3", by: "alice")
            story.arrives("m3", at: "carol", in: session)
            story.arrives("m2", at: "carol", in: session)
        }
        #expect(failed(messages(story, ["m1", "m2", "m3"])) == ["messages.order"])
    }

    // MARK: several returns

    @Test("what comes at the first of two returns and is not owed fails storing")
    func notOwedAtFirstReturn() {
        var story = FactScript.carolMissedTwo()
        let first = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: first)
        story.arrives("m2", at: "carol", in: first)
        story.arrives("m2", at: "carol", in: first) { ($0.id, $0.body) = ("nobody's", [1]) }
        story.away("carol")
        story.returns("carol")
        #expect(failed(messages(story)) == ["messages.right"])
    }

    @Test("a final list that came at the first of two returns is there")
    func finalAtFirstReturn() {
        var story = FactScript.carolMissedTwo()
        let first = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: first)
        story.arrives("m2", at: "carol", in: first)
        story.roster(at: "carol", in: first, connected: ["alice", "bob", "carol"])
        story.away("carol")
        story.returns("carol")
        let result = RosterLists.run(
            at: "carol", group: "team", list: .final, members: ["alice": .member, "bob": .member, "carol": .member],
            story.context())
        #expect(result.outcome == .pass)
    }

    @Test("what was sent before one was added, and comes all the same, is a warning: it rests on a reading")
    func beforeTheInvitation() {
        var story = FactScript()
        story.create()
        story.send("m0", by: "alice")
        story.added("carol")
        story.send("m1", by: "alice")
        story.send("m2", by: "bob")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        for label in ["m0", "m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        let right = messages(story)["messages.right"]
        #expect(right?.isWarning == true)
        #expect(right?.basis == .reading)
    }

    // MARK: items that cannot be read

    private let broken = Item.other(type: "message/cpim", problems: ["the wrapping has no end"])

    @Test("a message that came and cannot be read was stored: it fails its form, and the line is named")
    func unreadable() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.offer(broken, to: "carol", in: session)
        let line = story.facts.count - 1
        let results = messages(story)
        #expect(failed(results) == ["messages.well-formed"])
        #expect(results["messages.well-formed"]?.observed.contains("at line \(line) that cannot be read") == true)
        #expect(results["messages.complete"]?.outcome == .inconclusive)
        #expect(results["messages.complete"]?.observed.contains("at line \(line) that cannot be read") == true)
    }

    @Test("more is missing than came unreadable: that is lost, and the line is named")
    func unreadableAndLost() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.offer(broken, to: "carol", in: session)
        let results = messages(story)
        #expect(failed(results) == ["messages.complete", "messages.well-formed"])
        #expect(results["messages.complete"]?.observed.contains("cannot be read") == true)
    }

    @Test("an item of a type that is no chat message is named where one is missing")
    func unwrapped() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.offer(.other(type: "text/plain", problems: []), to: "carol", in: session)
        let results = messages(story)
        #expect(failed(results) == ["messages.complete"])
        #expect(results["messages.complete"]?.observed.contains("an item of type text/plain") == true)
    }

    @Test("a report that cannot be read was stored: it fails as a report of nobody")
    func unreadableReport() {
        var story = FactScript()
        story.create()
        story.session("carol")
        story.send("c1", by: "carol", asks: ["display"])
        story.away("carol")
        story.report("displayed", about: "c1", by: "bob")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        let note = Disposition(message: "", recipient: nil, status: "", kind: "", problems: ["no XML"])
        story.offer(.dispositions([note]), to: "carol", in: session)
        let results = DispositionChecks.run(
            at: "carol", group: "team",
            expected: [ExpectedDisposition(message: "c1", from: "bob", status: .displayed)], story.context())
        #expect(results.filter { $0.outcome == .fail }.map(\.id) == ["dispositions.genuine"])
        #expect(results.first { $0.id == "dispositions.complete" }?.outcome == .inconclusive)
    }

    // MARK: left over, and late

    @Test("items of a group that the case did not make are listed and charged to nobody")
    func leftovers() {
        let other = GroupIdentity(conversation: "conv-0", contribution: "contr-0")
        var story = FactScript.carolMissedTwo()
        let old = story.session("carol", form: .deferred, group: other, focus: "sip:old@cpm.example")
        story.arrives("m1", at: "carol", in: old) { ($0.id, $0.body) = ("old-1", [1]) }
        story.roster(at: "carol", in: old, connected: ["alice", "mallory"], problems: ["line 1: no"])
        story.roster(at: "carol", connected: ["mallory"], entity: "sip:old@cpm.example")
        story.disposition("displayed", about: "old-0", of: "bob", at: "carol")
        story.offer(broken, to: "carol", in: old)
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        story.roster(at: "carol", in: session, stream: 2, connected: ["alice", "bob", "carol"])
        let all: [String: ExpectedStatus] = ["alice": .member, "bob": .member, "carol": .member]
        let context = story.context(expectations: [
            .messages(at: "carol", group: "team", exactly: ["m1", "m2"]),
            .dispositions(at: "carol", group: "team", exactly: []),
            .roster(at: "carol", group: "team", list: .final, members: all),
            .changes(at: "carol", group: "team", inOrder: []),
        ])
        #expect(Judge.checks(context).filter { $0.outcome == .fail }.map(\.observed) == [])
        #expect(
            Leftovers.all(context.evidence).map(\.text) == [
                "invitations to other groups came to carol: 1", "items of other groups came to carol: 1",
                "lists of other groups came to carol: 2", "messages of other groups came to carol: 1",
                "reports of other groups came to carol: 1",
            ])
        #expect(Leftovers.all(context.evidence).allSatisfy { !$0.lines.isEmpty })
    }

    @Test("what was fetched before the first step is not left over, what comes behind it is")
    func fetchedBefore() {
        let other = GroupIdentity(conversation: "conv-0", contribution: "contr-0")
        var story = FactScript()
        let old = story.session("carol", form: .deferred, group: other, focus: "sip:old@cpm.example")
        story.roster(at: "carol", in: old, connected: ["alice", "mallory"])
        story.create(invite: ["bob", "carol"])
        #expect(Leftovers.all(Evidence(story.facts)).isEmpty)
        story.session("carol", form: .deferred, group: other, focus: "sip:old@cpm.example")
        #expect(Leftovers.all(Evidence(story.facts)).map(\.text) == ["invitations to other groups came to carol: 1"])
    }

    @Test("nothing of the case itself is left over")
    func nothingLeftOver() {
        var story = FactScript.carolMissedTwo()
        story.arrives("m1", at: "carol", in: story.session("carol", form: .deferred))
        story.offer(.composing, to: "carol")
        #expect(Leftovers.all(Evidence(story.facts)).isEmpty)
    }

    @Test("what comes when the expectations have closed is still judged")
    func late() {
        func story(_ late: (inout FactScript, Int) -> Void) -> [String: CheckResult] {
            var story = FactScript.carolMissedTwo()
            let session = story.session("carol", form: .deferred)
            story.arrives("m1", at: "carol", in: session)
            story.leave("bob", phase: "closing")
            late(&story, session)
            return messages(story)
        }
        #expect(story { _, _ in }["messages.complete"]?.outcome == .fail)
        #expect(story { $0.arrives("m2", at: "carol", in: $1) }["messages.complete"]?.outcome == .pass)
        #expect(story { $0.arrives("m1", at: "carol", in: $1) }["messages.once"]?.outcome == .fail)
    }
}
