import Facts
import TestCases

/// A client that says it subscribes to the participants of a live session does (058c, by its ICS `subscribes-to-participants`).
enum Subscribing {
    /// Nil where no list was to come by subscription.
    static func run(at user: String, _ context: CheckContext) -> CheckResult? {
        let steps = context.testCase.steps.indices.filter { index in
            if case .client(.list(let list)) = context.testCase.steps[index].kind { list.carriage == .subscription } else { false }
        }
        guard !steps.isEmpty else { return nil }
        let make = CheckMaker(
            id: "members.subscribed", subject: user, requirements: [.process], basis: .reading,
            expected: "the client subscribes to who takes part in a live session",
            weight: context.claims.claims(.subscribesToParticipants) ? .requirement : .warning)
        let evidence = context.evidence
        var lines: [Int] = []
        for step in steps {
            guard let begin = evidence.begin(ofStep: step), let identity = evidence.groups[begin.act.text("group") ?? ""],
                let session = live(of: identity, at: user, begin.fact.at, evidence)
            else { return make.inconclusive("there was no live session to whose focus it could have subscribed") }
            if let found = subscription(of: user, to: evidence.focuses[identity] ?? [], evidence) {
                lines += found.lines
                continue
            }
            guard evidence.isUnmet(step), let end = evidence.end(ofStep: step), isAlive(session, until: end.fact.at) else {
                return make.inconclusive("the session did not live as long as a subscription was waited for", lines: session.lines)
            }
            return make.fail("it never subscribed to the focus", lines: session.lines + end.fact.lines)
        }
        return make.pass("it subscribed to the focus", lines: lines)
    }

    private static func live(
        of identity: GroupIdentity, at user: String, _ time: Int64, _ evidence: Evidence
    ) -> Evidence.SessionRecord? {
        evidence.sessions.last {
            $0.session.user == user && $0.session.group == identity && $0.session.form != .deferred
                && $0.carriedAt ?? .max < time && isAlive($0, until: time)
        }
    }

    private static func isAlive(_ session: Evidence.SessionRecord, until time: Int64) -> Bool {
        session.endedAt ?? .max > time && session.lostAt ?? .max > time
    }

    private static func subscription(of user: String, to focuses: Set<String>, _ evidence: Evidence) -> Fact? {
        evidence.facts.first { fact in
            if case .subscribed(user, let focus) = fact.what { focuses.contains(focus) } else { false }
        }
    }
}
