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
        let messages = SentMessages(inOrder(context.firstOffers(at: user, group: group)), context)
        let windows = windows(group: group, context)
        var faults: [Fault] = []
        var lines: [Int] = []
        let wanted = Set(expected)
        for item in shown where wanted.contains(item.change) {
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
        if lines.isEmpty { return nil }
        return make.decide(faults: faults, passed: "every change is in its place", lines: lines + messages.lines)
    }

    /// Messages that come out of order among themselves say nothing about the place of a list; that is
    /// `messages.order`'s business.
    private static func inOrder(
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

    /// For each change the time from the begin of the step that made it to its end; none where no single step did, or
    /// where it did not get there.
    private static func windows(group: String, _ context: CheckContext) -> [RosterChange: (begin: Int64, end: Int64)] {
        var steps: [RosterChange: [(fact: Fact, act: Act)]] = [:]
        for entry in context.evidence.acts where (entry.act.text("group") ?? group) == group {
            guard let who = entry.act.text("who") else { continue }
            switch entry.act.step {
            case "add": steps[.joined(who), default: []].append(entry)
            case "leave": steps[.left(who), default: []].append(entry)
            default: break
            }
        }
        return steps.compactMapValues { all in
            guard all.count == 1, let step = all.first, let done = context.evidence.end(ofStep: step.act.index),
                done.act.text("result") == "met"
            else { return nil }
            return (step.fact.at, done.fact.at)
        }
    }

    private static func wording(_ change: RosterChange) -> String {
        switch change {
        case .joined(let who): "\(who) joined"
        case .left(let who): "\(who) left"
        }
    }
}

/// Messages in the order in which they came and were sent, to be found by the time at which they left their senders.
private struct SentMessages {
    private var offers: [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)] = []
    /// The earliest time from each on, and the latest up to each: messages on their way at once may leave in any order.
    private var earliest: [Int64] = []
    private var latest: [Int64] = []

    init(_ all: [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)], _ context: CheckContext) {
        var times: [Int64] = []
        for offer in all {
            guard let sent = context.evidence.submission(of: offer.script) else { continue }
            offers.append(offer)
            times.append(sent.at)
        }
        latest = times
        for place in times.indices.dropFirst() { latest[place] = max(latest[place - 1], times[place]) }
        earliest = times
        for place in times.indices.dropLast().reversed() { earliest[place] = min(earliest[place + 1], times[place]) }
    }

    var isEmpty: Bool { offers.isEmpty }
    var lines: [Int] { offers.flatMap(\.record.lines) }

    func last(before time: Int64) -> (Evidence.OfferRecord, Evidence.ScriptMessage)? {
        let place = Self.count(of: earliest) { $0 < time }
        return place > 0 ? offers[place - 1] : nil
    }

    func first(after time: Int64) -> (Evidence.OfferRecord, Evidence.ScriptMessage)? {
        let place = Self.count(of: latest) { $0 <= time }
        return place < offers.count ? offers[place] : nil
    }

    /// How many of the rising times, from the first on, hold.
    private static func count(of times: [Int64], _ holds: (Int64) -> Bool) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(times[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
