import TestCases

/// What the results of one check have in common; each outcome adds what was observed.
struct CheckMaker {
    let id: String
    let subject: String
    let requirements: [RequirementID]
    let basis: Basis
    let expected: String
    var weight: Weight = .requirement

    private func result(_ outcome: CheckOutcome, _ observed: String, _ lines: [Int]) -> CheckResult {
        CheckResult(
            id: id, subject: subject, requirements: requirements, basis: basis, weight: weight, outcome: outcome,
            expected: expected, observed: observed, lines: Array(Set(lines)).sorted())
    }

    /// The same as resting on our interpretation: a warning, unless the implementation states that it reads so too.
    func asReading(_ weight: Weight) -> CheckMaker {
        CheckMaker(
            id: id, subject: subject, requirements: requirements, basis: .reading, expected: expected, weight: weight)
    }

    func pass(_ observed: String, lines: [Int]) -> CheckResult { result(.pass, observed, lines) }
    func fail(_ observed: String, lines: [Int]) -> CheckResult { result(.fail, observed, lines) }
    func inconclusive(_ observed: String, lines: [Int] = []) -> CheckResult {
        result(.inconclusive, observed, lines)
    }
    func notReached(_ reason: String, lines: [Int] = []) -> CheckResult {
        result(.notReached(reason), reason, lines)
    }

    /// Pass without faults, fail with them; the sentence names each.
    func decide(faults: [Fault], passed: String, lines: [Int]) -> CheckResult {
        if faults.isEmpty { return pass(passed, lines: lines) }
        let most = 20
        let more = faults.count > most ? "; and \(faults.count - most) more" : ""
        return fail(faults.prefix(most).map(\.text).joined(separator: "; ") + more, lines: faults.flatMap(\.lines))
    }
}

/// One thing that is wrong, with the lines that show it.
struct Fault {
    var text: String
    var lines: [Int]
}

extension RequirementID {
    static let store = RequirementID(rawValue: "CPM-CONV-058")
    static let deliver = RequirementID(rawValue: "CPM-CONV-058a")
    static let intermediate = RequirementID(rawValue: "CPM-CONV-058b")
    static let process = RequirementID(rawValue: "CPM-CONV-058c")
    static let processIntermediate = RequirementID(rawValue: "CPM-CONV-058d")
}

/// `a`, `a and b`, `a, b and c`.
func listed(_ words: [String]) -> String {
    guard let last = words.last else { return "nothing" }
    if words.count == 1 { return last }
    if words.count > 40 { return words.prefix(3).joined(separator: ", ") + " … \(last), \(words.count) in all" }
    return words.dropLast().joined(separator: ", ") + " and " + last
}
