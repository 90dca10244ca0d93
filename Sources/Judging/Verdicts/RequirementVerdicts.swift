public import TestCases

/// The verdicts of requirements and ICS items over a run, beside those of its cases.
///
/// Claimed, stimulated and absent is a fail, since the checks that miss it fail. Claimed and never conclusively judged
/// is inconclusive, and then the run is no full pass. What is not claimed is not applicable, and never a pass.
public struct RunVerdicts: Sendable {
    private let catalogue: RequirementCatalogue
    private let scopes: [ClaimedScope]

    /// - Parameter scopes: what each setting of the implementation claims; one of them for most runs.
    public init(_ catalogue: RequirementCatalogue, _ scopes: [ClaimedScope]) {
        self.catalogue = catalogue
        self.scopes = scopes
    }

    /// Fills in everything of a run that follows from its cases.
    public func settle(_ run: inout RunResult) {
        run.requirements = catalogue.requirements.map { requirement($0, run.cases) }
        let roles = Set(scopes.map(\.description.role))
        run.ics = ICSOption.allCases.filter { roles.contains($0.role) }.map { item($0, run.cases) }
        run.differences = HonestyCheck(scopes: scopes).differences(in: run.cases)
        run.missing = FullPass(scopes: scopes).missing(in: run)
    }

    /// Those that something about a role is held against: all, where none has it.
    private func scopes(of role: ImplementationRole) -> [ClaimedScope] {
        let own = scopes.filter { $0.description.role == role }
        return own.isEmpty ? scopes : own
    }

    // MARK: - Requirements

    private func requirement(_ requirement: Requirement, _ cases: [CaseResult]) -> RequirementResult {
        var tally = Tally()
        var reasons = WhyNot()
        for scope in scopes(of: requirement.role) {
            if let reason = requirement.reasonNotClaimed(by: scope.description) {
                reasons.add(reason, scope)
                continue
            }
            let planned = Dictionary(scope.planned.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            var own = Tally()
            for result in cases where planned[result.id] != nil {
                let isNamed = result.requirements.contains(requirement.id)
                // What passes by the way shows nothing of a requirement that the case is not about; what fails does.
                let checks = result.checks.filter {
                    $0.weight == .requirement && $0.requirements.contains(requirement.id)
                        && (isNamed || $0.outcome == .fail)
                }
                own.take(result, checks, isNamed: isNamed)
            }
            own.close(about: requirement.id.rawValue, left: scope.filteredOut.filter { $0.requirements.contains(requirement.id) }, scope)
            tally.merge(own)
        }
        if tally.isEmpty {
            return RequirementResult(id: requirement.id, notApplicable: reasons.sentence)
        }
        var result = RequirementResult(id: requirement.id, verdict: tally.verdict, cases: tally.cases, reasons: tally.reasons)
        result.decisive = tally.decisive
        return result
    }

    // MARK: - ICS items

    private func item(_ option: ICSOption, _ cases: [CaseResult]) -> ICSResult {
        var tally = Tally()
        var values: [String] = []
        var reasons = WhyNot()
        for scope in scopes(of: option.role) {
            let ics = scope.description.ics
            let value = ics[option]
            values.append(value)
            guard ics.isStated(option), option.isClaim(value) else {
                reasons.add(ics.isStated(option) ? "it is \(value)" : "it is not stated and taken as \(value)", scope)
                continue
            }
            guard option.isJudged(value) else {
                reasons.add("no case of the suites holds an implementation to '\(value)'; it is taken as stated", scope)
                continue
            }
            if let reason = option.reasonWithheld(by: scope.description.policy) {
                reasons.add(reason, scope)
                continue
            }
            let evidence = ICSEvidence(option: option, value: value)
            let planned = Dictionary(scope.planned.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            var own = Tally()
            for result in cases {
                guard let decides = planned[result.id].flatMap(evidence.deciding) else { continue }
                own.take(result, result.checks.filter { $0.weight == .requirement && decides($0) }, isNamed: true)
            }
            own.close(
                about: "'\(option.rawValue): \(value)'",
                left: scope.filteredOut.filter { evidence.deciding(in: $0) != nil }, scope)
            tally.merge(own)
        }
        let shown = Self.unique(values).joined(separator: ", ")
        if tally.isEmpty {
            return ICSResult(option: option, value: shown, notApplicable: reasons.sentence)
        }
        var result = ICSResult(
            option: option, value: shown, verdict: tally.verdict, cases: tally.cases, reasons: tally.reasons)
        result.decisive = tally.decisive
        return result
    }

    private static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }
}

extension ICSOption {
    /// The policy may keep from being seen what is claimed; nil when it does not.
    func reasonWithheld(by policy: Policy) -> String? {
        if policy.storage == false, role == .enabler, self != .byeSemantics, self != .groupIMDN {
            return "the policy item 'storage' is off"
        }
        if self == .deliversIntermediateLists, policy.intermediateLists == false {
            return "the policy item 'intermediate-lists' is off"
        }
        return nil
    }
}

/// Why nothing is claimed, in each scope; said once where all say the same.
private struct WhyNot {
    private var all: [(reason: String, suffix: String)] = []

    mutating func add(_ reason: String, _ scope: ClaimedScope) { all.append((reason, scope.suffix)) }

    var sentence: String {
        guard let first = all.first else { return "" }
        if all.allSatisfy({ $0.reason == first.reason }) { return first.reason }
        return all.map { $0.reason + $0.suffix }.joined(separator: "; ")
    }
}

/// The worst of the checks of one requirement or item.
private struct Tally {
    private(set) var verdict = Verdict.notJudged
    private(set) var cases: [String] = []
    private(set) var reasons: [Reason] = []
    /// What each case said of it.
    private var byCase: [String: Verdict] = [:]

    /// In how many of the cases it came out as it did in the end.
    var decisive: Int { cases.count { byCase[$0] == verdict } }

    private var isNeverJudged: Bool { reasons.contains { $0.code == RequirementResult.neverJudged } }
    /// Nothing was owed a verdict.
    var isEmpty: Bool { verdict == .notJudged }

    /// - Parameter isNamed: the case is about it, so that one which stopped short leaves it in doubt.
    mutating func take(_ result: CaseResult, _ checks: [CheckResult], isNamed: Bool) {
        // Where the script itself did not get there, what passes may have passed for that reason; what fails has failed.
        let isDoubtful = result.hasTroubleOfItsOwn
        let judged = checks.filter { $0.outcome.verdict != .notJudged && !(isDoubtful && $0.outcome == .pass) }
        if !judged.isEmpty { cases.append(result.id) }
        for check in judged {
            verdict = verdict.worst(with: check.outcome.verdict)
            byCase[result.id] = (byCase[result.id] ?? .notJudged).worst(with: check.outcome.verdict)
            guard check.outcome != .pass else { continue }
            reasons.append(
                Reason(check.outcome.verdict, code: check.id, "\(result.id): \(check.observed)", lines: check.lines))
        }
        if isNamed, judged.isEmpty, result.verdict > .pass {
            verdict = verdict.worst(with: min(result.verdict, .inconclusive))
            reasons += result.reasons.prefix(1).map {
                Reason(.inconclusive, code: $0.code, "\(result.id): \($0.text)", lines: $0.lines)
            }
        }
    }

    /// It is claimed: without a check that came out, it is in doubt.
    mutating func close(about what: String, left: [TestCase], _ scope: ClaimedScope) {
        guard verdict == .notJudged else { return }
        let why: String
        if !left.isEmpty {
            why = "\(left.count == 1 ? "the case that judges it was" : "the \(left.count) cases that judge it were") filtered out"
        } else if scope.isWhole {
            why = "no case that applies judged it"
        } else {
            why = "none of these recordings judges it"
        }
        verdict = .inconclusive
        reasons.append(Reason(.inconclusive, code: RequirementResult.neverJudged, "\(what) is claimed, and \(why)\(scope.suffix)"))
    }

    /// What was judged in one scope was judged, though another was no occasion for it.
    mutating func merge(_ other: Tally) {
        if other.isNeverJudged, !isEmpty { return }
        if isNeverJudged, !other.isEmpty {
            self = other
            return
        }
        verdict = verdict.worst(with: other.verdict)
        cases += other.cases
        reasons += other.reasons
        byCase.merge(other.byCase) { $0.worst(with: $1) }
    }
}

extension CaseResult {
    /// It is worse than a pass for a reason that no check gave, such as a step that did not get there.
    fileprivate var hasTroubleOfItsOwn: Bool {
        let ids = Set(checks.map(\.id))
        return reasons.contains { $0.verdict > .pass && !ids.contains($0.code) }
    }
}
