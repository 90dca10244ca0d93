public import TestCases

/// The verdict of each requirement over a run: the worst of its checks.
public enum RequirementVerdicts {
    /// - Parameter claimed: requirements that the run has to say something about, in the order of the report.
    public static func settle(_ cases: [CaseResult], claimed: [RequirementID]) -> [RequirementResult] {
        claimed.map { id in
            var verdict = Verdict.notJudged
            var judgedIn: [String] = []
            var reasons: [Reason] = []
            for result in cases {
                let own = result.checks.filter { $0.requirements.contains(id) && $0.weight == .requirement }
                let judged = own.filter { $0.outcome.verdict != .notJudged }
                if !judged.isEmpty { judgedIn.append(result.id) }
                for check in judged {
                    verdict = verdict.worst(with: check.outcome.verdict)
                    if check.outcome != .pass {
                        reasons.append(
                            Reason(
                                check.outcome.verdict, code: check.id, "\(result.id): \(check.observed)",
                                lines: check.lines))
                    }
                }
                // A case that stopped short leaves its requirements in doubt.
                if result.requirements.contains(id), judged.isEmpty, result.verdict > .pass {
                    verdict = verdict.worst(with: min(result.verdict, .inconclusive))
                    reasons += result.reasons.prefix(1).map {
                        Reason(.inconclusive, code: $0.code, "\(result.id): \($0.text)", lines: $0.lines)
                    }
                }
            }
            return RequirementResult(id: id, verdict: verdict, cases: judgedIn, reasons: reasons)
        }
    }
}
