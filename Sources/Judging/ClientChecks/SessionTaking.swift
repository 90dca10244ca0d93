import Facts
import TestCases

/// The client takes the sessions to which the enabler calls it, also those that are over (058c).
enum SessionTaking {
    /// Nil where the client was called to none.
    static func run(at user: String, _ context: CheckContext) -> CheckResult? {
        let make = CheckMaker(
            id: "session.taken", subject: user, requirements: [.process], basis: .clause,
            expected: "the client takes each session to which it is called")
        let calls = context.evidence.sessions.filter { $0.session.user == user && $0.session.by == .implementation && !isClosing($0, context) }
        guard !calls.isEmpty else { return nil }
        let faults = calls.filter { $0.joinedAt == nil }.map { call in
            let form = call.session.form == .deferred ? "the session that is over" : "the session"
            let refusal = context.evidence.refusal(of: call.session.id)
            let how = refusal.map { "was refused with \($0.code)" } ?? "was not answered"
            return Fault(
                text: "the invitation to \(form) at \(context.seconds(call.askedAt)) \(how)", lines: call.lines + (refusal?.lines ?? []))
        }
        return make.decide(
            faults: faults, passed: "each invitation was accepted", lines: calls.flatMap(\.lines))
    }

    private static func isClosing(_ call: Evidence.SessionRecord, _ context: CheckContext) -> Bool {
        call.askedAt >= context.evidence.closing
    }
}

extension Evidence {
    /// The final response by which a user refused a session.
    func refusal(of session: Int) -> (code: Int, lines: [Int])? {
        for fact in facts {
            if case .refused(_, session, .user, let code) = fact.what { return (code, fact.lines) }
        }
        return nil
    }
}
