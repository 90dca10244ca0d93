import Diagnostics
import MSRP
import NIOCore
import Payloads
import SIP

/// The participating function of one member in one group: it carries out what the takeover and the delivery machine
/// decide. Confined to the event loop.
final class Participant: ClientLegOwner {
    let user: UserAddress
    var takeover: TakeoverMachine
    var delivery: DeliveryMachine
    let context: EnablerContext
    unowned let group: any ParticipantGroup
    var legs: [Int: ClientLeg] = [:]
    private var noAnswer: LoopTimer?
    private var cameBackBeforeEnd = false
    /// Items whose carriage is a NOTIFY that has no answer yet.
    private var inNotify: [Int64: OwedEntry] = [:]
    /// The leg that the delivery runs on.
    private var openLeg: Int?
    /// True when the client of that leg was away before.
    private var missedSomething = false
    var farewellLimit: LoopTimer?
    /// Until a broken connection is noticed; only a defect lets that take time.
    var notice: LoopTimer?
    /// When the user's client was last called or heard of; a registration after that is a return.
    var lastContact: Int64 = 0
    /// True once a delivery was begun.
    private var wasServed = false
    /// The device that was served last; a defect serves each.
    private var servedDevice: String?
    /// The registrations that could have brought a delivery.
    private var occasions: Set<Int64> = []
    var reportSession: ReportSession?
    /// Messages of the client whose answer waits for a commit.
    var unanswered = 0
    var wantsFarewell = false
    /// Called with the outcome of an invitation, for the NOTIFYs of a REFER.
    var onInvitationOutcome: ((Int) -> Void)?

    init(
        user: UserAddress, group: any ParticipantGroup, context: EnablerContext, takeover: TakeoverMachine,
        isOver: Bool
    ) {
        self.user = user
        self.group = group
        self.context = context
        self.takeover = takeover
        delivery = DeliveryMachine(
            window: context.media.window, intermediates: context.settings.deliversIntermediates, isEnded: isOver,
            deviations: context.deviations)
    }

    /// The leg whose client takes part now.
    var activeLeg: ClientLeg? {
        guard case .joined(let number) = takeover.state else { return nil }
        return legs[number]
    }

    /// True while the client is present and has everything it missed.
    var isLive: Bool { activeLeg != nil && delivery.isCaughtUp }

    /// True when participant information would have to wait, or is part of what waits.
    var collectsRosters: Bool {
        switch takeover.state {
        case .represented, .returning, .calling: true
        case .joined: !delivery.isCaughtUp || group.isSubscribed(user) || delivery.terms?.isDeferred == true
        case .idle, .gone: false
        }
    }

    /// True while the participating function stands in for the user.
    var isAway: Bool {
        switch takeover.state {
        case .represented, .returning: true
        case .idle, .calling, .joined, .gone: false
        }
    }

    /// True while the user is being called or has a delivery to come, so that a report waits for that session.
    var isBusy: Bool {
        switch takeover.state {
        case .calling, .returning, .joined: true
        case .idle, .represented, .gone: wantsDelivery
        }
    }

    // MARK: Being called, and calling

    func call() {
        delivery.comeBack()
        run(takeover.called(reachable: group.binding(for: user) != nil))
    }

    /// Gives the returning user what it missed; false when there is nothing to give.
    func deliver() -> Bool {
        guard wantsDelivery, let binding = group.binding(for: user) else { return false }
        if isEnding {
            // Without its last list the delivery would not be whole.
            cameBackBeforeEnd = true
            return false
        }
        let needed = context.returnFaults.registrationsNeeded
        if occasions.count < needed { occasions.insert(binding.registeredAt) }
        guard occasions.count >= needed else { return false }
        guard !wasServed || context.returnFaults.servesAgain else { return false }
        applyPolicy()
        guard wantsDelivery else { return false }
        servedDevice = group.binding(for: user)?.instance
        pageReports()
        sendReportsApart()
        let actions = takeover.returned()
        run(actions)
        wasServed = !actions.isEmpty
        return wasServed
    }

    /// Another device of the user is there (`delivered-to-each-device`).
    func sawDevice(_ instance: String?) {
        guard let served = servedDevice, served != instance, activeLeg == nil else { return }
        delivery.oweAgain()
    }

    /// Throws away what is to come; only a defect does.
    func forgetOwed() { run(delivery.drop()) }

    /// True when the user is away and has something to come back to.
    var wantsDelivery: Bool {
        switch takeover.state {
        case .represented, .gone: delivery.hasContent || (!group.isOver && group.isMember(user))
        case .idle, .calling, .returning, .joined: false
        }
    }

    /// The client's own INVITE to the focus.
    func ownInvite(_ request: SIPServerRequest, focus: String, tag: String, extra: SIPHeaders) {
        let leg = ClientLeg(number: takeover.newLeg(), isDeferred: false, context: context, owner: self)
        leg.onDialog = { [weak self] leg, key, begins in self?.group.dialog(key, of: leg, begins: begins) }
        legs[leg.number] = leg
        guard leg.answer(request, focus: focus, tag: tag, extra: extra) else {
            legs[leg.number] = nil
            return
        }
        if !context.returnFaults.keepsBacklogOnInvite { run(delivery.drop()) }
        run(takeover.ownInvite(leg.number))
    }

    func unregistered() { run(takeover.unregistered()) }

    func connectionClosed(_ connection: SIPConnectionID) {
        for leg in legs.values { leg.connectionClosed(connection) }
    }

    /// Another put the user out.
    func boot() {
        let leg = activeLeg
        leg?.hangUp(.booted)
        if leg == nil, context.defects.contains(.bootedLosesBacklog) { forgetOwed() }
        run(takeover.booted())
    }

    // MARK: What is owed

    /// A committed item is owed to the user.
    func owe(_ entry: OwedEntry, item: StoredItem?) {
        if entry.kind == .roster, isLive, delivery.terms?.isDeferred != true { return settle(entry.item) }
        run(delivery.append(entry, item: item))
        // What comes once the user is back is not missed, and does not count.
        if takeover.state == .represented, delivery.count > context.settings.maximumItems { applyPolicy() }
    }

    /// Takes up what an earlier enabler owed.
    func restore(_ entry: OwedEntry) { _ = delivery.restore(entry) }

    /// A NOTIFY carries the roster; its answer decides.
    func notifies(_ entry: OwedEntry) { inNotify[entry.item] = entry }

    func notified(_ item: Int64, confirmed: Bool) {
        guard let entry = inNotify.removeValue(forKey: item) else { return }
        if confirmed { settle(item) } else { owe(entry, item: nil) }
    }

    /// A report went, or not, as a MESSAGE outside of any session.
    func paged(_ entry: OwedEntry, taken: Bool) {
        if taken { settle(entry.item) } else { owe(entry, item: nil) }
    }

    private func settle(_ item: Int64) { context.writer.commit([.mark([item], for: user, .confirmed)]) }

    /// The group is over; the last list is owed unless the answer to the BYE says that the client knows.
    func end(final: OwedEntry, item: StoredItem) {
        run(takeover.ended())
        run(delivery.end(final: final, item: item))
        guard cameBackBeforeEnd else { return }
        cameBackBeforeEnd = false
        group.returned(user)
    }

    /// The user can be reached again. Where the group is over and its last list is not committed yet, the delivery begins
    /// when it is.
    func cameBack() { cameBackBeforeEnd = isEnding }

    /// The group is over, and its last list is not in the store yet.
    private var isEnding: Bool { takeover.state == .represented && group.isOver && !delivery.isEnded }

    /// The roster for a live delivery whose stream has not begun.
    func rosterChanged(_ snapshot: RosterSnapshot) { delivery.current = snapshot }

    /// Drops what is too old and what is too much.
    private func applyPolicy() {
        let settings = context.settings
        run(delivery.expire(before: oldestKept))
        tellExpired()
        run(
            delivery.limit(
                to: DeliveryMachine.Capacity(maximum: settings.maximumItems, keepsOldest: settings.keepsOldest)))
    }

    /// Milliseconds since 1970; what is older is kept no longer.
    private var oldestKept: Int64 {
        context.settings.retention > 0 ? context.wallClock - context.settings.retention : Int64.min
    }

    /// Sends something that is never stored, if the client is there and up to date.
    func pass(contentType: String, body: [UInt8]) {
        if isLive { activeLeg?.sendPassing(contentType: contentType, body: body) }
    }

    // MARK: What a leg says

    func accepted(_ leg: ClientLeg) { run(takeover.accepted(leg.number)) }

    func refused(_ leg: ClientLeg, status: Int) { run(takeover.refused(leg.number, status: status)) }

    func connected(_ leg: ClientLeg) {
        guard activeLeg === leg, let media = leg.media else { return }
        lastContact = context.now
        if leg.isDeferred, context.returnFaults.opening != .delivers {
            if context.returnFaults.opening == .ends { hangUp() }
            return
        }
        var terms = SessionTerms()
        terms.isDeferred = leg.isDeferred
        terms.isOtherDevice = context.firstInstances[user].map { $0 != servedDevice } ?? false
        terms.maximumSize = media.maxSize
        terms.takesRosters = media.accepts(.conferenceInfo) || media.accepts(.conferenceInfo, wrapped: true)
        delivery.current = group.currentRoster
        run(delivery.expire(before: oldestKept))
        run(delivery.open(terms, missed: missedSomething))
    }

    func received(_ message: MSRPIncomingMessage, on leg: ClientLeg) {
        lastContact = context.now
        unanswered += 1
        group.received(message, from: self) { [weak self, weak leg] code in
            leg?.answer(message, code: code)
            guard let self else { return }
            self.unanswered -= 1
            // The client would not get this answer once its session is closed, and would send the report again.
            if self.wantsFarewell, self.unanswered == 0 { self.finish() }
        }
    }

    func ended(_ leg: ClientLeg, cause: Int?) {
        let settings = context.settings
        let leaves = cause.map { $0 != 503 || settings.byeWith503Leaves } ?? settings.byeWithoutReasonLeaves
        run(takeover.bye(leg.number, leaves: leaves))
    }

    // MARK: Carrying out

    func run(_ actions: [TakeoverAction]) {
        for action in actions { carryOut(action) }
    }

    private func carryOut(_ action: TakeoverAction) {
        switch action {
        case .invite(let number, let deferred): invite(number, deferred: deferred)
        case .startNoAnswer(let leg):
            noAnswer = context.timers.after(milliseconds: context.settings.noAnswer) { [weak self] in
                guard let self else { return }
                self.run(self.takeover.noAnswer(leg))
            }
        case .stopNoAnswer:
            noAnswer?.cancel()
            noAnswer = nil
        case .cancel(let leg): legs[leg]?.cancel()
        case .join(let leg, let missed): join(leg, missed: missed)
        case .hangUp(let leg):
            legs.removeValue(forKey: leg)?.hangUp(.none)
        case .drop(let leg): drop(leg)
        case .represent(let cause): represent(cause)
        case .depart(let status): depart(status)
        case .returnFailed: returnFailed()
        case .returnOver: group.deliveryEnded(for: user, reached: true)
        case .forget: run(delivery.drop())
        }
    }

    private func invite(_ number: Int, deferred: Bool) {
        guard let binding = group.binding(for: user) else {
            return context.eventLoop.assumeIsolated().execute { [weak self] in
                guard let self else { return }
                self.run(self.takeover.refused(number, status: 480))
            }
        }
        let leg = ClientLeg(number: number, isDeferred: deferred, context: context, owner: self)
        leg.onDialog = { [weak self] leg, key, begins in self?.group.dialog(key, of: leg, begins: begins) }
        legs[number] = leg
        lastContact = context.now
        var invitation = group.invitation(
            for: user, deferred: deferred, sendOnly: deferred && (delivery.isEnded || group.isOver))
        if deferred, context.returnFaults.mixesGroups, let other = group.otherGroup {
            (invitation.conversation, invitation.contribution) = (other.conversation, other.contribution)
        }
        leg.call(invitation, to: binding)
    }

    private func join(_ number: Int, missed: Bool) {
        closeDelivery()
        openLeg = number
        missedSomething = missed
        lastContact = context.now
        wantsFarewell = false
        onInvitationOutcome?(200)
        onInvitationOutcome = nil
        if group.isMember(user) { group.member(user, became: .joined) }
        if let leg = legs[number], leg.isConnected { connected(leg) }
    }

    private func drop(_ number: Int) {
        guard let leg = legs.removeValue(forKey: number) else { return }
        leg.drop()
        if openLeg == number { closeDelivery() }
    }

    private func closeDelivery() {
        wantsFarewell = false
        openLeg = nil
        delivery.closed()
        for entry in inNotify.values.sorted(by: { $0.item < $1.item }) {
            // Where only the final list is delivered, one that was under way is not kept either.
            if context.settings.deliversIntermediates { delivery.putBack(entry) } else { settle(entry.item) }
        }
        inNotify.removeAll()
    }

    private func represent(_ cause: AbsenceCause) {
        onInvitationOutcome?(202)
        onInvitationOutcome = nil
        if !context.settings.storesMissed { run(delivery.drop()) }
        group.member(user, became: .represented)
        returnAgain()
    }

    private func returnFailed() {
        group.deliveryEnded(for: user, reached: false)
        if isAway { returnAgain() }
    }

    /// Registered since it was last heard of: the user has returned before we knew that it was gone.
    func returnAgain() {
        guard let binding = group.binding(for: user), binding.registeredAt > lastContact else { return }
        group.returned(user)
    }

    private func depart(_ status: MemberStatus) {
        onInvitationOutcome?(status == .declined ? 603 : 487)
        onInvitationOutcome = nil
        if status == .declined { run(delivery.drop()) }
        delivery.leave()
        group.member(user, became: status)
    }

    // MARK: The end

    func stop() {
        noAnswer?.cancel()
        farewellLimit?.cancel()
        notice?.cancel()
        for leg in legs.values { leg.drop() }
        legs.removeAll()
    }
}
