import Judging
import Reporting
import TestCases

extension KillMatrix {
    /// The matrix for people with a browser: one page without anything from elsewhere.
    public var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>cpmcheck: the proof of the suite</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <h1>The proof of the suite</h1>
        <p class="verdict \(isProven ? "good" : "bad")">\(xmlText(verdictSentence))</p>
        \(missingSection)
        \(legend)
        \(sides.map { grid($0.subjects, $0.cases) }.joined(separator: "\n"))
        \(idleSection)
        \(keySection)
        <h2>Why</h2>
        \(subjects.enumerated().map(details).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    private var missingSection: String {
        let missing = missing
        guard !missing.isEmpty else { return "" }
        let shown = missing.prefix(200).map { "<li>\(xmlText($0, limit: 600))</li>" }.joined(separator: "\n")
        let more = missing.count > 200 ? "<p>and \(missing.count - 200) more.</p>" : ""
        return "<details open><summary>What is missing (\(missing.count))</summary>\n<ul class=\"missing\">\n\(shown)\n</ul>\(more)</details>"
    }

    private var idleSection: String {
        guard !idleCases.isEmpty else { return "" }
        let items = idleCases.map { "<li><code>\(xmlText($0.id))</code> \(xmlText($0.title))</li>" }
        return "<details open><summary>Cases that catch no defect (\(idleCases.count))</summary>\n<ul>\n"
            + items.joined(separator: "\n") + "\n</ul></details>"
    }

    private var keySection: String {
        guard let keys, !keys.isEmpty else { return "" }
        let rows = keys.map { outcome in
            let trial = outcome.trial
            let cells = [
                outcome.name, trial.defect ?? trial.variation ?? "conformant", trial.caseID, outcome.standard.rawValue,
                outcome.other.rawValue, outcome.isAlive ? "alive" : "dead",
            ]
            return "<tr title=\"\(xmlText(outcome.why, limit: 400))\">\(cells.map { "<td>\(xmlText($0))</td>" }.joined())</tr>"
        }
        let head = ["key", "against", "case", "by default", "with the value", ""].map { "<th>\($0)</th>" }.joined()
        return "<h2>Keys of the binding profile</h2>\n<table class=\"plain\"><thead><tr>\(head)</tr></thead><tbody>\n"
            + rows.joined(separator: "\n") + "\n</tbody></table>"
    }

    private var legend: String {
        let marks = ProofMark.allCases.map { mark in
            "<li><span class=\"key \(Self.kind(mark))\">\(mark.letter)</span> \(xmlText(mark.meaning))</li>"
        }
        return "<ul class=\"legend\">\(marks.joined())<li><span class=\"key\"></span> not played</li></ul>"
    }

    private func grid(_ subjects: [ProofSubject], _ cases: [TestCase]) -> String {
        """
        <div class="frame" tabindex="0"><table class="matrix">
        \(head(cases))
        <tbody>
        \(subjects.map { tableRow($0, cases) }.joined(separator: "\n"))
        </tbody>
        </table></div>
        """
    }

    private func head(_ cases: [TestCase]) -> String {
        let catches = catches
        let columns = cases.map { testCase in
            let count = catches[testCase.id]?.count ?? 0
            let title = "\(testCase.title) — catches \(count) \(count == 1 ? "defect" : "defects")"
            return "<th scope=\"col\" title=\"\(xmlText(title))\"><div><span>\(xmlText(testCase.id))</span></div></th>"
        }
        return "<thead><tr><th class=\"corner\"><span>subject</span><span>case</span></th>"
            + "<th class=\"sum\" title=\"cases that catch it, or flag it\">n</th>\(columns.joined())</tr></thead>"
    }

    private func tableRow(_ subject: ProofSubject, _ cases: [TestCase]) -> String {
        let place = subjects.firstIndex(of: subject) ?? 0
        let row = row(subject)
        let (count, state) = standing(subject, row)
        let columns = Dictionary(uniqueKeysWithValues: self.cases.enumerated().map { ($1.id, $0) })
        var out = "<tr class=\"\(subject.kind)\"><th scope=\"row\" class=\"\(state)\" title=\"\(xmlText(subject.summary))\">"
        out += "<a href=\"#s\(place)\">\(xmlText(subject.name))</a></th><td class=\"sum \(state)\">\(count)</td>"
        for testCase in cases {
            guard let cell = self[subject, testCase.id] else {
                out += "<td></td>"
                continue
            }
            let title = xmlText("\(subject.name) × \(testCase.id): \(cell.mark.meaning)")
            out += "<td class=\"\(Self.kind(cell.mark))\" title=\"\(title)\">"
            let column = columns[testCase.id] ?? 0
            out += cell.mark == .pass ? cell.mark.letter : "<a href=\"#s\(place)c\(column)\">\(cell.mark.letter)</a>"
            out += "</td>"
        }
        return out + "</tr>"
    }

    /// How many cells matter in a row, and whether the row is as it should be.
    private func standing(_ subject: ProofSubject, _ row: [ProofCell]) -> (Int, String) {
        if subject.fault != nil {
            let ruling = ruling(subject)
            return (ruling.caughtBy.count, ruling.isProven ? "good" : "bad")
        }
        let flagged = row.count { $0.mark != .pass }
        return (flagged, flagged == 0 ? "good" : "bad")
    }

    private func details(_ place: Int, _ subject: ProofSubject) -> String {
        let row = row(subject)
        var out = "<section id=\"s\(place)\"><h3>\(xmlText(subject.kind)) <code>\(xmlText(subject.name))</code></h3>\n"
        out += "<p>\(xmlText(subject.summary)). \(declaration(subject))</p>\n<dl>\n"
        for (column, testCase) in cases.enumerated() {
            guard let cell = self[subject, testCase.id], cell.mark != .pass else { continue }
            out += "<dt id=\"s\(place)c\(column)\"><span class=\"key \(Self.kind(cell.mark))\">\(cell.mark.letter)</span> "
            out += "<code>\(xmlText(cell.caseID))</code> <span class=\"meaning\">\(xmlText(cell.mark.meaning))</span></dt>\n"
            out += Self.reasons(cell)
        }
        let passed = row.count { $0.mark == .pass }
        return out + "</dl><p class=\"meaning\">\(passed) of \(row.count) cases passed.</p></section>"
    }

    private func declaration(_ subject: ProofSubject) -> String {
        guard let fault = subject.fault else {
            return subject.allowedBy.map { "Allowed by \(xmlText($0))." } ?? ""
        }
        return "Must fail <code>\(xmlText(fault.check))</code> for \(xmlText(fault.requirements.joined(separator: ", "))): "
            + "\(xmlText(Self.result(ruling(subject))))."
    }

    private static func reasons(_ cell: ProofCell) -> String {
        var out = ""
        for check in cell.failed {
            let requirements = check.requirements.joined(separator: ", ")
            let lines = check.lines.isEmpty ? "" : " (events \(check.lines.prefix(12).map(String.init).joined(separator: ", ")))"
            out += "<dd><code>\(xmlText(check.id))</code> at \(xmlText(check.subject)) fails \(xmlText(requirements)): "
            out += "\(xmlText(check.observed, limit: 600))\(lines)</dd>\n"
        }
        if cell.failed.isEmpty || cell.verdict != .fail { out += "<dd>\(xmlText(cell.why, limit: 600))</dd>\n" }
        if let recording = cell.recording {
            out += "<dd><a href=\"recordings/\(xmlText(recording))\">recording</a></dd>\n"
        }
        return out
    }

    private static func kind(_ mark: ProofMark) -> String {
        switch mark {
        case .caught: "caught"
        case .wrong: "wrong"
        case .otherCheck: "other"
        case .pass: "pass"
        case .alarm: "alarm"
        case .inconclusive: "doubt"
        case .error: "trouble"
        }
    }
}
