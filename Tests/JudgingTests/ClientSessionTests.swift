import Facts
import Recordings
import TestCases
import Testing

@testable import Judging

/// How a client takes sessions and what comes in them: connections, answers, strange content, subscriptions.
@Suite("How a client takes a session")
struct ClientSessionTests {
    private let two = Expectation.messages(at: "carol", group: "team", exactly: ["m1", "m2"])

    private func failures(_ results: [String: CheckResult]) -> [String] {
        results.values.filter { $0.outcome == .fail }.map(\.id).sorted()
    }

    // MARK: The connection

    /// carol accepts an invitation whose connection the script waits for in vain, or not.
    private func called(_ opening: Opening?, unmet: Bool = true, unreachable: Bool = false) -> CheckResult? {
        var story = ClientStory()
        story.act("invite", ["group": "team", "by": "alice"])
        story.called()
        if let opening { story.add(.agreed(session: 0, opening)) }
        if unreachable {
            story.add(.act(Act(step: "unreachable", phase: "body", index: nil, fields: ["group": "team", "cause": "refused"])))
        }
        if unmet { story.unmet(0) } else { story.add(.carried(session: 0)) }
        return story.judge([])["session.taken"]
    }

    @Test("a connection that the client was to open and never did, or that its answer makes impossible, fails session.taken")
    func noConnection() {
        #expect(called(.user)?.outcome == .fail)
        #expect(called(.user)?.observed.contains("which it was to open") == true)
        #expect(called(.implementation, unreachable: true)?.outcome == .fail)
        #expect(called(.nobody("its answer has the set-up 'passive', and so has the offer"), unmet: false)?.outcome == .fail)
    }

    @Test("one that came about, or that nobody can say the client kept from it, fails nothing")
    func connection() {
        #expect(called(.user, unmet: false)?.outcome == .pass)
        #expect(called(.implementation)?.outcome == .pass)
        #expect(called(nil)?.outcome == .pass)
    }

    // MARK: Answers

    private func handed(reported code: Int?, wantsReport: Bool = true) -> [String] {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice")
        story.offer(.message(message("m3"))) { $0.wantsReport = wantsReport }
        if let code { story.add(.reported(offer: 1, code: code)) }
        return failures(story.judge([]))
    }

    private func message(_ label: String) -> ChatMessage {
        ChatMessage(
            id: "id-\(label)", sender: ClientStory.address("alice"), dateTime: nil, instant: nil, contentType: "text/plain",
            body: Array(label.utf8), dispositionRequests: [])
    }

    @Test("a REPORT of success that was asked for and is missing fails session.answers, whatever else was answered")
    func successReport() {
        #expect(handed(reported: nil) == ["session.answers"])
        #expect(handed(reported: 200) == [])
        #expect(handed(reported: nil, wantsReport: false) == [])
    }

    @Test("what its description does not take a client may refuse with 413 or 415, and nothing else, nor in silence")
    func refusal() {
        func failed(_ code: Int?, isAccepted: Bool = false) -> Bool {
            var story = ClientStory()
            story.called()
            story.offer(.message(message("m1")), answered: false, refusal: code) { $0.isAccepted = isAccepted }
            return failures(story.judge([])) == ["session.answers"]
        }
        #expect(!failed(415))
        #expect(!failed(413))
        #expect(failed(400))
        #expect(failed(nil))
        #expect(failed(415, isAccepted: true))
    }

    // MARK: Strange content

    /// carol takes m1, is handed something strange, goes, and m2 cannot be handed over any more.
    private func gone(
        _ end: FactKind = .ended(user: "carol", session: 0, by: .user, cause: EndCause(code: nil, text: nil)), after pause: Int64 = 0,
        strange: Bool = true, before: (inout ClientStory) -> Void = { _ in }
    ) -> CheckResult? {
        var story = ClientStory()
        story.called()
        story.add(.carried(session: 0))
        story.hand("m1", by: "alice")
        if strange { story.act("hand", ["group": "team", "what": "broken-list"]) }
        before(&story)
        story.wait(milliseconds: pause)
        story.add(end)
        story.act("send", ["group": "team", "by": "bob", "as": "m2", "message": "id-m2", "marker": false])
        story.unmet()
        return story.judge([two])["shown.complete"]
    }

    @Test("a client that goes because of strange content, so that good messages are lost, fails shown.complete")
    func goesAway() {
        #expect(gone()?.outcome == .fail)
        #expect(gone()?.observed.contains("it had been handed broken-list") == true)
        #expect(gone(.carriageLost(user: "carol", session: 0))?.outcome == .fail)
    }

    @Test("one that goes later, or for another reason, or is sent away, is in doubt")
    func goesOtherwise() {
        #expect(gone(after: 2_000)?.outcome == .inconclusive)
        #expect(gone(strange: false)?.outcome == .inconclusive)
        #expect(gone { $0.act("break", ["who": "carol"]) }?.outcome == .inconclusive)
        #expect(gone { $0.add(.stalled(milliseconds: 900)) }?.outcome == .inconclusive)
        let ours = FactKind.ended(user: "carol", session: 0, by: .implementation, cause: EndCause(code: 200, text: nil))
        #expect(gone(ours)?.outcome == .inconclusive)
    }

    private func placeholders(_ seen: [String], strange: Int, body: String = "unreadable") -> [String] {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice")
        for _ in 0..<strange { story.offer(.other(type: "application/vnd.example.unknown", problems: [])) }
        for id in seen {
            story.show(
                SeenMessage(
                    id: id, isOwn: false, sender: ClientStory.address("alice"), body: Array(body.utf8), contentType: "text/plain",
                    sentAt: nil, isRead: false))
        }
        return failures(story.judge([Expectation.messages(at: "carol", group: "team", exactly: ["m1"])]))
    }

    @Test("what cannot be read may stand there as such, once for each; more, or good words again, fail shown.only")
    func placeholder() {
        #expect(placeholders(["1"], strange: 1) == [])
        #expect(placeholders(["1"], strange: 0) == ["shown.only"])
        #expect(placeholders(["1", "2"], strange: 1) == ["shown.only"])
        #expect(placeholders(["1"], strange: 1, body: "m1") == ["shown.only"])
    }

    // MARK: History

    private func told(_ history: [SeenEntry], _ changes: [RosterChange]) -> [String] {
        var story = ClientStory()
        story.called()
        story.history = history
        func list(_ shows: [ActorName: ListStep.Shown]) -> TestStep { TestStep(.client(.list(ListStep(group: "team", shows: shows)))) }
        story.steps = [
            list(["alice": .connected, "bob": .connected, "carol": .connected]),
            list(["alice": .connected, "bob": .departed, "carol": .connected]),
            list(["alice": .connected, "bob": .connected, "carol": .connected]),
        ]
        return failures(story.judge([.changes(at: "carol", group: "team", inOrder: changes)]))
    }

    @Test("a history may begin with those who were there; each once, and before any other change")
    func beginning() {
        func joined(_ name: String) -> SeenEntry { .joined(ClientStory.address(name)) }
        let both: [SeenEntry] = [.left(ClientStory.address("bob")), joined("bob")]
        let changes: [RosterChange] = [.left("bob"), .joined("bob")]
        #expect(told(both, changes) == [])
        #expect(told([joined("alice"), joined("bob"), joined("carol")] + both, changes) == [])
        #expect(told([joined("carol")] + both, changes) == [])
        #expect(told([joined("bob")], changes) == ["history.shown"])
        #expect(told([joined("dave")] + both, changes) == ["history.shown"])
        #expect(told([joined("bob"), joined("bob")] + both, changes) == ["history.shown"])
        #expect(told(both + [joined("alice")], changes) == ["history.shown"])
    }

    // MARK: Subscriptions

    private func watched(_ change: (inout ClientStory) -> Void) -> CheckResult? {
        var story = ClientStory()
        var list = ListStep(group: "team", shows: ["alice": .connected])
        list.carriage = .subscription
        // The first act makes the group, the second one is the list.
        story.steps = [TestStep(.client(.online("carol"))), TestStep(.client(.list(list)))]
        story.called(form: .live)
        story.add(.carried(session: 0))
        story.act("list", ["group": "team", "form": "full"])
        change(&story)
        return story.judge([])["members.subscribed"]
    }

    @Test("a client that says it subscribes and never does fails members.subscribed; without a live session nobody knows")
    func subscribes() {
        #expect(watched { $0.unmet() }?.outcome == .fail)
        #expect(watched { $0.unmet() }?.weight == .warning)
        #expect(watched { _ in }?.outcome == .inconclusive)
        #expect(
            watched {
                $0.add(.ended(user: "carol", session: 0, by: .user, cause: EndCause(code: nil, text: nil)))
                $0.unmet()
            }?.outcome == .inconclusive)
    }
}
