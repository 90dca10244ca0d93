import ClientReference
import Diagnostics
import EnablerReference
import Hygiene
import Judging
import TestCases

/// All that `explain` knows, in lines. A word may be several things, such as an ICS option and a binding key.
struct Explanations {
    let suites: LoadedSuites

    /// Nothing when there is nothing of that name.
    func lines(about id: String) -> [String] {
        let found = [
            requirement(id), testCase(id), option(id), policyItem(id), timer(id), bindingKey(id), check(id),
            defect(id), clientDefect(id), variation(id), clientVariation(id), step(id), clientStep(id), expectation(id),
            absence(id), status(id), topic(id),
        ]
        return Array(found.compactMap { $0 }.joined(separator: [""]))
    }

    /// Everything that has a name, for finding the nearest.
    var words: [String] {
        var words = suites.cases.flatMap { [$0.id, $0.baseID] } + suites.catalogue.requirements.map(\.id.rawValue)
        words += ICSOption.allCases.map(\.rawValue) + PolicyItem.allCases.map(\.rawValue)
        words += TimerName.allCases.map(\.rawValue) + suites.bindingDefinitions.map(\.key.rawValue)
        words += CheckCatalogue.all.map(\.id) + WireRule.allCases.map { "wire.\($0.rawValue)" }
        words += Defect.allCases.map(\.rawValue) + Variation.allCases.map(\.rawValue) + Topic.allCases.map(\.rawValue)
        words += ClientDefect.allCases.map(\.rawValue) + ClientVariation.allCases.map(\.rawValue)
        words += ClientStepWord.allCases.map(\.rawValue) + StepWord.allCases.map(\.rawValue) + ExpectationWord.allCases.map(\.rawValue)
        words += Absence.allCases.map(\.rawValue) + ExpectedStatus.allCases.map(\.rawValue)
        return words
    }

    // MARK: - Requirements and cases

    private func requirement(_ id: String) -> [String]? {
        let names = [id.lowercased(), "cpm-conv-" + id.lowercased()]
        guard let requirement = suites.catalogue.requirements.first(where: { names.contains($0.id.rawValue.lowercased()) })
        else { return nil }
        let cases = suites.cases.filter { $0.requirements.contains(requirement.id) }
        return [
            "\(requirement.id.rawValue): \(requirement.role.rawValue), \(requirement.level)", "  \(requirement.text)",
            "  cases:\(cases.isEmpty ? " none" : "")",
        ] + cases.map { "    \($0.id)  \($0.title)" }
    }

    private func testCase(_ id: String) -> [String]? {
        if let one = suites.cases.first(where: { $0.id == id }) { return lines(of: one) }
        let rows = suites.cases.filter { $0.baseID == id }
        guard let first = rows.first else { return nil }
        return [
            "\(id): a case with \(rows.count) rows; 'cpmcheck explain' with the ID of one shows its steps",
        ] + rows.map { "    \($0.id)" } + ["", "The first of them:"] + lines(of: first)
    }

    private func lines(of testCase: TestCase) -> [String] {
        var lines = [
            "\(testCase.id): \(testCase.title)", "  suite: \(testCase.suite)",
            "  requirements: \(testCase.requirements.map(\.rawValue).joined(separator: ", "))",
            "  with: \(testCase.purpose.with)", "  when: \(testCase.purpose.when)", "  then: \(testCase.purpose.then)",
            "  actors: " + testCase.actors.map { "\($0.name) (\($0.word))" }.joined(separator: ", "),
            "  steps:",
        ]
        lines += testCase.steps.enumerated().map { index, step in "    \(index + 1). \(step.kind.sentence)" }
        lines += ["  expected:"] + testCase.expectations.map { "    - \($0.kind.sentence)" }
        if let place = testCase.place { lines.append("  written in: \(place)") }
        return lines
    }

    // MARK: - The description of an implementation

    private func option(_ id: String) -> [String]? {
        guard let option = ICSOption(rawValue: id) else { return nil }
        return [
            "\(id): ICS option of the \(option.role.rawValue)", "  \(option.meaning)",
            "  values: \(option.values.all.joined(separator: ", ")); the first is taken when nothing is said",
        ]
    }

    private func policyItem(_ id: String) -> [String]? {
        guard let item = PolicyItem(rawValue: id) else { return nil }
        return ["\(id): item of the policy", "  \(item.meaning)", "  value: \(item.values); left out counts as not stated"]
    }

    private func timer(_ id: String) -> [String]? {
        guard let timer = TimerName(rawValue: id) else { return nil }
        return [
            "\(id): timer of the IXIT", "  \(timer.meaning)",
            "  \(timer.standard) ms when nothing is said, \(timer.embedded) ms for the reference enabler",
        ]
    }

    private func bindingKey(_ id: String) -> [String]? {
        guard let definition = suites.bindingDefinitions.first(where: { $0.key.rawValue == id }) else { return nil }
        return [
            "\(id): key of the binding profile", "  settles: \(definition.settles)", "  reading: \(definition.reading)",
            "  values: \(definition.permitted.joined(separator: ", ")); default \(definition.standard)",
        ]
    }

    // MARK: - Checks and the reference enabler

    private func check(_ id: String) -> [String]? {
        if let check = CheckCatalogue[id] {
            let requirements = check.requirements.map { $0.map(\.rawValue).joined(separator: " and ") }
            let fails = requirements.isEmpty ? "no requirement" : requirements.joined(separator: ", or ")
            return [
                "\(id): \(check.weight == .warning ? "warning" : "check"), basis: \(check.basis)", "  \(check.looksAt)",
                "  fails: \(fails)",
            ]
        }
        guard id.hasPrefix("wire."), let rule = WireRule(rawValue: String(id.dropFirst(5))) else { return nil }
        return ["\(id): warning about the wire, basis: \(rule.clause)", "  \(rule.statement)"]
    }

    private func defect(_ id: String) -> [String]? {
        guard let defect = Defect(rawValue: id) else { return nil }
        return [
            "\(id): defect that the reference enabler can be given (--defect)", "  \(defect.summary)",
            "  caught by: \(defect.check), \(defect.requirements.joined(separator: ", "))",
        ]
    }

    private func variation(_ id: String) -> [String]? {
        guard let variation = Variation(rawValue: id) else { return nil }
        return [
            "\(id): legal difference that the reference enabler can be given (--variation)", "  \(variation.summary)",
            "  allowed by: \(variation.allowedBy)",
        ]
    }

    private func clientDefect(_ id: String) -> [String]? {
        guard let defect = ClientDefect(rawValue: id) else { return nil }
        return [
            "\(id): defect that the reference client can be given (serve client --defect, prove --defect client/\(id))",
            "  \(defect.summary)", "  caught by: \(defect.check), \(defect.requirements.joined(separator: ", "))",
        ]
    }

    private func clientVariation(_ id: String) -> [String]? {
        guard let variation = ClientVariation(rawValue: id) else { return nil }
        return [
            "\(id): legal difference that the reference client can be given (serve client --variation)", "  \(variation.summary)",
            "  allowed by: \(variation.allowedBy)",
        ]
    }

    // MARK: - The language of test cases

    private func step(_ id: String) -> [String]? {
        guard let word = StepWord(rawValue: id) else { return nil }
        return ["\(id): step: \(word.meaning)", "  written: \(word.form)", "  complete when: \(word.completion)"]
    }

    private func clientStep(_ id: String) -> [String]? {
        guard let word = ClientStepWord(rawValue: id) else { return nil }
        return [
            "\(id): step of a case for a client: \(word.meaning)", "  written: \(word.form)", "  complete when: \(word.completion)",
        ]
    }

    private func expectation(_ id: String) -> [String]? {
        guard let word = ExpectationWord(rawValue: id) else { return nil }
        return ["\(id): expectation: \(word.meaning)", "  written: \(word.form)"]
    }

    private func absence(_ id: String) -> [String]? {
        guard let absence = Absence(rawValue: id) else { return nil }
        return [
            "\(id): absence of an actor: \(absence.meaning)", "  begins: \(absence.phase.meaning)",
            "  takes effect: \(absence.effectiveObservation.meaning)", "  comes back by: \(absence.returnWay.meaning)",
        ]
    }

    private func status(_ id: String) -> [String]? {
        ExpectedStatus(rawValue: id).map { ["\(id): status in a roster expectation: \($0.meaning)"] }
    }

    // MARK: - Everything of a kind

    private enum Topic: String, CaseIterable {
        case ics, policy, timers, binding, checks, defects, variations, steps, expectations, absences, statuses, samples
    }

    private func topic(_ id: String) -> [String]? {
        guard let topic = Topic(rawValue: id) else { return nil }
        switch topic {
        case .ics:
            return list("what an implementation claims", ICSOption.allCases.map { ($0.rawValue, $0.meaning) })
        case .policy: return list("what a deployment is set to do", PolicyItem.allCases.map { ($0.rawValue, $0.meaning) })
        case .timers: return list("how long the harness waits", TimerName.allCases.map { ($0.rawValue, $0.meaning) })
        case .binding:
            return list(
                "how the requirements are carried where no public text says it",
                suites.bindingDefinitions.map { ($0.key.rawValue, $0.settles) })
        case .checks:
            return list(
                "what the judge looks at",
                CheckCatalogue.all.map { ($0.id, $0.looksAt) }
                    + WireRule.allCases.map { ("wire.\($0.rawValue)", "warning: \($0.statement)") })
        case .steps:
            return list("what a case can play", StepWord.allCases.map { ($0.rawValue, $0.meaning) }) + [""]
                + list("what a case for a client can play", ClientStepWord.allCases.map { ($0.rawValue, $0.meaning) })
        case .expectations: return list("what a case can expect", ExpectationWord.allCases.map { ($0.rawValue, $0.meaning) })
        case .absences: return list("how an actor is absent", Absence.allCases.map { ($0.rawValue, $0.meaning) })
        case .statuses: return list("what a list may show of an actor", ExpectedStatus.allCases.map { ($0.rawValue, $0.meaning) })
        case .samples: return list("what 'sample' of a send step takes", SampleText.allCases.map { ($0.rawValue, $0.text) })
        case .defects:
            return list("what the enabler's --defect takes", Defect.allCases.map { ($0.rawValue, $0.summary) }) + [""]
                + list("what the client's --defect takes", ClientDefect.allCases.map { ($0.rawValue, $0.summary) })
        case .variations:
            return list("what the enabler's --variation takes", Variation.allCases.map { ($0.rawValue, $0.summary) }) + [""]
                + list("what the client's --variation takes", ClientVariation.allCases.map { ($0.rawValue, $0.summary) })
        }
    }

    private func list(_ title: String, _ entries: [(name: String, meaning: String)]) -> [String] {
        let width = entries.map(\.name.count).max() ?? 0
        return [title + ":"] + entries.map { "  \($0.name.padding(to: width))  \($0.meaning)" }
    }
}
