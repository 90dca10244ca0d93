import Judging
import Proving
import Reporting
import TestCases

/// The proof as a terminal shows it.
enum ProofTable {
    /// What became of one subject, in a line.
    static func line(_ subject: ProofSubject, _ matrix: KillMatrix) -> String {
        let row = matrix.row(subject)
        var word: String
        var said: String
        if let fault = subject.fault {
            let ruling = matrix.ruling(subject)
            word = ruling.isProven ? "caught" : ruling.wrong.isEmpty ? "missed" : "wrong"
            said = "\(fault.check) in \(ruling.caughtBy.count) of \(row.count)"
            if !ruling.wrong.isEmpty { said += ", blamed wrongly in \(ruling.wrong.count)" }
            if !ruling.otherChecks.isEmpty { said += ", by another check in \(ruling.otherChecks.count)" }
            if !ruling.doubts.isEmpty { said += ", in doubt in \(ruling.doubts.count)" }
        } else {
            let flagged = row.filter { $0.mark == .alarm }.count
            let doubts = row.filter { $0.mark != .alarm && $0.mark != .pass }.count
            word = flagged > 0 ? "flagged" : doubts > 0 ? "doubt" : "passes"
            said = "\(row.count - flagged - doubts) of \(row.count)"
            if flagged > 0 { said += ", flagged in \(flagged)" }
            if doubts > 0 { said += ", in doubt in \(doubts)" }
        }
        return "\(word.padding(to: 8)) \(subject.kind.padding(to: 10)) \(subject.name.padding(to: 40)) \(said)"
    }

    /// All of it: the subjects, the cases without use, what is missing, and the verdict.
    static func text(of matrix: KillMatrix) -> String {
        var out = "\n"
        for subject in matrix.subjects where !matrix.row(subject).isEmpty { out += line(subject, matrix) + "\n" }
        for outcome in matrix.keys ?? [] {
            let verdicts = "\(outcome.standard.rawValue) by default, else \(outcome.other.rawValue)"
            out += "\((outcome.isAlive ? "alive" : "dead").padding(to: 8)) \("key".padding(to: 10)) "
            out += "\(outcome.name.padding(to: 40)) \(verdicts)\n"
        }
        if !matrix.idleCases.isEmpty {
            out += "\ncases that catch no defect:\n"
            for testCase in matrix.idleCases { out += "  \(testCase.id)\n" }
        }
        let missing = matrix.missing
        if !missing.isEmpty {
            out += "\nmissing:\n"
            for sentence in missing.prefix(30) { out += "  \(safeText(sentence, limit: 400))\n" }
            if missing.count > 30 { out += "  and \(missing.count - 30) more; see matrix.md\n" }
        }
        return out + "\n\(matrix.verdictSentence)\n"
    }
}
