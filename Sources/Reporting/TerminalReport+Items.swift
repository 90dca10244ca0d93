internal import Judging
internal import TestCases

// What stands below the cases: requirements, ICS items, where claims and wire differ, and whether it is a full pass.
extension TerminalReport {
    func writeItems(_ run: RunResult, to stream: inout some TextOutputStream) {
        guard !run.requirements.isEmpty else { return }
        let rows: [(name: String, item: any ItemResult)] =
            run.requirements.map { (safeText($0.id.rawValue), $0) }
            + run.ics.filter(\.isClaimed).map { (safeText("ICS \($0.option.rawValue): \($0.value)"), $0) }
        let width = rows.map(\.name.count).max() ?? 0
        // A run of a few cases leaves most claims alone; a line for each of them would bury the verdicts.
        let unjudged = rows.filter { $0.item.isNeverJudged }
        let isShort = unjudged.count <= Self.unjudgedInFull
        for (name, item) in rows where isShort || !item.isNeverJudged {
            stream.write("\(name.padded(to: width))  \(sentence(item))\n")
        }
        if !isShort {
            let word = coloured ? colour(Verdict.inconclusive.rawValue, .inconclusive) : Verdict.inconclusive.rawValue
            stream.write("\(word), since no case of this run judged them: \(unjudged.map(\.name).joined(separator: ", "))\n")
        }
        let others = run.ics.filter { !$0.isClaimed }.map { safeText($0.option.rawValue) }
        if !others.isEmpty { stream.write("not claimed: \(others.joined(separator: ", "))\n") }
        stream.write("\n")
    }

    /// So many claims without a case have a line each.
    private static let unjudgedInFull = 3

    private func sentence(_ item: any ItemResult) -> String {
        if let why = item.notApplicable { return "not applicable: \(safeText(why, limit: 400))" }
        let word = coloured ? colour(item.verdict.rawValue, item.verdict) : item.verdict.rawValue
        // Never judged, or every case that would have judged it stopped short.
        if item.cases.isEmpty, let reason = item.reasons.first {
            let more = item.reasons.count == 1 ? "" : " (and \(item.reasons.count - 1) more)"
            return "\(word): \(safeText(reason.text, limit: 400))\(more)"
        }
        let all = item.cases.count
        let some = item.decisive < all ? "\(item.decisive) of " : ""
        return "\(word) in \(some)\(all) \(all == 1 ? "case" : "cases")"
    }

    func writeDifferences(_ run: RunResult, to stream: inout some TextOutputStream) {
        guard !run.differences.isEmpty else { return }
        stream.write("Claims and the wire differ; this changes no verdict:\n")
        for difference in run.differences {
            let places = difference.cases.prefix(3).map { safeText($0) }.joined(separator: ", ")
            let more = difference.cases.count > 3 ? " and \(difference.cases.count - 3) more" : ""
            stream.write("  \(difference.kind.rawValue): \(safeText(difference.text, limit: 400))")
            stream.write(places.isEmpty ? "\n" : " (\(places)\(more))\n")
        }
        stream.write("\n")
    }

    func writeFullPass(_ run: RunResult, to stream: inout some TextOutputStream) {
        guard !run.requirements.isEmpty else { return }
        if run.isFullPass { return stream.write("Full pass: everything that is claimed was judged and passed.\n\n") }
        stream.write("No full pass:\n")
        // Requirements and claims stand above with their verdicts.
        let items = Set(run.itemsWithoutPass)
        for reason in run.missing where !items.contains(reason) { stream.write("  \(safeText(reason, limit: 400))\n") }
        let above = run.missing.count { items.contains($0) }
        if above > 0 { stream.write("  \(above) of the requirements and claims above did not pass\n") }
        stream.write("\n")
    }
}
