import Facts
import TestCases

/// The joins and leaves that a user missed, shown by intermediate lists in order and among the messages (058b).
enum RosterChanges {
    /// A change as the delivered lists show it.
    private struct Shown {
        var change: RosterChange
        var offer: Int
        var stream: Int
        /// By another connection than the messages, so that it has no place among them.
        var isNotified: Bool
        var lines: [Int]
    }

    /// From the begin of the step that made a change to its end.
    private typealias Windows = [RosterChange: (begin: Int64, end: Int64)]

    static func run(
        at user: String, group: String, expected: [RosterChange], _ context: CheckContext
    ) -> [CheckResult] {
        let timeline = context.timeline(of: user, group: group)
        let windows = windows(group: group, context)
        let presence = Presence(of: user, in: group, context)
        // What changes while the user is there it sees as it happens; whether the lists name one for whom nobody answers is
        // the binding's to say, and no change of members.
        let shown = inOneWay(changes(timeline, user, group: group, context), expected).filter { item in
            expected.contains(item.change)
                || !(windows[item.change].map { presence.isThere(at: $0.begin) } ?? false)
                    && !context.mayBeUnlisted(item.change.actor)
        }
        return [
            sequence(shown, timeline, user, group: group, expected, windows, context),
            placed(shown, user, group: group, expected, windows, context),
        ].compactMap { $0 }
    }

    /// Changes are told in the session of the delivery, or by NOTIFY; who does both tells them twice.
    private static func inOneWay(_ shown: [Shown], _ expected: [RosterChange]) -> [Shown] {
        let notified = shown.filter(\.isNotified)
        let isWhole = Set(expected).isSubset(of: notified.map(\.change))
        return isWhole && !notified.isEmpty && !Set(expected).isSubset(of: shown.filter { !$0.isNotified }.map(\.change))
            ? notified : shown.filter { !$0.isNotified }
    }

    private static func sequence(
        _ shown: [Shown], _ timeline: RosterTimeline, _ user: String, group: String, _ expected: [RosterChange],
        _ windows: Windows, _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "roster.intermediate", subject: user, requirements: [.intermediate], basis: .clause,
            expected: "\(user) is shown that " + listed(expected.map(wording)), weight: context.intermediateWeight)
        if expected.isEmpty, timeline.points.isEmpty { return make.notReached("no list came to \(user)") }
        var rest = shown[...]
        var faults: [Fault] = []
        var missing: [RosterChange] = []
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
                missing.append(change)
            }
        }
        let final = finalList(at: user, group: group, timeline, context)
        let coalesced = coalesced(missing, final, group: group, windows, context)
        let untold = untold(missing.filter { !coalesced.contains($0) }, timeline, user, group: group, context)
        for change in missing where !coalesced.contains(change) && untold?.changes.contains(change) != true {
            faults.append(Fault(text: "no list shows that \(wording(change))", lines: []))
        }
        faults += surplus(rest.filter { !isTrue($0, group: group, context) }, shown, Set(expected))
        if !faults.isEmpty, shown.isEmpty {
            let sessions = context.evidence.sessions.filter { $0.session.user == user }.flatMap(\.lines)
            return make.fail(faults.map(\.text).joined(separator: "; "), lines: sessions)
        }
        if faults.isEmpty, let untold {
            return make.inconclusive(
                "\(user) had seen no list before, and the first shows already that "
                    + listed(untold.changes.map(wording)), lines: untold.lines)
        }
        let lines = shown.flatMap(\.lines) + (coalesced.isEmpty ? [] : final?.record.lines ?? [])
        return make.decide(faults: faults, passed: "every change is shown in order", lines: lines)
    }

    /// Whether somebody is shown to have left who did so before the list came, which the case leaves open: the last one to
    /// leave may be shown or not, since that departure and the end of the session are one moment.
    private static func isTrue(_ shown: Shown, group: String, _ context: CheckContext) -> Bool {
        // The BYE of one who was away may be the kind that keeps a membership.
        guard case .left(let who) = shown.change, context.evidence.absences[who] == nil else { return false }
        let own = context.evidence.groups[group]
        let came = context.evidence.offers[shown.offer].at
        return context.evidence.sessions.contains { record in
            record.session.user == who && record.session.group == own && record.endedBy == .user
                && record.endedAt.map { $0 <= came } ?? false
        }
    }

    /// Changes that the first list shows to one who was in the session and saw no list there: whether that list tells of
    /// them or of what was before, nobody can say. One who was away from the invitation on is owed the list before them.
    private static func untold(
        _ missing: [RosterChange], _ timeline: RosterTimeline, _ user: String, group: String, _ context: CheckContext
    ) -> (changes: [RosterChange], lines: [Int])? {
        guard context.evidence.absences[user]?.first?.began != nil,
            let first = timeline.points.first(where: {
                !$0.isTeardown && $0.isTakenOver && context.isStored($0, of: user, group: group)
            }),
            KnownLists(of: user, group: group, context).members(before: first.record.at, context) == nil,
            let members = first.view.map({ members(of: $0, context) })
        else { return nil }
        let changes = missing.filter { $0.isShown(by: members) }
        return changes.isEmpty ? nil : (changes, first.record.lines)
    }

    /// Changes that are shown and did not happen. A list may come again when it is open whether the user has it; it
    /// then shows what was shown before.
    private static func surplus(_ rest: [Shown], _ shown: [Shown], _ expected: Set<RosterChange>) -> [Fault] {
        if rest.isEmpty { return [] }
        var first: [RosterChange: [Int: Int]] = [:]
        for item in shown where first[item.change]?[item.stream] == nil {
            first[item.change, default: [:]][item.stream] = item.offer
        }
        return rest.compactMap { extra in
            let isRepeated = first[extra.change]?.contains { $0.key != extra.stream && $0.value < extra.offer } ?? false
            if expected.contains(extra.change), isRepeated { return nil }
            return Fault(text: "a list shows that \(wording(extra.change)), which was not so", lines: extra.lines)
        }
    }

    /// Those of the changes without a list of their own that need none: what happens within the interval before the end
    /// is told by the final list, and what is undone within the interval by none.
    private static func coalesced(
        _ missing: [RosterChange], _ final: RosterTimeline.Point?, group: String, _ windows: Windows,
        _ context: CheckContext
    ) -> Set<RosterChange> {
        let interval = context.participantInfoInterval
        let last = final.flatMap { final in final.view.map { members(of: $0, context) } }
        return Set(
            missing.filter { change in
                guard let window = windows[change] else { return false }
                if let undone = windows[change.inverse], missing.contains(change.inverse) {
                    let apart = max(undone.begin - window.end, window.begin - undone.end)
                    if apart <= interval { return true }
                }
                // The last to go takes the session with it, which is no change of its own.
                if case .joined(let who) = change, let gone = departure(of: who, group: group, after: window.end, context),
                    gone - window.end <= interval
                {
                    return true
                }
                guard let last, change.isShown(by: last),
                    let end = sessionEnd(group: group, after: window.end, except: change.actor, context)
                else { return false }
                return end - window.end <= interval
            })
    }

    /// When an actor's own session ended.
    private static func departure(of actor: String, group: String, after time: Int64, _ context: CheckContext) -> Int64? {
        let own = context.evidence.groups[group]
        return context.evidence.sessions.filter {
            $0.session.group == own && $0.session.form != .deferred && $0.session.user == actor
        }.compactMap(\.endedAt).filter { $0 >= time }.min()
    }

    /// When the session ended for the first of those who were still in it.
    private static func sessionEnd(
        group: String, after time: Int64, except actor: String, _ context: CheckContext
    ) -> Int64? {
        let own = context.evidence.groups[group]
        return context.evidence.sessions.filter {
            $0.session.group == own && $0.session.form != .deferred && $0.session.user != actor
        }.compactMap(\.endedAt).filter { $0 >= time }.min()
    }

    /// An intermediate list sits where its change happened; it may lag by the participant-info-interval, within which
    /// changes may be coalesced.
    private static func placed(
        _ shown: [Shown], _ user: String, group: String, _ expected: [RosterChange], _ windows: Windows,
        _ context: CheckContext
    ) -> CheckResult? {
        let make = CheckMaker(
            id: "roster.place", subject: user, requirements: [.intermediate], basis: .binding,
            expected: "each change stands among the messages where it happened",
            weight: context.claimsIntermediate ? context.weight(.itemOrder, "as-happened") : .warning)
        if context.adopted[.itemOrder] == "any" { return make.notReached("the binding leaves the place of lists open") }
        let messages = SentMessages(inOrder(context.firstOffers(at: user, group: group)), context)
        var faults: [Fault] = []
        var lines: [Int] = []
        let wanted = Set(expected)
        for item in shown where wanted.contains(item.change) && !item.isNotified {
            guard let window = windows[item.change], !messages.isEmpty else { continue }
            lines += item.lines
            // One on each side is enough to show that the place is wrong.
            if let (record, script) = messages.last(before: window.begin), record.offer.id > item.offer {
                faults.append(
                    Fault(text: "\(script.label), sent before, comes after the list that shows that "
                        + wording(item.change), lines: record.lines + item.lines))
            }
            if let (record, script) = messages.first(after: window.end + context.participantInfoInterval),
                record.offer.id < item.offer
            {
                faults.append(
                    Fault(text: "\(script.label), sent after, comes before the list that shows that "
                        + wording(item.change), lines: record.lines + item.lines))
            }
        }
        if lines.isEmpty {
            return shown.contains(where: \.isNotified)
                ? make.notReached("not determinable: the lists came by NOTIFY, by another way than the messages") : nil
        }
        return make.decide(faults: faults, passed: "every change is in its place", lines: lines + messages.lines)
    }

    /// Messages that come out of order among themselves say nothing about the place of a list; that is
    /// `messages.order`'s business.
    static func inOrder(
        _ offers: [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)]
    ) -> [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)] {
        // The lowest of those that follow each, and the highest of those before it.
        var lowest = [Int](repeating: .max, count: offers.count + 1)
        for place in offers.indices.reversed() { lowest[place] = min(lowest[place + 1], offers[place].script.ordinal) }
        var highest = -1
        return offers.enumerated().filter { place, one in
            defer { highest = max(highest, one.script.ordinal) }
            return highest < one.script.ordinal && one.script.ordinal < lowest[place + 1]
        }.map(\.element)
    }

    /// Compares each list with the one before it, the first with what the user knew when it went away. The final list
    /// is judged for itself.
    private static func changes(
        _ timeline: RosterTimeline, _ user: String, group: String, _ context: CheckContext
    ) -> [Shown] {
        var out: [Shown] = []
        var views: [Int: Set<String>] = [:]
        let known = KnownLists(of: user, group: group, context)
        let final = finalList(at: user, group: group, timeline, context)?.record.offer.id
        for point in timeline.points
        where point.isTakenOver && !point.isTeardown && point.record.offer.id != final
            && context.isStored(point, of: user, group: group) {
            guard let view = point.view else { continue }
            let members = members(of: view, context)
            if let before = views[point.roster.stream] ?? known.members(before: point.record.at, context) {
                let new = members.subtracting(before).sorted().map(RosterChange.joined)
                    + before.subtracting(members).sorted().map(RosterChange.left)
                out += new.filter { $0 != .joined(user) && $0 != .left(user) }.map {
                    Shown(
                        change: $0, offer: point.record.offer.id, stream: point.roster.stream,
                        isNotified: point.roster.carriage == .subscription, lines: point.record.lines)
                }
            }
            views[point.roster.stream] = members
        }
        return out
    }

    /// The final list; none while the session goes on for somebody who was never away: then the last list of a backlog is
    /// one of a change, like those before it.
    static func finalList(
        at user: String, group: String, _ timeline: RosterTimeline, _ context: CheckContext
    ) -> RosterTimeline.Point? {
        let own = context.evidence.groups[group]
        let goesOn = context.evidence.sessions.contains { record in
            record.session.group == own && record.session.form != .deferred && record.joinedAt != nil
                && record.session.user != user && context.evidence.absences[record.session.user] == nil
                && (record.endedAt ?? .max) >= context.evidence.closing
        }
        return goesOn ? nil : RosterLists.finalPoint(at: user, group: group, timeline, context)
    }

    static func members(of view: [String: RosterUser], _ context: CheckContext) -> Set<String> {
        Set(view.values.filter(RosterTimeline.isMember).compactMap { context.addresses.actor($0.address) })
    }

    /// For each change the time from the begin of the step that made it to its end; none where no single step did, or
    /// where it did not get there.
    private static func windows(group: String, _ context: CheckContext) -> Windows {
        var steps: [RosterChange: [(fact: Fact, act: Act)]] = [:]
        for entry in context.evidence.acts where (entry.act.text("group") ?? group) == group {
            guard let who = entry.act.text("who") else { continue }
            switch entry.act.step {
            case "add": steps[.joined(who), default: []].append(entry)
            case "leave", "boot": steps[.left(who), default: []].append(entry)
            default: break
            }
        }
        return leavesAtTheEnd(group: group, context).merging(steps.compactMapValues { all in
            guard all.count == 1, let step = all.first, let done = context.evidence.end(ofStep: step.act.index),
                done.act.text("result") == "met"
            else { return nil }
            return (step.fact.at, done.fact.at)
        }) { _, single in single }
    }

    /// The departures of those who leave one after the other at the end: from the begin of that step to the BYE.
    private static func leavesAtTheEnd(group: String, _ context: CheckContext) -> Windows {
        guard let end = context.evidence.acts.first(where: { entry in
            entry.act.step == "end" && (entry.act.text("group") ?? group) == group
        }) else { return [:] }
        var windows: Windows = [:]
        let own = context.evidence.groups[group]
        for record in context.evidence.sessions where record.session.group == own && record.endedBy == .user {
            guard let left = record.endedAt, left >= end.fact.at, left < context.evidence.closing,
                context.evidence.absences[record.session.user] == nil
            else { continue }
            windows[.left(record.session.user)] = (end.fact.at, left)
        }
        return windows
    }

    private static func wording(_ change: RosterChange) -> String {
        switch change {
        case .joined(let who): "\(who) joined"
        case .left(let who): "\(who) left"
        }
    }
}

/// The members as a user saw them last before each of its absences.
struct KnownLists {
    private let absences: [Evidence.AbsenceRecord]
    private let points: [RosterTimeline.Point]

    init(of user: String, group: String, _ context: CheckContext) {
        absences = context.evidence.absences[user] ?? []
        let all = RosterTimeline(
            user: user, group: context.evidence.groups[group], from: 0, evidence: context.evidence)
        points = all.points.filter { $0.record.isTakenOver && $0.view != nil }
    }

    /// nil for one who had seen none, or was never away.
    func members(before time: Int64, _ context: CheckContext) -> Set<String>? {
        guard let absence = absences.last(where: { $0.returned ?? .max <= time }), absence.began != nil,
            let gone = absence.effective ?? absence.began
        else { return nil }
        return points.last { $0.record.at < gone }?.view.map { RosterChanges.members(of: $0, context) }
    }
}

extension RosterChange {
    /// What undoes it.
    fileprivate var inverse: RosterChange {
        switch self {
        case .joined(let who): .left(who)
        case .left(let who): .joined(who)
        }
    }

    fileprivate func isShown(by members: Set<String>) -> Bool {
        switch self {
        case .joined(let who): members.contains(who)
        case .left(let who): !members.contains(who)
        }
    }
}
