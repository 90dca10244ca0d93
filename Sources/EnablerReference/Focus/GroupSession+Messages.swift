import Connections
import Diagnostics
import MSRP
import Payloads

// What members send: chat messages are kept for everybody who is owed them before the sender is answered.
extension GroupSession {
    /// A whole MSRP message of a member; `answer` gets the response code, after the commit where there is one.
    func handle(_ message: MSRPIncomingMessage, from user: UserAddress, answer: @escaping (Int) -> Void) {
        guard let text = message.contentType, let type = MediaType(text), type.essence == MediaType.cpim.essence else {
            return answer(415)
        }
        guard let cpim = try? CPIMMessage(parsing: message.body, limits: context.settings.limits) else {
            return answer(400)
        }
        if cpim.contentType?.essence == MediaType.isComposing.essence {
            answer(200)
            return pass(Envelope(cpim: cpim, bytes: message.body, contentType: text), from: user)
        }
        if let reports = reports(in: cpim) {
            guard let reports else { return answer(400) }
            return route(reports, Envelope(cpim: cpim, bytes: message.body, contentType: text), from: user) {
                answer($0 ? 200 : 403)
            }
        }
        guard !isOver, isMember(user) else { return answer(403) }
        relay(Envelope(cpim: cpim, bytes: message.body, contentType: text), from: user) { answer($0 ? 200 : 403) }
    }

    /// A report that came as a SIP MESSAGE; `answer` gets the status.
    func handleReport(_ body: [UInt8], contentType: String, from user: UserAddress, answer: @escaping (Int) -> Void) {
        guard let cpim = try? CPIMMessage(parsing: body, limits: context.settings.limits),
            let found = reports(in: cpim), let found
        else { return answer(400) }
        if faults.losesPagedReports { return answer(200) }
        route(found, Envelope(cpim: cpim, bytes: body, contentType: contentType), from: user) {
            answer($0 ? 200 : 404)
        }
    }

    /// A CPIM message read, with the bytes it was read from, which are what is passed on.
    struct Envelope {
        var cpim: CPIMMessage
        var bytes: [UInt8]
        var contentType: String
    }

    /// Nil when the message is no disposition notification; an inner nil when it is one that cannot be read.
    private func reports(in cpim: CPIMMessage) -> [DispositionReport]?? {
        guard let type = cpim.contentType else { return nil }
        let isReport = type.essence == MediaType.imdn.essence
        guard isReport || type.type == "multipart" else { return nil }
        let found = try? DispositionReport.all(in: cpim.body, contentType: type, limits: context.settings.limits)
        if let found, !found.isEmpty { return .some(found) }
        return isReport ? .some(nil) : nil
    }

    /// An is-composing is for those present and up to date, and stored only by a defect or a variation.
    private func pass(_ envelope: Envelope, from user: UserAddress) {
        guard !isOver, isMember(user) else { return }
        let audience = focus.audience(of: user)
        for other in audience { participants[other]?.pass(contentType: envelope.contentType, body: envelope.bytes) }
        let isKept = context.variations.contains(.composingKept)
        let words = faults.words(for: envelope.cpim, id: context.tokens.token())
        guard let kept = words?.serialized() ?? (isKept ? envelope.bytes : nil) else { return }
        let absent = audience.filter { participants[$0]?.activeLeg == nil }
        let item = makeItem(
            .message, from: user, messageID: words?.messageID, contentType: envelope.contentType, body: kept)
        context.writer.commit([.item(item, owedTo: absent)]) { [weak self] committed in
            guard let self, committed else { return }
            for other in absent { self.participants[other]?.owe(self.owed(item, to: other), item: item) }
        }
    }

    /// A chat message: to everybody but its sender, as it is. One that its sender sends again, since it got no answer,
    /// is the same message (RFC 5438 §6.3) and goes to nobody twice.
    private func relay(_ envelope: Envelope, from user: UserAddress, done: @escaping (Bool) -> Void) {
        guard let messageID = envelope.cpim.messageID else { return keep(envelope, from: user, done: done) }
        let message = KnownMessage(group: id, messageID: messageID, sender: user)
        if underWay[message]?.append(done) != nil { return }
        if host?.sender(of: messageID, in: id) == user { return done(true) }
        underWay[message] = [done]
        keep(envelope, from: user) { [weak self] committed in
            guard let self else { return }
            if committed { self.host?.learned(message) }
            for waiting in self.underWay.removeValue(forKey: message) ?? [] { waiting(committed) }
        }
    }

    /// Owes a chat message to its audience; `done` is told of the commit, before anybody gets the message.
    private func keep(_ envelope: Envelope, from user: UserAddress, done: @escaping (Bool) -> Void) {
        let item = makeItem(
            .message, from: user, messageID: envelope.cpim.messageID, contentType: envelope.contentType,
            body: envelope.bytes)
        faults.saw(sent: item)
        let audience = focus.audience(of: user)
        let kept = storable(item, for: audience)
        let intruders = faults.intruders(
            among: focus.everybody, registered: context.registrar.users(now: context.now)
        ).filter { $0 != user }
        let isConcurrent = crossings.crosses(item.id, from: user) { participants[user]?.delivery.isOpen($0) ?? false }
        run(focus.sawTraffic())
        context.writer.commit([.item(item, owedTo: kept + intruders)]) { [weak self] committed in
            done(committed)
            guard let self, committed else { return }
            self.crossings.isOwed(item.id)
            for other in kept {
                var entry = self.owed(item, to: other)
                entry.isConcurrent = isConcurrent
                self.participants[other]?.owe(entry, item: item)
            }
            for intruder in intruders {
                self.participant(intruder, as: .gone).owe(self.owed(item, to: intruder), item: item)
                self.host?.userReturned(intruder)
            }
            self.inventReports(about: envelope.cpim, by: kept)
        }
    }

    /// Those who get an item: the present, and the absent as policy (and no defect) says.
    private func storable(_ item: StoredItem, for users: [UserAddress]) -> [UserAddress] {
        if faults.discards(item) { return [] }
        let absent = users.filter { participants[$0]?.activeLeg == nil }
        let stored = context.settings.storesMissed ? faults.owed(item, to: absent) : []
        if stored.count == absent.count { return users }
        return users.filter { !absent.contains($0) || stored.contains($0) }
    }

    // MARK: Dispositions

    /// Routes reports to the senders of the messages they are about; several senders get their own share.
    func route(
        _ reports: [DispositionReport], _ envelope: Envelope, from user: UserAddress, done: @escaping (Bool) -> Void
    ) {
        var shares: [(sender: UserAddress, reports: [DispositionReport])] = []
        for report in reports {
            guard let sender = sender(of: report, envelope.cpim) else { continue }
            if let place = shares.firstIndex(where: { $0.sender == sender }) {
                shares[place].reports.append(report)
            } else {
                shares.append((sender, [report]))
            }
        }
        guard !shares.isEmpty else { return done(false) }
        run(focus.sawTraffic())
        var left = shares.count
        var allKept = true
        for share in shares {
            let bytes = shares.count == 1 ? envelope.bytes : Self.rewritten(envelope.cpim, with: share.reports)
            deliver(bytes, type: envelope.contentType, to: share.sender, from: user) { kept in
                allKept = allKept && kept
                left -= 1
                if left == 0 { done(allKept) }
            }
        }
    }

    private func sender(of report: DispositionReport, _ cpim: CPIMMessage) -> UserAddress? {
        if let known = host?.sender(of: report.messageID, in: id) { return known }
        guard let to = cpim.to.flatMap({ context.homeUser($0.uri) }), participants[to] != nil else { return nil }
        return to
    }

    private static func rewritten(_ cpim: CPIMMessage, with reports: [DispositionReport]) -> [UInt8] {
        var copy = cpim
        let (type, body) = DispositionReport.aggregated(reports, seed: "reports")
        copy.contentHeaders = [:]
        copy.contentType = type
        copy.body = body
        return copy.serialized()
    }

    /// A report for one user: in its session, stored for its return, or, when the session is over, as a MESSAGE.
    func deliver(
        _ bytes: [UInt8], type: String, to sender: UserAddress, from user: UserAddress,
        done: @escaping (Bool) -> Void
    ) {
        let item = makeItem(.disposition, from: user, messageID: nil, contentType: type, body: bytes)
        let kept = storable(item, for: [sender])
        let strays = faults.straysReports ? participants.values.filter { $0.isAway && $0.user != sender }.map(\.user) : []
        context.writer.commit([.item(item, owedTo: kept + strays)]) { [weak self] committed in
            done(committed)
            guard let self, committed else { return }
            for stray in strays { self.participants[stray]?.owe(self.owed(item, to: stray), item: item) }
            guard !kept.isEmpty, let participant = self.participants[sender] else { return }
            let entry = self.owed(item, to: sender)
            let hasSession = participant.activeLeg != nil || participant.isBusy
            guard !hasSession, self.isOver || !self.isMember(sender), self.binding(for: sender) != nil else {
                return participant.owe(entry, item: item)
            }
            self.host?.page(item, to: sender, from: self.record.focus) { [weak participant] taken in
                participant?.paged(entry, taken: taken)
            }
        }
    }

    /// What is reported of an absent member as soon as a message for it is stored: that it is, where the sender asks for
    /// that and a variation says so; with a defect, what only its client may say.
    private func inventReports(about message: CPIMMessage, by users: [UserAddress]) {
        var report = message.dispositionRequests.isEmpty ? faults.unaskedReport : faults.inventedReport
        if context.variations.contains(.processingReports), message.dispositionRequests.contains(.processing) {
            report = (.processing, "stored")
        }
        guard let (kind, status) = report else { return }
        for user in users where participants[user]?.activeLeg == nil { tell(kind, status, about: message, by: user) }
    }

    func expired(_ item: StoredItem, at user: UserAddress) {
        guard let message = try? CPIMMessage(parsing: item.body), message.dispositionRequests.contains(.negativeDelivery)
        else { return }
        tell(.delivery, "failed", about: message, by: user)
    }

    /// A report in the name of a user, made here.
    private func tell(_ kind: DispositionReport.Kind, _ status: String, about message: CPIMMessage, by user: UserAddress) {
        guard let sender = message.messageID.flatMap({ host?.sender(of: $0, in: id) }) else { return }
        let details = ReportDetails(
            kind: kind, status: status, from: CPIMAddress(uri: user.uri), messageID: context.tokens.token(),
            dateTime: RFC3339.string(fromMilliseconds: context.wallClock))
        guard let report = message.report(details) else { return }
        deliver(report.serialized(), type: MediaType.cpim.essence, to: sender, from: user) { _ in }
    }
}
