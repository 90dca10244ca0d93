import Facts
import TestCases

/// The final list and the reports come when the messages do: at the first return, and within the time that is allowed.
extension DeliveryTime {
    /// Nil where no final list came, or where the session was not over when the user came back.
    static func finalList(at user: String, group: String, _ context: CheckContext) -> CheckResult? {
        let timeline = context.timeline(of: user, group: group)
        guard let final = RosterLists.finalPoint(at: user, group: group, timeline, context), let view = final.view,
            let over = context.end(of: group, before: final.record.at),
            !Presence(of: user, in: group, context).isThere(at: over - 1)
        else { return nil }
        // One that says the same and came before, wherever it may have stood, was the final list already. A NOTIFY has no
        // place among the messages.
        let last = context.finalListIsLast
            ? context.firstOffers(at: user, group: group).map(\.record.offer.id).max() ?? -1 : -1
        let first = timeline.points.first { point in
            point.roster.extent == .full && point.view == view && point.record.at >= over
                && (point.record.offer.id > last || point.record.offer.id == final.record.offer.id
                    || point.roster.carriage == .subscription)
        }
        let missed = Missed(label: "the final list", since: over, first: (first ?? final).record)
        return run("the final list", [missed], at: user, context)
    }

    /// Nil where none of the reports was given while the user was away, and came.
    static func reports(at user: String, _ wanted: [ExpectedDisposition], _ context: CheckContext) -> CheckResult? {
        let missed = wanted.compactMap { one -> Missed? in
            guard let script = context.evidence.message(labelled: one.message),
                let report = context.evidence.report(one.status.rawValue, by: one.from, about: script.id),
                let first = context.evidence.dispositionOffers(about: script.id, at: user).first(where: {
                    $0.disposition.status == one.status.rawValue && context.addresses.actor(of: $0.disposition) == one.from
                })
            else { return nil }
            return Missed(
                label: "'\(one.status.rawValue)' from \(one.from) about \(one.message)", since: report.at, first: first.record)
        }
        return run("each report", missed, at: user, context)
    }
}
