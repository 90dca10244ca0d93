import Facts
import TestCases

/// Which list a user gets after its return, and whether it is right: final (058a), current, initial (058b).
enum RosterLists {
    static func run(
        at user: String, group: String, list: RosterList, members: [ActorName: ExpectedStatus], _ context: CheckContext
    ) -> CheckResult {
        let timeline = context.timeline(of: user, group: group)
        switch list {
        case .final: return final(at: user, group: group, members, timeline, context)
        case .current: return current(at: user, group: group, members, timeline, context)
        case .initial: return initial(at: user, group: group, members, timeline, context)
        }
    }

    private static func final(
        at user: String, group: String, _ members: [ActorName: ExpectedStatus], _ timeline: RosterTimeline,
        _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "roster.final", subject: user, requirements: [.deliver], basis: .clause,
            expected: "\(user) gets a final list with \(wording(members))")
        guard context.returned(user) != nil else { return make.notReached("\(user) never came back") }
        guard let point = finalPoint(at: user, group: group, timeline, context) else {
            let came = timeline.points.count
            if context.storageStated == nil, context.nothingDeferred(at: user, group: group) {
                return make.inconclusive("nothing at all arrived, and the policy does not say whether it is stored")
            }
            let unread = timeline.points.filter { $0.record.state == .unread && $0.roster.extent == .full && !$0.isTeardown }
            if !unread.isEmpty {
                return make.inconclusive(
                    "lists came while \(user) was silent and wanted no answer, so that nobody can say whether they were missed",
                    lines: unread.flatMap(\.record.lines))
            }
            let lost = timeline.points.contains { !$0.isTakenOver }
            return make.fail(
                came == 0
                    ? "no list came at all"
                    : "\(came) lists came, but no full one after the last message"
                        + (lost ? " that \(user)'s side took over" : ""),
                lines: timeline.points.flatMap(\.record.lines) + deliveryLines(at: user, context))
        }
        return compare(point, stated(members, group: group, context), make, context)
    }

    /// The last list that shows a membership; by the binding profile a full one behind the last message.
    static func finalPoint(
        at user: String, group: String, _ timeline: RosterTimeline, _ context: CheckContext
    ) -> RosterTimeline.Point? {
        let closing = context.evidence.closing
        let candidates = timeline.points.filter { point in
            guard !point.isTeardown, point.view != nil, point.isTakenOver else { return false }
            // What the clean-up does shows at the focus, not in what was stored for a session that was over before.
            let isStored = context.evidence.session(point.record.offer.session)?.session.form == .deferred
            guard point.record.at < closing || isStored else { return false }
            switch context.adopted[.participantInformation] {
            case "session": return point.roster.carriage == .session
            case "notify": return point.roster.carriage == .subscription
            default: return true
            }
        }
        guard context.finalListIsLast else { return candidates.last }
        let after = context.firstOffers(at: user, group: group).map(\.record.offer.id).max() ?? -1
        // A NOTIFY comes by another connection, and has no place among the messages.
        return candidates.last {
            $0.roster.extent == .full && ($0.record.offer.id > after || $0.roster.carriage == .subscription)
        }
    }

    private static func current(
        at user: String, group: String, _ members: [ActorName: ExpectedStatus], _ timeline: RosterTimeline, _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "roster.current", subject: user, requirements: [.deliver], basis: .binding,
            expected: "\(user) is shown the session as it is: \(wording(members))",
            weight: context.weight(.liveBacklog, "first"))
        let closing = context.evidence.closing
        // Where the user has a subscription, it shows the session as it is; lists of a backlog show how it was.
        let points = timeline.points.filter { $0.view != nil && $0.record.at < closing && $0.isTakenOver }
        guard let point = points.last(where: { $0.roster.carriage == .subscription }) ?? points.last else {
            return make.fail("no list came after the return", lines: deliveryLines(at: user, context))
        }
        return compare(point, stated(members, group: group, context), make, context)
    }

    private static func initial(
        at user: String, group: String, _ members: [ActorName: ExpectedStatus], _ timeline: RosterTimeline,
        _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(
            id: "roster.initial", subject: user, requirements: [.intermediate], basis: .note,
            expected: "\(user) gets the initial list with \(wording(members)) before the first message",
            weight: context.intermediateWeight)
        let from = context.returned(user) ?? 0
        let firstMessage = context.firstOffers(at: user, group: group).first
        let before = firstMessage?.record.offer.id ?? Int.max
        let final = RosterChanges.finalList(at: user, group: group, timeline, context)?.record.offer.id
        if let point = timeline.points.first(where: {
            guard $0.isTakenOver, $0.view != nil, !$0.isTeardown else { return false }
            return $0.roster.carriage == .session
                || $0.record.offer.id != final && context.isStored($0, of: user, group: group)
        }) {
            if point.record.offer.id < before { return compare(point, stated(members, group: group, context), make, context) }
            if invitedList(at: user, from, context) == nil {
                let lines = point.record.lines + (firstMessage?.record.lines ?? [])
                // What comes by another connection than the messages has no place among them.
                if point.roster.carriage == .subscription {
                    return make.inconclusive("the first list came by NOTIFY, and whether before the first message is open", lines: lines)
                }
                return make.fail("the first list came only after the first message", lines: lines)
            }
        }
        guard let (addresses, lines) = invitedList(at: user, from, context) else {
            return make.fail("no initial list came", lines: deliveryLines(at: user, context))
        }
        return compare(addresses, lines, stated(members, group: group, context), make, context)
    }

    /// The list that came with the invitation of the delivery (`recipient-list-history`).
    private static func invitedList(
        at user: String, _ from: Int64, _ context: CheckContext
    ) -> ([String], [Int])? {
        for record in context.evidence.sessions
        where record.session.user == user && record.session.by == .implementation && record.askedAt >= from {
            if let list = record.session.invitedWith { return (list, record.lines) }
        }
        return nil
    }

    /// The statuses with those that the case leaves out: who was invited or added may stand either way, all others have
    /// no place in a list.
    private static func stated(
        _ members: [ActorName: ExpectedStatus], group: String, _ context: CheckContext
    ) -> [ActorName: ExpectedStatus] {
        var all = members
        for entry in context.evidence.acts where (entry.act.text("group") ?? group) == group {
            let named: [String?] =
                switch entry.act.step {
                case "create": entry.act.texts("invite") + [entry.act.text("by")]
                case "add": [entry.act.text("who")]
                default: []
                }
            for name in named.compactMap(\.self) where all[name] == nil { all[name] = .any }
        }
        return all
    }

    private static func compare(
        _ point: RosterTimeline.Point, _ members: [ActorName: ExpectedStatus], _ make: CheckMaker,
        _ context: CheckContext
    ) -> CheckResult {
        var faults: [Fault] = []
        var open: [Fault] = []
        let lines = point.record.lines
        var byActor: [String: [RosterUser]] = [:]
        for user in (point.view ?? [:]).values {
            if let actor = context.addresses.actor(user.address) {
                byActor[actor, default: []].append(user)
            } else if RosterTimeline.isMember(user) {
                faults.append(Fault(text: "it shows \(user.address), who is not of the group", lines: lines))
            }
        }
        for actor in context.testCase.actors.map(\.name) {
            let shown = byActor[actor] ?? []
            let best = shown.first(where: RosterTimeline.isMember) ?? shown.first
            guard let text = (members[actor] ?? .left).complaint(about: actor, shown: best) else { continue }
            let isUnlisted = best == nil && members[actor] == .member && context.evidence.absences[actor] != nil
            switch isUnlisted ? context.adopted[.takeover] : "represented" {
            case "represented"?: faults.append(Fault(text: text, lines: lines))
            case nil: open.append(Fault(text: text, lines: lines))
            // The description says that those for whom somebody answered may be left out.
            default: continue
            }
        }
        if faults.isEmpty, !open.isEmpty {
            return make.inconclusive(
                open.map(\.text).joined(separator: "; ") + "; whether one who is away is listed is not stated (binding takeover)",
                lines: lines)
        }
        return make.decide(faults: (faults + open).sorted { $0.text < $1.text }, passed: "the list is right", lines: lines)
    }

    private static func compare(
        _ addresses: [String], _ lines: [Int], _ members: [ActorName: ExpectedStatus], _ make: CheckMaker,
        _ context: CheckContext
    ) -> CheckResult {
        let named = Set(addresses.compactMap { context.addresses.actor($0) })
        var faults: [Fault] = []
        for address in Set(addresses).sorted() where context.addresses.actor(address) == nil && !isAnonymous(address) {
            faults.append(
                Fault(text: "the list of the invitation names \(address), who is not of the group", lines: lines))
        }
        for actor in context.testCase.actors.map(\.name).sorted() where actor != make.subject {
            switch members[actor] ?? .left {
            // The inviter is named beside the list, not in it.
            case .member, .connected:
                let inviter = context.evidence.sessions.contains {
                    $0.session.user == make.subject && context.addresses.actor($0.session.inviter) == actor
                }
                if !named.contains(actor), !inviter {
                    faults.append(Fault(text: "the list of the invitation does not name \(actor)", lines: lines))
                }
            case .left, .absent:
                if named.contains(actor) {
                    faults.append(Fault(text: "the list of the invitation names \(actor)", lines: lines))
                }
            case .any: break
            }
        }
        return make.decide(faults: faults, passed: "the list of the invitation is right", lines: lines)
    }

    /// Members who asked not to be named stand in the list under an address that is nobody's (RFC 5364).
    private static func isAnonymous(_ address: String) -> Bool {
        AddressBook.canonical(address).hasSuffix("@anonymous.invalid")
    }

    /// Where a delivery would have stood: the user's sessions since its return.
    private static func deliveryLines(at user: String, _ context: CheckContext) -> [Int] {
        let from = context.returned(user) ?? 0
        return context.evidence.sessions.filter { $0.session.user == user && $0.askedAt >= from }.flatMap(\.lines)
    }

    private static func wording(_ members: [ActorName: ExpectedStatus]) -> String {
        listed(members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.rawValue)" })
    }
}

extension ExpectedStatus {
    /// What is wrong with the way a list shows an actor; nil when it is right.
    func complaint(about actor: String, shown: RosterUser?) -> String? {
        let seen = shown.map { $0.status ?? "listed" } ?? "not listed"
        let isMember = RosterTimeline.isMember(shown)
        switch self {
        case .any: return nil
        case .member: return isMember ? nil : "\(actor) is \(seen) instead of a member"
        case .connected:
            let connected = isMember && [nil, "connected", "on-hold", "muted-via-focus"].contains(shown?.status)
            return connected ? nil : "\(actor) is \(seen) instead of connected"
        case .left: return isMember ? "\(actor) is shown as \(seen) although no member any more" : nil
        case .absent: return shown == nil ? nil : "\(actor) is listed (\(seen)) and should not be"
        }
    }
}
