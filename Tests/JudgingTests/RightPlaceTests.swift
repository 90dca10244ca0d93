import Facts
import TestCases
import Testing

@testable import Judging

/// What comes too late, in the wrong session, or to the wrong user.
@Suite("The right time, place and user")
struct RightPlaceTests {
    private func results(
        _ story: FactScript, _ labels: [String] = ["m1", "m2"], change: (inout CheckContext) -> Void = { _ in }
    ) -> [String: CheckResult] {
        var context = story.context(expectations: [.messages(at: "carol", group: "team", exactly: labels)])
        change(&context)
        return Dictionary(Judge.checks(context).map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    }

    private func failed(_ results: [String: CheckResult]) -> Set<String> {
        Set(results.filter { $0.value.outcome == .fail && $0.value.weight == .requirement }.keys)
    }

    // MARK: is-composing

    /// Carol comes back to what she missed, with `more` in the session that delivers it.
    private func delivered(_ more: (inout FactScript, Int) -> Void) -> FactScript {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        more(&story, session)
        story.arrives("m2", at: "carol", in: session)
        return story
    }

    @Test("an is-composing that was stored and comes as what it is fails nothing")
    func composingAsItIs() {
        let found = results(delivered { $0.offer(.composing, to: "carol", in: $1) })
        #expect(failed(found).isEmpty)
        #expect(found["messages.right"]?.outcome == .pass)
    }

    @Test("one that comes as a chat message is a message that nobody sent, with and without an id", arguments: ["own-1", nil])
    func composingAsMessage(id: String?) {
        let words = ChatMessage(
            id: id, sender: FactScript.address("bob"), dateTime: nil, instant: nil, contentType: "text/plain;charset=UTF-8",
            body: Array("active".utf8), dispositionRequests: [])
        let found = results(delivered { $0.offer(.message(words), to: "carol", in: $1) })
        #expect(found["messages.right"]?.outcome == .fail)
        #expect(found["messages.right"]?.requirements == [.store])
        #expect(found["messages.right"]?.observed.contains("a message that nobody of the case sent came to carol") == true)
        #expect(found["messages.complete"]?.outcome == .pass)
    }

    @Test("one that is passed on after the return does not show that anything is stored")
    func composingIsNoProof() {
        var story = FactScript.carolMissedTwo()
        story.offer(.composing, to: "carol", in: story.session("carol"))
        let wanted = Expectation.messages(at: "carol", group: "team", exactly: ["m1", "m2"])
        let found = Judge.checks(story.context(storageStated: nil, expectations: [wanted]))
        #expect(found.first { $0.id == "messages.complete" }?.outcome == .inconclusive)
    }

    // MARK: time

    /// Carol comes back, and after a second absence once more; `first` is what the first return brings.
    private func twoReturns(_ first: (inout FactScript) -> Void) -> FactScript {
        var story = FactScript.carolMissedTwo()
        first(&story)
        story.stepDone("return")
        story.away("carol")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        return story
    }

    @Test("what the first of two returns did not bring came too late")
    func laterReturn() {
        let story = twoReturns { _ in }
        let found = results(story)
        #expect(failed(found) == ["delivery.in-time"])
        #expect(found["delivery.in-time"]?.requirements == [.deliver])
    }

    @Test("what was offered at the first return and not taken over may come again at the next")
    func offeredBefore() {
        let story = twoReturns { story in
            let session = story.session("carol", form: .deferred)
            for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session, confirmed: false) }
        }
        #expect(failed(results(story)).isEmpty)
    }

    @Test("the rest of a delivery that broke may come at the next return")
    func broken() {
        let story = twoReturns { $0.unreachable("carol") }
        #expect(results(story)["delivery.in-time"]?.outcome == .pass)
    }

    @Test("a user who could not register at its first return is owed everything at the next")
    func notRegistered() {
        var story = FactScript.carolMissedTwo(registering: false)
        story.stepDone("return")
        story.away("carol")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        #expect(failed(results(story)).isEmpty)
    }

    /// Everything comes at once, so many milliseconds after the return.
    private func late(by milliseconds: Int, stalled: Bool = false) -> FactScript {
        var story = FactScript.carolMissedTwo()
        story.pause(milliseconds)
        if stalled { story.stalled(milliseconds) }
        let session = story.session("carol", form: .deferred)
        for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        return story
    }

    @Test("a delivery that begins later than the description says fails, if that is not the harness's doing")
    func tooLate() {
        let limit: (inout CheckContext) -> Void = { $0.deliveryWithin = 1_000_000_000 }
        #expect(failed(results(late(by: 1_100), change: limit)) == ["delivery.in-time"])
        #expect(failed(results(late(by: 900), change: limit)).isEmpty)
        #expect(results(late(by: 1_100, stalled: true), change: limit)["delivery.in-time"]?.outcome == .inconclusive)
        #expect(failed(results(late(by: 1_100))).isEmpty, "nothing was said of the time")
    }

    // MARK: the end of a delivery

    /// The group ends at its first focus with 410 and at its second with 200; carol is given both.
    private func twoFocuses(first: Int, second: Int) -> CheckResult? {
        var story = FactScript.carolMissedTwo()
        let old = "sip:old@cpm.example"
        let new = "sip:new@cpm.example"
        for (focus, code) in [(old, 410), (new, 200)] {
            let live = story.session("bob", focus: focus)
            story.ended("bob", live, code: code)
        }
        for (focus, code) in [(old, first), (new, second)] {
            let session = story.session("carol", form: .deferred, focus: focus)
            if focus == old { for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) } }
            story.ended("carol", session, code: code)
        }
        return results(story)["delivery.closing"]
    }

    @Test("where a group had two focuses, each delivery ends as the session at its own focus did")
    func closingAtTwoFocuses() {
        #expect(twoFocuses(first: 410, second: 200)?.outcome == .pass)
        #expect(twoFocuses(first: 200, second: 200)?.outcome == .fail, "the old one ended otherwise")
        #expect(twoFocuses(first: 410, second: 410)?.outcome == .fail, "so did the new one")
        let swapped = twoFocuses(first: 200, second: 410)
        #expect(swapped?.observed.contains("cause 200") == true && swapped?.observed.contains("cause 410") == true)
    }

    // MARK: place

    @Test("a deferred message in a session that names another group fails")
    func otherGroup() {
        var story = FactScript.carolMissedTwo()
        let other = GroupIdentity(conversation: "conv-2", contribution: "contr-2")
        let session = story.session("carol", form: .deferred, group: other)
        for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        #expect(failed(results(story)) == ["messages.group"])
        var right = FactScript.carolMissedTwo()
        let own = right.session("carol", form: .deferred)
        for label in ["m1", "m2"] { right.arrives(label, at: "carol", in: own) }
        #expect(results(right)["messages.group"]?.outcome == .pass)
    }

    // MARK: user

    /// Carol says something, goes away, and gets it back; `echo` lets her have it as she sends it too.
    private func ownWords(echo: Bool) -> FactScript {
        var story = FactScript()
        story.create()
        let live = story.session("carol")
        story.send("m0", by: "carol")
        if echo { story.arrives("m0", at: "carol", in: live) }
        story.send("m1", by: "carol")
        story.away("carol")
        story.send("m2", by: "alice")
        story.returns("carol")
        let session = story.session("carol", form: .deferred)
        for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        return story
    }

    @Test("one's own message that comes back deferred was stored without a right, unless senders get echoes")
    func ownMessage() {
        #expect(failed(results(ownWords(echo: false), ["m2"])) == ["messages.right"])
        #expect(failed(results(ownWords(echo: true), ["m2"])).isEmpty)
    }

    /// Bob reports on alice's message while carol is away; the report comes to carol as well.
    private func strayReport(about label: String, deferred: Bool) -> FactScript {
        var story = FactScript()
        story.create()
        story.session("carol")
        story.send("m0", by: "carol", asks: ["positive-delivery"])
        if deferred { story.away("carol") }
        story.send("m1", by: "alice", asks: ["positive-delivery"])
        story.report("delivered", about: label, by: "bob")
        if !deferred { story.away("carol") }
        story.returns("carol")
        story.session("carol")
        story.disposition("delivered", about: label, of: "bob", at: "carol")
        return story
    }

    @Test("a report that was stored for somebody else than the sender fails storing, wherever reports are expected or not")
    func strayReports() {
        let found = results(strayReport(about: "m1", deferred: true), [])
        #expect(failed(found) == ["dispositions.right"])
        #expect(found["dispositions.right"]?.requirements == [.store])
        #expect(results(strayReport(about: "m0", deferred: true), [])["dispositions.right"]?.outcome == .pass)
        #expect(results(strayReport(about: "m1", deferred: false), [])["dispositions.right"] == nil)
    }

    // MARK: lists

    @Test("who was invited and is not named by the case may stand either way; who never was has no place")
    func unnamed() {
        var story = FactScript.carolMissedTwo(inviting: ["bob", "carol"])
        let session = story.session("carol", form: .deferred)
        for label in ["m1", "m2"] { story.arrives(label, at: "carol", in: session) }
        var strange = story
        story.roster(at: "carol", in: session, connected: ["alice", "bob", "carol"])
        strange.roster(at: "carol", in: session, connected: ["alice", "bob", "carol", "dave"])
        func final(_ story: FactScript) -> CheckOutcome? {
            let list = Expectation.roster(at: "carol", group: "team", list: .final, members: ["alice": .member, "carol": .member])
            return Judge.checks(story.context(expectations: [list])).first { $0.id == "roster.final" }?.outcome
        }
        #expect(final(story) == .pass)
        #expect(final(strange) == .fail)
    }
}
