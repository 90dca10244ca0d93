import Facts
import TestCases

/// What one case shows of the things that can be claimed, from its facts; it judges nothing.
struct HonestyReading {
    let testCase: TestCase
    let evidence: Evidence
    private(set) var traits = ShownTraits()

    init(_ testCase: TestCase, _ evidence: Evidence, _ wire: WireTraits) {
        self.testCase = testCase
        self.evidence = evidence
        for actor in testCase.actors where actor.absence.isOwed {
            for absence in evidence.absences[actor.name] ?? [] { read(actor, absence) }
        }
        for actor in testCase.actors where actor.absence == .declines { readDecliner(actor.name) }
        readReports()
        readWire(wire)
    }

    private mutating func note(_ trait: ShownTrait, _ isShown: Bool) {
        traits.occasions.insert(trait)
        if isShown { traits.shown.insert(trait) }
    }

    // MARK: - Deferred messages and lists

    private mutating func read(_ actor: ActorRole, _ absence: Evidence.AbsenceRecord) {
        let user = actor.name
        guard let from = absence.returned else { return }
        let gone = absence.effective ?? absence.began ?? 0
        let missed = Set(
            evidence.messages.filter { script in
                guard !script.isMarker, script.by != user, let sent = evidence.submission(of: script) else { return false }
                return sent.accepted == true && sent.at >= gone && sent.at < from
            }.map(\.id))
        guard !missed.isEmpty else { return }
        let came = evidence.messageOffers(at: user).filter {
            $0.record.at >= from && $0.message.id.map(missed.contains) == true
        }
        let isServed = !came.isEmpty
        note(.deferredMessages, isServed)
        if actor.absence.midSession { note(.deferredAfterLoss, isServed) }
        if actor.absence == .busyForNow { note(.servedAfterBusy, isServed) }
        if actor.absence == .leavesInvoluntarily { note(.keptAfterBye, isServed) }
        let restarted = evidence.acts.contains {
            $0.act.step == "reboot" && $0.fact.at >= gone && $0.fact.at < from
        }
        if restarted { note(.deferredAfterRestart, isServed) }
        readTrigger(user, from)
        readLists(user, from, came.map(\.record.offer))
    }

    /// Which came first after the return: the implementation's session, or a request of the user's own.
    private mutating func readTrigger(_ user: String, _ from: Int64) {
        let own = evidence.acts.contains { $0.fact.at >= from && $0.act.step == "rejoin" && $0.act.text("who") == user }
        let sessions = evidence.sessions.filter { $0.session.user == user && $0.askedAt >= from }
        guard !own, let invited = sessions.first(where: { $0.session.by == .implementation })?.askedAt else { return }
        let asked = sessions.first { $0.session.by == .user }?.askedAt ?? .max
        note(.deliveryAtRegistration, invited < asked)
        note(.deliveryAtFirstRequest, asked < invited)
    }

    /// A list that stands before a deferred message of the same session is not the final one.
    private mutating func readLists(_ user: String, _ from: Int64, _ messages: [Offer]) {
        guard !messages.isEmpty else { return }
        let isShown = evidence.rosterOffers(at: user).contains { record, roster in
            record.at >= from && roster.carriage == .session
                && messages.contains { $0.session == record.offer.session && $0.id > record.offer.id }
        }
        if testCase.requirements.contains(.intermediate) {
            note(.intermediateLists, isShown)
        } else if isShown {
            traits.shown.insert(.intermediateLists)
        }
    }

    private mutating func readDecliner(_ user: String) {
        note(.deferredToDecliner, !evidence.messageOffers(at: user).isEmpty)
    }

    // MARK: - Reports and words on itself

    private mutating func readReports() {
        let bundles = evidence.offers.compactMap { record -> Int? in
            if case .dispositions(let all) = record.offer.item { return all.count }
            return nil
        }
        let reported = testCase.steps.contains { $0.kind.word == .report }
        guard reported || !bundles.isEmpty else { return }
        note(.singleReports, !bundles.isEmpty)
        note(.aggregatedReports, bundles.contains { $0 > 1 })
    }

    private mutating func readWire(_ wire: WireTraits) {
        guard wire.describesSessions else { return }
        note(.acceptsLists, wire.accepts("application/conference-info+xml") || wire.acceptsWrapped("application/conference-info+xml"))
        note(.acceptsReports, wire.acceptsWrapped("message/imdn+xml"))
        note(.storeAndForwardTag, wire.hasTag("fullsfgroupchat"))
    }
}
