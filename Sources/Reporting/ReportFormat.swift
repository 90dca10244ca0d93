public import Judging

/// One form of report. What it writes follows from what it is given and from nothing else.
///
/// `begin` comes first, then `write` once per case in whatever order the cases end, then `finish`; after an interrupt
/// `finish` comes sooner. A format that must know everything before it can write anything writes in `finish`.
public protocol ReportFormat {
    /// - Parameter planned: the run to come; its cases are those selected, each not finished yet.
    mutating func begin(_ planned: RunResult, to stream: inout some TextOutputStream)
    /// A case has its verdict.
    mutating func write(_ result: CaseResult, to stream: inout some TextOutputStream)
    /// The run is over. Planned cases that are not in `run` are reported as not finished.
    mutating func finish(_ run: RunResult, to stream: inout some TextOutputStream)
}

extension ReportFormat {
    /// The whole report of a run that is over.
    public func text(of run: RunResult, planned: RunResult? = nil) -> String {
        var format = self
        var text = ""
        format.begin(planned ?? run, to: &text)
        for result in run.cases { format.write(result, to: &text) }
        format.finish(run, to: &text)
        return text
    }
}

extension RunResult {
    /// The same run with every planned case in it, so that what never ended cannot be overlooked.
    func completed(with planned: [CaseResult]) -> RunResult {
        let known = Set(cases.map(\.id))
        var whole = self
        whole.cases += planned.filter { !known.contains($0.id) }.map { missing in
            var missing = missing
            missing.verdict = .notJudged
            missing.reasons = [
                Reason(
                    .notJudged, code: "not-finished",
                    interrupted ? "the run was interrupted before this case ended" : "the run ended before this case did")
            ]
            missing.checks = []
            return missing
        }
        return whole
    }
}
