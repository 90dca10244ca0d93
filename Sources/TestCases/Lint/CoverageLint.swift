internal import Diagnostics

/// Says what nobody tests and nobody has given a reason for, and which cases and reasons are about nothing.
struct CoverageLint {
    let suites: LoadedSuites
    let findings: Findings

    func run() {
        let map = CoverageMap(suites.catalogue, suites.cases)
        for row in map.rows { check(row) }
        for (testCase, statements) in map.byCase {
            for id in testCase.requirements where !statements.contains(where: { $0.hasPrefix("\(id.rawValue)/") }) {
                findings.add(
                    "coverage.case-about-nothing", testCase.place,
                    "'\(testCase.id)' names \(id), and no statement of it is seen there",
                    "remove \(id) from its requirements, or add a statement with 'seen-in' to the catalogue")
            }
        }
        let axes = AxesTable(suites.cases, leftOut: suites.leftOut)
        guard !suites.leftOut.isEmpty else { return }
        let open = axes.open
        if let first = open.first {
            findings.add(
                "coverage.axes-open", suites.leftOut.last?.place,
                "\(open.count) points of the axes have neither a case nor a reason, the first is absence \(first.absence.rawValue), missed \(first.missed.rawValue), return \(first.circumstance.rawValue)",
                "add a case, or a reason under 'left-out'")
        }
        for rule in axes.idle {
            findings.add(
                "coverage.idle-reason", rule.place, "nothing is left out for this reason any more", "remove it")
        }
    }

    private func check(_ row: CoverageMap.Row) {
        let statement = row.statement
        if statement.seenIn == nil, statement.untested == nil {
            findings.add(
                "coverage.statement-open", statement.place, "no case looks at '\(row.name)', and no reason is given",
                "add 'seen-in: { expects: … }', or 'untested: the reason'")
        } else if statement.seenIn != nil, row.cases.isEmpty {
            findings.add(
                "coverage.statement-unseen", statement.place, "no case of \(row.requirement.id) fits the 'seen-in' of '\(row.name)'",
                "add a case, correct 'seen-in', or write 'untested: the reason'")
        }
    }
}
