public import Diagnostics
import Facts
import Hygiene
public import Recordings
public import TestCases

/// Judges a recording: a pure function of it, and of a newer form of its case if one is given. It reads no clock,
/// no environment and no network, so that it says the same on every machine.
public struct Judge: Sendable {
    private let limits: Limits

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Judges one recording.
    ///
    /// - Parameters:
    ///   - recording: as read or as just made; a truncated one is judged as far as it goes and can not pass.
    ///   - newer: a newer form of the same case; nil takes the one in the recording.
    /// - Throws: `DiagnosticList` when the header holds no case that can be read.
    public func judge(_ recording: Recording, as newer: TestCase? = nil) throws(DiagnosticList) -> CaseResult {
        let testCase: TestCase
        if let newer { testCase = newer } else { testCase = try TestCase(json: recording.header.case) }
        let facts = FactDecoder.facts(of: recording, limits: limits)
        return judge(testCase, Evidence(facts), recording)
    }

    /// What there is to say of a recording where its run was called off in the middle of the case: nothing was finished,
    /// and what it would be judged to is not what the run said. nil for every other recording.
    public func unfinished(_ recording: Recording) throws(DiagnosticList) -> CaseResult? {
        let isCancelled = recording.lines.contains { $0.kind == .note && $0.fields["trouble"]?.string == "cancelled" }
        guard isCancelled else { return nil }
        return .notFinished(try TestCase(json: recording.header.case), reason: "the run ended during this case")
    }

    private func judge(_ testCase: TestCase, _ evidence: Evidence, _ recording: Recording) -> CaseResult {
        let header = recording.header
        let context = CheckContext(testCase, evidence, header)
        let course = Course(evidence, recording)
        let time = PolicyTime(evidence, header)
        let judging = testCase.role == .client ? ClientChecks.all : Self.checks
        var survey = WireHygiene.survey(recording, limits: limits)
        let forms = testCase.role == .client ? nil : DeliveredForm(survey, context)
        let made = course.reachesChecks
            ? judging(context) + (forms?.checks ?? []).map { Self.weighed($0, context) } : []
        for (rule, lines) in course.reachesChecks ? forms?.named ?? [:] : [:] { survey = survey.without(rule, shownBy: lines) }
        var checks = made.map(course.tempered).map(time.tempered).map(context.tempered)
        // Only these say whether the case was judged: a message can be well-formed while nothing was looked for in it.
        let judged = checks.filter { $0.weight == .requirement }
        // One fault has one name: a delivered list that breaks the schema, and an answer that a client was not to give, are
        // those of their own checks.
        let lists = checks.filter { $0.id == "roster.valid" && $0.outcome == .fail }.flatMap(\.lines)
        let answers = checks.filter { $0.id == "session.answers" && $0.outcome == .fail }.flatMap(\.lines)
        survey = survey.without(.conferenceInfoValid, shownBy: Set(lists))
            .without(.msrpUnwantedResponse, shownBy: Set(answers))
        // A message that was cut off by the end of the recording breaks no rule of the wire.
        if recording.fullNote == nil { checks += WireChecks.run(survey) }
        var reasons = course.reasons
        for check in checks { reasons += Self.reason(for: check, strict: header.strict) }
        if course.reachesChecks, !judged.contains(where: { $0.outcome.verdict != .notJudged }) {
            reasons.append(
                Reason(.error, code: "no-check", "the script ran, but none of its checks could be evaluated"))
        }
        reasons.sort { $0.verdict > $1.verdict }
        var verdict = reasons.reduce(Verdict.notJudged) { $0.worst(with: $1.verdict) }
        if judged.contains(where: { $0.outcome == .pass }) { verdict = verdict.worst(with: .pass) }
        var result = CaseResult(
            id: testCase.id, title: testCase.title, suite: testCase.suite, requirements: testCase.requirements,
            verdict: verdict, reasons: reasons, checks: checks,
            seconds: Double(recording.lines.last?.t ?? 0) / 1e9, waits: course.waits, closing: course.closing)
        result.leftovers = Leftovers.all(evidence)
        if recording.fullNote == nil {
            result.traits = HonestyReading(testCase, evidence, WireTraits(recording, limits: limits)).traits
        }
        return result
    }

    private static func reason(for check: CheckResult, strict: Bool) -> [Reason] {
        guard check.weight == .requirement || strict else { return [] }
        let place = check.subject.isEmpty ? "" : " at \(check.subject)"
        let text = "\(check.id)\(place): expected that \(check.expected); \(check.observed)"
        switch check.outcome {
        case .pass, .notReached: return []
        case .fail: return [Reason(.fail, code: check.id, text, lines: check.lines)]
        case .inconclusive: return [Reason(.inconclusive, code: check.id, text, lines: check.lines)]
        }
    }

    /// Every check of the case's expectations, in their order.
    static func checks(_ context: CheckContext) -> [CheckResult] {
        var results: [CheckResult] = []
        var formSeen: Set<String> = []
        for expectation in context.testCase.expectations.map(\.kind) {
            switch expectation {
            case .messages(let at, let group, let labels):
                let labels = context.testCase.messageLabels(labels)
                let expected = ExpectedMessages(user: at, group: group, labels: labels, context)
                results += MessagePresence.run(expected, labels: labels, context)
                results.append(MessageOrder.run(expected, context))
                results += MessageIntegrity.run(expected, context)
                if let device = DeviceChecks.run(expected, context) { results.append(device) }
                results += [
                    MessageGroup.run(expected, context), DeliveryTime.run(expected, context),
                    DeliveryChecks.closing(at: at, group: group, context),
                ].compactMap { $0 }
            case .dispositions(let at, let group, let wanted):
                results += DispositionChecks.run(at: at, group: group, expected: wanted, context)
                results += [
                    DeliveryChecks.carriage(at: at, wanted, context), DeliveryTime.reports(at: at, wanted, context),
                ].compactMap { $0 }
            case .roster(let at, let group, let list, let members):
                results.append(RosterLists.run(at: at, group: group, list: list, members: members, context))
                if list == .final, let time = DeliveryTime.finalList(at: at, group: group, context) { results.append(time) }
                if formSeen.insert("\(at) \(group)").inserted {
                    results += RosterForm.run(at: at, group: group, context)
                }
            case .changes(let at, let group, let changes):
                results += RosterChanges.run(at: at, group: group, expected: changes, context)
                results.append(RosterAudience.run(at: at, group: group, context))
                if formSeen.insert("\(at) \(group)").inserted {
                    results += RosterForm.run(at: at, group: group, context)
                }
            case .nothing(let at, let group):
                results.append(NothingChecks.run(at: at, group: group, context))
            case .withheld(let at, let group, let what):
                results.append(PolicyChecks.withheld(at: at, group: group, what: what, context))
            // A client's, in cases of another role.
            case .reports, .restarted, .audience: break
            }
        }
        results += context.testCase.actors.compactMap { DeliveryChecks.groupOrder(at: $0.name, context) }
        results += context.testCase.actors.compactMap { DispositionRight.run(at: $0.name, context) }
        results += DispositionChecks.uncalledFor(context)
        results += [DispositionAsked.run(context), DispositionChecks.premature(context), LiveRelay.run(context)].compactMap { $0 }
        results = results.map { RosterAudience.yielding($0, to: results) }
        return results.map { weighed($0, context) }
    }

    private static func weighed(_ check: CheckResult, _ context: CheckContext) -> CheckResult {
        context.claimsStoringAfterLoss ? check : afterLoss(check, context)
    }

    /// That somebody who was in and lost its connection is absent stands in the reason for change alone: it fails
    /// nobody who does not claim it.
    private static func afterLoss(_ check: CheckResult, _ context: CheckContext) -> CheckResult {
        guard context.testCase.absence(of: check.subject)?.midSession == true else { return check }
        var check = check
        check.weight = .warning
        check.basis = .reasonForChange
        return check
    }
}
