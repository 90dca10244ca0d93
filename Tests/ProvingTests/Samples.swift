import EnablerReference
import Foundation
import Judging
import TestCases

@testable import Proving

enum Samples {
    static let suites = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/Suites"

    /// Cases of the shipped suites; what they are about does not matter here.
    static let cases = Array(((try? SuiteLoader.load(directory: suites))?.cases ?? []).filter { $0.role == .enabler }.prefix(4))

    /// As many of them as asked for, as the proof takes them.
    static func profiled(_ count: Int = 4) -> ProfiledCases { ProfiledCases(Array(cases.prefix(count))) }

    static func failed(_ id: String, _ requirements: [String], weight: Weight = .requirement) -> CheckResult {
        CheckResult(
            id: id, subject: "carol", requirements: requirements.map { RequirementID($0) }, basis: .clause,
            weight: weight, outcome: .fail, expected: "all is well", observed: "<b>it</b> is not & never was", lines: [3])
    }

    static func result(_ place: Int, _ verdict: Verdict, _ checks: [CheckResult] = []) -> CaseResult {
        let testCase = cases[place]
        return CaseResult(
            id: testCase.id, title: testCase.title, suite: testCase.suite, requirements: testCase.requirements,
            verdict: verdict, reasons: verdict == .pass ? [] : [Reason(verdict, code: "why", "because <it> is so")],
            checks: checks, seconds: Double(place))
    }

    static func cell(
        _ subject: ProofSubject, _ place: Int, _ verdict: Verdict, _ checks: [CheckResult] = []
    ) -> ProofCell {
        ProofCell(subject, result(place, verdict, checks))
    }

    /// What a case says that catches the defect.
    static func caught(_ defect: Defect, _ place: Int) -> ProofCell {
        cell(.defect(defect), place, .fail, [failed(defect.check, defect.requirements)])
    }
}
