import Facts
import TestCases

/// The joins and leaves that a user missed, shown by intermediate lists in order and among the messages (058b).
enum RosterChanges {
    /// A change as the delivered lists show it.
    private struct Shown {
        var change: RosterChange
        var offer: Int
        var stream: Int
        var lines: [Int]

        /// The same change, shown earlier by another delivery.
        func isBefore(_ other: Shown) -> Bool {
            change == other.change && offer < other.offer && stream != other.stream
        }
    }

    static func run(
        at user: String, group: String, expected: [RosterChange], _ context: CheckContext
    ) -> [CheckResult] {
        let timeline = context.timeline(of: user, group: group)
        let shown = changes(timeline, user, group: group, context)
        return [sequence(shown, timeline, user, expected, context), placed(shown, user, group: group, expected, context)].compactMap { $0 }
    }

    private static func sequence(
        _ shown: [Shown], _ timeline: RosterTimeline, _ user: String, _ expected: [RosterChange],
        _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "roster.intermediate", subject: user, requirements: [.intermediate], basis: .clause,
            expected: "\(user) is shown that " + listed(expected.map(wording)))
        var rest = shown[...]
        var faults: [Fault] = []
        for change in expected {
            // Inside one document there is no order, so what one document shows may match in any.
            let window = rest.prefix { $0.offer == rest.first?.offer }
            if let index = window.firstIndex(where: { $0.change == change }) {
                rest.remove(at: index)
            } else if let later = rest.firstIndex(where: { $0.change == change }) {
                faults.append(
                    Fault(text: "that \(wording(change)) is shown only after other changes", lines: rest[later].lines))
                rest.remove(at: later)
            } else {
                faults.append(Fault(text: "no list shows that \(wording(change))", lines: []))
            }
        }
        // A list may come again when it is open whether the user has it; it then shows what was shown before.
        for extra in rest where !(expected.contains(extra.change) && shown.contains { $0.isBefore(extra) }) {
            faults.append(Fault(text: "a list shows that \(wording(extra.change)), which was not so", lines: extra.lines))
        }
        if expected.isEmpty, timeline.points.isEmpty { return make.notReached("no list came to \(user)") }
        if !faults.isEmpty, shown.isEmpty {
            let sessions = context.evidence.sessions.filter { $0.session.user == user }.flatMap(\.lines)
            return make.fail(faults.map(\.text).joined(separator: "; "), lines: sessions)
        }
        return make.decide(faults: faults, passed: "every change is shown in order", lines: shown.flatMap(\.lines))
    }

    /// An intermediate list sits where its change happened; it may lag by the participant-info-interval, within which
    /// changes may be coalesced.
    private static func placed(
        _ shown: [Shown], _ user: String, group: String, _ expected: [RosterChange], _ context: CheckContext
    ) -> CheckResult? {
        let make = CheckMaker(
            id: "roster.place", subject: user, requirements: [.intermediate], basis: .binding,
            expected: "each change stands among the messages where it happened")
        let offers = inOrder(context.firstOffers(at: user, group: group))
        var faults: [Fault] = []
        var lines: [Int] = []
        for item in shown where expected.contains(item.change) {
            guard let window = happened(item.change, context) else { continue }
            for (record, script) in offers {
                guard let sent = context.evidence.submission(of: script) else { continue }
                lines += item.lines + record.lines
                if sent.at < window.begin, record.offer.id > item.offer {
                    faults.append(
                        Fault(text: "\(script.label), sent before, comes after the list that shows that "
                            + wording(item.change), lines: record.lines + item.lines))
                }
                if sent.at > window.end + context.participantInfoInterval, record.offer.id < item.offer {
                    faults.append(
                        Fault(text: "\(script.label), sent after, comes before the list that shows that "
                            + wording(item.change), lines: record.lines + item.lines))
                }
            }
        }
        if lines.isEmpty { return nil }
        return make.decide(faults: faults, passed: "every change is in its place", lines: lines)
    }

    /// Messages that come out of order among themselves say nothing about the place of a list; that is
    /// `messages.order`'s business.
    private static func inOrder(
        _ offers: [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)]
    ) -> [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)] {
        offers.enumerated().filter { place, one in
            offers.enumerated().allSatisfy { other, two in
                place == other || (place < other) == (one.script.ordinal < two.script.ordinal)
            }
        }.map(\.element)
    }

    /// Compares each list with the one before it, the first with what the user knew when it went away. The final list
    /// is judged for itself.
    private static func changes(
        _ timeline: RosterTimeline, _ user: String, group: String, _ context: CheckContext
    ) -> [Shown] {
        var out: [Shown] = []
        var views: [Int: Set<String>] = [:]
        let known = knownBefore(user, group: group, context)
        let final = RosterLists.finalPoint(at: user, group: group, timeline, context)?.record.offer.id
        for point in timeline.points
        where point.roster.carriage == .session && !point.isTeardown && point.record.offer.id != final {
            guard let view = point.view else { continue }
            let members = members(of: view, context)
            if let before = views[point.roster.stream] ?? known {
                let new = members.subtracting(before).sorted().map(RosterChange.joined)
                    + before.subtracting(members).sorted().map(RosterChange.left)
                out += new.filter { $0 != .joined(user) && $0 != .left(user) }.map {
                    Shown(
                        change: $0, offer: point.record.offer.id, stream: point.roster.stream,
                        lines: point.record.lines)
                }
            }
            views[point.roster.stream] = members
        }
        return out
    }

    private static func members(of view: [String: RosterUser], _ context: CheckContext) -> Set<String> {
        Set(view.values.filter(RosterTimeline.isMember).compactMap { context.addresses.actor($0.address) })
    }

    /// The members as the user saw them last before it went away; nil for one who never saw any.
    private static func knownBefore(_ user: String, group: String, _ context: CheckContext) -> Set<String>? {
        guard let absence = context.evidence.absences[user], let gone = absence.effective ?? absence.began,
            absence.began != nil
        else { return nil }
        let all = RosterTimeline(
            user: user, group: context.evidence.groups[group], from: 0, evidence: context.evidence)
        return all.points.last { $0.record.at < gone && $0.record.isTakenOver && $0.view != nil }?.view.map { members(of: $0, context) }
    }

    /// From the begin of the step that made the change to its end; nil when no single step did.
    private static func happened(_ change: RosterChange, _ context: CheckContext) -> (begin: Int64, end: Int64)? {
        let steps = context.evidence.acts.filter { entry in
            switch change {
            case .joined(let who): entry.act.step == "add" && entry.act.text("who") == who
            case .left(let who): entry.act.step == "leave" && entry.act.text("who") == who
            }
        }
        guard steps.count == 1, let step = steps.first else { return nil }
        let done = context.evidence.acts.first { $0.act.step == "done" && $0.act.index == step.act.index }
        guard let done, done.act.text("result") == "met" else { return nil }
        return (step.fact.at, done.fact.at)
    }

    private static func wording(_ change: RosterChange) -> String {
        switch change {
        case .joined(let who): "\(who) joined"
        case .left(let who): "\(who) left"
        }
    }
}
