import Facts
import TestCases

/// Dispositions owed to a user who was away, and those about one.
enum DispositionChecks {
    static func run(
        at user: String, group: String, expected: [ExpectedDisposition], _ context: CheckContext
    ) -> [CheckResult] {
        let offers = context.evidence.dispositionOffers(at: user)
        return [
            complete(at: user, group: group, expected, context),
            once(at: user, offers, context),
            genuine(at: user, group: group, offers, context),
        ]
    }

    private typealias Offers = [Evidence.DispositionOffer]

    private static func complete(
        at user: String, group: String, _ expected: [ExpectedDisposition], _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "dispositions.complete", subject: user, requirements: [.store, .deliver], basis: .clause,
            expected: "\(user) gets " + listed(expected.map { "'\($0.status.rawValue)' from \($0.from) about \($0.message)" }))
        var faults: [Fault] = []
        var lost: [ExpectedDisposition] = []
        var lines: [Int] = []
        for wanted in expected {
            guard let script = context.evidence.message(labelled: wanted.message) else {
                return make.inconclusive("\(wanted.message) was never sent")
            }
            guard let report = context.evidence.report(wanted.status.rawValue, by: wanted.from, about: script.id) else {
                return make.inconclusive("\(wanted.from) never sent its '\(wanted.status.rawValue)' about \(wanted.message)")
            }
            // What was refused is not owed.
            guard report.accepted != false else {
                return make.inconclusive(
                    "the '\(wanted.status.rawValue)' of \(wanted.from) about \(wanted.message) was not accepted",
                    lines: report.lines)
            }
            let found = context.evidence.dispositionOffers(about: script.id, at: user).filter {
                $0.record.isTakenOver && $0.disposition.status == wanted.status.rawValue
                    && speaks(of: wanted.from, $0, context)
            }
            lines += found.flatMap(\.record.lines)
            if found.isEmpty {
                lost.append(wanted)
                faults.append(
                    Fault(
                        text: "'\(wanted.status.rawValue)' from \(wanted.from) about \(wanted.message) never reached \(user)",
                        lines: report.lines))
            }
        }
        if faults.isEmpty { return make.pass("all \(expected.count) arrived", lines: lines) }
        if context.storageStated == nil, context.nothingDeferred(at: user, group: group) {
            return make.inconclusive("nothing at all arrived, and the policy does not say whether it is stored")
        }
        // What came and cannot be read, or was changed on its way, may be what is missing: then it was stored, and
        // `dispositions.genuine` fails.
        let offers = context.evidence.dispositionOffers(at: user)
        let strange = unreadable(at: user, group: group, context)
            + untrue(at: user, group: group, offers, context).faults
            + repeated(at: user, offers, context, insteadOf: lost).faults
        if strange.count >= faults.count {
            let all = faults + strange
            return make.inconclusive(all.map(\.text).joined(separator: "; "), lines: all.flatMap(\.lines))
        }
        return make.decide(faults: faults + strange, passed: "", lines: [])
    }

    /// Reports that came in sessions of the group and cannot be read.
    private static func unreadable(at user: String, group: String, _ context: CheckContext) -> [Fault] {
        let own = context.evidence.groups[group]
        return context.evidence.dispositionOffers(about: "", at: user).compactMap { record, disposition in
            guard !disposition.problems.isEmpty, let other = context.evidence.session(record.offer.session)?.session.group,
                other == own
            else { return nil }
            let line = record.lines.first.map { " at line \($0)" } ?? ""
            return Fault(
                text: "a report came\(line) that cannot be read: \(disposition.problems.joined(separator: "; "))",
                lines: record.lines)
        }
    }

    private static func once(at user: String, _ offers: Offers, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "dispositions.once", subject: user, requirements: [.deliver], basis: .clause,
            expected: "each disposition comes to \(user) once per message, recipient and status")
        let (faults, count) = repeated(at: user, offers, context)
        if count == 0 { return make.notReached("no disposition reached \(user)") }
        return make.decide(
            faults: faults, passed: "each of \(count) came once", lines: offers.flatMap(\.record.lines))
    }

    /// Reports that came again although the first one was confirmed, and how many different ones came.
    ///
    /// - Parameter insteadOf: only those that may be one of these, changed on its way in one of the three things that a
    ///   report says; nil takes all.
    private static func repeated(
        at user: String, _ offers: Offers, _ context: CheckContext, insteadOf lost: [ExpectedDisposition]? = nil
    ) -> (faults: [Fault], count: Int) {
        var faults: [Fault] = []
        var seen: [String: Evidence.OfferRecord] = [:]
        // One that cannot be read is about no message.
        for (record, disposition) in offers where !disposition.message.isEmpty {
            let who = context.addresses.actor(of: disposition)
                ?? disposition.recipient.map(AddressBook.canonical) ?? "?"
            let key = "\(disposition.message)\n\(who)\n\(disposition.status)"
            if let before = seen[key], before.state == .confirmed, lost.map({ isNear(disposition, who, $0, context) }) ?? true {
                let label = context.evidence.message(withID: disposition.message)?.label ?? disposition.message
                faults.append(
                    Fault(
                        text: "'\(disposition.status)' about \(label) came again although \(user) had confirmed it",
                        lines: before.lines + record.lines))
            }
            if seen[key]?.state != .confirmed { seen[key] = record }
        }
        return (faults, seen.count)
    }

    private static func isNear(
        _ disposition: Disposition, _ who: String, _ lost: [ExpectedDisposition], _ context: CheckContext
    ) -> Bool {
        let label = context.evidence.message(withID: disposition.message)?.label
        return lost.contains { wanted in
            [wanted.message == label, wanted.from == who, wanted.status.rawValue == disposition.status].count(where: { $0 }) > 1
        }
    }

    /// Runs the same where a case expects no reports: none may be a false one for all that.
    static func uncalledFor(_ context: CheckContext) -> [CheckResult] {
        let judged = context.testCase.expectations.compactMap { expectation -> String? in
            if case .dispositions(let at, _, _) = expectation.kind { at } else { nil }
        }
        return context.testCase.actors.map(\.name).filter { !judged.contains($0) }.compactMap { user in
            let offers = context.evidence.dispositionOffers(at: user).filter { record, disposition in
                // What is relayed between those who were there all the time is no deferral.
                let about = context.addresses.actor(of: disposition)
                return context.evidence.wasAway(user) || about.map(context.evidence.wasAway) ?? true
            }
            guard !offers.isEmpty, let group = context.evidence.groups.keys.sorted().first else { return nil }
            let check = genuine(at: user, group: group, offers, context)
            if case .notReached = check.outcome { return nil }
            return check
        }
    }

    /// A delivered or displayed report that its recipient never gave is a false one. One about a user whom the message
    /// had not reached is `premature`'s business; one about another group's message is left over from elsewhere.
    private static func genuine(
        at user: String, group: String, _ offers: Offers, _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "dispositions.genuine", subject: user, requirements: [.deliver], basis: .clause,
            expected: "every disposition that \(user) gets was given by the recipient it names")
        let (untrue, judged) = untrue(at: user, group: group, offers, context)
        let faults = unreadable(at: user, group: group, context) + untrue
        if judged.isEmpty, faults.isEmpty { return make.notReached("no disposition of a recipient reached \(user)") }
        return make.decide(faults: faults, passed: "all were given by the recipients they name", lines: judged)
    }

    /// Reports that were not given by whom they name, and the lines of all that could be judged.
    private static func untrue(
        at user: String, group: String, _ offers: Offers, _ context: CheckContext
    ) -> (faults: [Fault], judged: [Int]) {
        var faults: [Fault] = []
        var judged: [Int] = []
        let own = Set(context.evidence.groups.values)
        for (record, disposition) in offers where disposition.problems.isEmpty {
            guard let script = context.evidence.message(withID: disposition.message) else {
                guard let group = context.evidence.session(record.offer.session)?.session.group, own.contains(group)
                else { continue }
                faults.append(Fault(text: "a disposition about an unknown message came", lines: record.lines))
                continue
            }
            // All else the implementation itself may say: the business of `dispositions.asked`.
            guard ["delivered", "displayed"].contains(disposition.status) else { continue }
            guard let recipient = recipient(of: (record, disposition), context) else {
                if let named = DispositionAsked.stranger(disposition, context) {
                    judged += record.lines
                    faults.append(
                        Fault(
                            text: "'\(disposition.status)' about \(script.label) came in the name of \(named), who is not of the group",
                            lines: record.lines))
                }
                continue
            }
            guard !isPremature((record, disposition), at: user, script, recipient, context) else { continue }
            judged += record.lines
            guard let report = context.evidence.report(disposition.status, by: recipient, about: script.id),
                report.at <= record.at
            else {
                faults.append(
                    Fault(
                        text: "'\(disposition.status)' about \(script.label) in the name of \(recipient) came, "
                            + "which \(recipient) had not given",
                        lines: record.lines))
                continue
            }
        }
        return (faults, judged)
    }

    /// No delivered or displayed report about an absent user before the message had reached that user.
    static func premature(_ context: CheckContext) -> CheckResult? {
        let away = context.testCase.actors.map(\.name).filter(context.evidence.wasAway)
        let asked = asked(context).filter { script in away.contains { $0 != script.by } }
        guard !asked.isEmpty else { return nil }
        let make = CheckMaker(
            id: "dispositions.premature", subject: "", requirements: [.deliver], basis: .clause,
            expected: "nothing is reported delivered to \(listed(away)) before it got there")
        var faults: [Fault] = []
        var lines: [Int] = []
        for script in asked {
            for offer in context.evidence.dispositionOffers(about: script.id, at: script.by) {
                lines += offer.record.lines
                guard let recipient = recipient(of: offer, context),
                    isPremature(offer, at: script.by, script, recipient, context)
                else { continue }
                let reached = arrival(of: script, at: recipient, context)
                faults.append(
                    Fault(
                        text: "'\(offer.disposition.status)' about \(script.label) came to \(script.by) "
                            + (reached == nil ? "although it never reached \(recipient)" : "before it reached \(recipient)"),
                        lines: offer.record.lines + (reached?.lines ?? [])))
            }
        }
        // Where the sender hears of nobody, nothing can come too early.
        if lines.isEmpty { return make.notReached("no disposition came to anybody who had asked for some") }
        return make.decide(faults: faults, passed: "no report came before its message", lines: lines)
    }

    /// The messages whose senders asked for dispositions.
    private static func asked(_ context: CheckContext) -> [Evidence.ScriptMessage] {
        context.evidence.messages.filter { !(DispositionAsked.requests(of: $0, context) ?? []).isEmpty }
    }

    /// Whether a disposition speaks of an absent user whom the message had not reached when it came.
    static func isPremature(
        _ offer: Evidence.DispositionOffer, at user: String,
        _ script: Evidence.ScriptMessage, _ recipient: String, _ context: CheckContext
    ) -> Bool {
        guard script.by == user, recipient != user, context.evidence.wasAway(recipient),
            ["delivered", "displayed"].contains(offer.disposition.status)
        else { return false }
        guard let reached = arrival(of: script, at: recipient, context) else { return true }
        return reached.at > offer.record.at
    }

    /// The first offer of a message that the user's side took over.
    static func arrival(
        of script: Evidence.ScriptMessage, at user: String, _ context: CheckContext
    ) -> Evidence.OfferRecord? {
        context.evidence.copies(of: script.id, at: user).first { $0.record.isTakenOver }?.record
    }

    /// The actor whom a disposition speaks of; nil when none of its names is an actor's.
    private static func recipient(
        of offer: Evidence.DispositionOffer, _ context: CheckContext
    ) -> String? {
        context.addresses.actor(of: offer.disposition)
    }

    private static func speaks(
        of actor: String, _ offer: Evidence.DispositionOffer, _ context: CheckContext
    ) -> Bool {
        recipient(of: offer, context) == actor
    }
}
