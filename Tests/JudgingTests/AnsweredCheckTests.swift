import Facts
import Recordings
import TestCases
import Testing

@testable import Judging

/// What the answers of an operator decide, and what they cannot.
@Suite("An operator's answers")
struct AnsweredCheckTests {
    private typealias Word = OperatorAnswer.Word

    private static let messages = TestCases.Expectation.messages(at: "carol", group: "team", exactly: ["m1", "m2"])
    private static let fates = Expectation.dispositions(
        at: "carol", group: "team", exactly: [ExpectedDisposition(message: "c1", from: "alice", status: .delivered)])
    private static let members = Expectation.roster(
        at: "carol", group: "team", list: .final, members: ["alice": .connected, "bob": .connected, "carol": .member])
    private static let changes = Expectation.changes(at: "carol", group: "team", inOrder: [])
    private static let audience = Expectation.audience(at: "carol", group: "team", of: ["m1": ["alice", "bob", "carol"]])
    private static let all = [messages, fates, members, changes, audience]

    /// carol is called, and gets two messages, a report on her own and a list. Nobody has looked at what she sees.
    private func story() -> ClientStory {
        var story = ClientStory()
        story.called()
        story.write("c1")
        story.hand("m1", by: "alice")
        story.hand("m2", by: "bob")
        story.report("delivered", on: "c1", of: "alice")
        story.roster(["alice", "bob", "carol"])
        return story
    }

    /// Asks as the player does: each question whole, and by its parts where the answer is not yes.
    private func ask(
        _ story: inout ClientStory, _ expectations: [TestCases.Expectation] = all, _ word: (OperatorQuestion) -> Word
    ) {
        for expectation in expectations {
            guard let question = inquiry(story, expectation) else { continue }
            let whole = word(question)
            answer(&story, question, whole)
            guard whole != .yes, question.checks.count > 1 else { continue }
            for check in question.checks { answer(&story, question.only(check), word(question.only(check))) }
        }
    }

    private func inquiry(_ story: ClientStory, _ expectation: TestCases.Expectation) -> OperatorQuestion? {
        OperatorQuestion(
            expectation, of: story.testCase([expectation]), facts: story.facts, addresses: ClientStory.addresses)
    }

    private func answer(_ story: inout ClientStory, _ question: OperatorQuestion, _ word: Word, remark: String? = nil) {
        story.add(
            .answered(
                OperatorAnswer(
                    user: question.user, group: question.group, checks: question.checks.map(\.rawValue), about: question.about,
                    asked: "Is it so?", word: word, remark: remark)))
    }

    private func outcomes(_ story: ClientStory, _ expectations: [TestCases.Expectation] = all) -> [String: CheckOutcome] {
        story.judge(expectations, looking: false).mapValues(\.outcome)
    }

    private func ids(_ outcome: CheckOutcome, _ outcomes: [String: CheckOutcome]) -> [String] {
        outcomes.filter { $0.value == outcome }.map(\.key).sorted()
    }

    // MARK: Yes, no and unclear

    @Test("a yes to everything passes every check on what the user sees, each with its lines")
    func yes() {
        var story = story()
        ask(&story) { _ in .yes }
        let results = story.judge(Self.all, looking: false)
        for check in ShownCheck.allCases {
            #expect(results[check.rawValue]?.outcome == .pass, "\(check)")
            #expect(results[check.rawValue]?.lines.isEmpty == false)
        }
        #expect(results.values.allSatisfy { $0.outcome == .pass || ["reports.once", "reports.premature"].contains($0.id) })
    }

    @Test("a no fails the check whose claim it is, and no other", arguments: ShownCheck.allCases)
    func no(_ check: ShownCheck) {
        var story = story()
        ask(&story) { $0.checks.contains(check) ? .no : .yes }
        let outcomes = outcomes(story)
        #expect(ids(.fail, outcomes) == [check.rawValue])
        #expect(ids(.inconclusive, outcomes) == [])
    }

    @Test("an unclear makes the check inconclusive whose claim it is, and no other", arguments: ShownCheck.allCases)
    func unclear(_ check: ShownCheck) {
        var story = story()
        ask(&story) { $0.checks.contains(check) ? .unclear : .yes }
        let outcomes = outcomes(story)
        #expect(ids(.inconclusive, outcomes) == [check.rawValue])
        #expect(ids(.fail, outcomes) == [])
    }

    @Test("the check is for the same requirement, on the same basis, whoever was asked", arguments: ShownCheck.allCases)
    func sameTerms(_ check: ShownCheck) {
        var asked = story()
        ask(&asked) { _ in .yes }
        let byOperator = asked.judge(Self.all, looking: false)[check.rawValue]
        let byTester = story().judge(Self.all)[check.rawValue]
        #expect(byOperator?.requirements == byTester?.requirements)
        #expect(byOperator?.basis == byTester?.basis)
        #expect(byOperator?.expected == byTester?.expected)
        #expect(byOperator?.weight == byTester?.weight)
    }

    @Test("what the operator said besides stands in the sentence of the failure")
    func remark() throws {
        var story = story()
        let question = try #require(inquiry(story, Self.members))
        answer(&story, question, .no, remark: "dave is there, too")
        let result = story.judge([Self.members], looking: false)["members.shown"]
        #expect(result?.outcome == .fail)
        #expect(result?.observed.contains("“dave is there, too”") == true)
        #expect(result?.lines.contains(story.facts.count) == true)
    }

    // MARK: What no answer can make pass

    @Test("a yes about messages of which one never came is inconclusive, and says which")
    func neverCame() {
        var story = ClientStory()
        story.called()
        story.hand("m1", by: "alice")
        story.hand("m2", by: "bob", answered: false)
        story.roster(["alice", "bob", "carol"])
        ask(&story, [Self.messages]) { _ in .yes }
        let results = story.judge([Self.messages], looking: false)
        #expect(results["shown.complete"]?.outcome == .inconclusive)
        #expect(results["shown.complete"]?.observed == "m2 never came to the client")
        #expect(results["shown.order"]?.outcome == .notReached("one message has no order"))
    }

    @Test("where nothing came, nothing is asked that could pass")
    func nothingCame() {
        var story = ClientStory()
        story.called()
        #expect(inquiry(story, Self.messages)?.checks == [.only])
        for expectation in [Self.fates, Self.members, Self.audience] { #expect(inquiry(story, expectation) == nil) }
        ask(&story) { _ in .yes }
        #expect(ids(.pass, outcomes(story)).filter { ShownCheck(rawValue: $0) != nil } == ["history.shown", "shown.only"])
    }

    @Test("a yes to another question than the wire gives rise to passes nothing")
    func otherQuestion() throws {
        var story = story()
        var question = try #require(inquiry(story, Self.messages))
        question.about.removeLast()
        answer(&story, question, .yes)
        let results = story.judge([Self.messages], looking: false)
        for check in ShownCheck.ofMessages {
            #expect(results[check.rawValue]?.outcome == .inconclusive)
            #expect(results[check.rawValue]?.observed == "the operator was asked about something else than what came")
        }
    }

    @Test("a yes about another group, or of another user, passes nothing")
    func otherGroup() throws {
        for change in [{ $0.group = "family" }, { $0.user = "dave" }] as [(inout OperatorQuestion) -> Void] {
            var story = story()
            var question = try #require(inquiry(story, Self.members))
            change(&question)
            answer(&story, question, .yes)
            #expect(story.judge([Self.members], looking: false)["members.shown"]?.outcome == .inconclusive)
        }
    }

    @Test("where the operator only did things, and was asked nothing, nothing passes or fails")
    func neverAsked() {
        var story = story()
        story.add(.answered(OperatorAnswer(user: "carol", asked: "Go on-line.", word: .done)))
        let outcomes = outcomes(story)
        for check in ShownCheck.allCases { #expect(outcomes[check.rawValue] == .inconclusive) }
    }

    @Test("a no to the whole with a yes to each part, or both answers to one, is inconclusive")
    func contradiction() throws {
        var story = story()
        let question = try #require(inquiry(story, Self.messages))
        answer(&story, question, .no)
        for check in question.checks { answer(&story, question.only(check), .yes) }
        var outcomes = outcomes(story, [Self.messages])
        for check in ShownCheck.ofMessages { #expect(outcomes[check.rawValue] == .inconclusive) }
        // Who could not tell the whole may well be able to tell each part.
        story = self.story()
        answer(&story, question, .unclear)
        for check in question.checks { answer(&story, question.only(check), .yes) }
        outcomes = self.outcomes(story, [Self.messages])
        for check in ShownCheck.ofMessages { #expect(outcomes[check.rawValue] == .pass) }
        answer(&story, question.only(.order), .no)
        #expect(self.outcomes(story, [Self.messages])["shown.order"] == .inconclusive)
    }

    @Test("what was not asked for by itself after a no to the whole is inconclusive")
    func partsMissing() throws {
        var story = story()
        let question = try #require(inquiry(story, Self.messages))
        answer(&story, question, .no)
        answer(&story, question.only(.complete), .no)
        let outcomes = outcomes(story, [Self.messages])
        #expect(ids(.fail, outcomes) == ["shown.complete"])
        #expect(ids(.inconclusive, outcomes) == ShownCheck.ofMessages.dropFirst().map(\.rawValue).sorted())
    }

    // MARK: What the person did

    @Test("what could not be done takes failures back that may come of it, and no others")
    func couldNot() {
        let wanted = Expectation.reports(at: "carol", group: "team", exactly: [ExpectedReport(message: "m1", status: .displayed)])
        for word in [Word.done, .couldNot] {
            var story = story()
            story.hand("m3", by: "alice", answered: false)
            story.reads("m1")
            story.add(.answered(OperatorAnswer(user: "carol", asked: "Read m1.", word: word)))
            ask(&story) { _ in .yes }
            let outcomes = outcomes(story, [wanted])
            #expect(outcomes["reports.complete"] == (word == .done ? .fail : .inconclusive))
            #expect(outcomes["session.answers"] == .fail)
        }
    }

    @Test("a displayed report after the operator was asked to look is in time; before it is doubtful, and with an upper tester wrong")
    func displayed() {
        func outcome(_ change: (inout ClientStory) -> Void) -> CheckOutcome? {
            var story = ClientStory()
            story.called()
            story.hand("m1", by: "alice", asks: ["display"])
            change(&story)
            return story.judge([], looking: false)["reports.premature"]?.outcome
        }
        let done = FactKind.answered(OperatorAnswer(user: "carol", asked: "Go on-line.", word: .done))
        #expect(outcome { $0.gives("displayed", on: "m1") } == .fail)
        #expect(outcome { $0.add(done); $0.gives("displayed", on: "m1") } == .inconclusive)
        #expect(
            outcome {
                $0.add(done)
                $0.act("look", ["who": "carol", "group": "team"])
                $0.gives("displayed", on: "m1")
            } == .pass)
        #expect(
            outcome {
                $0.add(done)
                $0.act("look", ["who": "carol", "group": "family"])
                $0.gives("displayed", on: "m1")
            } == .inconclusive)
    }
}
