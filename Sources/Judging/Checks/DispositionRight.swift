import Facts

/// A report is for the sender of the message that it is about, and is stored for nobody else (058).
enum DispositionRight {
    /// Nil where no stored report can be told to have come.
    static func run(at user: String, _ context: CheckContext) -> CheckResult? {
        guard let returned = context.returned(user) else { return nil }
        let make = CheckMaker(
            id: "dispositions.right", subject: user, requirements: [.store], basis: .clause,
            expected: "no report about somebody else's message is stored for \(user)")
        var faults: [Fault] = []
        var lines: [Int] = []
        for offer in context.evidence.dispositionOffers(at: user) where offer.record.at >= returned {
            guard let script = context.evidence.message(withID: offer.disposition.message),
                isStored(offer, script, for: user, context)
            else { continue }
            lines += offer.record.lines
            guard script.by != user else { continue }
            faults.append(
                Fault(
                    text: "'\(offer.disposition.status)' about \(script.label), which \(script.by) sent, came to \(user)",
                    lines: offer.record.lines))
        }
        if lines.isEmpty { return nil }
        return make.decide(faults: faults, passed: "all were about messages of \(user)", lines: lines)
    }

    /// It was given while the user was away, or comes in the session of a delivery; what is relayed as it is given is
    /// another matter.
    static func isStored(
        _ offer: Evidence.DispositionOffer, _ script: Evidence.ScriptMessage, for user: String, _ context: CheckContext
    ) -> Bool {
        if context.evidence.session(offer.record.offer.session)?.session.form == .deferred { return true }
        guard let reporter = context.addresses.actor(of: offer.disposition),
            let report = context.evidence.report(offer.disposition.status, by: reporter, about: script.id)
        else { return false }
        return context.evidence.absences[user]?.contains { $0.covers(report.at) } ?? false
    }
}
