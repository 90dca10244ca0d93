import Diagnostics
import Foundation
import Judging
import TestCases

/// Runs to report on.
enum SampleRun {
    static func testCase(_ id: String, suite: String = "Deferred delivery") -> TestCase {
        var testCase = TestCase(id: id, requirements: ["CPM-CONV-058a"], actors: [], steps: [], expectations: [])
        testCase.suite = suite
        testCase.title = "Title of \(id)"
        return testCase
    }

    static func check(
        _ id: String = "messages.complete", _ outcome: CheckOutcome = .pass, weight: Weight = .requirement,
        basis: Basis = .clause
    ) -> CheckResult {
        CheckResult(
            id: id, subject: "carol", requirements: ["CPM-CONV-058", "CPM-CONV-058a"], basis: basis, weight: weight,
            outcome: outcome, expected: "carol gets m1 and m2", observed: "carol got m1", lines: [12, 40])
    }

    static func result(
        _ id: String, _ verdict: Verdict, reasons: [Reason] = [], checks: [CheckResult] = [check()],
        suite: String = "Deferred delivery"
    ) -> CaseResult {
        CaseResult(
            id: id, title: "Title of \(id)", suite: suite, requirements: ["CPM-CONV-058", "CPM-CONV-058a"],
            verdict: verdict, reasons: reasons, checks: checks, seconds: 1.2345,
            waits: [TimedWait(what: "carol's return", seconds: 0.75)], recording: "\(id).ndjson")
    }

    static func run(_ cases: [CaseResult], notApplicable: [NotApplicableCase] = []) -> RunResult {
        RunResult(
            command: "run", started: "2026-05-01T09:30:00.250Z", seconds: 4.5, implementation: "embedded reference 1.0",
            cases: cases, notApplicable: notApplicable)
    }

    /// One case of every kind, for the snapshots.
    static var everyKind: RunResult {
        var warned = result(
            "058-warned", .pass, checks: [check(), check("wire.extension", .fail, weight: .warning, basis: .rfc("RFC 4575 §5"))])
        warned.closing = ["bob's BYE was not answered"]
        warned.leftovers = [Leftover("messages of other groups came to carol: 2", lines: [31, 33])]
        let failed = result(
            "058a-failed", .fail,
            reasons: [
                Reason(.fail, code: "messages.complete", "carol got m1 and never m2", lines: [12, 40]),
                Reason(.inconclusive, code: "roster.final", "no final list could be told from the others"),
            ],
            checks: [check("messages.complete", .fail), check("messages.order"), check("roster.final", .inconclusive, basis: .reading)])
        let stalled = result(
            "058a-stalled", .error,
            reasons: [
                Reason(.error, code: "stall", "harness stalled for 900 ms", lines: [7]),
                Reason(.fail, code: "messages.once", "m1 came twice", lines: [30]),
            ], checks: [check("messages.once", .fail)])
        let unclear = result(
            "058a-unclear", .inconclusive,
            reasons: [Reason(.inconclusive, code: "preamble", "alice could not create the group: 503")],
            checks: [check("messages.complete", .notReached("the preamble failed"))])
        var run = run(
            [result("058a-passed", .pass), warned, failed, stalled, unclear,
             .notFinished(testCase("058b-unfinished", suite: "Lists"), reason: "interrupted")],
            notApplicable: [NotApplicableCase(testCase("058b-claimed", suite: "Lists"), reason: "ICS intermediate-lists is not claimed")])
        run.interrupted = true
        run.requirements = [
            RequirementResult(id: "CPM-CONV-058", verdict: .pass, cases: ["058a-passed", "058-warned"], reasons: []),
            RequirementResult(
                id: "CPM-CONV-058a", verdict: .fail, cases: ["058a-failed"],
                reasons: [Reason(.fail, code: "messages.complete", "carol got m1 and never m2", lines: [12, 40])]),
        ]
        run.requirements.append(
            RequirementResult(id: "CPM-CONV-058b", notApplicable: "the ICS option 'delivers-intermediate-lists' is false"))
        run.ics = [
            ICSResult(
                option: .survivesRestart, value: "true", verdict: .inconclusive, cases: [],
                reasons: [
                    Reason(.inconclusive, code: RequirementResult.neverJudged, "it is claimed, and no case that applies judged it")
                ]),
            ICSResult(option: .groupIMDN, value: "none", notApplicable: "it is none"),
        ]
        run.missing = ["1 case failed", "CPM-CONV-058a is fail"]
        run.differences = [
            ClaimDifference(
                kind: .shownNotClaimed, item: "group-imdn", text: "reports come, against 'group-imdn: none'",
                cases: ["058a-passed"])
        ]
        return run
    }

    /// What a peer may put into anything it sends.
    static let hostile =
        "a\u{1B}[31mred\u{7}\u{0}\r\n<b>&\"'</b> ]]> ]]&gt; %s %n \u{202E}desrever\u{2066}\u{9B}31m \u{FFFE}\u{2028}\u{FEFF} \u{E0041} 😀 é"
}

/// Files under `Fixtures`.
enum Fixture {
    static func url(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
    }

    /// The text kept in a file; `CPMCHECK_UPDATE_SNAPSHOTS=1` writes it anew, to be read with care before it is kept.
    static func snapshot(_ name: String, of text: String) throws -> String {
        if ProcessInfo.processInfo.environment["CPMCHECK_UPDATE_SNAPSHOTS"] == "1" {
            try text.write(to: url(name), atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: url(name), encoding: .utf8)
    }
}
