import Facts
import TestCases

/// Dispositions owed to a user who was away, and those about one.
enum DispositionChecks {
    static func run(at user: String, expected: [ExpectedDisposition], _ context: CheckContext) -> [CheckResult] {
        let offers = context.evidence.dispositionOffers(at: user)
        return [
            complete(at: user, expected, offers, context),
            once(at: user, offers, context),
            genuine(at: user, offers, context),
        ]
    }

    private typealias Offers = [(record: Evidence.OfferRecord, disposition: Disposition)]

    private static func complete(
        at user: String, _ expected: [ExpectedDisposition], _ offers: Offers, _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "dispositions.complete", subject: user, requirements: [.store, .deliver], basis: .clause,
            expected: "\(user) gets " + listed(expected.map { "'\($0.status.rawValue)' from \($0.from) about \($0.message)" }))
        var faults: [Fault] = []
        var lines: [Int] = []
        for wanted in expected {
            guard let script = context.evidence.message(labelled: wanted.message) else {
                return make.inconclusive("\(wanted.message) was never sent")
            }
            guard let report = submitted(wanted.status.rawValue, by: wanted.from, about: script.id, context) else {
                return make.inconclusive("\(wanted.from) never sent its '\(wanted.status.rawValue)' about \(wanted.message)")
            }
            let found = offers.filter {
                $0.record.isTakenOver && $0.disposition.message == script.id && $0.disposition.status == wanted.status.rawValue
                    && speaks(of: wanted.from, $0, context)
            }
            lines += found.flatMap(\.record.lines)
            if found.isEmpty {
                faults.append(
                    Fault(
                        text: "'\(wanted.status.rawValue)' from \(wanted.from) about \(wanted.message) never reached \(user)",
                        lines: report.lines))
            }
        }
        if !faults.isEmpty, context.storageStated == nil, context.evidence.offers(at: user).isEmpty {
            return make.inconclusive("nothing at all arrived, and the policy does not say whether it is stored")
        }
        return make.decide(faults: faults, passed: "all \(expected.count) arrived", lines: lines)
    }

    private static func once(at user: String, _ offers: Offers, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "dispositions.once", subject: user, requirements: [.deliver], basis: .clause,
            expected: "each disposition comes to \(user) once per message, recipient and status")
        var faults: [Fault] = []
        var seen: [String: Evidence.OfferRecord] = [:]
        for (record, disposition) in offers {
            let who = context.addresses.actor(of: disposition)
                ?? disposition.recipient.map(AddressBook.canonical) ?? "?"
            let key = "\(disposition.message)\n\(who)\n\(disposition.status)"
            if let before = seen[key], before.state == .confirmed {
                let label = context.evidence.message(withID: disposition.message)?.label ?? disposition.message
                faults.append(
                    Fault(
                        text: "'\(disposition.status)' about \(label) came again although \(user) had confirmed it",
                        lines: before.lines + record.lines))
            }
            if seen[key]?.state != .confirmed { seen[key] = record }
        }
        if seen.isEmpty { return make.notReached("no disposition reached \(user)") }
        return make.decide(
            faults: faults, passed: "each of \(seen.count) came once", lines: offers.flatMap(\.record.lines))
    }

    /// A delivered or displayed report that its recipient never gave is a false one.
    private static func genuine(at user: String, _ offers: Offers, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "dispositions.genuine", subject: user, requirements: [.deliver], basis: .clause,
            expected: "every disposition that \(user) gets was given by the recipient it names")
        var faults: [Fault] = []
        for (record, disposition) in offers where ["delivered", "displayed"].contains(disposition.status) {
            guard let script = context.evidence.message(withID: disposition.message) else {
                faults.append(Fault(text: "a disposition about an unknown message came", lines: record.lines))
                continue
            }
            guard let recipient = recipient(of: (record, disposition), context) else { continue }
            guard let report = submitted(disposition.status, by: recipient, about: script.id, context),
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
        if offers.isEmpty { return make.notReached("no disposition reached \(user)") }
        return make.decide(
            faults: faults, passed: "all were given by the recipients they name", lines: offers.flatMap(\.record.lines))
    }

    /// No delivered or displayed report about an absent user before the message had reached that user.
    static func premature(_ context: CheckContext) -> CheckResult? {
        let away = context.testCase.actors.map(\.name).filter { context.evidence.absences[$0] != nil }
        let asked = context.evidence.submissions.compactMap { record -> (String, String)? in
            guard case .message(let chat) = record.submission.item, !chat.dispositionRequests.isEmpty, let id = chat.id
            else { return nil }
            return (record.submission.user, id)
        }
        guard !away.isEmpty, !asked.isEmpty else { return nil }
        let make = CheckMaker(
            id: "dispositions.premature", subject: "", requirements: [.deliver], basis: .clause,
            expected: "nothing is reported delivered to \(listed(away)) before it got there")
        var faults: [Fault] = []
        var lines: [Int] = []
        for (sender, id) in asked {
            for offer in context.evidence.dispositionOffers(at: sender) where offer.disposition.message == id {
                lines += offer.record.lines
                guard ["delivered", "displayed"].contains(offer.disposition.status),
                    let recipient = recipient(of: offer, context), away.contains(recipient)
                else { continue }
                let reached = context.evidence.messageOffers(at: recipient).first {
                    $0.record.isTakenOver && $0.message.id == id
                }
                if let reached, reached.record.at <= offer.record.at { continue }
                let label = context.evidence.message(withID: id)?.label ?? id
                faults.append(
                    Fault(
                        text: "'\(offer.disposition.status)' about \(label) came to \(sender) "
                            + (reached == nil ? "although it never reached \(recipient)" : "before it reached \(recipient)"),
                        lines: offer.record.lines + (reached?.record.lines ?? [])))
            }
        }
        lines += context.evidence.submissions.flatMap(\.lines)
        return make.decide(faults: faults, passed: "no report came before its message", lines: lines)
    }

    /// The actor whom a disposition speaks of; nil when none of its names is an actor's.
    private static func recipient(
        of offer: (record: Evidence.OfferRecord, disposition: Disposition), _ context: CheckContext
    ) -> String? {
        context.addresses.actor(of: offer.disposition)
    }

    private static func speaks(
        of actor: String, _ offer: (record: Evidence.OfferRecord, disposition: Disposition), _ context: CheckContext
    ) -> Bool {
        recipient(of: offer, context) == actor
    }

    /// The report that an actor gave, as it left.
    private static func submitted(
        _ status: String, by actor: String, about id: String, _ context: CheckContext
    ) -> Evidence.SubmissionRecord? {
        context.evidence.submissions.first { record in
            guard record.submission.user == actor, case .dispositions(let all) = record.submission.item else {
                return false
            }
            return all.contains { $0.message == id && $0.status == status }
        }
    }
}
