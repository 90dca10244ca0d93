import Recordings
import Testing

@testable import Facts

@Suite("Answers in a recording")
struct OperatorAnswerTests {
    private func facts(_ fields: [String: JSONValue], actor: String? = "carol") -> [FactKind] {
        var decoder = FactDecoder(isClientTested: true)
        return decoder.take(RecordedLine(n: 1, t: 1, kind: .answer, actor: actor, fields: fields)).map(\.what)
    }

    @Test("an answer is read as it was written", arguments: OperatorAnswer.Word.allCases)
    func roundTrip(_ word: OperatorAnswer.Word) {
        for group in ["team", nil] {
            let answer = OperatorAnswer(
                user: "carol", group: group, checks: group == nil ? [] : ["shown.order"], about: group == nil ? [] : ["came m1 id"],
                asked: "Is it so?", word: word, remark: "hardly")
            #expect(facts(answer.fields) == [.answered(answer)])
        }
    }

    @Test("a line whose answer is none, or nobody's, says nothing")
    func unreadable() {
        #expect(facts(["asked": "Is it so?", "answer": "maybe"]) == [])
        #expect(facts(["asked": "Is it so?", "answer": true]) == [])
        #expect(facts(["asked": "Is it so?"]) == [])
        #expect(facts(["asked": "Is it so?", "answer": "yes"], actor: nil) == [])
        // What is of the wrong type counts as nothing that was asked.
        guard case .answered(let answer)? = facts(["answer": "yes", "checks": "shown.order", "group": "team"]).first else {
            Issue.record("no answer")
            return
        }
        #expect(answer.checks == [])
    }
}
