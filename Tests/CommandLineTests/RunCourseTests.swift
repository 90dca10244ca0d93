import Judging
import Playing
import Proving
import Recordings
import Synchronization
import TestCases
import Testing

@testable import CommandLine

@Suite("The course of a run", .timeLimit(.minutes(1)))
struct RunCourseTests {
    private func course(_ filter: [String], rounds: Int = 1) throws -> RunCourse {
        let loaded = try SuiteLoader.load(directory: Built.suites)
        let plan = try RunPlan(EmbeddedEnabler(), loaded.cases, filter: filter)
        let settings = PlaySettings(seed: 1, binding: loaded.binding, versions: [:], wallClock: { 0 })
        return RunCourse(plan: plan, settings: settings, jobs: 4, rounds: rounds)
    }

    @Test("what is asked for again is played again, alone, three times at most, and the round is closed once")
    func again() async throws {
        let course = try course(["058a-joins-late-on-registration", "058a-added-while-away"])
        let heard = Mutex<[String]>([])
        let ending = await course.play(
            Captured().console(), begin: {},
            news: { progress, turn in
                guard case .ended(let played) = progress else { return false }
                heard.withLock { $0.append("\(played.testCase.id) \(turn.attempt)\(turn.isLast ? " last" : "")") }
                return played.testCase.id == "058a-added-while-away"
            },
            close: { round in heard.withLock { $0.append("round \(round)") } })
        guard case .played = ending else { return #expect(Bool(false), "\(ending)") }
        let all = heard.withLock { $0 }
        #expect(Set(all.prefix(2)) == ["058a-joins-late-on-registration 1", "058a-added-while-away 1"])
        #expect(all.dropFirst(2) == ["058a-added-while-away 2", "058a-added-while-away 3 last", "round 1"])
    }

    @Test("only a case without an outcome, in which the harness was held up, says nothing", arguments: [
        (Verdict.inconclusive, true), (.error, true), (.pass, false), (.fail, false),
    ])
    func late(_ verdict: Verdict, _ isLate: Bool) {
        var recording = Recording(
            header: RecordingHeader(start: "2026-01-01T00:00:00.000Z", case: [:], iut: [:], binding: [:], seed: 1), lines: [])
        #expect(!verdict.isLate(in: recording))
        recording.lines = [RecordedLine(n: 1, t: 0, kind: .stall, fields: ["ms": 900])]
        #expect(verdict.isLate(in: recording) == isLate)
    }
}
