import Facts
import TestCases

/// None lost, none twice, none to one without the right (CPM-CONV-058, 058a).
enum MessagePresence {
    static func run(_ expected: ExpectedMessages, labels: [String], _ context: CheckContext) -> [CheckResult] {
        [
            complete(expected, labels: labels, context),
            UnnoticedLoss.run(expected, context),
            once(expected, context),
            right(expected, labels: labels, context),
        ].compactMap { $0 }
    }

    /// An owed message that never arrives fails 058 and 058a as a pair: storing and delivering cannot be told apart
    /// from outside.
    private static func complete(
        _ expected: ExpectedMessages, labels: [String], _ context: CheckContext
    ) -> CheckResult {
        let user = expected.user
        let others = Set(expected.owed.filter(\.isLive).map(\.script.label) + expected.unnoticedLabels)
        let make = CheckMaker(
            id: "messages.complete", subject: user, requirements: [.store, .deliver], basis: .clause,
            expected: "\(user) gets \(listed(labels.filter { !others.contains($0) }))")
        let deferred = expected.noticed
        if let lacking = lacking(deferred, expected, make, context) { return lacking }
        if !expected.unsent.isEmpty { return make.inconclusive(expected.unsent.joined(separator: "; ")) }
        if expected.owed.isEmpty { return make.notReached("the case owes \(user) no message") }
        if deferred.isEmpty {
            return make.notReached(
                "whatever \(user) was to get was sent while it was there"
                    + (expected.unnoticed.isEmpty ? "" : ", or before its loss was noticed"))
        }
        return make.pass(
            "all \(deferred.count) arrived", lines: deferred.flatMap { $0.offers.flatMap(\.record.lines) })
    }

    /// What there is to say where some of what is owed never came; nil where all did.
    static func lacking(
        _ owed: [ExpectedMessages.Owed], _ expected: ExpectedMessages, _ make: CheckMaker, _ context: CheckContext
    ) -> CheckResult? {
        let missing = owed.filter(\.offers.isEmpty)
        if missing.isEmpty { return nil }
        if context.couldNotComeBack(expected.user) {
            return make.inconclusive("\(expected.user) could not come back, so that nothing could be delivered")
        }
        return incomplete(missing, expected, make, context)
    }

    private static func incomplete(
        _ missing: [ExpectedMessages.Owed], _ expected: ExpectedMessages, _ make: CheckMaker, _ context: CheckContext
    ) -> CheckResult {
        if context.storageStated == nil, context.nothingDeferred(at: expected.user, group: expected.group) {
            return make.inconclusive(
                "nothing at all arrived, and the policy of the implementation does not say whether it stores "
                    + "(policy.storage)")
        }
        let faults = missing.map {
            Fault(
                text: "\($0.script.label) from \($0.script.by), accepted at \(context.seconds($0.submission.at)), "
                    + "never reached \(expected.user)",
                lines: $0.submission.lines)
        }
        let strange = expected.unreadable.map { Fault(text: $0.text, lines: $0.lines) }
        // What came and cannot be read may be what is missing: then it was stored, and `messages.well-formed` fails.
        if expected.unreadable.count(where: \.isBroken) >= faults.count {
            return make.inconclusive(
                (faults + strange).map(\.text).joined(separator: "; "), lines: (faults + strange).flatMap(\.lines))
        }
        // What came while nobody read, and wanted no answer, may count as delivered for who sent it so.
        let unread = missing.flatMap { owed in
            context.evidence.copies(of: owed.script.id, at: expected.user).filter { $0.record.state == .unread }
                .map { Fault(text: Self.unread(owed.script.label, expected.user), lines: $0.record.lines) }
        }
        if missing.allSatisfy({ isUnread($0, context, at: expected.user) }) {
            return make.inconclusive(unread.map(\.text).joined(separator: "; "), lines: unread.flatMap(\.lines))
        }
        return make.decide(faults: faults + strange + unread, passed: "", lines: [])
    }

    private static func unread(_ label: String, _ user: String) -> String {
        "\(label) came while \(user) was silent and wanted no answer, so that nobody can say whether it was missed"
    }

    private static func isUnread(_ owed: ExpectedMessages.Owed, _ context: CheckContext, at user: String) -> Bool {
        context.evidence.copies(of: owed.script.id, at: user).contains { $0.record.state == .unread }
    }

    /// Confirmed must not come again; unconfirmed must; indeterminate may.
    private static func once(_ expected: ExpectedMessages, _ context: CheckContext) -> CheckResult {
        let user = expected.user
        let make = CheckMaker(
            id: "messages.once", subject: user, requirements: [.deliver], basis: .clause,
            expected: "no message comes again to \(user) after it was confirmed")
        if let reason = expected.reasonNotDeferred { return make.notReached(reason) }
        var faults: [Fault] = []
        // Where each device is owed everything, the next one's copy is no second one.
        var seen: [String: Evidence.OfferRecord] = [:]
        var lines: [Int] = []
        for (record, message) in context.evidence.messageOffers(at: user) {
            guard let script = context.evidence.message(withID: message.id), !script.isMarker,
                script.group == expected.group
            else { continue }
            lines += record.lines
            let key = context.deliversToEachDevice ? "\(script.id) \(DeviceChecks.device(of: record, context))" : script.id
            if let before = seen[key], before.state == .confirmed,
                !expected.presence.isLive(script, received: record.at, context.evidence)
            {
                faults.append(
                    Fault(
                        text: "\(script.label) came again at \(context.seconds(record.at)) although \(user) had "
                            + "confirmed it",
                        lines: before.lines + record.lines))
            }
            if seen[key]?.state != .confirmed { seen[key] = record }
        }
        for (record, label) in expected.again {
            lines += record.lines
            faults.append(
                Fault(text: "\(label) came again at \(context.seconds(record.at)), under another Message-ID", lines: record.lines))
        }
        if seen.isEmpty, faults.isEmpty { return make.notReached("no message reached \(user)") }
        return make.decide(faults: faults, passed: "each of \(seen.count) messages came once", lines: lines)
    }

    /// What is neither owed nor relayed as it was sent has no business here.
    private static func right(
        _ expected: ExpectedMessages, labels: [String], _ context: CheckContext
    ) -> CheckResult {
        let user = expected.user
        let make = CheckMaker(
            id: "messages.right", subject: user, requirements: [.store], basis: .clause,
            expected: "\(user) gets nothing that it has no right to")
        if let reason = expected.reasonNotDeferred { return make.notReached(reason) }
        let from = context.returned(user) ?? 0
        var faults: [Fault] = []
        var early: [Fault] = []
        var seen = expected.offerLines
        let own = context.evidence.groups[expected.group]
        let echoes = returnsToSenders(context)
        for (record, message) in expected.others where record.at >= from {
            seen += record.lines
            guard let script = context.evidence.message(withID: message.id) else {
                let group = context.evidence.session(record.offer.session)?.session.group
                guard let group, group == own else { continue }
                faults.append(
                    Fault(text: "a message that nobody of the case sent came to \(user)", lines: record.lines))
                continue
            }
            if script.isMarker || script.group != expected.group || (script.by == user && echoes)
                || expected.presence.isLive(script, received: record.at, context.evidence)
                || hadItBefore(script.id, record, context)
            {
                continue
            }
            let fault = Fault(
                text: "\(script.label) from \(script.by) came to \(user), to whom it was not owed", lines: record.lines)
            let sent = context.evidence.submission(of: script)?.at ?? script.act.at
            if expected.presence.isBeforeInvitation(sent) { early.append(fault) } else { faults.append(fault) }
        }
        if seen.isEmpty { return make.notReached("no message reached \(user)") }
        if faults.isEmpty, !early.isEmpty {
            // What it was to be spared by its own statement is a trespass; else this is our reading alone.
            let stated = context.claims.isStated(.lateInviteeReading) && context.claims[.lateInviteeReading] == "not-owed"
            return make.asReading(stated ? .requirement : .warning).decide(faults: early, passed: "", lines: [])
        }
        return make.decide(faults: faults, passed: "only owed messages came", lines: seen)
    }

    /// Whether the focus sends senders their own messages as it relays them: then one that comes late is no other thing.
    private static func returnsToSenders(_ context: CheckContext) -> Bool {
        let evidence = context.evidence
        var presences: [String: Presence] = [:]
        return evidence.messages.contains { script in
            let copies = evidence.copies(of: script.id, at: script.by)
            if copies.isEmpty { return false }
            let key = "\(script.by) \(script.group)"
            let presence = presences[key] ?? Presence(of: script.by, in: script.group, context)
            presences[key] = presence
            return copies.contains { presence.isLive(script, received: $0.record.at, evidence) }
        }
    }

    /// A second copy of what had come before is `messages.once`'s business.
    private static func hadItBefore(
        _ id: String, _ record: Evidence.OfferRecord, _ context: CheckContext
    ) -> Bool {
        context.evidence.copies(of: id, at: record.offer.user).contains { $0.record.offer.id < record.offer.id }
    }
}
