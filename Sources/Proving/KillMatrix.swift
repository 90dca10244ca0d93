import Judging
public import TestCases

/// What the proof found: each subject against each case that was played, and what follows.
public struct KillMatrix: Sendable {
    public let form: ProofPlan.Form
    public let subjects: [ProofSubject]
    public let cases: [TestCase]
    public private(set) var cells: [ProofSubject: [String: ProofCell]] = [:]
    public let demands: [ProofSubject: [String: ProofPlan.Demand]]
    private let unplayable: [String]
    /// Pairs that were to be played.
    public let planned: Int
    /// RFC 3339, when it began; empty in tests.
    public var started = ""
    public var seconds = 0.0
    public var seed: UInt64 = 0
    /// The trials of the binding profile's keys; nil when they were not asked for.
    public var keys: [KeyOutcome]?
    /// Told to end before all was played.
    public var isInterrupted = false

    public init(_ plan: ProofPlan, cells played: [ProofCell]) {
        form = plan.form
        subjects = plan.subjects
        cases = plan.cases
        demands = plan.demands
        unplayable = plan.unplayable
        planned = plan.pairs.count
        for cell in played { cells[cell.subject, default: [:]][cell.caseID] = cell }
    }

    public subscript(subject: ProofSubject, caseID: String) -> ProofCell? { cells[subject]?[caseID] }

    /// The cells of a subject in the order of the cases.
    public func row(_ subject: ProofSubject) -> [ProofCell] { cases.compactMap { cells[subject]?[$0.id] } }

    public var allCells: [ProofCell] { subjects.flatMap(row) }

    /// What became of one defect.
    public func ruling(_ defect: ProofSubject) -> DefectRuling { DefectRuling(defect, row(defect)) }

    public var defects: [ProofSubject] { subjects.filter { $0.fault != nil } }

    /// What must not be flagged and did not pass: fails are false alarms, the rest are doubts about what is legal.
    public var alarms: [ProofCell] {
        subjects.filter { $0.fault == nil }.flatMap(row).filter { $0.mark != .pass }
    }

    /// Cells that had to be played again because the harness was late.
    public var repeated: Int { allCells.count { $0.attempts > 1 } }

    /// Defects that a case catches, by case.
    public var catches: [String: [ProofSubject]] {
        var found: [String: [ProofSubject]] = [:]
        for defect in defects {
            for cell in row(defect) where cell.mark == .caught { found[cell.caseID, default: []].append(defect) }
        }
        return found
    }

    /// Cases that catch no defect and so have no place in the suite; said only of the full form, and only of a role all of
    /// whose defects were played.
    public var idleCases: [TestCase] {
        guard form == .full, !isInterrupted else { return [] }
        let missing = Set(ProofSubject.all("defect")).subtracting(defects).map(\.role)
        let catches = catches
        return cases.filter { testCase in
            !missing.contains(testCase.role) && catches[testCase.id] == nil
                && cells[.conformant(testCase.role)]?[testCase.id] != nil
        }
    }

    /// The roles that were played, each with its subjects and cases: what one side is asked says nothing of the other.
    public var sides: [(role: ImplementationRole, subjects: [ProofSubject], cases: [TestCase])] {
        ImplementationRole.allCases.compactMap { role in
            let subjects = subjects.filter { $0.role == role }
            return subjects.isEmpty ? nil : (role, subjects, cases.filter { $0.role == role })
        }
    }

    /// The gate: nothing is missing, and something was proved.
    public var isProven: Bool { !isInterrupted && !allCells.isEmpty && missing.isEmpty }

    /// What stands between the matrix and the gate, a sentence each.
    public var missing: [String] {
        var out = unplayable
        for defect in defects { out += complaints(defect) }
        for cell in alarms {
            out.append("\(cell.subject.name): \(cell.caseID) \(cell.verdict.rawValue): \(cell.why)")
        }
        for subject in subjects where form == .fast && subject.allowedBy != nil {
            if demands[subject]?.isEmpty ?? true { out.append("\(subject.name): no case is named for it") }
        }
        return out + deadKeys
    }

    /// Trials that change nothing, and keys that have none.
    private var deadKeys: [String] {
        guard let keys else { return [] }
        let dead = keys.filter { !$0.isAlive }.map {
            "binding key \($0.name): \($0.trial.caseID) says \($0.standard.rawValue) and \($0.other.rawValue)"
        }
        let untried = BindingKey.allCases.filter { key in !keys.contains { $0.trial.key == key } }
        return dead + untried.map { "binding key \($0.rawValue): no trial shows that it changes a verdict" }
    }

    private func complaints(_ subject: ProofSubject) -> [String] {
        let ruling = ruling(subject)
        let check = subject.fault?.check ?? ""
        var out: [String] = []
        if form == .fast {
            let demands = demands[subject] ?? [:]
            if !demands.values.contains(.caught) { out.append("\(subject.name): no case is named that catches it") }
            for testCase in cases {
                guard let demand = demands[testCase.id], let cell = self[subject, testCase.id] else { continue }
                switch (demand, cell.mark) {
                case (.caught, .caught), (.pass, .pass), (_, .wrong): continue
                case (.caught, _):
                    out.append("\(subject.name): \(cell.caseID) is to catch it by \(check) and \(cell.found)")
                case (.pass, _): out.append("\(subject.name): \(cell.caseID) is to pass and \(cell.found)")
                }
            }
        } else if ruling.caughtBy.isEmpty {
            let others = Set(ruling.otherChecks.flatMap { $0.failed.map(\.id) }).sorted()
            let instead = others.isEmpty ? "" : "; only \(others.joined(separator: ", ")) failed"
            out.append("\(subject.name): no case catches it by \(check)\(instead)")
        }
        return out + ruling.wrong.map { "\(subject.name): \($0.caseID) blames it wrongly: \($0.found)" }
    }
}

/// What became of one defect over all cases.
public struct DefectRuling: Sendable {
    public let defect: ProofSubject
    public let caughtBy: [ProofCell]
    public let wrong: [ProofCell]
    public let otherChecks: [ProofCell]
    /// Inconclusive or in trouble: never counted as caught.
    public let doubts: [ProofCell]

    init(_ defect: ProofSubject, _ row: [ProofCell]) {
        self.defect = defect
        caughtBy = row.filter { $0.mark == .caught }
        wrong = row.filter { $0.mark == .wrong }
        otherChecks = row.filter { $0.mark == .otherCheck }
        doubts = row.filter { $0.mark == .inconclusive || $0.mark == .error }
    }

    /// Caught for the right requirement, and no undeclared one failed anywhere.
    public var isProven: Bool { !caughtBy.isEmpty && wrong.isEmpty }
}

extension ProofCell {
    /// What the case said, as the end of a sentence.
    var found: String {
        if mark == .pass { return "passes" }
        guard verdict == .fail else { return "is \(verdict.rawValue): \(why)" }
        let checks = failed.map { "\($0.id) at \($0.subject) (\($0.requirements.joined(separator: ", ")))" }
        return "fails by \(checks.joined(separator: ", "))"
    }
}
