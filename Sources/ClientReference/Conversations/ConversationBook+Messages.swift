import Payloads

/// Where something came.
struct ArrivalPlace: Sendable, Hashable {
    /// The conversation.
    var conversation: Int64
    /// The number of the session; nil for what came by MESSAGE.
    var leg: Int?
    /// The focus of that session.
    var focus: String?
    /// Milliseconds since 1970.
    var now: Int64
}

/// What is to be done about something that came, once the changes are committed.
struct Reception: Sendable, Hashable {
    /// The answer.
    var code = 200
    /// Reports that are due now.
    var owes: [OwedReport] = []
    /// A list could not be used without the whole.
    var needsFullList = false
    /// The session has to be given up; only a defect wants that.
    var givesUp = false
}

// Messages and reports, in and out.
extension ConversationBook {
    /// Messages of one conversation; further ones are refused as too many.
    static let mostMessages = 100_000

    /// Takes what came in a session or by MESSAGE.
    mutating func received(_ content: ArrivedContent, at place: ArrivalPlace) -> Reception {
        let id = place.conversation
        var reception = Reception()
        if showing.ignores(content, at: place, &reception) { return reception }
        for content in showing.changed(content, at: place) {
            switch content {
            case .chat(let chat): show(chat, at: place, &reception)
            case .reports(let reports, let wrapper): applyReports(reports, wrapper, at: place, &reception)
            case .list(let info):
                let source = ListSource.delivery(place.leg ?? 0)
                reception.needsFullList = listed(info, in: id, from: source, now: place.now) == .needsFull
            case .composing, .nothing: break
            case .malformed: reception.code = 400
            }
        }
        return reception
    }

    private mutating func show(_ chat: ArrivedChat, at place: ArrivalPlace, _ reception: inout Reception) {
        let id = place.conversation
        let isOwn = chat.sender.map { own.contains($0.key) } ?? false
        if let known = chat.messageID.flatMap({ conversations[id]?.message($0) }), !showing.showsAgain {
            // The report may have been lost with the session in which it went.
            if !known.isOwn, known.delivered == .owed { reception.owes = [OwedReport(message: known, kind: .delivered)] }
            return
        }
        if chat.messageID == nil || showing.comparesWords, 
            conversations[id]?.knows(wordsOf: chat, atAnyTime: showing.comparesWords) == true
        { return }
        guard conversations[id]?.messages.count ?? 0 < Self.mostMessages else { return reception.code = 413 }
        let entry = nextEntry()
        var message = MessageRecord(
            id: entry, conversation: id, messageID: chat.messageID ?? "without-id-\(entry)", isOwn: isOwn,
            sender: chat.sender, dateTime: chat.dateTime, contentType: chat.contentType, body: chat.body,
            arrivedAt: place.now)
        message.trail = chat.trail
        message.isRead = isOwn
        message.audience = conversations[id]?.participants.audience(of: chat.sender)
        if !isOwn { due(&message, chat) }
        message = showing.record(message, chat, at: place)
        keep(message, at: place)
        if message.delivered == .owed { reception.owes.append(OwedReport(message: message, kind: .delivered)) }
        if message.displayed == .owed { reception.owes.append(OwedReport(message: message, kind: .displayed)) }
    }

    /// Which reports the message asks for (RFC 5438 §6.5); one without an id cannot be reported on.
    private func due(_ message: inout MessageRecord, _ chat: ArrivedChat) {
        guard chat.messageID != nil, chat.sender != nil else { return }
        let asked = faults.reports.requests(chat.requests)
        if asked.contains(.positiveDelivery) { message.delivered = faults.reports.deliveredAtOnce }
        if asked.contains(.display) { message.displayed = faults.reports.displayedAtOnce }
    }

    private mutating func keep(_ message: MessageRecord, at place: ArrivalPlace) {
        if showing.goesBeforeLast(at: place) {
            conversations[place.conversation]?.insertBeforeLast(message)
        } else {
            conversations[place.conversation]?.append(message)
        }
        if message.isOwn { claim(message.messageID, in: place.conversation) }
        note(.message(message))
    }

    /// The connection of a session went in the middle of it. Only a defect forgets what came in it.
    mutating func broke(_ leg: Int, in id: Int64) {
        guard showing.forgetsAtBreak else { return }
        let gone = showing.arrived[leg] ?? []
        conversations[id]?.remove { gone.contains($0.id) }
    }

    // MARK: Reports that came

    private mutating func applyReports(
        _ reports: [ArrivedReport], _ wrapper: ArrivedChat, at place: ArrivalPlace, _ reception: inout Reception
    ) {
        for report in faults.dispositions.taken(reports) {
            // Wherever the report comes, it belongs where its message is.
            let id = conversation(ofOwn: report.messageID) ?? place.conversation
            let target = faults.dispositions.target(report.messageID, in: conversations[id])
            add(
                DispositionRecord(
                    messageID: target, recipient: faults.dispositions.recipient(recipient(of: report, in: id)),
                    status: faults.dispositions.status(report.status), at: report.at))
        }
        if faults.reports.answersReports, wrapper.messageID != nil {
            var message = MessageRecord(
                id: 0, conversation: place.conversation, messageID: wrapper.messageID ?? "", isOwn: false,
                sender: wrapper.sender, dateTime: wrapper.dateTime, contentType: "", body: [], arrivedAt: place.now)
            message.trail = wrapper.trail
            reception.owes.append(OwedReport(message: message, kind: .delivered))
        }
    }

    /// Whom the report is about: the recipient that it names, or who sent it where it names the group or nobody.
    private func recipient(of report: ArrivedReport, in id: Int64) -> Person {
        if let named = report.recipient, conversations[id]?.isGroup(named) != true, !own.contains(UserKey(named)) {
            let name = report.reporter?.key == UserKey(named) ? report.reporter?.name : nil
            return Person(uri: named, name: name)
        }
        return report.reporter ?? Person(uri: report.recipient ?? "")
    }

    // MARK: Reports that go

    /// The user has read messages: what was asked for is due.
    mutating func read(_ entries: Set<Int64>, in id: Int64) -> [OwedReport] {
        var owes: [OwedReport] = []
        for entry in entries.sorted() {
            let changed = conversations[id]?.change(entry) { message in
                message.isRead = true
                if message.displayed == .asked, faults.reports.reportsDisplay { message.displayed = .owed }
            }
            guard let changed else { continue }
            note(.progress(changed))
            if changed.displayed == .owed { owes.append(OwedReport(message: changed, kind: .displayed)) }
        }
        return owes
    }

    /// A report has been taken by the other end.
    mutating func reported(_ key: OwedReportKey, in id: Int64) {
        let changed = conversations[id]?.change(key.message) { message in
            switch key.kind {
            case .delivered: message.delivered = .sent
            case .displayed: message.displayed = .sent
            }
        }
        if let changed { note(.progress(changed)) }
    }

    /// Whether a report is due and not sent.
    func stillOwes(_ key: OwedReportKey, in id: Int64) -> Bool {
        guard let message = conversations[id]?.messages.last(where: { $0.id == key.message }) else { return false }
        return (key.kind == .delivered ? message.delivered : message.displayed) == .owed
    }

    /// Every report of a conversation that is due and not sent.
    func owed(in id: Int64) -> [OwedReport] {
        (conversations[id]?.messages ?? []).filter { !$0.isOwn }.flatMap { message in
            (message.delivered == .owed ? [OwedReport(message: message, kind: .delivered)] : [])
                + (message.displayed == .owed ? [OwedReport(message: message, kind: .displayed)] : [])
        }
    }

    // MARK: Messages that go

    /// The user wants something said; it waits until a session takes it.
    mutating func composed(
        _ content: ComposedContent, in id: Int64, messageID: String, sender: Person, at time: (written: String, now: Int64)
    ) -> MessageRecord? {
        guard conversations[id] != nil else { return nil }
        var message = MessageRecord(
            id: nextEntry(), conversation: id, messageID: messageID, isOwn: true, sender: sender, dateTime: time.written,
            contentType: content.type, body: content.body, arrivedAt: time.now)
        message.isRead = true
        message.sending = .waiting
        message.delivered = content.asksForDelivered ? .asked : .unwanted
        message.displayed = content.asksForDisplayed ? .asked : .unwanted
        message.audience = conversations[id]?.participants.audience(of: sender)
        conversations[id]?.append(message)
        claim(messageID, in: id)
        note(.message(message))
        return message
    }

    mutating func sent(_ entry: Int64, in id: Int64, _ state: SendState) {
        if let changed = conversations[id]?.change(entry, { $0.sending = state }) { note(.progress(changed)) }
    }

    /// Own messages that no session has taken yet, oldest first.
    func waiting(in id: Int64) -> [MessageRecord] {
        (conversations[id]?.messages ?? []).filter { $0.isOwn && $0.sending == .waiting }
    }
}

/// What the user wants said.
struct ComposedContent: Sendable, Hashable {
    var type: String
    var body: [UInt8]
    var asksForDelivered = true
    var asksForDisplayed = true
}
