import Foundation

/// The figures as text, one line each.
enum Table {
    private static let columns = ["what", "here", "neighbour", "ratio", "aim", "spread", ""]

    static func text(_ figures: [Figure]) -> String {
        var rows: [[String]] = []
        var section = ""
        for figure in figures {
            if figure.section != section {
                section = figure.section
                rows.append([section])
            }
            rows.append(row(figure))
        }
        let widths = columns.indices.map { column in
            ([columns] + rows.filter { $0.count > 1 }).map { $0[column].count }.max() ?? 0
        }
        func line(_ row: [String]) -> String {
            let cells = zip(row, widths).enumerated().map { index, cell in
                let gap = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 || index == columns.count - 1 ? cell.0 + gap : gap + cell.0
            }
            return cells.joined(separator: "  ").trimmingTrailingBlanks()
        }
        let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1))
        let lines = [line(columns), rule] + rows.map { $0.count == 1 ? "\n" + $0[0] : line($0) }
        return lines.joined(separator: "\n") + "\n" + missed(figures)
    }

    /// The same as a table for docs/BENCHMARKS.md, with every figure that was measured.
    static func markdown(_ figures: [Figure]) -> String {
        var lines = ["| what | here | neighbour | ratio | aim | spread | |", "| --- | ---: | ---: | ---: | --- | ---: | --- |"]
        var section = ""
        for figure in figures {
            if figure.section != section {
                section = figure.section
                lines.append("| **\(section)** | | | | | | |")
            }
            var cells = row(figure)
            cells[0] = cells[0].trimmingCharacters(in: .whitespaces)
            if cells[6] == "MISSED" { cells[6] = "**missed**" }
            lines.append("| " + cells.joined(separator: " | ").replacing("  ", with: " ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ figure: Figure) -> [String] {
        let aim = figure.aim.map { aim in
            let value = figure.aimsAtRatio ? String(format: "%.2f x", aim.value) : number(aim.value)
            return "\(aim.sense == .atLeast ? ">=" : "<=") \(value)"
        }
        let verdict = figure.isMet.map { $0 ? "met" : "MISSED" } ?? ""
        let neighbour = figure.neighbourValue.map { "\(figure.neighbour ?? "") \(number($0))" }
        return [
            "  " + figure.name, number(figure.value) + " " + figure.unit, neighbour ?? "",
            figure.ratio.map { String(format: "%.2f", $0) } ?? "", aim ?? "", spread(figure.runs), verdict,
        ]
    }

    /// How far the runs lie apart, since a busy machine shows there first.
    private static func spread(_ runs: [Double]) -> String {
        guard runs.count > 1, let least = runs.min(), let most = runs.max(), median(runs) > 0 else { return "" }
        return String(format: "%.0f %%", (most - least) / median(runs) * 100)
    }

    private static func missed(_ figures: [Figure]) -> String {
        let missed = figures.filter { $0.isMet == false }
        let remarks = figures.compactMap { figure in figure.remark.map { "  \(figure.name): \($0)" } }
        let text = remarks.isEmpty ? "" : "\nRemarks:\n" + remarks.joined(separator: "\n") + "\n"
        guard figures.contains(where: { $0.aim != nil }) else { return text }
        guard !missed.isEmpty else { return text + "\nEvery aim is met.\n" }
        return text + "\nMissed: \(missed.map(\.name).joined(separator: "; ")). docs/BENCHMARKS.md says why.\n"
    }

    /// With groups of three digits above 100, with three significant digits below.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        guard abs(value) >= 100 else { return String(format: "%.3g", value) }
        var digits = String(Int(value.rounded()))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}

extension String {
    fileprivate func trimmingTrailingBlanks() -> String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}
