internal import Judging
internal import TestCases

// Requirements and ICS items as test cases of a suite of their own, so that CI systems show them.
extension JUnitEntry {
    static func items(of run: RunResult) -> [JUnitEntry] {
        guard run.unreachable == nil else { return [] }
        return run.requirements.map { JUnitEntry($0, name: $0.id.rawValue, what: "requirement") }
            + run.ics.map { JUnitEntry($0, name: "ICS \($0.option.rawValue)", what: "claim", value: $0.value) }
    }

    /// What was never judged is skipped and not an error: the run may have been asked for a part only, and its exit
    /// code says nothing of the rest. Everything else is as for a case.
    private init(_ item: some ItemResult, name: String, what: String, value: String? = nil) {
        self.init(named: name)
        properties = [("kind", what), ("verdict", item.word), ("cases", String(item.cases.count))]
        if let value { properties.append(("value", value)) }
        let body = item.reasons.prefix(50).map { "\($0.verdict.rawValue): \(safeText($0.text)) [\(safeText($0.code))]" }
        let worst = item.reasons.first { $0.verdict == item.verdict }
        func outcome(_ element: String, _ type: String, _ message: String) -> Outcome {
            Outcome(element: element, type: type, message: message, body: body)
        }
        if let why = item.notApplicable {
            self.outcome = Outcome(element: "skipped", type: "", message: "not applicable: \(why)", body: [])
        } else if item.isNeverJudged {
            self.outcome = Outcome(element: "skipped", type: "", message: "inconclusive: \(worst?.text ?? "never judged")", body: [])
        } else {
            switch item.verdict {
            case .pass: self.outcome = nil
            case .fail: self.outcome = outcome("failure", worst?.code ?? "fail", worst?.text ?? "a check failed")
            case .inconclusive: self.outcome = outcome("error", "inconclusive", worst?.text ?? "a check was inconclusive")
            case .error: self.outcome = outcome("error", "error", worst?.text ?? "the harness was in trouble")
            case .notJudged: self.outcome = outcome("error", "not-judged", "nothing of it was judged")
            }
        }
    }
}
