public import Diagnostics
public import TestCases

/// How one check came out.
public enum CheckOutcome: Sendable, Hashable {
    case pass
    case fail
    /// Judged, without a result either way.
    case inconclusive
    /// Not judged, for this reason.
    case notReached(String)

    /// What the outcome adds to the verdict of its case.
    public var verdict: Verdict {
        switch self {
        case .pass: .pass
        case .fail: .fail
        case .inconclusive: .inconclusive
        case .notReached: .notJudged
        }
    }

    /// `pass`, `fail`, `inconclusive` or `not reached`.
    public var word: String {
        switch self {
        case .pass: "pass"
        case .fail: "fail"
        case .inconclusive: "inconclusive"
        case .notReached: "not reached"
        }
    }
}

/// Whether a check decides a verdict or only says what was seen.
public enum Weight: String, Sendable, Hashable {
    /// It fails its requirements.
    case requirement
    /// It is listed and, outside of strict runs, changes no verdict.
    case warning
}

/// One check of one case: what was expected, what was observed, and the lines of the recording that decided it.
public struct CheckResult: Sendable, Hashable {
    /// A stable name, family first: `messages.complete`.
    public var id: String
    /// The actor at whom it looks; empty for the case as a whole.
    public var subject: String
    public var requirements: [RequirementID]
    public var basis: Basis
    public var weight: Weight
    public var outcome: CheckOutcome
    /// One sentence.
    public var expected: String
    /// One sentence; equal in meaning to `expected` for a pass.
    public var observed: String
    /// Numbers of recorded lines.
    public var lines: [Int]

    public init(
        id: String, subject: String, requirements: [RequirementID], basis: Basis, weight: Weight = .requirement,
        outcome: CheckOutcome, expected: String, observed: String, lines: [Int] = []
    ) {
        self.id = id
        self.subject = subject
        self.requirements = requirements
        self.basis = basis
        self.weight = weight
        self.outcome = outcome
        self.expected = expected
        self.observed = observed
        self.lines = lines
    }
}

extension CheckResult {
    /// A warning that has something to say: it changes no verdict.
    public var isWarning: Bool { weight == .warning && outcome == .fail }
}

/// How one case came out.
public struct CaseResult: Sendable {
    public var id: String
    public var title: String
    /// The suite's name; reports group by it.
    public var suite: String
    public var requirements: [RequirementID]
    public var verdict: Verdict
    /// Every reason that took part in the verdict, worst first; empty for a pass.
    public var reasons: [Reason]
    public var checks: [CheckResult]
    /// Seconds from the first to the last line of the recording.
    public var seconds: Double
    /// The waits of the case, longest first: what was awaited and how many seconds it took.
    public var waits: [TimedWait]
    /// What came of groups that the case did not make; never part of the verdict.
    public var leftovers: [Leftover] = []
    /// How the clean-up went; never part of the verdict. Empty when it went well.
    public var closing: [String]
    /// The recording's file name under `recordings/`; nil when none was written.
    public var recording: String?
    /// How often it was played: a case in which the harness was held up is played again.
    public var attempts = 1
    /// What the recording shows of things that can be claimed; no verdict rests on it.
    public var traits = ShownTraits()

    public init(
        id: String, title: String, suite: String, requirements: [RequirementID], verdict: Verdict,
        reasons: [Reason] = [], checks: [CheckResult] = [], seconds: Double = 0, waits: [TimedWait] = [],
        closing: [String] = [], recording: String? = nil
    ) {
        self.id = id
        self.title = title
        self.suite = suite
        self.requirements = requirements
        self.verdict = verdict
        self.reasons = reasons
        self.checks = checks
        self.seconds = seconds
        self.waits = waits
        self.closing = closing
        self.recording = recording
    }

    /// A case that never ended: interrupted, or not begun.
    public static func notFinished(_ testCase: TestCase, reason: String) -> CaseResult {
        CaseResult(
            id: testCase.id, title: testCase.title, suite: testCase.suite, requirements: testCase.requirements,
            verdict: .notJudged, reasons: [Reason(.notJudged, code: "not-finished", reason)])
    }
}

/// What came of groups that a case did not make, of one kind and at one actor.
public struct Leftover: Sendable, Hashable {
    /// One sentence.
    public var text: String
    /// Numbers of recorded lines.
    public var lines: [Int]

    public init(_ text: String, lines: [Int]) {
        self.text = text
        self.lines = lines
    }
}

/// One reason of a verdict.
public struct Reason: Sendable, Hashable {
    public var verdict: Verdict
    /// A stable word: a check's id, or `preamble`, `harness`, `stall`, `unreachable`, `garbage`, `unfinished`, `not-finished`.
    public var code: String
    public var text: String
    public var lines: [Int]

    public init(_ verdict: Verdict, code: String, _ text: String, lines: [Int] = []) {
        self.verdict = verdict
        self.code = code
        self.text = text
        self.lines = lines
    }
}

/// How long the script waited for something.
public struct TimedWait: Sendable, Hashable {
    public var what: String
    public var seconds: Double

    public init(what: String, seconds: Double) {
        self.what = what
        self.seconds = seconds
    }
}

/// A case that was not selected, and the ICS or policy item that says why.
public struct NotApplicableCase: Sendable, Hashable {
    public var id: String
    public var title: String
    public var suite: String
    public var requirements: [RequirementID]
    public var reason: String

    public init(_ testCase: TestCase, reason: String) {
        id = testCase.id
        title = testCase.title
        suite = testCase.suite
        requirements = testCase.requirements
        self.reason = reason
    }
}

/// A whole run, or a whole re-judging.
public struct RunResult: Sendable {
    /// `run` or `judge`.
    public var command: String
    /// RFC 3339, when it began.
    public var started: String
    /// Wall time.
    public var seconds: Double
    /// Name and version of the implementation under test.
    public var implementation: String
    public var cases: [CaseResult]
    public var notApplicable: [NotApplicableCase]
    public var requirements: [RequirementResult]
    /// The verdict on each option that the implementation may claim.
    public var ics: [ICSResult] = []
    /// What keeps the run from being a full pass, one sentence each.
    public var missing: [String] = []
    /// Where claims and the wire differ; they change no verdict.
    public var differences: [ClaimDifference] = []
    public var interrupted: Bool
    /// Set when the implementation could not be reached at all: which address was tried and how.
    public var unreachable: Diagnostic?

    /// Everything that is claimed was judged and passed.
    public var isFullPass: Bool { missing.isEmpty && !requirements.isEmpty && unreachable == nil }

    public init(
        command: String, started: String, seconds: Double, implementation: String, cases: [CaseResult],
        notApplicable: [NotApplicableCase] = [], requirements: [RequirementResult] = [], interrupted: Bool = false,
        unreachable: Diagnostic? = nil
    ) {
        self.command = command
        self.started = started
        self.seconds = seconds
        self.implementation = implementation
        self.cases = cases
        self.notApplicable = notApplicable
        self.requirements = requirements
        self.interrupted = interrupted
        self.unreachable = unreachable
    }
}
