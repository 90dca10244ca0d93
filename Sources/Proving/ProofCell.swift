public import Judging
import TestCases

/// What a subject and a case came to.
public enum ProofMark: String, Sendable, Hashable, CaseIterable {
    /// A defect: the declared check failed for a declared requirement, and no undeclared requirement failed.
    case caught
    /// A defect: a requirement failed that it does not break.
    case wrong
    /// A defect: a declared requirement failed, but by another check than the declared one.
    case otherCheck = "other-check"
    /// Everything passed: what a case must say of any subject that it does not catch.
    case pass
    /// What must not be flagged was flagged: a false alarm.
    case alarm
    case inconclusive
    /// The harness was in trouble, or nothing was judged.
    case error

    /// One character, so that a matrix is readable without colour.
    public var letter: String {
        switch self {
        case .caught: "C"
        case .wrong: "W"
        case .otherCheck: "o"
        case .pass: "·"
        case .alarm: "F"
        case .inconclusive: "?"
        case .error: "!"
        }
    }

    /// What the letter stands for, in one clause.
    public var meaning: String {
        switch self {
        case .caught: "caught by the declared check, for the declared requirement and no other"
        case .wrong: "a requirement failed that the defect does not break"
        case .otherCheck: "a declared requirement failed, but by another check"
        case .pass: "passed"
        case .alarm: "false alarm: it is legal, and was flagged"
        case .inconclusive: "inconclusive"
        case .error: "the harness was in trouble"
        }
    }
}

/// One cell of the kill matrix.
public struct ProofCell: Sendable {
    /// A check that failed a requirement.
    public struct FailedCheck: Sendable, Hashable {
        public var id: String
        /// The actor at whom it looks.
        public var subject: String
        public var requirements: [String]
        public var observed: String
        /// Numbers of recorded lines.
        public var lines: [Int]
    }

    public let subject: ProofSubject
    public let caseID: String
    public let mark: ProofMark
    public let verdict: Verdict
    /// The checks that failed, warnings left out.
    public let failed: [FailedCheck]
    /// Why the verdict is what it is, in one sentence; empty for a pass.
    public let why: String
    /// Seconds that the case took.
    public let seconds: Double
    /// The file under `recordings/`; nil where none was kept.
    public internal(set) var recording: String?
    /// True when nothing came out of it because the harness itself was late.
    public internal(set) var wasLate = false
    /// How often it was played, the last time being the one that counts.
    public internal(set) var attempts = 1

    public init(_ subject: ProofSubject, _ result: CaseResult) {
        self.subject = subject
        caseID = result.id
        verdict = result.verdict
        seconds = result.seconds
        let failures = result.checks.filter { $0.outcome == .fail && $0.weight == .requirement }
        failed = failures.map {
            FailedCheck(
                id: $0.id, subject: $0.subject, requirements: $0.requirements.map(\.rawValue), observed: $0.observed,
                lines: $0.lines)
        }
        mark = Self.mark(subject, result.verdict, failed)
        why = result.reasons.first { $0.verdict == result.verdict }?.text ?? result.reasons.first?.text ?? ""
    }

    private static func mark(_ subject: ProofSubject, _ verdict: Verdict, _ failed: [FailedCheck]) -> ProofMark {
        switch verdict {
        case .pass: return .pass
        case .inconclusive: return .inconclusive
        case .error, .notJudged: return .error
        case .fail: break
        }
        guard let fault = subject.fault else { return .alarm }
        let declared = Set(fault.requirements)
        if failed.contains(where: { !declared.isSuperset(of: $0.requirements) }) { return .wrong }
        // A check with several requirements fails them as a pair, so the declared one must be among them.
        let isCaught = failed.contains { $0.id == fault.check && !declared.isDisjoint(with: $0.requirements) }
        return isCaught ? .caught : .otherCheck
    }

    /// True for what a proof that holds does not have: to be looked at, with its recording.
    public var isStriking: Bool {
        switch mark {
        case .wrong, .alarm, .inconclusive, .error: true
        case .caught, .otherCheck, .pass: false
        }
    }
}
