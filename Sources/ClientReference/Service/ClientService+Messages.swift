import Connections
import MSRP
import Payloads
import SIP

// Messages and reports, in and out.
extension ClientService {
    // MARK: In

    func received(_ message: MSRPIncomingMessage, on leg: GroupLeg) {
        leg.unanswered += 1
        quieten(leg)
        let first = leg.firstChunks.removeValue(forKey: message.messageID)
        let body = context.faults.answers.joined(message.body, firstChunk: first)
        let content = ContentReader(limits: context.settings.limits).read(message.contentType, body)
        let place = ArrivalPlace(
            conversation: leg.conversation, leg: leg.number, focus: leg.focus, now: context.wallClock)
        let reception = book.received(content, at: place)
        commit { committed in
            let code = committed ? reception.code : 500
            if let delay = self.context.session.messageDelay {
                _ = self.context.timers.after(milliseconds: delay) { leg.answer(message, code: code) }
            } else {
                leg.answer(message, code: code)
            }
            self.follow(reception, on: leg)
        }
    }

    private func follow(_ reception: Reception, on leg: GroupLeg) {
        if reception.givesUp { return leg.hangUp(.broken) }
        if reception.needsFullList, leg.kind == .live {
            // The focus tells the whole to whoever asks.
            for watch in watches.values where watch.conversation == leg.conversation { watch.refresh() }
        }
        send(reception.owes, in: leg.conversation, preferring: leg)
    }

    func interrupted(on leg: GroupLeg) {
        if leg.state != .over { book.broke(leg.number, in: leg.conversation) }
        guard let bodies = context.equipment?.interrupted?.take() else { return }
        for body in bodies {
            let content = ContentReader(limits: context.settings.limits).read("message/cpim", body)
            let place = ArrivalPlace(
                conversation: leg.conversation, leg: leg.number, focus: leg.focus, now: context.wallClock)
            _ = book.received(content, at: place)
        }
        commit()
    }

    /// A MESSAGE: reports are taken, whatever group they are about.
    func paged(_ request: SIPServerRequest) {
        let message = request.message
        let content = ContentReader(limits: context.settings.limits).read(message.contentType, message.body)
        guard case .reports(let reports, let wrapper) = content else {
            return answer(request, content == .malformed ? 400 : 200)
        }
        let named = message.headers["Conversation-ID"].flatMap { conversation in
            book.conversation(
                of: GroupKey(conversation: conversation, contribution: message.headers["Contribution-ID"] ?? ""))?.record.id
        }
        let known = reports.lazy.compactMap { self.book.conversation(ofOwn: $0.messageID) }.first
        let place = ArrivalPlace(conversation: named ?? known ?? 0, leg: nil, focus: nil, now: context.wallClock)
        let reception = book.received(.reports(reports, wrapper: wrapper), at: place)
        commit { committed in
            self.answer(request, committed ? 200 : 500)
            self.send(reception.owes, in: place.conversation)
        }
    }

    // MARK: Own messages

    /// Keeps what the user wants said, and sends it when there is a session.
    func compose(_ content: ComposedContent, in id: Int64, done: @escaping (MessageRecord?) -> Void) {
        let message = book.composed(
            content, in: id, messageID: context.tokens.token(length: 24), sender: context.settings.own,
            at: (context.dateTime, context.wallClock))
        commit { committed in
            done(committed ? message : nil)
            if committed { self.flush(id) }
        }
    }

    /// Sends what waits, or looks for a session that takes it.
    func flush(_ id: Int64) {
        let waiting = book.waiting(in: id).filter { !messagesInFlight.contains($0.id) }
        guard !waiting.isEmpty else { return }
        guard let leg = speakingLeg(in: id) else {
            if isOnline { seek(id) }
            return
        }
        for message in waiting { send(message, on: leg) }
    }

    /// The newest session in which the client can speak to the group.
    private func speakingLeg(in id: Int64) -> GroupLeg? {
        sortedLegs.last { $0.conversation == id && $0.kind == .live && $0.canSend }
    }

    private func send(_ message: MessageRecord, on leg: GroupLeg) {
        let body = context.content.chat(message, to: leg.focus)
        guard leg.takes(MediaType(message.contentType) ?? .plainText, bytes: body.count) else {
            return sent(message, leg.conversation, .failed)
        }
        messagesInFlight.insert(message.id)
        leg.send(body) { outcome in
            self.messagesInFlight.remove(message.id)
            switch outcome {
            case .answered(200, _), .unanswered: self.sent(message, leg.conversation, .sent)
            case .answered(let code, _) where code == 408 || code == 481: break
            case .answered: self.sent(message, leg.conversation, .failed)
            case .timedOut, .connectionLost, .aborted: break
            }
        }
    }

    private func sent(_ message: MessageRecord, _ id: Int64, _ state: SendState) {
        book.sent(message.id, in: id, state)
        commit()
    }

    // MARK: Reports

    /// The user has looked at messages.
    func read(_ entries: Set<Int64>, in id: Int64, done: @escaping () -> Void) {
        let owes = book.read(entries, in: id)
        commit { _ in
            done()
            self.send(owes, in: id)
        }
    }

    /// Sends what is owed from before.
    func sendOwed(in id: Int64) { send(book.owed(in: id), in: id) }

    /// Sends reports that are not on their way yet, one by one or those of one sender together.
    func send(_ owes: [OwedReport], in id: Int64, preferring leg: GroupLeg? = nil) {
        // By now one that was on its way may have arrived.
        let due = owes.filter {
            wants($0.kind) && ($0.message.id == 0 || book.stillOwes($0.key, in: id) && reportsInFlight.insert($0.key).inserted)
        }
        guard !due.isEmpty else { return }
        guard isOnline else {
            for report in due { reportsInFlight.remove(report.key) }
            return
        }
        for batch in batches(due) {
            for _ in 0..<context.faults.reports.copies(of: batch[0].kind) { carry(batch, in: id, preferring: leg) }
        }
    }

    private func wants(_ kind: OwedReport.Kind) -> Bool {
        kind == .delivered ? context.settings.sendsDelivered : context.settings.sendsDisplayed
    }

    private func batches(_ due: [OwedReport]) -> [[OwedReport]] {
        guard context.session.reportsTogether else { return due.map { [$0] } }
        var batches: [[OwedReport]] = []
        for report in due {
            let place = batches.firstIndex {
                $0[0].message.sender?.key == report.message.sender?.key
                    && $0[0].message.trail.routes == report.message.trail.routes
            }
            if let place { batches[place].append(report) } else { batches.append([report]) }
        }
        return batches
    }

    private func carry(_ batch: [OwedReport], in id: Int64, preferring leg: GroupLeg?) {
        let written = batch.map { altered($0, in: id) }
        let body = context.content.reports(
            written, dateTime: context.dateTime, messageID: context.tokens.token(length: 24))
        let sessions = context.settings.reportsBy == .message
            ? [] : [speakingLeg(in: id), leg, sortedLegs.last { $0.conversation == id }].compactMap { $0 }
        if let session = sessions.first(where: { $0.canSend && $0.takes(.imdn, bytes: body.count) }) {
            return session.send(body) { outcome in
                switch outcome {
                case .answered(200, _), .unanswered: self.carried(batch, in: id, ok: true)
                default: self.carried(batch, in: id, ok: false)
                }
            }
        }
        page(body, about: batch, in: id)
    }

    private func altered(_ report: OwedReport, in id: Int64) -> OwedReport {
        let all = book.conversations[id]?.messages.filter { !$0.isOwn } ?? []
        let place = all.firstIndex { $0.id == report.message.id }
        let before = place.flatMap { $0 > 0 ? all[$0 - 1] : nil }
        return context.faults.reports.altered(report, before: before)
    }

    /// Sends reports by MESSAGE: to the last who asked to be in their way, else to the sender (RFC 5438 §8.2).
    private func page(_ body: [UInt8], about batch: [OwedReport], in id: Int64) {
        let route = batch[0].message.trail.routes.first.flatMap { CPIMAddress($0)?.uri ?? $0 }
        guard let target = route ?? batch[0].message.sender?.uri, let requests = context.requests else {
            return carried(batch, in: id, ok: false)
        }
        let request = requests.message(to: target, group: book.conversations[id]?.record.group, body: body)
        Exchange(request, context: context).send(to: context.outbound) { _, outcome in
            guard let status = outcome.finalStatus else { return }
            // Whoever does not want the report gets it no second time.
            let isSettled = status < 300 || (400..<500).contains(status) && ![408, 480, 481].contains(status)
            self.carried(batch, in: id, ok: isSettled)
        }
    }

    /// What could not be carried stays owed, and goes with the next session or the next time on-line.
    private func carried(_ batch: [OwedReport], in id: Int64, ok: Bool) {
        for report in batch {
            reportsInFlight.remove(report.key)
            if ok { book.reported(report.key, in: id) }
        }
        if ok { commit() }
    }
}
