import Facts
import Recordings
import Testing
import TestCases

@testable import Judging

@Suite("How the script's own course bears on the verdict")
struct CourseTests {
    private func fact(_ n: Int, _ what: FactKind) -> Fact { Fact(at: Int64(n) * 1_000_000, lines: [n], what: what) }

    private func act(_ n: Int, _ step: String, index: Int?, phase: String = "body", _ fields: [String: JSONValue] = [:]) -> Fact {
        fact(n, .act(Act(step: step, phase: phase, index: index, fields: fields)))
    }

    private let empty = Recording(
        header: RecordingHeader(start: "", case: .null, iut: .null, binding: .null, seed: 1), lines: [])

    private func course(_ facts: [Fact]) -> Course { Course(Evidence(facts), empty) }

    private func failed(_ id: String) -> CheckResult {
        CheckResult(
            id: id, subject: "carol", requirements: [.deliver], basis: .clause, outcome: .fail, expected: "",
            observed: "it is wrong")
    }

    private let unmet: [String: JSONValue] = ["result": "unmet", "awaited": ["an answer"]]

    @Test("a step of the preamble that did not get there leaves the checks unreached and the case inconclusive")
    func preamble() {
        let course = course([
            act(1, "create", index: 0, phase: "preamble"), act(2, "done", index: 0, phase: "preamble", unmet),
        ])
        #expect(!course.reachesChecks)
        #expect(course.reasons.map(\.verdict) == [.inconclusive])
        #expect(course.reasons.first?.text.contains("an answer") == true)
    }

    @Test("a later step that did not get there is inconclusive, and what rests on it fails nobody")
    func stimulus() {
        let course = course([act(1, "leave", index: 2, ["who": "bob"]), act(2, "done", index: 2, unmet)])
        #expect(course.reachesChecks)
        #expect(course.reasons.map(\.code) == ["unmet"])
        #expect(course.tempered(failed("roster.final")).outcome == .inconclusive)
        #expect(course.tempered(failed("messages.body")).outcome == .fail)
    }

    @Test("a return whose delivery did not end takes no failure back")
    func unendedReturn() {
        let course = course([act(1, "return", index: 3, ["who": "carol"]), act(2, "done", index: 3, unmet)])
        #expect(course.tempered(failed("roster.final")).outcome == .fail)
        #expect(course.reasons.map(\.verdict) == [.inconclusive])
    }

    @Test("in a case that was cut short nothing that is missing fails anybody")
    func cutShort() {
        var recording = empty
        recording.lines = [RecordedLine(n: 1, t: 1, kind: .note, fields: ["trouble": "not-finished", "text": "late"])]
        let course = Course(Evidence([act(1, "send", index: 1)]), recording)
        #expect(course.tempered(failed("messages.complete")).outcome == .inconclusive)
        #expect(course.tempered(failed("messages.once")).outcome == .fail)
        #expect(course.reasons.map(\.verdict) == [.inconclusive])
    }

    @Test("a recording that reached its limit leaves the checks unreached and the case inconclusive, with the cause first")
    func full() {
        var recording = empty
        recording.lines = [
            RecordedLine(n: 1, t: 1, kind: .note, fields: ["full": true, "text": "the recording reached its limit"]),
            RecordedLine(n: 2, t: 2, kind: .note, fields: ["trouble": "not-finished", "text": "late"]),
        ]
        let course = Course(Evidence([act(1, "send", index: 1)]), recording)
        #expect(!course.reachesChecks)
        #expect(course.reasons.map(\.code) == ["recording-full", "not-finished"])
        #expect(course.reasons.allSatisfy { $0.verdict == .inconclusive })
        recording.lines[0].fields["full"] = false
        #expect(Course(Evidence([act(1, "send", index: 1)]), recording).reachesChecks)
    }

    @Test("a limit missed while the harness was held up is an error of the harness, never a fail")
    func stalled() {
        let course = course([
            act(1, "send", index: 1), fact(2, .stalled(milliseconds: 900)), act(3, "done", index: 1, unmet),
        ])
        #expect(!course.reachesChecks)
        #expect(course.reasons.map(\.verdict) == [.error])
    }

    @Test("a stall while nothing was missed changes nothing")
    func harmlessStall() {
        let course = course([
            act(1, "send", index: 1), fact(2, .stalled(milliseconds: 900)), act(3, "done", index: 1, ["result": "met"]),
        ])
        #expect(course.reachesChecks)
        #expect(course.reasons.isEmpty)
    }

    @Test("trouble in the clean-up is told and changes no verdict")
    func closing() {
        let course = course([
            act(1, "send", index: 1), act(2, "done", index: 1, ["result": "met"]),
            act(3, "done", index: nil, phase: "closing", unmet),
        ])
        #expect(course.reasons.isEmpty)
        #expect(!course.closing.isEmpty)
    }

    @Test("bytes that cannot be read are a reason")
    func garbage() {
        let course = course([act(1, "send", index: 1), fact(2, .garbage(user: "carol", reason: "no SIP"))])
        #expect(course.reasons.map(\.code) == ["garbage"])
    }

    @Test("a message that was begun and never ended is the first reason where a step got nowhere meanwhile, and none by itself")
    func unfinished() {
        let begun = fact(4, .unfinished(user: "carol", since: 1_500_000))
        let steps = [
            act(1, "create", index: 0, phase: "preamble"), act(2, "done", index: 0, phase: "preamble", unmet),
        ]
        let met = [act(1, "create", index: 0), act(2, "done", index: 0, ["result": "met"])]
        #expect(course(steps + [begun]).reasons.map(\.code) == ["unfinished", "preamble"])
        #expect(course(steps).reasons.map(\.code) == ["preamble"])
        #expect(course(met + [begun]).reasons.isEmpty)
        // Begun when the step had already been given up.
        #expect(course(steps + [fact(4, .unfinished(user: "carol", since: 3_000_000))]).reasons.map(\.code) == ["preamble"])
    }

    @Test("waits are listed longest first, with what was awaited")
    func waits() {
        func wait(_ state: Wait.State, _ index: Int) -> FactKind {
            .wait(Wait(state: state, index: index, limit: "answer", milliseconds: 1000, awaited: ["thing \(index)"]))
        }
        let course = course([
            fact(1, wait(.begun, 0)), fact(2, wait(.met, 0)), fact(3, wait(.begun, 1)), fact(9, wait(.met, 1)),
        ])
        #expect(course.waits.map(\.what) == ["thing 1", "thing 0"])
        #expect(abs(course.waits[0].seconds - 0.006) < 1e-9)
    }

    @Test("verdicts only ever worsen")
    func lattice() {
        for a in Verdict.allCases {
            for b in Verdict.allCases {
                #expect(a.worst(with: b) >= a)
                #expect(a.worst(with: b) == b.worst(with: a))
            }
        }
        #expect(Verdict.allCases.sorted() == [.notJudged, .pass, .inconclusive, .fail, .error])
    }
}
