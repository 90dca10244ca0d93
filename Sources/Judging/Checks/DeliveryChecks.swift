import Facts
import TestCases

/// How a deferred delivery is carried, where the binding profile says how: it ends as the session ended for the others,
/// and stored dispositions come where they are said to come.
enum DeliveryChecks {
    /// The BYE at the end of a deferred delivery says what the BYE of the session said to those who were there
    /// (`closing-bye`). Nil where there is nothing to compare.
    static func closing(at user: String, group: String, _ context: CheckContext) -> CheckResult? {
        guard context.adopted[.closingBye] != "any", let identity = context.evidence.groups[group] else { return nil }
        let own = context.evidence.sessions.filter { $0.session.group == identity && $0.endedBy == .implementation }
        let deferred = own.filter { $0.session.user == user && $0.session.form == .deferred }
        let live = own.filter { $0.session.user != user && $0.session.form != .deferred && isOver($0, context) }
        // A group that went on at another focus ended more than once: each delivery is held against the end at its focus.
        let isMoved = (context.evidence.focuses[identity]?.count ?? 0) > 1
        let endings = isMoved
            ? Set(deferred.compactMap(\.session.focus)).sorted().compactMap { focus in
                Ending(deferred.filter { $0.session.focus == focus }, live.filter { $0.session.focus == focus })
            } : [Ending(deferred, live)].compactMap(\.self)
        if endings.isEmpty { return nil }
        let make = CheckMaker(
            id: "delivery.closing", subject: user, requirements: [.deliver], basis: .binding,
            expected: "the delivery to \(user) ends as the session did: "
                + listed(endings.map { wording($0.cause) }),
            weight: context.weight(.closingBye, "as-user"))
        let faults = endings.flatMap { ending in
            ending.deferred.filter { $0.cause?.code != ending.cause }.map {
                Fault(text: "it ends with \(wording($0.cause?.code))", lines: $0.lines + ending.lines)
            }
        }
        return make.decide(faults: faults, passed: "it ends so", lines: endings.flatMap { $0.deferred.flatMap(\.lines) })
    }

    /// The deliveries of one session, and how that session ended for those who were there.
    private struct Ending {
        var deferred: [Evidence.SessionRecord]
        var cause: Int?
        var lines: [Int]

        /// Nil where there is nothing to compare. What the others got must be one thing, else nobody can say what this
        /// user would have got.
        init?(_ deferred: [Evidence.SessionRecord], _ live: [Evidence.SessionRecord]) {
            guard !deferred.isEmpty, let first = live.first, live.allSatisfy({ $0.cause?.code == first.cause?.code }) else {
                return nil
            }
            self.deferred = deferred
            cause = first.cause?.code
            lines = first.lines
        }
    }

    /// Ended by the implementation before the clean-up, and not because this user was made to leave.
    private static func isOver(_ record: Evidence.SessionRecord, _ context: CheckContext) -> Bool {
        (record.endedAt ?? .max) < context.evidence.closing && record.joinedAt != nil
            && context.testCase.absence(of: record.session.user) == .present
    }

    /// Of several groups, the one whose first missed message is oldest comes first (`group-order`). Nil where a user
    /// was given less than two.
    static func groupOrder(at user: String, _ context: CheckContext) -> CheckResult? {
        guard context.adopted[.groupOrder] != "any", context.evidence.groups.count > 1 else { return nil }
        // First copies in the order of their coming, each group by the first of them.
        var deliveries: [(group: String, oldest: Int64, lines: [Int])] = []
        for group in context.evidence.groups.keys.sorted() {
            let offers = context.firstOffers(at: user, group: group).filter { isDeferred($0.record, context) }
            let sent = offers.compactMap { context.evidence.submission(of: $0.script)?.at }
            guard let first = offers.first, let oldest = sent.min() else { continue }
            deliveries.append((group, oldest, first.record.lines))
        }
        guard deliveries.count > 1 else { return nil }
        let make = CheckMaker(
            id: "delivery.group-order", subject: user, requirements: [.deliver], basis: .binding,
            expected: "the groups come to \(user) one after the other, the one with the oldest message first",
            weight: context.weight(.groupOrder, "oldest-first"))
        let came = deliveries.sorted { ($0.lines.first ?? 0) < ($1.lines.first ?? 0) }
        let faults = zip(came, came.dropFirst()).filter { $0.oldest > $1.oldest }.map { earlier, later in
            Fault(
                text: "\(earlier.group) comes before \(later.group), of which a message is older",
                lines: earlier.lines + later.lines)
        }
        return make.decide(
            faults: faults, passed: "they came as \(listed(came.map(\.group)))", lines: came.flatMap(\.lines))
    }

    private static func isDeferred(_ record: Evidence.OfferRecord, _ context: CheckContext) -> Bool {
        context.evidence.session(record.offer.session)?.session.form == .deferred
    }

    private static func wording(_ code: Int?) -> String { code.map { "cause \($0)" } ?? "no cause" }

    /// Reports that were given while the user was away come in a session of the group, or in one of their own, as
    /// `stored-dispositions` says; either is taken where it says so. Nil where the description does not state it.
    static func carriage(
        at user: String, _ expected: [ExpectedDisposition], _ context: CheckContext
    ) -> CheckResult? {
        guard let carriage = context.adopted[.storedDispositions], let returned = context.returned(user) else { return nil }
        let isOwn = carriage == "own-session"
        let wanted = isOwn ? "in a session of their own" : "in the session of the group"
        let make = CheckMaker(
            id: "dispositions.carriage", subject: user, requirements: [.deliver], basis: .binding,
            expected: "stored reports come to \(user) \(carriage == "either" ? "in whatever carries them" : wanted)")
        var faults: [Fault] = []
        var lines: [Int] = []
        for offer in context.evidence.dispositionOffers(at: user) where offer.record.at >= returned {
            guard expected.contains(where: { isStored($0, offer, before: returned, context) }) else { continue }
            lines += offer.record.lines
            if carriage == "either" { continue }
            let others = context.evidence.offers(at: user).contains { other in
                other.offer.session == offer.record.offer.session && isOfGroup(other.offer.item)
            }
            let isInSession = offer.record.offer.session != nil
            if isInSession, isOwn != others { continue }
            let found = !isInSession ? "outside of any session" : others ? "among other items" : "alone"
            faults.append(
                Fault(text: "a report about \(offer.disposition.message) came \(found)", lines: offer.record.lines))
        }
        if lines.isEmpty { return make.notReached("no stored report came to \(user)") }
        return make.decide(faults: faults, passed: "they came so", lines: lines)
    }

    private static func isStored(
        _ wanted: ExpectedDisposition, _ offer: Evidence.DispositionOffer, before returned: Int64,
        _ context: CheckContext
    ) -> Bool {
        guard let script = context.evidence.message(labelled: wanted.message), script.id == offer.disposition.message,
            offer.disposition.status == wanted.status.rawValue,
            let report = context.evidence.report(wanted.status.rawValue, by: wanted.from, about: script.id)
        else { return false }
        return report.at < returned
    }

    private static func isOfGroup(_ item: Item) -> Bool {
        switch item {
        case .message, .roster: true
        case .dispositions, .composing, .other: false
        }
    }
}
