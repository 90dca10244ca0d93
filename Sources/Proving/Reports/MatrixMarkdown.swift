import Judging
import Reporting
import TestCases

extension KillMatrix {
    /// The matrix for people who read text: what was proved, then the whole of it, a row for each subject.
    public var markdown: String {
        var out = "# The proof of the suite\n\n\(safeText(verdictSentence))\n\n"
        if !missing.isEmpty {
            out += "## What is missing\n\n" + missing.map { "* \(Self.cell($0))\n" }.joined() + "\n"
        }
        out += defectTable + legalTable + keyTable
        if !idleCases.isEmpty {
            out += "## Cases that catch no defect\n\n"
            out += idleCases.map { "* `\($0.id)`: \(Self.cell($0.title))\n" }.joined() + "\n"
        }
        return out + grid
    }

    /// One sentence, for every form of report.
    public var verdictSentence: String {
        let caught = defects.count { ruling($0).isProven }
        let flagged = Set(alarms.map(\.subject)).count
        let legal = subjects.count - defects.count
        let state = isInterrupted ? "Interrupted" : isProven ? "Proved" : "Not proved"
        return "\(state), \(form.rawValue) form: \(caught) of \(defects.count) defects caught for the right requirement, "
            + "\(flagged) of \(legal) legal subjects flagged; \(allCells.count) of \(planned) pairs of subject and case "
            + "played in \(secondsText(seconds)) s, seed \(seed)"
            + (repeated > 0 ? "; \(repeated) of them again, because the harness was late." : ".")
    }

    private var defectTable: String {
        guard !defects.isEmpty else { return "" }
        var out = "## Defects\n\n| defect | breaks | declared check | caught by | result |\n| --- | --- | --- | --- | --- |\n"
        for defect in defects {
            let ruling = ruling(defect)
            let first = ruling.caughtBy.prefix(3).map { "`\($0.caseID)`" }.joined(separator: ", ")
            let more = ruling.caughtBy.count > 3 ? " and \(ruling.caughtBy.count - 3) more" : ""
            let fault = defect.fault ?? DeclaredFault(check: "", requirements: [])
            out += "| `\(defect.name)`: \(Self.cell(defect.summary)) | \(fault.requirements.joined(separator: ", ")) "
            out += "| `\(fault.check)` | \(first)\(more) | \(Self.result(ruling)) |\n"
        }
        return out + "\n"
    }

    static func result(_ ruling: DefectRuling) -> String {
        var words: [String] = []
        if ruling.caughtBy.isEmpty { words.append("not caught") }
        if !ruling.wrong.isEmpty { words.append("blamed wrongly in \(ruling.wrong.count)") }
        if words.isEmpty { words.append("caught") }
        if !ruling.doubts.isEmpty { words.append("in doubt in \(ruling.doubts.count)") }
        return words.joined(separator: ", ")
    }

    private var legalTable: String {
        var out = "## What must not be flagged\n\n| subject | allowed by | cases | result |\n| --- | --- | --- | --- |\n"
        for subject in subjects where subject.fault == nil {
            let allowed = subject.allowedBy ?? ""
            let row = row(subject)
            let flagged = row.filter { $0.mark != .pass }
            let result = flagged.isEmpty ? "passes" : "flagged: " + flagged.map { "`\($0.caseID)`" }.joined(separator: ", ")
            out += "| `\(subject.name)`: \(Self.cell(subject.summary)) | \(Self.cell(allowed)) | \(row.count) | \(result) |\n"
        }
        return out + "\n"
    }

    private var keyTable: String {
        guard let keys, !keys.isEmpty else { return "" }
        var out = "## Keys of the binding profile\n\n"
        out += "| key | value | default | against | case | by default | with the value |\n"
        out += "| --- | --- | --- | --- | --- | --- | --- |\n"
        for outcome in keys {
            let trial = outcome.trial
            let subject = trial.defect ?? trial.variation ?? "conformant"
            out += "| `\(trial.key.rawValue)` | `\(trial.value)` | `\(trial.key.permitted[0])` | `\(subject)` "
            out += "| `\(trial.caseID)` | \(outcome.standard.rawValue) | \(outcome.other.rawValue) |\n"
        }
        return out + "\n"
    }

    private var grid: String {
        var out = "## The matrix\n\n"
        out += ProofMark.allCases.map { "`\($0.letter)` \($0.meaning)" }.joined(separator: "; ") + "; blank: not played.\n\n"
        for side in sides {
            if sides.count > 1 { out += "### The \(side.role.rawValue)\n\n" }
            out += side.cases.enumerated().map { "\($0 + 1). `\($1.id)`\n" }.joined() + "\n"
            out += "| subject | " + side.cases.indices.map { String($0 + 1) }.joined(separator: " | ") + " |\n"
            out += "| --- |" + String(repeating: " --- |", count: side.cases.count) + "\n"
            for subject in side.subjects {
                let letters = side.cases.map { self[subject, $0.id]?.mark.letter ?? " " }
                out += "| `\(subject.name)` | \(letters.joined(separator: " | ")) |\n"
            }
            out += "\n"
        }
        return out
    }

    /// Text in a cell or an item: no line, cell or mark-up of its own.
    private static func cell(_ text: String) -> String {
        var out = ""
        for character in safeText(text, limit: 600) {
            if "|\\`*_<>[]&".contains(character) { out.append("\\") }
            out.append(character)
        }
        return out
    }
}
