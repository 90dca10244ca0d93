public import Diagnostics

/// Which cases are run, which do not apply and why, and which were not asked for.
public struct Selection: Sendable {
    /// A case that does not apply.
    public struct NotApplicable: Sendable, Hashable {
        public var testCase: TestCase
        /// One sentence that names the ICS option, policy item or timer.
        public var reason: String
    }

    /// In the order of the suites.
    public var selected: [TestCase] = []
    public var notApplicable: [NotApplicable] = []
    /// IDs that no pattern matched.
    public var filteredOut: [String] = []

    /// Applies the patterns first, then role, ICS, policy and times.
    ///
    /// A pattern is a case ID, a base ID (all its rows), a requirement ID, or a glob with `*` and `?` over these.
    /// Throws one diagnostic per pattern that matches nothing, with the nearest ID.
    public init(
        cases: [TestCase], for implementation: ImplementationDescription, patterns: [String] = []
    ) throws(DiagnosticList) {
        let unmatched = patterns.filter { pattern in !cases.contains { Self.matches(pattern, $0) } }
        guard unmatched.isEmpty else {
            throw DiagnosticList(unmatched.map { Self.noMatch($0, cases) })
        }
        for testCase in cases {
            guard patterns.isEmpty || patterns.contains(where: { Self.matches($0, testCase) }) else {
                filteredOut.append(testCase.id)
                continue
            }
            if let reason = testCase.reasonNotApplicable(to: implementation) {
                notApplicable.append(NotApplicable(testCase: testCase, reason: reason))
            } else {
                selected.append(testCase)
            }
        }
    }

    /// Whether a pattern means a case.
    public static func matches(_ pattern: String, _ testCase: TestCase) -> Bool {
        ([testCase.id, testCase.baseID] + testCase.requirements.map(\.rawValue)).contains { glob(pattern, $0) }
    }

    /// What to say of a pattern that matches nothing: a part of IDs lacks its `*`, else the nearest is meant.
    public static func noMatch(_ pattern: String, _ cases: [TestCase]) -> Diagnostic {
        let names = cases.flatMap { [$0.id, $0.baseID] + $0.requirements.map(\.rawValue) }
        let beginning = cases.contains { matches(pattern + "*", $0) } ? pattern + "*" : nil
        let within = cases.contains { matches("*\(pattern)*", $0) } ? "*\(pattern)*" : nil
        let instead = (beginning ?? within ?? nearestWord(to: pattern, among: names)).map { "did you mean '\($0)'?" }
        return Diagnostic(
            .input, "filter.no-match", "no case matches '\(escapedPeerText(pattern, limit: 100))'",
            instead: instead ?? "see 'cpmcheck list' for the IDs")
    }

    /// `*` stands for any characters, `?` for one; everything else for itself.
    static func glob(_ pattern: String, _ text: String) -> Bool {
        let p = Array(pattern.unicodeScalars)
        let t = Array(text.unicodeScalars)
        var (i, j) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while j < t.count {
            if i < p.count, p[i] == "*" {
                star = (i, j)
                i += 1
            } else if i < p.count, p[i] == "?" || p[i] == t[j] {
                i += 1
                j += 1
            } else if let last = star {
                i = last.pattern + 1
                j = last.text + 1
                star = (last.pattern, j)
            } else {
                return false
            }
        }
        return p[i...].allSatisfy { $0 == "*" }
    }
}
