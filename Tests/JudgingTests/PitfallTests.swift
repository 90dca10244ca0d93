import Facts
import TestCases
import Testing

@testable import Judging

/// Ways in which a check could pass without having seen anything, or fail what is legal.
@Suite("Pitfalls of the checks")
struct PitfallTests {
    private func messages(_ story: FactScript, storageStated: Bool? = true) -> [String: CheckResult] {
        let context = story.context(storageStated: storageStated)
        let expected = ExpectedMessages(user: "carol", group: "team", labels: ["m1", "m2"], context)
        let results = MessagePresence.run(expected, labels: ["m1", "m2"], context)
            + [MessageOrder.run(expected, context)] + MessageIntegrity.run(expected, context)
        return Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0) })
    }

    private func failed(_ results: [String: CheckResult]) -> Set<String> {
        Set(results.filter { $0.value.outcome == .fail }.keys)
    }

    @Test("a message that was only written to a silent user, and not delivered again, is lost")
    func writtenIntoSilence() {
        var story = FactScript()
        story.create()
        let live = story.session("carol")
        story.away("carol")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "carol", in: live, confirmed: false)
        story.send("m2", by: "bob")
        story.returns("carol")
        story.arrives("m2", at: "carol", in: story.session("carol", form: .deferred))
        #expect(failed(messages(story)) == ["messages.complete"])
    }

    @Test("copies that were written to a silent user do not give the messages their order")
    func orderInSilence() {
        var story = FactScript()
        story.create()
        let live = story.session("carol")
        story.away("carol")
        for label in ["m1", "m2"] {
            story.send(label, by: "alice")
            story.arrives(label, at: "carol", in: live, confirmed: false)
        }
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.arrives("m2", at: "carol", in: session)
        story.arrives("m1", at: "carol", in: session)
        #expect(failed(messages(story)) == ["messages.order"])
    }

    @Test("a message of another group with the same words does not stand for a lost one")
    func sameWordsElsewhere() {
        var story = FactScript.carolMissedTwo()
        story.arrives("m2", at: "carol", in: story.session("carol", form: .deferred))
        let other = story.session(
            "carol", form: .deferred, group: GroupIdentity(conversation: "conv-0", contribution: "contr-0"))
        story.arrives("m1", at: "carol", in: other) { $0.id = "of-yesterday" }
        #expect(failed(messages(story)) == ["messages.complete"])
    }

    @Test("what came before and after an absence does not say that anything is stored")
    func liveIsNotStored() {
        var story = FactScript()
        story.create()
        let live = story.session("carol")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "carol", in: live)
        story.away("carol")
        story.send("m2", by: "bob")
        story.returns("carol")
        let again = story.session("carol")
        story.send("m3", by: "bob")
        story.arrives("m3", at: "carol", in: again)
        #expect(messages(story, storageStated: nil)["messages.complete"]?.outcome == .inconclusive)
        #expect(messages(story, storageStated: true)["messages.complete"]?.outcome == .fail)
    }

    @Test("a wrapping that cannot be read is one fault and not two", arguments: ["time", "sender", "type"])
    func oneFault(what: String) {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session) { copy in
            copy.problems = ["broken"]
            switch what {
            case "time": (copy.dateTime, copy.instant) = ("noon", nil)
            case "sender": copy.sender = nil
            default: copy.contentType = ""
            }
        }
        story.arrives("m2", at: "carol", in: session)
        #expect(failed(messages(story)) == ["messages.well-formed"])
    }

    @Test("a wrapping that was broken in the live copy too was not broken by deferring")
    func brokenAlready() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob") { $0.problems = ["broken"] }
        story.send("m2", by: "bob")
        story.returns("carol")
        story.arrives("m1", at: "carol") { $0.problems = ["broken"] }
        story.arrives("m2", at: "carol")
        #expect(failed(messages(story)).isEmpty)
    }

    @Test("a request for dispositions that the sender did not make is a change")
    func requestAdded() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session) { $0.dispositionRequests = ["display"] }
        story.arrives("m2", at: "carol", in: session)
        #expect(failed(messages(story)) == ["messages.disposition-request"])
    }

    // MARK: dispositions

    @Test("a premature report is not also a false one")
    func prematureOnly() {
        var story = FactScript.carolMissedTwo(asks: ["positive-delivery"])
        story.disposition("delivered", about: "m1", of: "carol", at: "alice")
        let context = story.context()
        #expect(DispositionChecks.premature(context)?.outcome == .fail)
        let genuine = DispositionChecks.run(at: "alice", group: "team", expected: [], context).first { $0.id == "dispositions.genuine" }
        #expect(genuine?.outcome != .fail)
    }

    @Test("a report about a message that was only written to a silent user is premature")
    func reportedIntoSilence() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice", asks: ["positive-delivery"])
        story.arrives("m1", at: "carol", confirmed: false)
        story.disposition("delivered", about: "m1", of: "carol", at: "alice")
        #expect(DispositionChecks.premature(story.context())?.outcome == .fail)
    }

    @Test("that no report came at all does not show that none came too early")
    func noReportAtAll() {
        let story = FactScript.carolMissedTwo(asks: ["positive-delivery"])
        #expect(DispositionChecks.premature(story.context())?.outcome.word == "not reached")
    }

    @Test("nobody but the sender was away: no report can come too early")
    func onlySenderAway() {
        var story = FactScript()
        story.create()
        story.session("carol")
        story.send("m1", by: "carol", asks: ["positive-delivery"])
        story.away("carol")
        story.report("delivered", about: "m1", by: "bob")
        story.returns("carol")
        story.disposition("delivered", about: "m1", of: "bob", at: "carol")
        #expect(DispositionChecks.premature(story.context()) == nil)
    }

    @Test("a report about another group's message is left over and nobody's fault")
    func leftOver() {
        var story = FactScript.carolMissedTwo()
        story.report("delivered", about: "old", by: "bob")
        story.disposition("delivered", about: "old", of: "bob", at: "carol")
        let results = DispositionChecks.run(at: "carol", group: "team", expected: [], story.context())
        #expect(results.allSatisfy { $0.outcome != .fail })
        #expect(results.first { $0.id == "dispositions.genuine" }?.outcome.word == "not reached")
    }

    // MARK: lists

    private func changes(_ story: FactScript, interval: Int64 = 0) -> [String: CheckResult] {
        var context = story.context()
        context.participantInfoInterval = interval
        let results = RosterChanges.run(at: "carol", group: "team", expected: [.left("bob")], context)
        return Dictionary(uniqueKeysWithValues: results.map { ($0.id, $0) })
    }

    @Test("a list may lag behind its change by the participant-info-interval, and not by more")
    func lag() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.leave("bob")
        story.send("m1", by: "alice")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.roster(at: "carol", in: session, version: 1, connected: ["alice", "bob", "carol"])
        story.arrives("m1", at: "carol", in: session)
        story.roster(at: "carol", in: session, version: 2, connected: ["alice", "carol"], disconnected: ["bob"])
        story.roster(at: "carol", in: session, version: 3, connected: ["alice", "carol"], disconnected: ["bob"])
        #expect(changes(story)["roster.place"]?.outcome == .fail)
        #expect(changes(story, interval: 1_000_000_000)["roster.place"]?.outcome == .pass)
    }

    @Test("a change that a second delivery shows again is no false one")
    func shownAgain() {
        var story = FactScript()
        story.create()
        let live = story.session("carol")
        story.roster(at: "carol", in: live, stream: 1, version: 1, connected: ["alice", "bob", "carol"])
        story.away("carol")
        story.leave("bob")
        story.returns("carol")
        for stream in [2, 3] {
            let session = story.session("carol", form: .deferred)
            story.roster(at: "carol", in: session, stream: stream, version: 1, connected: ["alice", "carol"])
        }
        story.roster(at: "carol", in: 2, stream: 3, version: 2, connected: ["alice", "carol"])
        #expect(changes(story)["roster.intermediate"]?.outcome == .pass)
    }

    @Test("a marker that comes with another id is the harness's own, and no stranger")
    func changedMarker() {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        story.send("marker", by: "alice", text: "only a marker", marker: true)
        story.arrives("marker", at: "carol", in: session) { $0.id = "new" }
        let context = story.context()
        let expected = ExpectedMessages(user: "carol", group: "team", labels: ["m1", "m2"], context)
        let right = MessagePresence.run(expected, labels: ["m1", "m2"], context).first { $0.id == "messages.right" }
        #expect(right?.outcome == .pass)
    }

    /// What came to carol beside m1 and m2, where the harness had sent a marker with the words "one m1".
    private func besideMarker(
        _ come: (inout FactScript, Int) -> Void, check: String = "messages.right"
    ) -> CheckResult? {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        story.arrives("m2", at: "carol", in: session)
        come(&story, session)
        let context = story.context()
        let expected = ExpectedMessages(user: "carol", group: "team", labels: ["m1", "m2"], context)
        return MessagePresence.run(expected, labels: ["m1", "m2"], context).first { $0.id == check }
    }

    @Test("a message with the words of a marker is none: where the marker came itself, where it came before, and twice")
    func wordsOfMarker() {
        let mark: (inout FactScript) -> Void = { $0.send("1", by: "alice", text: "one m", marker: true) }
        let strange: (inout FactScript, Int) -> Void = { story, session in
            story.arrives("1", at: "carol", in: session) { $0.id = "strange" }
        }
        // Once the marker itself has come, it is that one which comes again.
        let beside = besideMarker({ story, session in
            mark(&story)
            story.arrives("1", at: "carol", in: session)
            strange(&story, session)
        }, check: "messages.once")
        #expect(beside?.outcome == .fail)
        let before = besideMarker { story, session in
            let chat = ChatMessage(
                id: "strange", sender: FactScript.address("alice"), dateTime: "2026-01-01T00:00:00Z", instant: 1000,
                contentType: "text/plain;charset=UTF-8", body: Array("one m1".utf8), dispositionRequests: [])
            story.offer(.message(chat), to: "carol", in: session)
            mark(&story)
        }
        #expect(before?.outcome == .fail)
        let twice = besideMarker { story, session in
            mark(&story)
            strange(&story, session)
            strange(&story, session)
        }
        #expect(twice?.outcome == .fail)
        let once = besideMarker { story, session in
            mark(&story)
            strange(&story, session)
        }
        #expect(once?.outcome == .pass)
    }

    @Test("an owed message with the words of a marker is missing though the marker came")
    func owedWordsOfMarker() {
        var story = FactScript()
        story.create()
        story.away("carol")
        story.send("m1", by: "alice", text: "one ")
        story.send("m2", by: "bob")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        story.arrives("m2", at: "carol", in: session)
        story.send("1", by: "alice", text: "one m", marker: true)
        story.arrives("1", at: "carol", in: session)
        #expect(failed(messages(story)) == ["messages.complete"])
    }

    @Test("what is missing at one who joined by its own INVITE is missing, though it de-registers in the end")
    func ownInvite() {
        var story = FactScript()
        for actor in ["alice", "bob", "carol"] { story.registered(actor) }
        story.create()
        story.session("alice", by: .user)
        story.session("bob")
        story.away("carol")
        for label in ["m1", "m2"] {
            story.send(label, by: "alice")
            story.arrives(label, at: "bob")
        }
        story.rejoins("carol")
        story.session("carol", by: .user)
        story.deregisters("carol")
        let context = story.context()
        let expected = ExpectedMessages(user: "carol", group: "team", labels: ["m1", "m2"], context)
        let complete = MessagePresence.run(expected, labels: ["m1", "m2"], context).first { $0.id == "messages.complete" }
        #expect(complete?.outcome == .fail)
    }

    @Test("no list at all does not show that nothing changed")
    func nothingSeen() {
        var story = FactScript.carolMissedTwo()
        story.session("carol", form: .deferred)
        let results = RosterChanges.run(at: "carol", group: "team", expected: [], story.context())
        #expect(results.first?.outcome.word == "not reached")
    }
}
