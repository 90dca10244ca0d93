import Facts
import TestCases

/// To whom each deferred message was exchanged, as the delivered lists and their places tell it, against those to whom
/// it was addressed (reason for change). What is not certain is not judged.
enum RosterAudience {
    static func run(at user: String, group: String, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "roster.audience", subject: user, requirements: [.intermediate], basis: .reasonForChange,
            expected: "the lists before each message show \(user) to whom it was exchanged",
            weight: context.claimsIntermediate ? context.weight(.itemOrder, "as-happened") : .warning)
        if context.adopted[.itemOrder] == "any" { return make.notReached("the binding leaves the place of lists open") }
        let lists = DeliveredLists(to: user, group: group, context)
        if lists.areNotified {
            return make.notReached("not determinable: lists came by NOTIFY, by another way than the messages")
        }
        let members = Memberships(of: group, context)
        var faults: [Fault] = []
        var judged: [String] = []
        var lines: [Int] = []
        var reasons: [String] = []
        let presence = Presence(of: user, in: group, context)
        // One that came before or behind its turn stands among lists that are not its own.
        let offers = context.firstOffers(at: user, group: group)
        let unmoved = Set(RosterChanges.inOrder(offers).map(\.record.offer.id))
        for (record, script) in offers
        where !presence.isLive(script, received: record.at, context.evidence) {
            guard unmoved.contains(record.offer.id) else {
                reasons.append("\(script.label) came out of order")
                continue
            }
            guard let (shown, place) = lists.view(before: record) else {
                reasons.append("no list stands before \(script.label)")
                continue
            }
            switch members.audience(of: script, context) {
            case .unknown(let why): reasons.append(why)
            case .known(let audience, let open):
                judged.append(script.label)
                lines += record.lines + place
                let ignored = open.union([user, script.by])
                if let text = difference(shown.subtracting(ignored), audience.subtracting(ignored)) {
                    faults.append(Fault(text: "of \(script.label) \(text)", lines: record.lines + place))
                }
            }
        }
        if judged.isEmpty {
            return make.notReached(
                reasons.isEmpty ? "no deferred message reached \(user)" : "not determinable: \(reasons.joined(separator: "; "))")
        }
        return make.decide(faults: faults, passed: "so it is for \(listed(judged))", lines: lines)
    }

    /// Lists that lack a change or stand in the wrong place give a wrong audience too: that is the business of the check
    /// on them, and one fault has one name.
    static func yielding(_ check: CheckResult, to all: [CheckResult]) -> CheckResult {
        guard check.id == "roster.audience", check.outcome == .fail else { return check }
        let others = ["roster.initial", "roster.intermediate", "roster.place"]
        let failed = all.first { others.contains($0.id) && $0.subject == check.subject && $0.outcome == .fail }
        guard let failed else { return check }
        var check = check
        check.observed = "the lists are wrong already (\(failed.id))"
        check.outcome = .notReached(check.observed)
        return check
    }

    private static func difference(_ shown: Set<String>, _ audience: Set<String>) -> String? {
        let more = shown.subtracting(audience).sorted()
        let less = audience.subtracting(shown).sorted()
        var parts: [String] = []
        if !more.isEmpty { parts.append("they show \(listed(more)), to whom it was not addressed") }
        if !less.isEmpty { parts.append("they lack \(listed(less)), to whom it was addressed") }
        return parts.isEmpty ? nil : parts.joined(separator: ", and ")
    }
}

extension CheckContext {
    /// Whether lists may leave out an actor that is a member: one who is away for a time, where nobody answers for it.
    func mayBeUnlisted(_ actor: String) -> Bool {
        evidence.absences[actor] != nil && adopted[.takeover] != "represented"
    }
}

/// Who is a member by the lists at each place of what is delivered to a user: actors by name, others by address.
private struct DeliveredLists {
    private var points: [(offer: Int, stream: Int, members: Set<String>, lines: [Int])] = []
    /// What was stored came by NOTIFY: nobody can say before which message.
    private(set) var areNotified = false
    private let known: KnownLists
    private let context: CheckContext

    init(to user: String, group: String, _ context: CheckContext) {
        self.context = context
        known = KnownLists(of: user, group: group, context)
        let timeline = context.timeline(of: user, group: group)
        var hasOwn = false
        let final = RosterChanges.finalList(at: user, group: group, timeline, context)?.record.offer.id
        for point in timeline.points where point.isTakenOver && !point.isTeardown {
            guard let view = point.view else { continue }
            guard point.roster.carriage == .session else {
                if point.record.offer.id != final, context.isStored(point, of: user, group: group) { areNotified = true }
                continue
            }
            if point.record.offer.id != final { hasOwn = true }
            let members = view.values.filter(RosterTimeline.isMember).map {
                context.addresses.actor($0.address) ?? AddressBook.canonical($0.address)
            }
            points.append((point.record.offer.id, point.roster.stream, Set(members), point.record.lines))
        }
        if hasOwn { areNotified = false }
    }

    /// The newest list before an item, else what the user knew when it went.
    func view(before record: Evidence.OfferRecord) -> (members: Set<String>, lines: [Int])? {
        // They stand in the order in which they came.
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].offer < record.offer.id { low = middle + 1 } else { high = middle }
        }
        if low > 0 { return (points[low - 1].members, points[low - 1].lines) }
        return known.members(before: record.at, context).map { ($0, []) }
    }
}

/// Who belonged to a group when, by the steps of the script and by what others saw.
private struct Memberships {
    enum Audience {
        /// `open` are those of whom it cannot be said.
        case known(Set<String>, open: Set<String>)
        case unknown(String)
    }

    private struct Change {
        var change: RosterChange
        var begin: Int64
        var end: Int64
        /// For each observer the first list that showed the change.
        var seen: [String: Evidence.OfferRecord]
    }

    private var invited: Set<String> = []
    private var open: Set<String> = []
    private var changes: [Change] = []
    private var witnesses: [String] = []
    /// A change of which no step says when it was.
    private var isUncertain = false

    init(of group: String, _ context: CheckContext) {
        let evidence = context.evidence
        witnesses = context.testCase.actors.map(\.name).filter { !evidence.wasAway($0) }
        let sightings = Sightings(by: witnesses, group: group, context)
        for (fact, act) in evidence.acts where (act.text("group") ?? group) == group {
            switch act.step {
            case "create": invited.formUnion(act.texts("invite") + [act.text("by")].compactMap { $0 })
            case "add", "leave", "boot":
                guard let who = act.text("who") else { continue }
                let change: RosterChange = act.step == "add" ? .joined(who) : .left(who)
                guard let end = evidence.end(ofStep: act.index), end.act.text("result") == "met" else {
                    isUncertain = true
                    continue
                }
                changes.append(
                    Change(change: change, begin: fact.at, end: end.fact.at, seen: sightings.first(of: change, after: fact.at)))
            default: break
            }
        }
        for name in context.testCase.actors.map(\.name) {
            if Presence.departure(of: name, group: group, evidence)?.isRefusal == true { open.insert(name) }
            // Whether the focus addresses one for whom somebody else answers is the binding's to say.
            if context.mayBeUnlisted(name) { open.insert(name) }
        }
    }

    /// To whom the focus addressed a message, the represented absentees included; only where each change is on one side
    /// of the message for certain: its step was over before the other began, and somebody saw both in this order.
    func audience(of script: Evidence.ScriptMessage, _ context: CheckContext) -> Audience {
        guard !isUncertain else { return .unknown("a change of members did not get there") }
        guard let sent = context.evidence.submission(of: script) else { return .unknown("\(script.label) was never sent") }
        let done = context.evidence.end(ofStep: script.step)?.fact.at ?? .max
        var members = invited
        for change in changes {
            let isBefore = change.end + context.participantInfoInterval < sent.at
            guard isBefore || done < change.begin else {
                return .unknown("\(script.label) and a change are too near to one another")
            }
            guard witnesses.contains(where: { saw($0, change, before: isBefore, script, sent, context) }) else {
                return .unknown("nobody saw both \(script.label) and each change, in order")
            }
            guard isBefore else { continue }
            switch change.change {
            case .joined(let who): members.insert(who)
            case .left(let who): members.remove(who)
            }
        }
        // A member who was there and never got it live: then it is not known to whom the focus addressed it.
        for name in witnesses where members.contains(name) && name != script.by && !open.contains(name) {
            guard context.evidence.copies(of: script.id, at: name).contains(where: \.record.isTakenOver) else {
                return .unknown("\(script.label) did not reach \(name), who was there")
            }
        }
        return .known(members, open: open)
    }

    /// Whether an observer had the message and a list that shows the change, in this order. For the sender the message
    /// stands where it left.
    private func saw(
        _ name: String, _ change: Change, before isBefore: Bool, _ script: Evidence.ScriptMessage,
        _ sent: Evidence.SubmissionRecord, _ context: CheckContext
    ) -> Bool {
        guard name != change.change.actor, let list = change.seen[name] else { return false }
        let got = name == script.by
            ? sent.at : context.evidence.copies(of: script.id, at: name).first { $0.record.isTakenOver }?.record.at
        guard let got else { return false }
        return isBefore ? list.at < got : got < list.at
    }
}

/// When each observer was first shown that somebody was in, or out.
private struct Sightings {
    private var shown: [String: [(record: Evidence.OfferRecord, members: Set<String>)]] = [:]

    init(by observers: [String], group: String, _ context: CheckContext) {
        for name in observers {
            let all = RosterTimeline(
                user: name, group: context.evidence.groups[group], from: 0, evidence: context.evidence)
            shown[name] = all.points.compactMap { point in
                guard let view = point.view, point.record.isTakenOver else { return nil }
                return (point.record, RosterChanges.members(of: view, context))
            }
        }
    }

    func first(of change: RosterChange, after time: Int64) -> [String: Evidence.OfferRecord] {
        shown.compactMapValues { lists in
            lists.first { entry in
                guard entry.record.at >= time else { return false }
                switch change {
                case .joined(let who): return entry.members.contains(who)
                case .left(let who): return !entry.members.contains(who)
                }
            }?.record
        }
    }
}
