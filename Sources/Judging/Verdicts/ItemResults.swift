public import TestCases

/// The worst of a requirement's checks over the whole run.
public struct RequirementResult: Sendable, Hashable {
    /// The code of the reason of what is claimed and was never conclusively judged.
    public static let neverJudged = "never-judged"

    public var id: RequirementID
    public var verdict: Verdict
    /// The cases in which a check of this requirement was evaluated.
    public var cases: [String]
    /// How many of these said what the verdict is; all where nothing else is known.
    public var decisive: Int
    public var reasons: [Reason]
    /// Why it is not claimed; nil when it is.
    public var notApplicable: String?

    public init(id: RequirementID, verdict: Verdict, cases: [String], reasons: [Reason]) {
        self.id = id
        self.verdict = verdict
        self.cases = cases
        decisive = cases.count
        self.reasons = reasons
    }

    /// One that is not claimed.
    public init(id: RequirementID, notApplicable: String) {
        self.init(id: id, verdict: .notJudged, cases: [], reasons: [])
        self.notApplicable = notApplicable
    }
}

/// The worst of the checks by which an ICS option would be missed if it were not true.
public struct ICSResult: Sendable, Hashable {
    public var option: ICSOption
    /// What is claimed; several values where several profiles were played.
    public var value: String
    public var verdict: Verdict
    /// The cases in which the option was stimulated and judged.
    public var cases: [String]
    /// How many of these said what the verdict is; all where nothing else is known.
    public var decisive: Int
    public var reasons: [Reason]
    /// Why nothing is claimed by it; nil when something is.
    public var notApplicable: String?

    public init(option: ICSOption, value: String, verdict: Verdict, cases: [String], reasons: [Reason]) {
        self.option = option
        self.value = value
        self.verdict = verdict
        self.cases = cases
        decisive = cases.count
        self.reasons = reasons
    }

    /// One that claims nothing.
    public init(option: ICSOption, value: String, notApplicable: String) {
        self.init(option: option, value: value, verdict: .notJudged, cases: [], reasons: [])
        self.notApplicable = notApplicable
    }
}

/// What requirements and ICS items have in common for the reports.
public protocol ItemResult {
    var verdict: Verdict { get }
    var cases: [String] { get }
    var decisive: Int { get }
    var reasons: [Reason] { get }
    var notApplicable: String? { get }
}

extension ItemResult {
    public var isClaimed: Bool { notApplicable == nil }
    /// Claimed, and no check of it came out in any case.
    public var isNeverJudged: Bool {
        isClaimed && cases.isEmpty && reasons.contains { $0.code == RequirementResult.neverJudged }
    }
    /// `not applicable`, or the verdict.
    public var word: String { isClaimed ? verdict.rawValue : "not applicable" }
}

extension RequirementResult: ItemResult {}
extension ICSResult: ItemResult {}
