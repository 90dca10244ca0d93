internal import Diagnostics
public import Judging
internal import Recordings
internal import TestCases

/// `results.json`: everything a run or re-judging found, for programs. `docs/REPORTS.md` describes it.
public struct ResultsReport: ReportFormat {
    /// The word in `format` by which the file is known.
    public static let formatName = "cpmcheck-results"
    public static let currentVersion = "1.1"

    private var planned: [CaseResult] = []

    public init() {}

    public mutating func begin(_ planned: RunResult, to stream: inout some TextOutputStream) {
        self.planned = planned.cases
    }

    /// It is one JSON object, written at the end.
    public mutating func write(_ result: CaseResult, to stream: inout some TextOutputStream) {}

    public mutating func finish(_ run: RunResult, to stream: inout some TextOutputStream) {
        stream.write(json(run.completed(with: planned)).indentedText + "\n")
    }

    private func json(_ run: RunResult) -> JSONValue {
        let totals = RunTotals(run)
        return [
            "format": .string(Self.formatName), "version": .string(Self.currentVersion),
            "command": text(run.command), "started": text(run.started), "seconds": .number(roundedSeconds(run.seconds)),
            "implementation": text(run.implementation), "interrupted": .bool(run.interrupted),
            "unreachable": run.unreachable.map(json) ?? .null,
            "totals": .object(
                Dictionary(uniqueKeysWithValues: ShownVerdict.allCases.map { ($0.rawValue, .integer(Int64(totals[$0]))) })),
            "cases": .array(run.cases.map(json)),
            "notApplicable": .array(run.notApplicable.map(json)),
            "requirements": .array(run.requirements.map(json)),
            "ics": .array(run.ics.map(json)),
            "fullPass": ["full": .bool(run.isFullPass), "missing": texts(run.missing)],
            "differences": .array(run.differences.map(json)),
        ]
    }

    private func json(_ diagnostic: Diagnostic) -> JSONValue {
        [
            "code": text(diagnostic.code), "place": diagnostic.place.map { text($0.description) } ?? .null,
            "what": text(diagnostic.what), "instead": diagnostic.instead.map(text) ?? .null,
        ]
    }

    private func json(_ result: CaseResult) -> JSONValue {
        [
            "id": text(result.id), "title": text(result.title), "suite": text(result.suite),
            "requirements": texts(result.requirements.map(\.rawValue)),
            "verdict": .string(result.shown.rawValue), "reasons": .array(result.reasons.map(json)),
            "checks": .array(result.checks.map(json)), "seconds": .number(roundedSeconds(result.seconds)),
            "attempts": .integer(Int64(result.attempts)),
            "waits": .array(
                result.waits.map { ["what": text($0.what), "seconds": .number(roundedSeconds($0.seconds))] }),
            "leftovers": .array(result.leftovers.map { ["text": text($0.text), "lines": numbers($0.lines)] }),
            "closing": texts(result.closing), "recording": result.recording.map { text("recordings/\($0)") } ?? .null,
        ]
    }

    private func json(_ reason: Reason) -> JSONValue {
        [
            "verdict": .string(reason.verdict.rawValue), "code": text(reason.code), "text": text(reason.text),
            "lines": numbers(reason.lines),
        ]
    }

    private func json(_ check: CheckResult) -> JSONValue {
        var value: JSONValue = [
            "id": text(check.id), "subject": text(check.subject), "requirements": texts(check.requirements.map(\.rawValue)),
            "basis": text(check.basis.description), "weight": .string(check.weight.rawValue),
            "outcome": .string(check.outcome.word), "expected": text(check.expected), "observed": text(check.observed),
            "lines": numbers(check.lines),
        ]
        if case .notReached(let why) = check.outcome { value["because"] = text(why) }
        return value
    }

    private func json(_ result: NotApplicableCase) -> JSONValue {
        [
            "id": text(result.id), "title": text(result.title), "suite": text(result.suite),
            "requirements": texts(result.requirements.map(\.rawValue)), "reason": text(result.reason),
        ]
    }

    private func json(_ result: RequirementResult) -> JSONValue {
        item(result, ["id": text(result.id.rawValue)])
    }

    private func json(_ result: ICSResult) -> JSONValue {
        item(result, ["id": text(result.option.rawValue), "value": text(result.value)])
    }

    private func item(_ result: some ItemResult, _ head: [String: JSONValue]) -> JSONValue {
        var members = head
        members["verdict"] = .string(result.word)
        members["cases"] = texts(result.cases)
        members["decisive"] = .integer(Int64(result.decisive))
        members["reasons"] = .array(result.reasons.map(json))
        members["because"] = result.notApplicable.map(text)
        return .object(members)
    }

    private func json(_ difference: ClaimDifference) -> JSONValue {
        [
            "kind": .string(difference.kind.rawValue), "item": text(difference.item), "text": text(difference.text),
            "cases": texts(difference.cases),
        ]
    }

    private func text(_ text: String) -> JSONValue { .string(safeText(text)) }
    private func texts(_ texts: [String]) -> JSONValue { .array(texts.map(text)) }
    private func numbers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }
}
