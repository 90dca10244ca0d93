import Diagnostics
import Hygiene
import TestCases

/// What was wrong with the implementation's messages as such. A warning: outside of strict runs it changes no verdict,
/// and it never fails a requirement.
enum WireChecks {
    /// For each family of rules its breaches, one check a rule, or one check that passes.
    static func run(_ survey: WireSurvey) -> [CheckResult] {
        WireRule.Family.allCases.flatMap { family -> [CheckResult] in
            let broken = WireRule.allCases.filter { $0.family == family && survey.counts[$0] != nil }
            return broken.isEmpty ? [sound(family, survey)] : broken.map { breach($0, survey) }
        }
    }

    private static func breach(_ rule: WireRule, _ survey: WireSurvey) -> CheckResult {
        let findings = survey.findings.filter { $0.rule == rule }
        let count = survey.counts[rule] ?? findings.count
        var shown: [String] = []
        for finding in findings {
            let text = "to \(finding.actor), \(finding.what)"
            if shown.count < 3, !shown.contains(text) { shown.append(text) }
        }
        let more = count > shown.count ? "; \(count) of them in all" : ""
        return CheckResult(
            id: "wire.\(rule.rawValue)", subject: "", requirements: [], basis: .rfc(rule.clause), weight: .warning,
            outcome: .fail, expected: rule.statement, observed: shown.joined(separator: "; ") + more,
            lines: Array(Set(findings.flatMap(\.lines))).sorted())
    }

    private static func sound(_ family: WireRule.Family, _ survey: WireSurvey) -> CheckResult {
        let looked = survey.looked[family] ?? 0
        let what: String
        switch family {
        case .sip: what = "SIP messages"
        case .msrp: what = "MSRP messages"
        case .payloads: what = "bodies"
        }
        return CheckResult(
            id: "wire.\(family.rawValue)", subject: "", requirements: [], basis: .rfc("RFC 3261, RFC 4975"),
            weight: .warning, outcome: looked == 0 ? .notReached("nothing of the kind came") : .pass,
            expected: "what the implementation sends is well-formed",
            observed: "nothing is wrong with \(what) of the implementation (\(looked))")
    }
}
