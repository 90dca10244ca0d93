import TestCases

/// Whether a run has shown everything that is claimed.
struct FullPass {
    let scopes: [ClaimedScope]

    /// What keeps the run from being a full pass, one sentence each; empty for a full pass.
    func missing(in run: RunResult) -> [String] {
        var missing: [String] = []
        if run.interrupted { missing.append("the run was interrupted") }
        let filtered = scopes.reduce(0) { $0 + $1.filteredOut.count }
        if filtered > 0 {
            missing.append("\(filtered) \(filtered == 1 ? "case that applies was" : "cases that apply were") filtered out")
        }
        if scopes.contains(where: { !$0.isWhole }) {
            missing.append("recordings were judged, and whether all cases that apply are among them is not known")
        }
        for (verdict, word) in [(Verdict.fail, "failed"), (.error, "ended in an error of the harness"), (.inconclusive, "inconclusive"), (.notJudged, "not judged")] {
            let count = run.cases.count { $0.verdict == verdict }
            if count > 0 { missing.append("\(count) \(count == 1 ? "case" : "cases") \(word)") }
        }
        if run.cases.isEmpty { missing.append("no case was played") }
        return missing + run.itemsWithoutPass
    }
}

extension RunResult {
    /// What is claimed and did not pass, one sentence each: the part of `missing` that requirements and ICS items say
    /// themselves, too.
    public var itemsWithoutPass: [String] {
        requirements.filter { $0.isClaimed && $0.verdict != .pass }.map { "\($0.id.rawValue) is \($0.verdict.rawValue)" }
            + ics.filter { $0.isClaimed && $0.verdict != .pass }.map {
                "the ICS item '\($0.option.rawValue): \($0.value)' is \($0.verdict.rawValue)"
                    + ($0.isNeverJudged ? " (never judged)" : "")
            }
    }
}
