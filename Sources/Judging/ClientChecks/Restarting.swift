import Facts
import TestCases

/// The client goes on with a group at another focus, from the final list (reason for change).
enum Restarting {
    static func run(
        by user: String, _ group: String, inviting: [ActorName], _ context: CheckContext
    ) -> [CheckResult] {
        let weight: Weight = context.claims.claims(.restartsFromFinalList) ? .requirement : .warning
        func make(_ id: String, _ expected: String) -> CheckMaker {
            CheckMaker(
                id: id, subject: user, requirements: [.process], basis: .reasonForChange, expected: expected, weight: weight)
        }
        let began = context.evidence.acts.first { $0.act.step == "restart" && $0.act.text("group") == group }
        let asked = context.evidence.sessions.filter {
            $0.session.user == user && $0.session.by == .user && $0.session.inviting != nil && $0.askedAt >= began?.fact.at ?? .max
        }
        let members = make("restart.members", "every member of the final list is invited, and nobody else")
        let ids = make("restart.ids", "the group keeps its Conversation-ID and Contribution-ID")
        guard let began else { return [members.inconclusive("the user was not asked to go on")] }
        // Whether the old focus is really gone, a client may find out by asking it.
        guard let restart = asked.first(where: { !context.evidence.isGone($0.session.id) }) else {
            if asked.isEmpty, context.evidence.isUnmet(began.act.index) {
                return [members.inconclusive("nobody can say that the user has gone on", lines: began.fact.lines)]
            }
            let what = asked.isEmpty ? "never asked for another focus" : "asked for nothing but the focus that is gone"
            return [members.fail("the client \(what)", lines: began.fact.lines + asked.flatMap(\.lines))]
        }
        return [check(restart, inviting, members, context), check(restart, group, ids, context)]
    }

    private static func check(
        _ restart: Evidence.SessionRecord, _ inviting: [ActorName], _ make: CheckMaker, _ context: CheckContext
    ) -> CheckResult {
        let invited = Set((restart.session.inviting ?? []).map { context.addresses.actor($0) ?? $0 })
        let due = Set(inviting)
        var faults = due.subtracting(invited).sorted().map { Fault(text: "\($0) is not invited", lines: restart.lines) }
        faults += invited.subtracting(due).sorted().map { name in
            Fault(
                text: name == make.subject ? "it invites its own user" : "\(name) is invited, who is no member any more",
                lines: restart.lines)
        }
        return make.decide(faults: faults, passed: "\(listed(due.sorted())) are invited", lines: restart.lines)
    }

    private static func check(
        _ restart: Evidence.SessionRecord, _ group: String, _ make: CheckMaker, _ context: CheckContext
    ) -> CheckResult {
        let due = context.evidence.groups[group]
        var faults: [Fault] = []
        if restart.session.group?.conversation != due?.conversation {
            faults.append(Fault(text: "its Conversation-ID is another", lines: restart.lines))
        }
        if restart.session.group?.contribution != due?.contribution {
            faults.append(Fault(text: "its Contribution-ID is another", lines: restart.lines))
        }
        return make.decide(faults: faults, passed: "both are the same", lines: restart.lines)
    }
}

extension Evidence {
    /// The enabler said of a session that there is no such focus any more.
    fileprivate func isGone(_ session: Int) -> Bool {
        facts.contains { fact in
            if case .refused(_, session, .implementation, let code) = fact.what { [404, 410, 480, 481].contains(code) } else { false }
        }
    }
}
