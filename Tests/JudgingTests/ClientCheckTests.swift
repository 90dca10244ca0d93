import Facts
import Recordings
import TestCases
import Testing

@testable import Judging

/// Each check of a client fails on its own fault, for its requirement and alone; the conformant twin passes them all.
@Suite("What a client shows and gives")
struct ClientCheckTests {
    /// carol is called to a deferred session and gets two messages and a list.
    private func taken(_ change: (inout SeenMessage) -> Void = { _ in }) -> ClientStory {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice")
        story.hand("m2", by: "bob", change: change)
        story.roster(["alice", "bob", "carol"])
        story.participants = ["alice", "bob", "carol"].map {
            SeenParticipant(address: ClientStory.address($0), status: "connected", isSelf: $0 == "carol")
        }
        return story
    }

    private let both = Expectation.messages(at: "carol", group: "team", exactly: ["m1", "m2"])
    private let members = Expectation.roster(
        at: "carol", group: "team", list: .final, members: ["alice": .connected, "bob": .connected, "carol": .member])

    private func onlyFailure(_ results: [String: CheckResult]) -> [String] {
        results.values.filter { $0.outcome == .fail }.map(\.id).sorted()
    }

    @Test("a client that does all of it passes every check")
    func conformant() {
        let results = taken().judge([both, members])
        let passed = results.values.filter { $0.outcome == .pass }
        #expect(passed.count >= 10)
        #expect(passed.allSatisfy { $0.requirements == [.process] && !$0.lines.isEmpty })
        // No report was asked for, and none was given.
        #expect(Set(results.keys).subtracting(passed.map(\.id)) == ["reports.once", "reports.premature"])
    }

    @Test("a client of which nothing was looked at is not judged by what it shows")
    func unseen() {
        let results = taken().judge([both, members], looking: false)
        #expect(results["shown.complete"]?.outcome == .inconclusive)
        #expect(results["members.shown"]?.outcome == .inconclusive)
        #expect(onlyFailure(results) == [])
    }

    @Test("a session that is refused, or not answered at all, fails session.taken")
    func refused() {
        var story = ClientStory()
        story.called(refused: 488)
        #expect(onlyFailure(story.judge([])) == ["session.taken"])
        #expect(story.judge([])["session.taken"]?.observed.contains("488") == true)
    }

    @Test("a good item that is refused fails session.answers; one that the harness cut off does not")
    func answers() {
        var story = taken()
        story.hand("m3", by: "alice", answered: false, shown: false)
        #expect(onlyFailure(story.judge([both])) == ["session.answers"])
        story = taken()
        story.act("break", ["who": "carol"])
        #expect(onlyFailure(story.judge([both])) == [])
    }

    @Test("a message that came and is not shown fails shown.complete")
    func lost() {
        var story = taken()
        story.hand("m3", by: "alice", shown: false)
        let all = Expectation.messages(at: "carol", group: "team", exactly: ["m1", "m2", "m3"])
        #expect(onlyFailure(story.judge([all])) == ["shown.complete"])
    }

    @Test("a message that never came is no fault of the client")
    func neverCame() {
        let all = Expectation.messages(at: "carol", group: "team", exactly: ["m1", "m2", "m3"])
        let results = taken().judge([all])
        #expect(results["shown.complete"]?.outcome == .inconclusive)
        #expect(onlyFailure(results) == [])
    }

    @Test("a message that came twice and is shown twice fails shown.once")
    func twice() {
        var story = taken()
        story.deliver("m2", by: "bob")
        #expect(onlyFailure(story.judge([both])) == [])
        story.show(story.screen[1])
        #expect(onlyFailure(story.judge([both])) == ["shown.once"])
    }

    @Test("messages in another order fail shown.order")
    func order() {
        var story = taken()
        story.swapShown()
        #expect(onlyFailure(story.judge([both])) == ["shown.order"])
    }

    @Test("another text, sender or time fails the check of each", arguments: ["text", "sender", "time"])
    func changed(what: String) {
        let story = taken { seen in
            switch what {
            case "text": seen.body = Array("M2".utf8)
            case "sender": seen.sender = "sip:focus@cpm.example"
            default: seen.sentAt = 2_000_000
            }
        }
        #expect(onlyFailure(story.judge([both])) == ["shown.\(what)"])
    }

    @Test("fractions of a second in a time are nobody's fault")
    func fractions() {
        let story = taken { $0.sentAt = 1_000_999 }
        #expect(onlyFailure(story.judge([both])) == [])
    }

    @Test("a message that never crossed the wire fails shown.only, whoever it is said to be from", arguments: [true, false])
    func invented(isOwn: Bool) {
        var story = taken()
        story.show(
            SeenMessage(
                id: "made-up", isOwn: isOwn, sender: ClientStory.address("alice"), body: [], contentType: "text/plain",
                sentAt: 0, isRead: true))
        #expect(onlyFailure(story.judge([both])) == ["shown.only"])
    }

    @Test("a message that came without an id may be shown under any")
    func nameless() {
        var story = taken()
        story.offer(
            .message(
                ChatMessage(
                    id: nil, sender: ClientStory.address("alice"), dateTime: nil, instant: nil, contentType: "text/plain",
                    body: Array("no name".utf8), dispositionRequests: [])))
        for (text, failures) in [("no name", []), ("another", ["shown.only"])] {
            var shown = story
            shown.show(
                SeenMessage(
                    id: "1", isOwn: false, sender: ClientStory.address("alice"), body: Array(text.utf8), contentType: "text/plain",
                    sentAt: nil, isRead: false))
            #expect(onlyFailure(shown.judge([both])) == failures)
        }
    }

    // MARK: Fates

    private func written(fates: [SeenDisposition]) -> ClientStory {
        var story = ClientStory()
        story.called()
        story.write("c1", fates: fates)
        story.report("delivered", on: "c1", of: "alice")
        return story
    }

    private let fate = Expectation.dispositions(
        at: "carol", group: "team", exactly: [ExpectedDisposition(message: "c1", from: "alice", status: .delivered)])

    @Test("a late disposition that is shown passes, also where its recipient is not")
    func fates() {
        for recipient in [ClientStory.address("alice"), nil] {
            let story = written(fates: [SeenDisposition(recipient: recipient, status: "delivered")])
            #expect(story.judge([fate]).values.allSatisfy { $0.outcome == .pass })
        }
    }

    @Test("one that is not shown fails fates.complete, one that nobody told fails fates.only")
    func wrongFates() {
        #expect(onlyFailure(written(fates: []).judge([fate])) == ["fates.complete"])
        let more = [
            SeenDisposition(recipient: ClientStory.address("alice"), status: "delivered"),
            SeenDisposition(recipient: ClientStory.address("bob"), status: "displayed"),
        ]
        #expect(onlyFailure(written(fates: more).judge([fate])) == ["fates.only"])
    }

    // MARK: Lists

    @Test("a member who is not shown, a leaver who is and one shown twice fail members.shown")
    func wrongMembers() {
        var story = taken()
        story.participants.removeFirst()
        #expect(onlyFailure(story.judge([members])) == ["members.shown"])
        story = taken()
        story.participants.append(story.participants[0])
        #expect(onlyFailure(story.judge([members])) == ["members.shown"])
        story = taken()
        let gone = Expectation.roster(at: "carol", group: "team", list: .final, members: ["alice": .connected, "bob": .left])
        #expect(onlyFailure(story.judge([gone])) == ["members.shown"])
    }

    @Test("a client need not list its own user")
    func withoutSelf() {
        var story = taken()
        story.participants.removeLast()
        #expect(onlyFailure(story.judge([members])) == [])
    }

    private func told() -> ClientStory {
        var story = taken()
        story.history = [
            .message("id-m1"), .joined(ClientStory.address("dave")), .message("id-m2"), .left(ClientStory.address("bob")),
        ]
        func hand(_ label: String, _ by: String) -> TestStep {
            TestStep(.client(.hand(HandStep(SendStep(by: by, label: label, group: "team", content: .text(label))))))
        }
        func list(_ shows: [ActorName: ListStep.Shown]) -> TestStep {
            TestStep(.client(.list(ListStep(group: "team", shows: shows))))
        }
        story.steps = [
            list(["alice": .connected, "bob": .connected, "carol": .connected]), hand("m1", "alice"),
            list(["alice": .connected, "bob": .connected, "carol": .connected, "dave": .connected]), hand("m2", "bob"),
            list(["alice": .connected, "bob": .departed, "carol": .connected, "dave": .connected]),
        ]
        return story
    }

    private let changes = Expectation.changes(at: "carol", group: "team", inOrder: [.joined("dave"), .left("bob")])

    @Test("joins and departures in their places pass; a missing, swapped or misplaced one fails history.shown for 058d")
    func history() {
        #expect(told().judge([changes])["history.shown"]?.outcome == .pass)
        let wrong: [(inout [SeenEntry]) -> Void] = [{ $0.remove(at: 1) }, { $0.swapAt(1, 3) }, { $0.swapAt(0, 1) }]
        for change in wrong {
            var story = told()
            change(&story.history)
            let results = story.judge([changes])
            #expect(onlyFailure(results) == ["history.shown"])
            #expect(results["history.shown"]?.requirements == [.processIntermediate])
        }
    }

    @Test("an audience that is missing or another fails audience.shown for 058d")
    func audience() {
        let wanted = Expectation.audience(at: "carol", group: "team", of: ["m1": ["alice", "bob", "carol"]])
        let names = { (names: [String]) in names.map(ClientStory.address) }
        for (audience, isRight) in [(names(["bob"]), true), (names(["alice", "bob", "carol"]), true), (names(["dave"]), false), (nil, false)] {
            var story = ClientStory()
            story.called()
            story.hand("m1", by: "alice") { $0.audience = audience }
            #expect(onlyFailure(story.judge([wanted])) == (isRight ? [] : ["audience.shown"]))
        }
    }

    // MARK: Reports

    private func reported(_ asks: [String], _ given: [String], read: Bool = false) -> [String] {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice", asks: asks)
        if read { story.reads("m1") }
        for status in given { story.gives(status, on: "m1") }
        let wanted = Expectation.reports(
            at: "carol", group: "team", exactly: asks.contains("positive-delivery") ? [ExpectedReport(message: "m1", status: .delivered)] : [])
        return onlyFailure(story.judge([wanted]))
    }

    @Test("reports are held to what was asked for, once, and not before the user has read")
    func reports() {
        #expect(reported(["positive-delivery"], ["delivered"]) == [])
        #expect(reported(["positive-delivery"], []) == ["reports.complete"])
        #expect(reported([], ["delivered"]) == ["reports.asked"])
        #expect(reported(["positive-delivery"], ["delivered", "delivered"]) == ["reports.once"])
        #expect(reported(["display"], ["displayed"]) == ["reports.premature"])
        #expect(reported(["display"], ["displayed"], read: true) == [])
    }

    @Test("a report on a message that never came fails reports.asked")
    func reportOnNothing() {
        var story = taken()
        story.gives("delivered", on: "m9")
        #expect(onlyFailure(story.judge([both])) == ["reports.asked"])
    }

    // MARK: Restart

    @Test("a restart invites every member, nobody else, and keeps both ids")
    func restart() {
        let wanted = Expectation.restarted(at: "carol", group: "team", inviting: ["alice", "bob"])
        func failures(_ invited: [String], group: GroupIdentity = ClientStory.group) -> [String] {
            var story = taken()
            story.restarts(inviting: invited, group: group)
            return onlyFailure(story.judge([wanted]))
        }
        #expect(failures(["alice", "bob"]) == [])
        #expect(failures(["alice"]) == ["restart.members"])
        #expect(failures(["alice", "bob", "carol"]) == ["restart.members"])
        #expect(failures(["alice", "bob", "dave"]) == ["restart.members"])
        let other = GroupIdentity(conversation: ClientStory.group.conversation, contribution: "new")
        #expect(failures(["alice", "bob"], group: other) == ["restart.ids"])
    }

    @Test("a client that was asked to go on and never did fails restart.members")
    func neverRestarted() {
        var story = taken()
        story.act("restart", ["group": "team", "who": "carol"])
        let wanted = Expectation.restarted(at: "carol", group: "team", inviting: ["alice"])
        #expect(onlyFailure(story.judge([wanted])) == ["restart.members"])
    }
}
