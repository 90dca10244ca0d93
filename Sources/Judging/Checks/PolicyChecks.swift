import Facts
import TestCases

/// What the provider's policy keeps from being delivered must not come (058: storing is subject to policy).
enum PolicyChecks {
    static func withheld(at user: String, group: String, what: Withheld, _ context: CheckContext) -> CheckResult {
        let sentence =
            switch what {
            case .everything: "by the policy \(user) gets nothing of what happened before its return"
            case .intermediateLists: "by the policy \(user) gets no list of what happened before the final one"
            }
        let make = CheckMaker(
            id: "policy.withheld", subject: user, requirements: [.store], basis: .clause, expected: sentence)
        guard let from = context.returned(user) else { return make.notReached("\(user) never came back") }
        let faults =
            switch what {
            case .everything: deferred(at: user, group: group, from: from, context)
            case .intermediateLists: intermediates(at: user, group: group, context)
            }
        if !faults.isEmpty { return make.decide(faults: faults, passed: "", lines: []) }
        return watched(user, from, make, context)
    }

    // MARK: - Everything

    private static func deferred(at user: String, group: String, from: Int64, _ context: CheckContext) -> [Fault] {
        let strangers = Strangers(in: group, context)
        return context.evidence.offers(at: user).compactMap { record in
            guard record.at >= from, record.at < context.evidence.closing else { return nil }
            return trespass(record, group, strangers, from, context).map {
                Fault(text: "\($0) came to \(user)", lines: record.lines)
            }
        }
    }

    private static func trespass(
        _ record: Evidence.OfferRecord, _ group: String, _ strangers: Strangers, _ from: Int64, _ context: CheckContext
    ) -> String? {
        let isDelivery = strangers.isDelivery(record)
        switch record.offer.item {
        case .message(let message):
            guard let script = context.evidence.message(withID: message.id) else {
                return strangers.origin(of: message, record) { $0 < from }
                    ?? (isDelivery ? "a message that nobody of the case sent" : nil)
            }
            guard script.group == group, !script.isMarker else { return nil }
            let sent = context.evidence.submission(of: script)?.at ?? script.act.at
            return sent < from ? "\(script.label) from \(script.by)" : nil
        case .dispositions(let all):
            let old = all.first { disposition in
                guard let script = context.evidence.message(withID: disposition.message) else { return isDelivery }
                return script.group == group && !isNew(disposition, since: from, context)
            }
            return old.map { $0.status.isEmpty ? "a report that cannot be read" : "a '\($0.status)' report from before" }
        case .roster(let roster):
            // A live session shows its present state to whoever joins it; only one that is over can be a stored one.
            let isStored = roster.carriage == .session
                ? isDelivery : context.showsStored(roster, record, group: group)
            return isStored ? "participant information of a session that is over" : nil
        // Whatever comes in a session of that kind was kept for it.
        case .other(let type, let problems):
            guard isDelivery else { return nil }
            return problems.isEmpty ? "an item of type \(type)" : "an item that cannot be read"
        case .composing: return nil
        }
    }

    /// A report that somebody gave only after the return was not stored.
    private static func isNew(_ disposition: Disposition, since from: Int64, _ context: CheckContext) -> Bool {
        context.evidence.submissions.contains { record in
            guard record.at >= from, case .dispositions(let given) = record.submission.item else { return false }
            return given.contains { $0.message == disposition.message && $0.status == disposition.status }
        }
    }

    // MARK: - Intermediate lists

    /// Lists in the deferred session, or by NOTIFY once the session is over, that are not the final one.
    private static func intermediates(at user: String, group: String, _ context: CheckContext) -> [Fault] {
        let timeline = context.timeline(of: user, group: group)
        let final = RosterLists.finalPoint(at: user, group: group, timeline, context)
        return timeline.points.compactMap { point in
            guard !point.isTeardown, point.record.offer.id < final?.record.offer.id ?? .max else { return nil }
            if point.roster.carriage == .session {
                guard context.evidence.session(point.record.offer.session)?.session.form == .deferred else { return nil }
            } else {
                // The final list may come in both ways.
                guard context.showsStored(point.roster, point.record, group: group), point.view != final?.view
                else { return nil }
            }
            return Fault(text: "a list came before the final one", lines: point.record.lines)
        }
    }

    // MARK: - Silence

    /// Silence says something only of an implementation that lived and could have delivered.
    private static func watched(
        _ user: String, _ from: Int64, _ make: CheckMaker, _ context: CheckContext
    ) -> CheckResult {
        let last = min(context.evidence.facts.last?.at ?? 0, context.evidence.closing - 1)
        guard context.evidence.isReachable(user, at: last) else {
            return make.inconclusive("\(user) could not be reached, so that its silence says nothing")
        }
        let answers = context.evidence.acts.filter { $0.fact.at > from && $0.act.step == "probed" }
        guard let witness = answers.last?.fact else {
            return make.inconclusive("the implementation gave no sign of life after the return of \(user)")
        }
        return make.pass("nothing of it came to \(user), and the implementation still answered", lines: witness.lines)
    }
}
