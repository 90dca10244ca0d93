public import Judging
public import TestCases

/// One case played several times: its verdicts must be the same.
public struct Repetition: Sendable {
    public let testCase: TestCase
    /// How often each verdict was given.
    public private(set) var counts: [Verdict: Int] = [:]
    /// The worst result of all, the first of those alike.
    public private(set) var worst: CaseResult?
    /// The first recording of each verdict, by file.
    public var recordings: [Verdict: String] = [:]
    /// What differed on the wire between two verdicts; nil when nothing did, or where it was not looked at.
    public var difference: String?

    public init(_ testCase: TestCase) { self.testCase = testCase }

    public var rounds: Int { counts.values.reduce(0, +) }
    public var varies: Bool { counts.count > 1 }

    /// Adds the result of a round.
    public mutating func add(_ result: CaseResult) {
        counts[result.verdict, default: 0] += 1
        if worst.map({ result.verdict > $0.verdict }) ?? true { worst = result }
    }

    /// `48 pass, 2 inconclusive`.
    public var sentence: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }

    /// The result for the reports: the worst, which says so when there were others.
    public var result: CaseResult? {
        guard varies, var result = worst else { return worst }
        let wire = difference.map { "the wire differed: \($0)" } ?? "the wire was the same"
        result.reasons.insert(
            Reason(result.verdict, code: "unstable", "the verdict varies over \(rounds) rounds: \(sentence); \(wire)"), at: 0)
        return result
    }
}
