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
        let identity = context.evidence.groups[group]
        return context.evidence.offers(at: user).compactMap { record in
            guard record.at >= from, record.at < context.evidence.closing else { return nil }
            return trespass(record, group, identity, from, context).map {
                Fault(text: "\($0) came to \(user)", lines: record.lines)
            }
        }
    }

    private static func trespass(
        _ record: Evidence.OfferRecord, _ group: String, _ identity: GroupIdentity?, _ from: Int64,
        _ context: CheckContext
    ) -> String? {
        switch record.offer.item {
        case .message(let message):
            guard let script = context.evidence.message(withID: message.id), script.group == group, !script.isMarker
            else { return nil }
            let sent = context.evidence.submission(of: script)?.at ?? script.act.at
            return sent < from ? "\(script.label) from \(script.by)" : nil
        case .dispositions(let all):
            let old = all.first { disposition in
                guard let script = context.evidence.message(withID: disposition.message) else { return false }
                return script.group == group && !isNew(disposition, since: from, context)
            }
            return old.map { "a '\($0.status)' report from before" }
        case .roster(let roster):
            // A live session shows its present state to whoever joins it; only one that is over can be a stored one.
            guard roster.carriage == .session, let session = context.evidence.session(record.offer.session)?.session,
                session.group == identity, session.form == .deferred
            else { return nil }
            return "participant information of a session that is over"
        case .composing, .other: return nil
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

    /// Lists in the deferred session that are not the final one.
    private static func intermediates(at user: String, group: String, _ context: CheckContext) -> [Fault] {
        let timeline = context.timeline(of: user, group: group)
        let final = RosterLists.finalPoint(at: user, group: group, timeline, context)?.record.offer.id
        return timeline.points.compactMap { point in
            guard point.roster.carriage == .session, !point.isTeardown, point.record.offer.id < final ?? .max,
                context.evidence.session(point.record.offer.session)?.session.form == .deferred
            else { return nil }
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
