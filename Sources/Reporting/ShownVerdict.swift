public import Judging

/// What a report says of a case: the verdict, with the two ways of having none told apart.
public enum ShownVerdict: String, Sendable, Hashable, CaseIterable {
    case pass
    case inconclusive
    case fail
    case error
    /// Interrupted, or never begun.
    case notFinished = "not finished"
    /// It ended, and nothing was judged.
    case notJudged = "not judged"
    /// ICS or policy leave it out.
    case notApplicable = "not applicable"
}

extension CaseResult {
    /// What every format shows for this case.
    ///
    /// It is never better than the worst of the case's own reasons and checks, and a pass needs a check that passed:
    /// whatever goes wrong before, no report turns it into a pass.
    public var shown: ShownVerdict {
        let fromReasons = reasons.map(\.verdict).max() ?? .notJudged
        let fromChecks = checks.filter { $0.weight == .requirement }.map(\.outcome.verdict).max() ?? .notJudged
        switch verdict.worst(with: fromReasons).worst(with: fromChecks) {
        case .pass where verdict == .pass:
            return checks.contains { $0.outcome == .pass && $0.weight == .requirement } ? .pass : .error
        case .pass, .notJudged: return reasons.contains { $0.code == "not-finished" } ? .notFinished : .notJudged
        case .inconclusive: return .inconclusive
        case .fail: return .fail
        case .error: return .error
        }
    }

    /// The reason that stands first; says so when the case gives none.
    var mainReason: Reason {
        if verdict == .pass, shown == .error { return Reason(.error, code: "harness", "no check was evaluated") }
        let worst = reasons.map(\.verdict).max()
        if let reason = reasons.first(where: { $0.verdict == worst }) { return reason }
        let decisive = checks.filter { $0.outcome != .pass && $0.weight == .requirement }
        guard let check = decisive.max(by: { $0.outcome.verdict < $1.outcome.verdict }) else {
            return Reason(verdict, code: "harness", "no reason was given")
        }
        var text = check.observed
        if case .notReached(let why) = check.outcome { text = why }
        return Reason(check.outcome.verdict, code: check.id, text, lines: check.lines)
    }
}

/// How many cases came out in each way.
public struct RunTotals: Sendable, Hashable {
    public private(set) var counts: [ShownVerdict: Int] = [:]

    public init(_ run: RunResult) {
        for result in run.cases { counts[result.shown, default: 0] += 1 }
        counts[.notApplicable] = run.notApplicable.isEmpty ? nil : run.notApplicable.count
    }

    public subscript(verdict: ShownVerdict) -> Int { counts[verdict] ?? 0 }

    /// Cases with a verdict of any kind.
    public var judged: Int { self[.pass] + self[.inconclusive] + self[.fail] + self[.error] }

    /// `14 pass, 1 fail, 2 not applicable`.
    public var sentence: String {
        let parts = ShownVerdict.allCases.compactMap { self[$0] == 0 ? nil : "\(self[$0]) \($0.rawValue)" }
        return parts.isEmpty ? "no cases" : parts.joined(separator: ", ")
    }
}
