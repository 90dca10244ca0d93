import Connections
import Diagnostics
import NIOCore
import Payloads
import SIP

/// The running enabler: takes what comes over SIP to the registrar, the factory and the groups. Confined to its loop.
final class EnablerService {
    private let alive = Alive("reference enabler")
    let context: EnablerContext
    private(set) var groups: [Int64: GroupSession] = [:]
    private(set) var byFocus: [String: GroupSession] = [:]
    private var dialogs: [DialogKey: DialogTarget] = [:]
    private var returns: [UserAddress: ReturnQueue] = [:]
    private var known = KnownMessages()
    private var digest: DigestServer?
    private var expiryAlarm: LoopTimer?
    /// INVITEs that were cancelled before their group was kept.
    var cancelled: Set<SIPTransactionKey> = []
    /// REFERs whose outcome is not told yet.
    var reports: [ObjectIdentifier: ReferReport] = [:]

    init(context: EnablerContext) {
        self.context = context
        if let digest = context.settings.digest {
            self.digest = DigestServer(
                realm: digest.realm, algorithms: digest.algorithms, tokens: context.tokens.child("digest"),
                lifetime: digest.nonceLifetime)
        }
        context.stack.delegate = self
    }

    /// Groups that are over and spent, kept for reports about their messages.
    private static let spentGroupsKept = 1_000

    /// Takes up what an earlier enabler left in the store.
    func restore(_ contents: StoreContents) {
        for message in contents.messages { known.add(message) }
        let members = Dictionary(grouping: contents.members, by: \.group)
        let owed = Dictionary(grouping: contents.owed, by: \.group)
        let recent = Set(contents.groups.suffix(Self.spentGroupsKept).map(\.id))
        for record in contents.groups {
            guard record.ended == nil || owed[record.id] != nil || recent.contains(record.id) else { continue }
            let group = add(record)
            group.restore(members[record.id] ?? [], owed: owed[record.id] ?? [])
        }
    }

    func add(_ record: StoredGroup) -> GroupSession {
        if groups.count(where: { $0.value.isOver }) > Self.spentGroupsKept { forgetOldestSpent() }
        let group = GroupSession(record, context: context, host: self)
        groups[record.id] = group
        byFocus[record.focus] = group
        return group
    }

    private func forgetOldestSpent() {
        guard let old = groups.values.filter(\.isSpent).min(by: { $0.id < $1.id }) else { return }
        old.stop()
        groups[old.id] = nil
        byFocus[old.record.focus] = nil
        context.writer.commit([.forget(group: old.id)])
    }

    func stop() {
        expiryAlarm?.cancel()
        for group in groups.values { group.stop() }
        groups.removeAll()
        byFocus.removeAll()
        dialogs.removeAll()
        context.timers.cancelAll()
    }

    /// The live group with these ids, if there is one.
    func liveGroup(conversation: String, contribution: String) -> GroupSession? {
        groups.values.first {
            !$0.isOver && $0.record.conversation == conversation && $0.record.contribution == contribution
        }
    }

    /// The group whose focus URI this is, with whatever port and parameters.
    func group(at uri: String) -> GroupSession? {
        if let group = byFocus[uri] { return group }
        return context.homeUser(uri).flatMap { byFocus[$0.uri] }
    }

    func isFactory(_ uri: String) -> Bool { context.homeUser(uri)?.uri == context.settings.factoryURI.lowercased() }

    func target(of message: SIPMessage) -> DialogTarget? {
        guard let callID = message.callID, let tag = message.to?.tag else { return nil }
        return dialogs[DialogKey(callID: callID, localTag: tag)]
    }

    func answer(_ request: SIPServerRequest, _ status: Int, _ headers: SIPHeaders = [:]) {
        var response = request.message.response(status, toTag: context.tokens.token())
        response.headers.add(contentsOf: headers)
        context.stack.respond(response, to: request)
    }

    // MARK: Who is asking

    /// The user a request comes from; nil after a refusal or a challenge was sent.
    func sender(of request: SIPServerRequest) -> UserAddress? {
        let message = request.message
        let preferred = message.headers.values("P-Preferred-Identity").compactMap { NameAddress($0)?.uri }
        let claimed = preferred.compactMap { context.homeUser($0) }.first
            ?? message.from.flatMap { context.homeUser($0.uri) }
        guard let claimed else {
            answer(request, 403)
            return nil
        }
        guard digest != nil, !context.registrar.uses(request.connection, claimed) else { return claimed }
        return isAuthentic(request, claimed, status: 407) ? claimed : nil
    }

    /// Checks digest credentials; challenges with `status` or refuses where they do not fit.
    func isAuthentic(_ request: SIPServerRequest, _ user: UserAddress, status: Int) -> Bool {
        guard var server = digest, let settings = context.settings.digest else { return true }
        let verdict = server.verify(request.message, password: { settings.passwords[$0] }, now: context.now)
        defer { digest = server }
        switch verdict {
        case .accepted(let name):
            let plain = name.prefix { $0 != "@" }
            if plain == user.plainName { return true }
            answer(request, 403)
        case .missing, .stale, .wrong:
            var response = request.message.response(status, toTag: context.tokens.token())
            server.challenge(&response, stale: verdict == .stale, now: context.now)
            context.stack.respond(response, to: request)
        }
        return false
    }

    // MARK: Registrations

    /// Plans the moment at which the next binding runs out.
    func planExpiry() {
        expiryAlarm?.cancel()
        expiryAlarm = nil
        guard let next = context.registrar.nextExpiry else { return }
        let wait = max(0, (next - context.now) / 1_000_000 + 1)
        expiryAlarm = context.timers.after(milliseconds: wait) { [weak self] in
            guard let self else { return }
            let gone = self.context.registrar.expire(now: self.context.now)
            for user in gone { self.unregistered(user) }
            self.planExpiry()
        }
    }

    func unregistered(_ user: UserAddress) {
        returns[user] = nil
        for group in inOrder { group.participants[user]?.unregistered() }
    }

    private var inOrder: [GroupSession] { groups.values.sorted { $0.id < $1.id } }
}

// MARK: - What groups ask

extension EnablerService: GroupHost {
    func dialog(_ key: DialogKey, leads target: DialogTarget?) { dialogs[key] = target }

    func userReturned(_ user: UserAddress) {
        guard let best = context.registrar.best(for: user, now: context.now) else { return }
        if context.returnFaults.servesEachDevice {
            for group in inOrder { group.participants[user]?.sawDevice(best.instance) }
        }
        for group in inOrder { group.participants[user]?.cameBack() }
        let wanting = inOrder.filter { $0.participants[user]?.wantsDelivery == true }
        let waiting = context.returnFaults.served(wanting.map { ($0.id, $0.isOver) })
        guard !waiting.isEmpty else { return }
        let new = ReturnQueue(
            youngestFirst: context.returnFaults.startsWithYoungest(wanting.map(\.record.conversation)))
        let first = returns[user, default: new].returned(waiting)
        deliver(first, to: user)
    }

    /// Begins with a group, or with the next one where that has nothing to give any more.
    private func deliver(_ first: Int64?, to user: UserAddress) {
        var next = first
        while let id = next {
            if groups[id]?.participants[user]?.deliver() == true { return }
            next = returns[user]?.done(id)
        }
        if returns[user]?.isIdle == true { returns[user] = nil }
    }

    func deliveryEnded(for user: UserAddress, in group: Int64, reached: Bool) {
        guard returns[user] != nil else { return }
        if reached {
            deliver(returns[user]?.done(group), to: user)
        } else {
            returns[user]?.failed(group)
        }
    }

    func learned(_ message: KnownMessage) { known.add(message) }

    func group(otherThan id: Int64) -> StoredGroup? { inOrder.first { $0.id != id }?.record }

    func sender(of messageID: String, in group: Int64) -> UserAddress? { known.sender(of: messageID, in: group) }

    func page(_ item: StoredItem, to user: UserAddress, from focus: String, done: @escaping (Bool) -> Void) {
        guard let binding = context.registrar.best(for: user, now: context.now) else { return done(false) }
        let identity = SIPRequestIdentity(
            from: NameAddress(uri: focus, parameters: ["tag": context.tokens.token()]),
            to: NameAddress(uri: user.uri), callID: context.tokens.token(length: 24))
        var request = SIPMessage.request(
            .message, uri: binding.contact, identity,
            headers: ["P-Asserted-Identity": "<\(focus)>", "Content-Type": item.contentType], body: item.body)
        if !binding.path.isEmpty { request.setRoutes(binding.path.map { "<\($0)>" }) }
        let next = binding.path.first ?? binding.contact
        let way = binding.direct.map { SIPHop.connection($0) }
            ?? SIPHop.resolving(uri: next, tls: context.settings.tlsClient)
        guard let way else { return done(false) }
        context.stack.send(request, to: way) { outcome in
            switch outcome {
            case .response(let response):
                if let status = response.status, status >= 200 { done(status < 300) }
            case .failed: done(false)
            }
        }
    }

    /// The groups in which a message with this id is known.
    func groupsKnowing(_ messageID: String) -> [GroupSession] {
        known.groups(of: messageID).compactMap { groups[$0] }
    }
}

// MARK: - What the stack says

extension EnablerService: SIPStackDelegate {
    func stack(_ stack: SIPStack, received request: SIPServerRequest) {
        guard let delay = context.answers.delay else { return take(request) }
        _ = context.timers.after(milliseconds: delay) { [weak self] in self?.take(request) }
    }

    private func take(_ request: SIPServerRequest) {
        if request.message.to?.tag != nil {
            inDialog(request)
        } else {
            outOfDialog(request)
        }
    }

    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) {
        cancelled.insert(request.transaction)
        answer(request, 487)
    }

    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) {
        context.registrar.lost(connection)
        for group in groups.values { group.connectionClosed(connection) }
    }

    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) {
        let callID = request.message.callID ?? ""
        for case (let key, .leg(let leg)) in dialogs where key.callID == callID { leg.giveUp() }
    }

    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {}

    private func inDialog(_ request: SIPServerRequest) {
        guard let target = target(of: request.message) else {
            if request.message.method != .ack { answer(request, 481) }
            return
        }
        switch (target, request.message.method) {
        case (_, .ack?): return
        case (.leg(let leg), .refer?):
            if leg.takes(request) { refer(request, in: leg) }
        case (.leg(let leg), _): leg.receive(request)
        case (.subscription(let subscription, let group), .subscribe?):
            subscription.accept(request, isFirst: false, roster: group.currentRoster)
        case (.subscription, _): answer(request, 405)
        }
    }

    private func outOfDialog(_ request: SIPServerRequest) {
        if let refusal = unsupported(request.message) { return answer(request, 420, ["Unsupported": refusal]) }
        switch request.message.method {
        case .register?: register(request)
        case .invite?: invite(request)
        case .subscribe?: subscribe(request)
        case .refer?: refer(request)
        case .message?: message(request)
        case .options?: answer(request, 200, ["Allow": CPMNames.allowed, "Accept": "application/sdp, message/cpim"])
        case .ack?: return
        case .bye?, .update?, .notify?, .info?, .prack?: answer(request, 481)
        default: answer(request, 405, ["Allow": CPMNames.allowed])
        }
    }

    /// Extensions that are required and not known here (RFC 3261 §8.2.2.3).
    private func unsupported(_ message: SIPMessage) -> String? {
        let known: Set<String> = [
            "recipient-list-invite", "timer", "path", "outbound", "norefersub", "multiple-refer", "gruu", "pref",
        ]
        let asked = message.headers.values("Require").filter { !known.contains($0.lowercased()) }
        return asked.isEmpty ? nil : asked.joined(separator: ", ")
    }
}
