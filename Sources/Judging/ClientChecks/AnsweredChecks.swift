import Facts
import TestCases

/// The checks on what the user sees, decided by what an operator answered.
///
/// What an answer is worth follows from the wire alone: only a claim about what really came, asked in just these terms, passes.
struct AnsweredChecks {
    private let context: CheckContext
    private let expectation: Expectation
    /// What there was to ask; nil where nothing came that a person could look for.
    private let question: OperatorQuestion?

    private init(_ expectation: Expectation, _ context: CheckContext) {
        self.expectation = expectation
        self.context = context
        question = OperatorQuestion(
            expectation, of: context.testCase, facts: context.evidence.facts, addresses: context.addresses)
    }

    /// Nil for an expectation that the wire decides.
    static func run(_ expectation: Expectation, _ context: CheckContext) -> [CheckResult]? {
        let checks: [ShownCheck]
        switch expectation {
        case .messages: checks = ShownCheck.ofMessages
        case .dispositions: checks = [.allFates, .onlyFates]
        case .roster: checks = [.members]
        case .changes: checks = [.history]
        case .audience: checks = [.audience]
        case .reports, .restarted, .nothing, .withheld: return nil
        }
        let asked = AnsweredChecks(expectation, context)
        return checks.map(asked.result)
    }

    private func result(_ check: ShownCheck) -> CheckResult {
        let make = CheckMaker(check, at: expectation.at, context)
        guard let question, question.checks.contains(check) else { return unasked(check, make) }
        switch answer(check, question) {
        case .unasked(let cause, let lines): return make.inconclusive(cause, lines: lines)
        case .given(let record):
            let lines = question.lines + record.lines
            let remark = record.answer.remark.map { ": “\($0)”" } ?? ""
            switch record.answer.word {
            case .yes where !question.missing.isEmpty && [.complete, .allFates].contains(check):
                return make.inconclusive("\(listed(question.missing)) never came to the client", lines: lines)
            case .yes: return make.pass("the operator says that it is so", lines: lines)
            case .no: return make.fail("the operator says that it is not so\(remark)", lines: lines)
            case .unclear, .done, .couldNot:
                return make.inconclusive("the operator could not tell\(remark)", lines: lines)
            }
        }
    }

    // MARK: What was answered

    private enum Answer {
        case given(Evidence.AnswerRecord)
        /// Why no answer counts, and the lines that show it.
        case unasked(String, [Int])
    }

    /// The answer about the check alone, else the yes to all of the question.
    private func answer(_ check: ShownCheck, _ question: OperatorQuestion) -> Answer {
        let all = context.evidence.answers.filter {
            $0.answer.user == question.user && $0.answer.group == question.group && $0.answer.checks.contains(check.rawValue)
        }
        let same = all.filter { $0.answer.about == question.about }
        guard !same.isEmpty else {
            return all.isEmpty
                ? .unasked("the operator was not asked", [])
                : .unasked("the operator was asked about something else than what came", all.flatMap(\.lines))
        }
        let single = same.filter { $0.answer.checks == [check.rawValue] }
        let whole = same.filter { $0.answer.checks.count > 1 }
        guard let last = single.last else {
            guard let last = whole.last, last.answer.word == .yes, isUnanimous(whole) else {
                return .unasked("the operator did not say yes to the whole, and was not asked for this part", same.flatMap(\.lines))
            }
            return .given(last)
        }
        guard isUnanimous(single) else { return .unasked("the operator answered this and the opposite", single.flatMap(\.lines)) }
        if let no = whole.last, no.answer.word == .no, last.answer.word == .yes, isYes(toEveryPart: question) {
            return .unasked("the operator said no to the whole and yes to each part", no.lines + last.lines)
        }
        return .given(last)
    }

    private func isUnanimous(_ records: [Evidence.AnswerRecord]) -> Bool { Set(records.map(\.answer.word)).count == 1 }

    private func isYes(toEveryPart question: OperatorQuestion) -> Bool {
        question.checks.allSatisfy { check in
            let last = context.evidence.answers.last {
                $0.answer.group == question.group && $0.answer.checks == [check.rawValue] && $0.answer.about == question.about
            }
            return last?.answer.word == .yes
        }
    }

    // MARK: What could not be asked

    private func unasked(_ check: ShownCheck, _ make: CheckMaker) -> CheckResult {
        switch (check, expectation) {
        case (.order, .messages) where question?.checks.contains(.complete) == true:
            return make.notReached("one message has no order")
        case (.complete, .messages(_, _, let labels)) where !labels.isEmpty:
            return make.inconclusive("\(listed(labels)) never came to the client")
        case (_, .messages) where question != nil: return make.notReached("no message came")
        case (.allFates, .dispositions(_, _, let wanted)):
            if wanted.isEmpty { return make.notReached("no report came") }
            return make.inconclusive("no report that is expected came to the client")
        case (.members, _): return make.inconclusive("no list came to the client")
        case (.history, _), (.audience, _): return make.inconclusive("not every list and message came to the client")
        default: return make.inconclusive("there was nothing to ask about")
        }
    }
}

extension Evidence {
    /// A person says what the user sees, and does what the user does.
    var isOperated: Bool { answers.contains { $0.at < closing } }

    /// Instructions that the operator could not carry out.
    var refusedOrders: [AnswerRecord] { answers.filter { $0.answer.word == .couldNot && $0.at < closing } }

    /// When the operator was asked first to look at a group.
    func firstLook(at group: String) -> Int64? {
        acts.first { $0.act.step == "look" && $0.act.text("group") == group }?.fact.at
    }
}

extension CheckResult {
    /// What failed where an instruction could not be carried out may have failed for that; what the client did with a session
    /// does not depend on its user.
    func tempered(by orders: [Evidence.AnswerRecord]) -> CheckResult {
        guard outcome == .fail, let first = orders.first, !id.hasPrefix("session.") else { return self }
        var check = takenBack("the operator could not do what was asked")
        check.lines += first.lines
        return check
    }
}
