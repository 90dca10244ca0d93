internal import Judging
internal import TestCases

/// Why a case came out as it did, in lines for people: reasons, checks that did not pass, clean-up, recording.
func story(of result: CaseResult, namingRecording: Bool = true) -> [String] {
    var lines = result.reasons.map { reason in
        "\(reason.verdict.rawValue): \(safeText(reason.text)) [\(safeText(reason.code))]\(place(reason.lines))"
    }
    for check in result.checks where check.outcome != .pass && !check.isSilentWarning { lines += story(of: check) }
    lines += leftovers(of: result)
    lines += result.closing.map { "clean-up: \(safeText($0))" }
    if namingRecording, let recording = result.recording { lines.append("recording: recordings/\(safeText(recording))") }
    return lines
}

/// What is to be told of a case whatever its verdict: warnings, and what came of other groups.
func remarks(of result: CaseResult) -> [String] {
    result.checks.filter(\.isWarning).flatMap { story(of: $0) } + leftovers(of: result)
}

func leftovers(of result: CaseResult) -> [String] {
    result.leftovers.map { "left over: \(safeText($0.text))\(place($0.lines))" }
}

/// A check with what it expected and what it observed.
func story(of check: CheckResult) -> [String] {
    var head = "\(check.weight == .warning ? "warning" : "check") \(safeText(check.id))"
    if !check.subject.isEmpty { head += " at \(safeText(check.subject))" }
    head += ": \(check.outcome.word)"
    let texts = check.requirements.map(\.rawValue) + ["basis: \(check.basis)"]
    head += " (\(safeText(texts.joined(separator: ", "))))"
    if case .notReached(let why) = check.outcome { return [head, "  because \(safeText(why))"] }
    return [
        head, "  expected: \(safeText(check.expected))",
        "  observed: \(safeText(check.observed))\(place(check.lines))",
    ]
}

/// ` (events 3, 7)`; nothing when no event decided it, and no more than twenty of them. By their numbers `n`: the header is
/// a line of the file, too, and has none.
private func place(_ lines: [Int]) -> String {
    guard !lines.isEmpty else { return "" }
    let shown = lines.prefix(20).map(String.init).joined(separator: ", ")
    let more = lines.count > 20 ? " and \(lines.count - 20) more" : ""
    return " (\(lines.count == 1 ? "event" : "events") \(shown)\(more))"
}

extension CheckResult {
    /// A check that could only have warned, and had no occasion to.
    fileprivate var isSilentWarning: Bool {
        guard weight == .warning, case .notReached = outcome else { return false }
        return true
    }
}
