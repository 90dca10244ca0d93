import Connections
import MSRP
import Payloads
import SIP

// Sessions: those that others offer, and those that the client asks for.
extension ClientService {
    /// Sessions at once; further invitations are refused.
    static let mostSessions = 256

    // MARK: Invitations

    /// An INVITE outside dialogs.
    func invited(_ request: SIPServerRequest) {
        let message = request.message
        guard message.callID != nil, legs.values.allSatisfy({ $0.dialog?.callID != message.callID }) else {
            return answer(request, 482)
        }
        guard legs.count < Self.mostSessions else { return answer(request, 486) }
        var invitation = Invitation(message, limits: context.settings.limits)
        let isKnown = book.conversation(of: invitation.group) != nil
        if let status = refusal(of: invitation, isKnown: isKnown) { return answer(request, status) }
        let former = book.conversation(of: invitation.group)?.record.focus
        invitation.group = context.faults.answers.group(invitation.group, knownAt: former, invitedBy: invitation.focus)
        guard let id = book.meet(invitation.group, now: context.wallClock) else { return answer(request, 486) }
        let people = invitation.people(with: context.settings.own)
        book.invited(
            id, subject: invitation.subject, inviter: invitation.inviter, people: people, now: context.wallClock)
        let leg = makeLeg(in: id, .offered)
        leg.invite = request
        leg.invitation = invitation
        meet(leg, isKnown: isKnown)
        commit()
    }

    private func refusal(of invitation: Invitation, isKnown: Bool) -> Int? {
        let record = book.conversation(of: invitation.group)?.record
        return context.faults.answers.refusal(
            of: AnswerFaults.Invitation(
                direction: invitation.direction, isKnown: isKnown, hasSubject: invitation.subject != nil,
                isBusy: legs.values.contains { $0.state == .established },
                isOfNewFocus: record?.focus.map { $0 != invitation.focus } ?? false))
    }

    /// Does what the user wants of invitations. A delivery, and a group that the user is in, are no invitations to him.
    private func meet(_ leg: GroupLeg, isKnown: Bool) {
        let state = book.conversations[leg.conversation]?.record.state
        let isIn = isKnown && (state == .live || state == .suspended)
        let isForUser = leg.invitation?.isOver != true && !isIn
        switch habit {
        case .accept: accept(leg)
        case .ignore: break
        case .ring where isForUser:
            leg.ring()
            book.update(leg.conversation) { $0.record.state = .invited }
        case .ring: accept(leg)
        case .decline where isForUser: decline(leg, 603)
        case .decline: accept(leg)
        case .busy:
            leg.decline(486)
            legs[leg.number] = nil
        }
    }

    func accept(_ leg: GroupLeg) {
        guard leg.accept() else {
            legs[leg.number] = nil
            return
        }
        if leg.agreed != nil { established(leg) }
    }

    func decline(_ leg: GroupLeg, _ status: Int) {
        leg.decline(status)
        legs[leg.number] = nil
        book.update(leg.conversation) { $0.record.state = .declined }
    }

    /// The other end took its INVITE back: the user is a member all the same, and gets what he missed later.
    func withdrawn(_ leg: GroupLeg) {
        legs[leg.number] = nil
        book.update(leg.conversation) { conversation in
            if conversation.record.state == .invited { conversation.record.state = .suspended }
            if conversation.record.focus == nil, let focus = leg.invitation?.focus { conversation.met(focus) }
        }
        commit()
    }

    func makeLeg(in id: Int64, _ state: GroupLeg.State) -> GroupLeg {
        let leg = GroupLeg(number: nextNumber(), conversation: id, state: state, context: context, owner: self)
        legs[leg.number] = leg
        return leg
    }

    // MARK: Asking for sessions

    /// Makes a group; `done` is told when there is a session, or none can be had.
    func create(_ recipients: [String], subject: String?, done: @escaping (Int64?, SeekFailure?) -> Void) {
        let group = GroupKey(
            conversation: context.tokens.token(length: 32), contribution: context.tokens.token(length: 32))
        guard context.equipment != nil, let id = book.meet(group, now: context.wallClock) else {
            return done(nil, SeekFailure(why: "the client is off-line"))
        }
        let people = [context.settings.own] + recipients.map { Person(uri: $0) }
        book.update(id) { $0.record.state = .suspended }
        book.invited(id, subject: subject, inviter: nil, people: people, now: context.wallClock)
        commit()
        waiting[id, default: []].append { result in
            switch result {
            case .success: done(id, nil)
            case .failure(let failure):
                self.book.forget(id)
                self.commit()
                done(nil, failure)
            }
        }
        restart(id, RestartPlan(recipients: recipients, group: group), seeker: SessionSeeker(creating: true))
    }

    /// Finds a way into the group where there is no session; `done` is told when there is one, or none can be had.
    func seek(_ id: Int64, done: ((Result<Void, SeekFailure>) -> Void)? = nil) {
        if let done { waiting[id, default: []].append(done) }
        guard context.equipment != nil else { return told(id, .failure(SeekFailure(why: "the client is off-line"))) }
        guard let conversation = book.conversations[id] else { return }
        if conversation.isLive { return told(id, .success(())) }
        var seeker = seekers[id] ?? SessionSeeker()
        let action = seeker.wanted(
            conversation.record, recipients: conversation.recipients(without: book.own),
            asksFocusFirst: context.session.asksFocusFirst)
        seekers[id] = seeker
        perform(action, in: id, seeker)
    }

    private func perform(_ action: SessionSeeker.Action, in id: Int64, _ seeker: SessionSeeker) {
        seekers[id] = seeker
        switch action {
        case .none: break
        case .rejoin(let focus):
            guard let group = book.conversations[id]?.record.group, let requests = context.requests else { return }
            let leg = makeLeg(in: id, .calling)
            leg.call { requests.rejoin(group, focus: focus, offer: $0) }
        case .restart(let plan): restart(id, plan, seeker: seeker)
        case .giveUp(let why):
            seekers[id] = nil
            book.update(id) { $0.record.refusal = why }
            for message in book.waiting(in: id) { book.sent(message.id, in: id, .failed) }
            commit()
            told(id, .failure(SeekFailure(why: why)))
        }
    }

    private func restart(_ id: Int64, _ plan: RestartPlan, seeker: SessionSeeker) {
        seekers[id] = seeker
        guard let conversation = book.conversations[id], let requests = context.requests else { return }
        let altered = seeker.isCreating
            ? plan
            : context.faults.restarts.altered(
                plan, all: conversation.participants.shown, own: context.settings.address,
                focus: conversation.record.focus)
        let leg = makeLeg(in: id, .calling)
        leg.call { requests.create(altered, subject: conversation.record.subject, offer: $0) }
    }

    func told(_ id: Int64, _ result: Result<Void, SeekFailure>) {
        let all = waiting.removeValue(forKey: id) ?? []
        for done in all { done(result) }
    }
}

// MARK: - What legs tell

extension ClientService: GroupLegOwner {
    func dialog(_ key: DialogKey, leads leg: GroupLeg?) { dialogs[key] = leg.map { .leg($0) } }

    func established(_ leg: GroupLeg) {
        let id = leg.conversation
        seekers[id] = nil
        book.joined(id, leg: leg.number, leg.kind, focus: leg.focus.isEmpty ? nil : leg.focus)
        commit()
        guard leg.kind == .live else { return }
        told(id, .success(()))
        flush(id)
    }

    func connected(_ leg: GroupLeg) {
        guard leg.state == .established else { return }
        quieten(leg)
        sendOwed(in: leg.conversation)
        if leg.kind == .live { watch(leg) }
    }

    func refused(_ leg: GroupLeg, status: Int, response: SIPMessage?) {
        legs[leg.number] = nil
        let id = leg.conversation
        guard var seeker = seekers[id], let conversation = book.conversations[id] else { return }
        let warnings = response?.headers.values("Warning") ?? []
        let wasReachable = status != 408 && status != 503
        if SessionSeeker.isGone(status, warnings), wasReachable { book.update(id) { $0.record.focusIsGone = true } }
        let action = seeker.answered(
            status, warnings: warnings, conversation.record, recipients: conversation.recipients(without: book.own))
        perform(action, in: id, seeker)
    }

    func ended(_ leg: GroupLeg, _ end: ConversationBook.LegEnd) {
        legs[leg.number] = nil
        quietAlarms.removeValue(forKey: leg.number)?.cancel()
        let id = leg.conversation
        messagesInFlight.subtract(book.waiting(in: id).map(\.id))
        book.legEnded(leg.number, in: id, end, now: context.wallClock)
        if book.conversations[id]?.isLive != true { stopWatching(id) }
        commit()
        // What was written in the meantime needs another way.
        if isOnline, end == .broken, !book.waiting(in: id).isEmpty { flush(id) }
    }

    // MARK: Participants

    /// Subscribes to the focus of a live session, once.
    func watch(_ leg: GroupLeg) {
        let id = leg.conversation
        guard context.settings.subscribes, context.faults.answers.subscribes, !leg.focus.isEmpty, let group = book.conversations[id]?.record.group,
            !watches.values.contains(where: { $0.conversation == id && $0.focus == leg.focus })
        else { return }
        stopWatching(id)
        let watch = ConferenceWatch(number: nextNumber(), conversation: id, focus: leg.focus, context: context)
        watches[watch.number] = watch
        watch.onDocument = { [weak self] watch, document in self?.notified(watch, document) }
        watch.onEnd = { [weak self, weak leg] watch, isWelcomeAgain in
            self?.forget(watch)
            guard isWelcomeAgain, let self, let leg, leg.state == .established else { return }
            // Not at once: whoever ends every subscription must not be asked in a circle.
            _ = self.context.timers.after(milliseconds: 500) { [weak self, weak leg] in
                if let leg, leg.state == .established { self?.watch(leg) }
            }
        }
        watch.start(group) { dialogs[$0] = .watch(watch) }
    }

    private func notified(_ watch: ConferenceWatch, _ document: [UInt8]) {
        guard case .list(let info) = ContentReader(limits: context.settings.limits).read(CPMNames.conferenceInfo, document)
        else { return }
        let isHolding = legs.values.contains { $0.conversation == watch.conversation && quietAlarms[$0.number] != nil }
        let outcome = book.listed(
            info, in: watch.conversation, from: .subscription(watch.number), holding: isHolding, now: context.wallClock)
        commit()
        if outcome == .needsFull { watch.refresh() }
    }

    private func forget(_ watch: ConferenceWatch) {
        watches[watch.number] = nil
        if let key = watch.key { dialogs[key] = nil }
        book.settle(watch.conversation, now: context.wallClock)
        book.update(watch.conversation) { $0.participants.ended(.subscription(watch.number)) }
        commit()
    }

    func stopWatching(_ id: Int64) {
        for watch in watches.values where watch.conversation == id {
            watch.stop(saying: false)
            forget(watch)
        }
    }

    // MARK: Quiet

    /// Something came, or may come: what a subscription shows is told when nothing has come for a while.
    func quieten(_ leg: GroupLeg) {
        quietAlarms[leg.number]?.cancel()
        let wait = leg.kind == .over ? context.session.closesDeliveryAfter ?? context.settings.quiet : context.settings.quiet
        quietAlarms[leg.number] = context.timers.after(milliseconds: wait) { [weak self, weak leg] in
            guard let self, let leg else { return }
            self.quietAlarms[leg.number] = nil
            self.book.settle(leg.conversation, now: self.context.wallClock)
            self.commit()
            if leg.kind == .over, self.context.session.closesDeliveryAfter != nil { leg.hangUp(.ended(isGone: true)) }
        }
    }
}

// MARK: - Leaving and answering

extension ClientService {
    /// The user leaves a group; `done` gets the final status of the BYE, 481 where there is no session.
    func leave(_ id: Int64, _ done: @escaping (Int) -> Void) {
        let all = sortedLegs.filter { $0.conversation == id && $0.kind == .live && $0.state == .established }
        guard let last = all.last else {
            book.update(id) { $0.record.state = .left }
            return commit { _ in done(481) }
        }
        for leg in all.dropLast() { leg.hangUp(.left) }
        for watch in watches.values where watch.conversation == id { watch.stop(saying: true) }
        last.hangUp(.left, reason: "SIP;cause=200;text=\"Call completed\"") { status in
            self.commit { _ in done(status) }
        }
    }

    /// The user answers an invitation that waits; false when there is none.
    func answerInvitation(to id: Int64, accepting: Bool, _ done: @escaping (Bool) -> Void) {
        guard let leg = sortedLegs.last(where: { $0.conversation == id && $0.state == .offered }) else {
            return done(false)
        }
        if accepting { accept(leg) } else { decline(leg, 603) }
        commit { _ in done(true) }
    }
}
