import Connections
import Diagnostics
import MSRP
import NIOCore
import Payloads
import SIP

/// What a group needs of the service that runs it.
protocol GroupHost: AnyObject {
    /// A dialog of the group began or ended.
    func dialog(_ key: DialogKey, leads target: DialogTarget?)
    /// The user can be reached: whatever it missed, in any group, may be delivered.
    func userReturned(_ user: UserAddress)
    /// The user's backlog in a group is through or given up.
    func deliveryEnded(for user: UserAddress, in group: Int64, reached: Bool)
    /// A chat message is known by its id, so that reports about it find their way.
    func learned(_ message: KnownMessage)
    /// Another group, where there is one: for a defect that takes one for the other.
    func group(otherThan id: Int64) -> StoredGroup?
    func sender(of messageID: String, in group: Int64) -> UserAddress?
    /// Sends a report to a user outside of any session, as a SIP MESSAGE; `done` is told whether the client took it.
    func page(_ item: StoredItem, to user: UserAddress, from focus: String, done: @escaping (Bool) -> Void)
}

/// Where a request in a dialog goes.
enum DialogTarget {
    case leg(ClientLeg)
    case subscription(ConferenceSubscription, GroupSession)
}

/// One group: it carries out what the focus decides, and keeps what it must before anybody is answered. Confined to
/// the event loop.
final class GroupSession {
    private(set) var record: StoredGroup
    let context: EnablerContext
    weak var host: (any GroupHost)?
    private(set) var focus: FocusMachine
    private(set) var participants: [UserAddress: Participant] = [:]
    private(set) var subscriptions: [DialogKey: ConferenceSubscription] = [:]
    var faults: StorageFaults
    private var listFaults: LiveListFaults
    /// Chat messages whose commit is under way, and who waits for it.
    var underWay: [KnownMessage: [(Bool) -> Void]] = [:]
    var crossings = Crossings()
    /// Last lists that wait for the subscription of their user; nil when none comes.
    private var notices: [UserAddress: (ConferenceSubscription?) -> Void] = [:]
    private var inactivity: LoopTimer?

    init(_ record: StoredGroup, context: EnablerContext, host: any GroupHost) {
        self.record = record
        self.context = context
        self.host = host
        faults = StorageFaults(context.defects, creator: record.creator)
        listFaults = LiveListFaults(context.defects)
        focus = FocusMachine(
            focus: record.focus, subject: record.subject, creator: record.creator,
            maximumMembers: context.settings.maximumMembers, showsAbsence: context.rosters.absent != .connected)
    }

    /// Starts the group; `committed` is told when it is kept, before any member is called.
    func create(
        by creator: RosterUser, inviting invited: [RosterUser], committed: @escaping (Bool) -> Void
    ) {
        context.writer.commit([.group(record)])
        let actions = focus.create(creator, inviting: invited)
        for user in focus.everybody { _ = participant(user.user) }
        let calls = actions.filter(\.isCall)
        run(actions.filter { !$0.isCall })
        context.writer.commit([]) { [weak self] done in
            committed(done)
            if done { self?.run(calls) }
        }
    }

    /// Takes up a group that an earlier enabler left: nobody is present, everything unconfirmed is owed.
    func restore(_ members: [StoredMember], owed: [OwedEntry]) {
        let kept = members.map { member in
            var member = member
            if member.status == .joined || member.status == .invited { member.status = .represented }
            return member
        }
        focus.restore(kept, ended: record.ended)
        for member in kept {
            let state: TakeoverMachine.State = member.status.isMember ? .represented : .gone
            let takeover = TakeoverMachine(state: state, isEnded: isOver)
            let over = isOver || !member.status.isMember
            participants[member.user] = Participant(
                user: member.user, group: self, context: context, takeover: takeover, isOver: over)
        }
        for entry in owed { participants[entry.user]?.restore(entry) }
        if !isOver { restartInactivity() }
    }

    func participant(_ user: UserAddress, as state: TakeoverMachine.State = .idle) -> Participant {
        if let known = participants[user] { return known }
        let new = Participant(
            user: user, group: self, context: context, takeover: TakeoverMachine(state: state, isEnded: isOver),
            isOver: isOver)
        participants[user] = new
        return new
    }

    // MARK: Carrying out what the focus decides

    func run(_ actions: [FocusAction]) {
        for action in actions {
            switch action {
            case .invite(let user): participant(user).call()
            case .keep(let user, let status):
                let name = focus.displayName(of: user)
                context.writer.commit([
                    .member(StoredMember(group: id, user: user, displayName: name, status: status))
                ])
            case .rosterChanged(let snapshot): publish(snapshot)
            case .restartInactivity: restartInactivity()
            case .end(let cause, let final): finish(cause, final: final)
            }
        }
    }

    private func restartInactivity() {
        inactivity?.cancel()
        inactivity = nil
        guard context.settings.inactivity > 0, !isOver else { return }
        inactivity = context.timers.after(milliseconds: context.settings.inactivity) { [weak self] in
            self?.end(.inactivity)
        }
    }

    /// Ends the group, as its last members, its timer or somebody with the right to it want.
    func end(_ cause: EndCause) { run(focus.end(cause)) }

    /// Participant information changed: stored for the absent, notified to the subscribed.
    private func publish(_ snapshot: RosterSnapshot) {
        let item = makeItem(.roster, from: nil, messageID: nil, contentType: "", body: snapshot.encoded)
        let users = focus.everybody.filter {
            $0.status.isMember ? owesRoster(snapshot, to: $0.user) : faults.tellsOfChanges($0)
        }.map(\.user)
        context.writer.commit([.item(item, owedTo: users)]) { [weak self] committed in
            guard let self, committed else { return }
            self.published(snapshot, item, to: users)
        }
    }

    private func owesRoster(_ snapshot: RosterSnapshot, to user: UserAddress) -> Bool {
        guard let participant = participants[user] else { return false }
        let isCalled = focus.status(of: user) == .invited
        guard isCalled || participant.collectsRosters else { return false }
        if !context.settings.storesMissed && !participant.isLive { return false }
        // That one has joined at once is no news to oneself.
        guard snapshot.changed == [user], !isCalled else { return true }
        return participant.isAway || participant.delivery.hasContent
    }

    private func published(_ snapshot: RosterSnapshot, _ item: StoredItem, to users: [UserAddress]) {
        for participant in participants.values { participant.rosterChanged(snapshot) }
        var byNotify: Set<UserAddress> = []
        for subscription in subscriptions.values where !subscription.isOver {
            let user = subscription.user
            let participant = participants[user]
            let isCarriage = users.contains(user) && participant?.isLive == true && byNotify.insert(user).inserted
            if isCarriage { participant?.notifies(owed(item, to: user)) }
            subscription.notify(snapshot) { confirmed in
                if isCarriage { participant?.notified(item.id, confirmed: confirmed) }
            }
        }
        for user in users where !byNotify.contains(user) { participants[user]?.owe(owed(item, to: user), item: item) }
    }

    /// The end: the final list is kept for everybody who was a member, then sessions are closed as they are through.
    private func finish(_ cause: EndCause, final: RosterSnapshot) {
        record.ended = cause
        if cause == .dismissed, context.defects.contains(.dismissedForgotten) { forgetOwed() }
        inactivity?.cancel()
        inactivity = nil
        let last = faults.final(final, after: cause)
        let item = makeItem(.finalRoster, from: nil, messageID: nil, contentType: "", body: last.encoded)
        let members = focus.everybody.filter { user in
            let isKept = context.settings.storesMissed || context.policyFaults.keepsFinalList
            return user.status.isMember && (isKept || participants[user.user]?.isLive == true)
        }.map(\.user)
        context.writer.commit([.group(record), .item(item, owedTo: members)]) { [weak self] _ in
            guard let self else { return }
            let isForgotten = cause == .dismissed && self.context.defects.contains(.dismissedForgotten)
            for user in members where !isForgotten || self.participants[user]?.isLive == true { self.participants[user]?.end(final: self.owed(item, to: user), item: item) }
            for subscription in Array(self.subscriptions.values) { subscription.end(reason: "noresource", last: nil) }
        }
    }

    /// Throws away what the absent have coming; only a defect does.
    func forgetOwed() {
        for participant in participants.values where participant.activeLeg == nil { participant.forgetOwed() }
    }

    /// True when the group is over and nobody has anything to come from it.
    var isSpent: Bool { isOver && participants.values.allSatisfy { $0.delivery.isEmpty && $0.activeLeg == nil } }

    func stop() {
        inactivity?.cancel()
        for participant in participants.values { participant.stop() }
        for subscription in subscriptions.values { subscription.stop() }
        participants.removeAll()
        subscriptions.removeAll()
    }

    // MARK: Items

    func makeItem(
        _ kind: ItemKind, from sender: UserAddress?, messageID: String?, contentType: String, body: [UInt8]
    ) -> StoredItem {
        StoredItem(
            id: context.writer.nextItem(), group: id, kind: kind, sender: sender, messageID: messageID,
            contentType: contentType, body: body, createdAt: context.wallClock)
    }

    func owed(_ item: StoredItem, to user: UserAddress) -> OwedEntry {
        OwedEntry(
            item: item.id, group: id, user: user, kind: item.kind, sender: item.sender, bytes: item.body.count,
            createdAt: item.createdAt)
    }
}

// MARK: - What participants ask

extension GroupSession: ParticipantGroup {
    var id: Int64 { record.id }
    var isOver: Bool { record.ended != nil }
    var currentRoster: RosterSnapshot { focus.snapshot() }

    func farewell(for user: UserAddress) -> Farewell {
        if let cause = record.ended { return Farewell(cause) }
        return focus.status(of: user) == .booted ? .booted : Farewell(.dismissed)
    }

    func invitation(for user: UserAddress, deferred: Bool, sendOnly: Bool) -> Invitation {
        let inviter = focus.everybody.first { $0.user == record.creator }
        return Invitation(
            focus: record.focus, user: user, displayName: focus.displayName(of: user), subject: record.subject,
            conversation: record.conversation, contribution: record.contribution,
            inviter: inviter ?? RosterUser(user: record.creator, displayName: nil, status: .joined),
            history: history(deferred: deferred),
            direction: sendOnly ? .sendonly : .sendrecv)
    }

    /// Whom the history list of an invitation names beside the inviter.
    private func history(deferred: Bool) -> [RosterUser] {
        if deferred, !context.answers.listsWhenDeferred { return [] }
        return focus.everybody.filter { $0.user != record.creator && (!deferred || $0.status.isMember) }
    }

    func page(_ item: StoredItem, to user: UserAddress, done: @escaping (Bool) -> Void) {
        guard let host else { return done(false) }
        host.page(item, to: user, from: record.focus, done: done)
    }

    func binding(for user: UserAddress) -> ContactBinding<SIPConnectionID>? {
        context.contact(of: user)
    }

    func member(_ user: UserAddress, became status: MemberStatus) {
        faults.saw(user, become: status)
        run(focus.member(user, became: status))
        if status == .represented { giveBack(faults.comingBack(to: user), to: user) }
    }

    private func giveBack(_ items: [StoredItem], to user: UserAddress) {
        for item in items {
            let copy = makeItem(
                .message, from: user, messageID: item.messageID, contentType: item.contentType, body: item.body)
            context.writer.commit([.item(copy, owedTo: [user])]) { [weak self] committed in
                guard let self, committed else { return }
                self.participants[user]?.owe(self.owed(copy, to: user), item: copy)
            }
        }
    }

    var otherGroup: StoredGroup? { host?.group(otherThan: id) }

    func isMember(_ user: UserAddress) -> Bool { focus.status(of: user)?.isMember == true }

    func isSubscribed(_ user: UserAddress) -> Bool {
        subscriptions.values.contains { $0.user == user && !$0.isOver }
    }

    func returned(_ user: UserAddress) { host?.userReturned(user) }

    func deliveryEnded(for user: UserAddress, reached: Bool) {
        host?.deliveryEnded(for: user, in: id, reached: reached)
    }

    func dialog(_ key: DialogKey, of leg: ClientLeg, begins: Bool) {
        host?.dialog(key, leads: begins ? .leg(leg) : nil)
    }

    func received(_ message: MSRPIncomingMessage, from participant: Participant, answer: @escaping (Int) -> Void) {
        handle(message, from: participant.user, answer: answer)
    }
}

// MARK: - Requests to the focus

extension GroupSession {
    /// A SUBSCRIBE to the conference events of this group by a member.
    func subscribe(_ request: SIPServerRequest, by user: UserAddress) {
        let tag = context.tokens.token()
        guard subscriptions.values.count(where: { $0.user == user }) < 8,
            let dialog = SIPDialog(
                uas: request.message, localTag: tag, contact: context.focusContact(record.focus))
        else { return context.stack.respond(request.message.response(400), to: request) }
        let subscription = ConferenceSubscription(
            user: user, dialog: dialog, connection: request.connection, context: context
        ) { [weak self] over in
            self?.subscriptions[over.key] = nil
            self?.host?.dialog(over.key, leads: nil)
        }
        subscriptions[subscription.key] = subscription
        host?.dialog(subscription.key, leads: .subscription(subscription, self))
        // Of a session that is over there is nothing to see but the last list, which is on its way.
        let roster = isOver ? nil : listFaults.first(currentRoster, for: user)
        subscription.accept(request, isFirst: true, roster: roster)
        if isOver { notices.removeValue(forKey: user)?(subscription) }
    }

    /// Waits for half a second for a subscription.
    func notice(_ last: RosterSnapshot, to user: UserAddress, done: @escaping (Bool) -> Void) {
        // One that a broken connection left behind tells nobody anything.
        let open = subscriptions.values.first { $0.user == user && !$0.isOver && $0.isConnected }
        if let open { return open.end(reason: "noresource", last: last, done: done) }
        notices[user] = { $0?.end(reason: "noresource", last: last, done: done) ?? done(false) }
        _ = context.timers.after(milliseconds: 500) { [weak self] in self?.notices.removeValue(forKey: user)?(nil) }
    }

    /// A member adds a user (RFC 3515 to a focus, RFC 4579 §5.5); `outcome` is a status for the sipfrag.
    func add(_ user: RosterUser, by member: UserAddress, outcome: @escaping (Int) -> Void) -> Result<Void, AddRefusal> {
        switch focus.add(user, by: member) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let actions):
            if actions.isEmpty {
                outcome(200)
            } else {
                faults.saw(added: user.user)
                participant(user.user).onInvitationOutcome = outcome
            }
            run(actions)
            return .success(())
        }
    }

    /// The creator puts a member out.
    func boot(_ user: UserAddress) { participants[user]?.boot() }

    func connectionClosed(_ connection: SIPConnectionID) {
        for participant in participants.values { participant.connectionClosed(connection) }
        for subscription in subscriptions.values { subscription.connectionClosed(connection) }
    }
}

extension FocusAction {
    fileprivate var isCall: Bool { if case .invite = self { true } else { false } }
}
