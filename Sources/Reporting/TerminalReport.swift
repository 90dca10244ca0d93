public import Judging
internal import TestCases

/// What a person sees: a line per case as it ends, and a table at the end.
public struct TerminalReport: ReportFormat {
    /// Colours only for a terminal whose user did not ask for none.
    let coloured: Bool
    private var planned: [CaseResult] = []
    private var ended = 0

    public init(coloured: Bool) {
        self.coloured = coloured
    }

    public mutating func begin(_ planned: RunResult, to stream: inout some TextOutputStream) {
        self.planned = planned.cases
        let count = planned.cases.count
        let skipped = planned.notApplicable.isEmpty ? "" : ", \(planned.notApplicable.count) not applicable"
        stream.write(
            "\(count) \(count == 1 ? "case" : "cases")\(skipped), against \(safeText(planned.implementation))\n")
    }

    public mutating func write(_ result: CaseResult, to stream: inout some TextOutputStream) {
        ended += 1
        let total = String(max(planned.count, ended))
        let place = "[\(String(ended).padded(to: total.count, right: true))/\(total)]"
        let shown = result.shown
        stream.write(
            "\(place) \(word(shown, width: Self.verdictWidth)) \(secondsText(result.seconds).padded(to: 8, right: true)) s  "
                + "\(safeText(result.id))\n")
        if shown != .pass { stream.write("        \(safeText(result.mainReason.text, limit: 400))\n") }
    }

    public mutating func finish(_ run: RunResult, to stream: inout some TextOutputStream) {
        let run = run.completed(with: planned)
        stream.write("\n")
        writeTable(run, to: &stream)
        writeDetails(run, to: &stream)
        writeItems(run, to: &stream)
        writeWarnings(run, to: &stream)
        writeDifferences(run, to: &stream)
        writeFullPass(run, to: &stream)
        writeLongest(run, to: &stream)
        if let unreachable = run.unreachable { stream.write("\(safeText("\(unreachable)"))\n") }
        if run.interrupted { stream.write("The run was interrupted.\n") }
        stream.write("\(RunTotals(run).sentence); \(secondsText(run.seconds)) s\n")
    }

    private static let verdictWidth = ShownVerdict.allCases.map(\.rawValue.count).max() ?? 0

    private func writeTable(_ run: RunResult, to stream: inout some TextOutputStream) {
        typealias Row = (id: String, shown: ShownVerdict, requirements: String, seconds: String)
        let rows: [Row] =
            run.cases.map { ($0.id, $0.shown, names($0.requirements.map(\.rawValue)), secondsText($0.seconds)) }
            + run.notApplicable.map { ($0.id, .notApplicable, names($0.requirements.map(\.rawValue)), "-") }
        guard !rows.isEmpty else { return }
        let ids = max(4, rows.map { safeText($0.id).count }.max() ?? 0)
        let requirements = max(11, rows.map(\.requirements.count).max() ?? 0)
        func line(_ id: String, _ verdict: String, _ names: String, _ seconds: String) -> String {
            "\(id.padded(to: ids))  \(verdict)  \(names.padded(to: requirements))  \(seconds.padded(to: 8, right: true))\n"
        }
        stream.write(line("case", "verdict".padded(to: Self.verdictWidth), "requirement", "seconds"))
        for row in rows {
            stream.write(
                line(safeText(row.id), word(row.shown, width: Self.verdictWidth), row.requirements, row.seconds))
        }
        stream.write("\n")
    }

    private func writeDetails(_ run: RunResult, to stream: inout some TextOutputStream) {
        for result in run.cases where result.shown != .notFinished {
            // Of a pass there is only to say what is left over; its warnings stand in a list of their own.
            let lines = result.shown == .pass ? leftovers(of: result) : story(of: result)
            if lines.isEmpty { continue }
            stream.write("\(word(result.shown)) \(safeText(result.id)): \(safeText(result.title))\n")
            for line in lines { stream.write("  \(line)\n") }
            stream.write("\n")
        }
        for result in run.notApplicable {
            stream.write("not applicable \(safeText(result.id)): \(safeText(result.reason))\n")
        }
        if !run.notApplicable.isEmpty { stream.write("\n") }
    }

    /// Each warning once, however many cases have it: they pass, and nobody reads the same lines forty times.
    private func writeWarnings(_ run: RunResult, to stream: inout some TextOutputStream) {
        var order: [String] = []
        var found: [String: (cases: Int, first: CaseResult, check: CheckResult)] = [:]
        for result in run.cases {
            var seen: Set<String> = []
            for check in result.checks where check.isWarning && seen.insert(check.id).inserted {
                if found[check.id] == nil { order.append(check.id) }
                found[check.id, default: (0, result, check)].cases += 1
            }
        }
        guard !order.isEmpty else { return }
        stream.write("warnings:\n")
        for id in order {
            guard let (cases, first, check) = found[id] else { continue }
            let count = cases == 1 ? "1 case" : "\(cases) cases"
            stream.write("  \(safeText(id)) in \(count), such as \(safeText(first.id))\n")
            stream.write("    \(safeText(check.observed, limit: 400))\n")
        }
        stream.write("\n")
    }

    private func writeLongest(_ run: RunResult, to stream: inout some TextOutputStream) {
        guard let longest = run.cases.max(by: { $0.seconds < $1.seconds }), longest.seconds > 0 else { return }
        stream.write("longest case: \(safeText(longest.id)), \(secondsText(longest.seconds)) s\n")
        for wait in longest.waits.prefix(5) {
            stream.write("  waited \(secondsText(wait.seconds)) s: \(safeText(wait.what, limit: 200))\n")
        }
        stream.write("\n")
    }

    private func names(_ requirements: [String]) -> String { safeText(requirements.joined(separator: ", ")) }

    private func word(_ shown: ShownVerdict, width: Int = 0) -> String {
        let text = shown.rawValue.padded(to: width)
        guard coloured else { return text }
        switch shown {
        case .pass: return colour(text, .pass)
        case .inconclusive: return colour(text, .inconclusive)
        case .fail: return colour(text, .fail)
        case .error, .notFinished, .notJudged: return colour(text, .error)
        case .notApplicable: return text
        }
    }

    func colour(_ text: String, _ verdict: Verdict) -> String {
        let code =
            switch verdict {
            case .pass: 32
            case .inconclusive: 33
            case .fail: 31
            case .error, .notJudged: 35
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
