import Facts
import TestCases

/// The client takes the sessions to which the enabler calls it, also those that are over (058c).
enum SessionTaking {
    /// Nil where the client was called to none.
    static func run(at user: String, _ context: CheckContext) -> CheckResult? {
        let make = CheckMaker(
            id: "session.taken", subject: user, requirements: [.process], basis: .clause,
            expected: "the client takes each session to which it is called")
        // One that names no group carries stored reports alone, in a way that nobody need know (READINGS).
        let calls = context.evidence.sessions.filter {
            $0.session.user == user && $0.session.by == .implementation && $0.session.group != nil && !isClosing($0, context)
        }
        guard !calls.isEmpty else { return nil }
        let faults = calls.compactMap { fault($0, context) }
        return make.decide(
            faults: faults, passed: "each invitation was accepted", lines: calls.flatMap(\.lines))
    }

    private static func fault(_ call: Evidence.SessionRecord, _ context: CheckContext) -> Fault? {
        let form = call.session.form == .deferred ? "the session that is over" : "the session"
        let what = "the invitation to \(form) at \(context.seconds(call.askedAt))"
        guard call.joinedAt != nil else {
            let refusal = context.evidence.refusal(of: call.session.id)
            let how = refusal.map { "was refused with \($0.code)" } ?? "was not answered"
            return Fault(text: "\(what) \(how)", lines: call.lines + (refusal?.lines ?? []))
        }
        return missingCarriage(of: call, context).map { Fault(text: "\(what) was accepted, but \($0.text)", lines: call.lines + $0.lines) }
    }

    /// Why the MSRP connection never came about where that is the client's doing: it took a role that the offer did not leave
    /// it, was to connect and did not while the enabler waited, or cannot be reached where its answer says.
    private static func missingCarriage(of call: Evidence.SessionRecord, _ context: CheckContext) -> Fault? {
        // Whoever takes a role that the offer does not leave it has not answered it, also where a connection came about by luck.
        if case .nobody(let why)? = call.opening { return Fault(text: why, lines: []) }
        let evidence = context.evidence
        let invite = evidence.acts.last { $0.act.step == "invite" && $0.fact.at <= call.askedAt }
        guard call.carriedAt == nil, let invite, evidence.isUnmet(invite.act.index), let end = evidence.end(ofStep: invite.act.index)
        else { return nil }
        let never = "the MSRP connection never came about"
        switch call.opening {
        case .user: return Fault(text: "\(never), which it was to open", lines: end.fact.lines)
        case .implementation:
            let trouble = evidence.acts.first {
                $0.act.step == "unreachable" && $0.fact.at >= invite.fact.at && $0.fact.at <= end.fact.at
            }
            return trouble.map {
                Fault(text: "\(never) at the address of its answer: \($0.act.text("cause") ?? "")", lines: $0.fact.lines)
            }
        case .nobody, nil: return nil
        }
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
