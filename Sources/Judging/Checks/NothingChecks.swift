import Facts
import TestCases

/// Nothing for one who left, declined or was never invited: what was sent afterwards must not come (058).
enum NothingChecks {
    static func run(at user: String, group: String, _ context: CheckContext) -> CheckResult {
        let departure = Presence.departure(of: user, group: group, context.evidence)
        let since = departure?.at ?? 0
        let make = departure?.isRefusal == true
            ? CheckMaker(
                id: "messages.declined", subject: user, requirements: [.store], basis: .reading,
                expected: "nothing that was sent after \(user) declined comes to \(user)",
                weight: context.statesDeclinedReading ? .requirement : .warning)
            : CheckMaker(
                id: "messages.right", subject: user, requirements: [.store], basis: .clause,
                expected: "nothing that was sent after \(user) was no member comes to \(user)")
        let groups = Set([context.evidence.groups[group]].compactMap { $0 })
        let strangers = Strangers(in: group, context)
        // What was sent while the user was still a member stays owed, and needs an invitation to come.
        let isOwedMore = isOwed(user, group: group, before: since, context)
        var faults: [Fault] = []
        for record in context.evidence.offers(at: user) where record.at >= since {
            if isOwedMore, case .roster = record.offer.item { continue }
            if let text = trespass(record, since, strangers, isOwedMore: isOwedMore, context) {
                faults.append(Fault(text: "\(text) came to \(user)", lines: record.lines))
            }
        }
        for record in context.evidence.sessions
        where record.session.user == user && record.session.by == .implementation && record.askedAt >= since {
            if isOwedMore { break }
            guard let group = record.session.group, groups.contains(group) else { continue }
            faults.append(Fault(text: "an invitation to the group came to \(user)", lines: record.lines))
        }
        if !faults.isEmpty { return make.decide(faults: faults, passed: "", lines: []) }
        return watched(user, since, make, context)
    }

    /// Whether a message of the group from before the departure had not reached the user when it departed.
    private static func isOwed(
        _ user: String, group: String, before since: Int64, _ context: CheckContext
    ) -> Bool {
        guard since > 0 else { return false }
        let had = Set(
            context.evidence.messageOffers(at: user).filter { $0.record.isTakenOver && $0.record.at < since }
                .compactMap(\.message.id))
        return context.evidence.messages.contains { script in
            guard script.group == group, script.by != user, !had.contains(script.id) else { return false }
            return context.evidence.submission(of: script).map { $0.accepted == true && $0.at < since } ?? false
        }
    }

    /// Silence is only worth something where the user could be reached, and where others were served.
    private static func watched(
        _ user: String, _ since: Int64, _ make: CheckMaker, _ context: CheckContext
    ) -> CheckResult {
        let last = min(context.evidence.facts.last?.at ?? 0, context.evidence.closing - 1)
        guard context.evidence.isReachable(user, at: last) else {
            return make.inconclusive("\(user) could not be reached, so that its silence says nothing")
        }
        let served = context.evidence.offers.filter { $0.offer.user != user && $0.at > since }
        guard let witness = served.last else {
            return make.inconclusive("nothing came to anybody else either, so that silence at \(user) says nothing")
        }
        return make.pass("nothing came to \(user) while others were served", lines: witness.lines)
    }

    private static func trespass(
        _ record: Evidence.OfferRecord, _ since: Int64, _ strangers: Strangers, isOwedMore: Bool, _ context: CheckContext
    ) -> String? {
        switch record.offer.item {
        case .message(let message):
            guard let script = context.evidence.message(withID: message.id) else {
                if let text = strangers.origin(of: message, record, sentAt: { $0 >= since }) { return text }
                // A copy of what is owed from before may be the one whose id was changed.
                let isOld = strangers.origin(of: message, record) { $0 < since } != nil
                return strangers.isOfGroup(record) && !isOld ? "a message that nobody of the case sent" : nil
            }
            let sent = context.evidence.submission(of: script)?.at ?? script.act.at
            return sent >= since ? "\(script.label) from \(script.by)" : nil
        case .roster(let roster):
            // The user's own subscription shows the focus and nothing that was stored.
            return roster.carriage == .session && strangers.isOfGroup(record) ? "participant information of the group" : nil
        case .other(_, let problems):
            guard !problems.isEmpty, !isOwedMore, strangers.isOfGroup(record) else { return nil }
            return "an item that cannot be read"
        case .dispositions, .composing: return nil
        }
    }
}
