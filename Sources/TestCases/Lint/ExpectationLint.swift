internal import Diagnostics

/// Says which expectations no conformant implementation could meet, or which nothing could fail.
struct ExpectationLint {
    static let intermediate: RequirementID = "CPM-CONV-058b"

    let testCase: TestCase
    /// Where everybody stands at the end.
    let scene: Scene
    let findings: Findings

    func run() {
        for expectation in testCase.expectations { check(expectation) }
        if testCase.requirements.contains(Self.intermediate), !testCase.expectations.contains(where: isIntermediate) {
            findings.add(
                "case.requirement-unchecked", testCase.place,
                "the case names \(Self.intermediate) and nothing in it looks at intermediate lists",
                "add a 'changes' expectation or a 'roster' with 'initial', or remove the requirement")
        }
    }

    private func isIntermediate(_ expectation: PlacedExpectation) -> Bool {
        switch expectation.kind {
        case .changes, .roster(_, _, .initial, _): true
        default: false
        }
    }

    private func check(_ expectation: PlacedExpectation) {
        let place = expectation.place
        let kind = expectation.kind
        switch kind {
        case .messages(let at, let group, let labels):
            checkReturns(at, place)
            checkMessages(at, group, labels, place)
        case .dispositions(let at, let group, let reports):
            checkReturns(at, place)
            for report in reports { check(report, at: at, group: group, place) }
        case .roster(let at, let group, let list, let members):
            checkReturns(at, place)
            checkRoster(group, list, members, place)
        case .changes(let at, _, _):
            checkReturns(at, place)
        case .nothing(let at, let group):
            checkNothing(at, group, place)
        case .withheld(let at, let group, let what):
            checkReturns(at, place)
            checkWithheld(at, group, what, place)
        // These have a lint of their own.
        case .reports, .restarted, .audience: break
        }
        let owed = testCase.absence(of: kind.at)?.isOwed ?? false
        if owed, isIntermediate(expectation), !testCase.requirements.contains(Self.intermediate) {
            findings.add(
                "case.requirement-missing", place, "intermediate lists are judged under \(Self.intermediate)",
                "add \(Self.intermediate) to 'requirements'")
        }
    }

    private func checkReturns(_ at: ActorName, _ place: SourcePlace?) {
        let absence = testCase.absence(of: at) ?? .present
        if absence.isOwed, scene.unreachable.contains(at) {
            findings.add(
                "case.never-returns", place, "\(at) is away to the end, so nothing can be seen there",
                "write '- return: \(at)'")
        }
        if absence == .neverInvited {
            findings.add(
                "case.never-invited", place, "\(at) is never invited and can get nothing",
                "expect 'nothing: { at: \(at) }'")
        }
    }

    private func checkMessages(_ at: ActorName, _ group: String, _ labels: [String], _ place: SourcePlace?) {
        let sends = testCase.steps.compactMap { step -> SendStep? in
            if case .send(let send) = step.kind { send } else { nil }
        }
        // Looked up, since a case may send and expect thousands.
        let byLabel = Dictionary(sends.map { ($0.label, $0) }) { first, _ in first }
        for label in labels {
            guard let send = byLabel[label] else { continue }
            if send.by == at {
                findings.add("case.own-message", place, "\(at) sent '\(label)' itself", "remove '\(label)'")
            }
            if send.group != group {
                findings.add("case.other-group", place, "'\(label)' is sent in '\(send.group)'", "expect it there")
            }
        }
        let expected = Set(labels)
        let order = sends.map(\.label).filter(expected.contains)
        if expected.count != labels.count {
            findings.add("case.expected-twice", place, "a label stands twice under 'exactly'", "write each label once")
        } else if order != labels {
            findings.add(
                "case.order", place, "the labels are not in the order in which the steps send them",
                "write [\(order.joined(separator: ", "))]")
        }
    }

    private func check(_ report: ExpectedDisposition, at: ActorName, group: String, _ place: SourcePlace?) {
        guard let message = testCase.message(report.message) else { return }
        if message.by != at {
            findings.add(
                "case.not-the-sender", place, "reports about '\(report.message)' go to its sender \(message.by)",
                "expect them at \(message.by)")
        }
        if message.group != group {
            findings.add(
                "case.other-group", place, "'\(report.message)' is sent in '\(message.group)'", "expect it there")
        }
        if !message.dispositions.contains(report.status) {
            findings.add(
                "case.not-asked-for", place, "'\(report.message)' does not ask for '\(report.status.rawValue)'",
                "add 'asks-for: [\(report.status.rawValue)]' to its 'send'")
        }
        let reported = testCase.steps.contains { step in
            step.kind == .report(by: report.from, message: report.message, status: report.status)
        }
        if !reported, report.status == .delivered || report.status == .displayed {
            findings.add(
                "case.never-reported", place,
                "no step lets \(report.from) report '\(report.message)' \(report.status.rawValue)",
                "write '- report: { by: \(report.from), message: \(report.message), status: \(report.status.rawValue) }'"
            )
        }
    }

    private func checkRoster(
        _ name: String, _ list: RosterList, _ members: [ActorName: ExpectedStatus], _ place: SourcePlace?
    ) {
        guard let group = scene.groups[name] else { return }
        if list == .final, group.ended == nil {
            findings.add(
                "case.final-of-live", place, "the session of '\(name)' never ends, so there is no final list",
                "add an 'end' step, or expect 'current'")
        }
        if list == .current, group.ended != nil {
            findings.add("case.current-of-ended", place, "the session of '\(name)' has ended", "expect 'final'")
        }
        if list == .initial { return }
        for (actor, status) in members.sorted(by: { $0.key < $1.key }) {
            checkStatus(actor, status, group, place)
        }
    }

    /// The script itself says who is in; those who go as the session ends are left to the case.
    private func checkStatus(_ actor: ActorName, _ status: ExpectedStatus, _ group: Scene.Group, _ place: SourcePlace?)
    {
        let standing = group.standing(actor)
        let wentAtTheEnd = group.ended == .everyoneLeaves && standing == .left && !scene.everLeft.contains(actor)
        if wentAtTheEnd { return }
        let saysIn = status == .connected || status == .member
        let saysOut = status == .left || status == .absent
        if (saysIn && !standing.isMember) || (saysOut && standing.isMember) {
            findings.add(
                "case.contradicts-script", place,
                "\(actor) is expected '\(status.rawValue)', and by the steps it is \(standing.isMember ? "a member" : "no member")",
                standing.isMember ? "write 'member' or 'connected'" : "write 'left' or 'absent'")
        }
    }

    /// A member is owed what it missed unless something of the policy says otherwise.
    private func checkWithheld(_ at: ActorName, _ group: String, _ what: Withheld, _ place: SourcePlace?) {
        if testCase.absence(of: at)?.isOwed != true {
            findings.add(
                "case.withheld-from-nobody", place, "\(at) misses nothing that could be withheld",
                "expect 'withheld' at one who is away, or 'nothing' at one who left, declined or was never invited")
        }
        let isPolicy = testCase.needs.contains { need in
            switch (need, what) {
            case (.policy("storage", ["off"], _), .everything): true
            case (.policy("intermediate-lists", ["off"], _), .intermediateLists): true
            default: false
            }
        }
        let isOutlasted = what == .everything && testCase.steps.contains { $0.kind.word == .outlast }
        if !isPolicy, !isOutlasted {
            let item = what == .everything ? "storage" : "intermediate-lists"
            findings.add(
                "case.withheld-without-policy", place, "no policy that the case needs withholds \(what.rawValue)",
                "add 'needs: { policy: { \(item): off } }'")
        }
    }

    private func checkNothing(_ at: ActorName, _ group: String, _ place: SourcePlace?) {
        guard let standing = scene.groups[group]?.standing(at), standing.isMember else { return }
        findings.add(
            "case.nothing-at-member", place, "\(at) is a member of '\(group)', to whom something is owed",
            "expect 'nothing' at one who left, declined or was never invited")
    }
}
