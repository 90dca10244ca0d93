import Foundation
import Payloads
import UpperTester

/// What the user sees, as documents of the upper tester. A pure function of the book.
struct ShownViews {
    let book: ConversationBook
    let own: String
    let faults: TesterFaults
    let variations: Set<ClientVariation>

    private var showsChanges: Bool { SessionForm(variations).showsChanges }

    init(_ service: ClientService) {
        book = service.book
        own = service.context.settings.address
        faults = service.context.faults.tester
        variations = service.context.variations
    }

    func shows(_ conversation: Conversation) -> Bool {
        conversation.isShown && !(faults.hidesOthers && conversation.record.inviter != nil)
    }

    func conversation(_ conversation: Conversation) -> ShownConversation {
        let record = conversation.record
        return ShownConversation(
            id: String(record.id), conversationId: Self.identifier(record.group.conversation),
            contributionId: Self.identifier(record.group.contribution),
            subject: record.subject.flatMap { $0.isEmpty ? nil : $0 }, state: Self.state(record.state),
            focus: record.focus.flatMap { Self.address($0) })
    }

    private static func state(_ state: ConversationState) -> ShownConversation.State {
        switch state {
        case .invited: .invited
        case .live, .suspended: .active
        case .ended, .left, .booted, .declined: .ended
        }
    }

    // MARK: Messages

    func messages(_ conversation: Conversation) -> [ShownMessage] {
        var shown = conversation.messages.map { message($0, in: conversation) }
        if faults.hidesLast, let last = shown.lastIndex(where: { $0.direction == .received }) { shown.remove(at: last) }
        if faults.invents, let like = shown.last(where: { $0.direction == .received }) {
            var invented = like
            invented.id = "never-came"
            invented.content = .text("nobody said this")
            shown.append(invented)
        }
        return shown
    }

    func message(_ message: MessageRecord, in conversation: Conversation) -> ShownMessage {
        let sender = faults.renames ? own : message.sender.flatMap { Self.address($0.uri) }
        var shown = ShownMessage(
            id: Self.identifier(message.messageID), direction: message.isOwn ? .sent : .received,
            sender: sender ?? "sip:anonymous@anonymous.invalid", content: Self.content(message),
            contentType: Self.type(message.contentType), sentAt: Self.instant(message.dateTime) ?? message.arrivedAt)
        if !variations.contains(.noTimes) { shown.shownAt = message.arrivedAt }
        shown.read = message.isRead
        shown.dispositions = message.isOwn ? book.dispositions[message.messageID].compactMap { disposition($0) } : []
        if message.isOwn, faults.inventsDeliveries { shown.dispositions += invented(shown.dispositions, message, conversation) }
        let audience = faults.showsAudienceOfToday
            ? conversation.participants.shown.filter { $0.isMember && $0.key != message.sender?.key }.map(\.person.uri)
            : message.audience
        if showsChanges { shown.audience = audience?.compactMap { Self.address($0) } }
        return shown
    }

    /// A delivery to each member of whom nothing was heard.
    private func invented(
        _ known: [ShownDisposition], _ message: MessageRecord, _ conversation: Conversation
    ) -> [ShownDisposition] {
        let heard = Set(known.compactMap(\.recipient))
        return conversation.participants.shown.filter { $0.isMember && $0.key != message.sender?.key }
            .compactMap { Self.address($0.person.uri) }.filter { !heard.contains($0) }
            .map { ShownDisposition(recipient: $0, status: .delivered, at: nil) }
    }

    private func disposition(_ record: DispositionRecord) -> ShownDisposition? {
        let status: ShownDisposition.Status
        switch record.status {
        case "delivered": status = .delivered
        case "displayed": status = .displayed
        case "failed", "forbidden", "error": status = .failed
        case "processed", "stored": status = .processed
        default: return nil
        }
        return ShownDisposition(
            recipient: Self.address(record.recipient.uri), status: status, at: Self.instant(record.at))
    }

    /// Text as text where its letters can be read, all else byte for byte.
    private static func content(_ message: MessageRecord) -> ShownContent {
        var message = message
        // More cannot be said through the upper tester, and the messages beside it shall be.
        if message.body.count > largestContent { message.body.removeSubrange(largestContent...) }
        guard let type = MediaType(message.contentType), type.type == "text" else {
            return message.contentType.isEmpty ? .text(String(decoding: message.body, as: UTF8.self)) : .data(message.body)
        }
        switch type.parameters["charset"]?.lowercased() ?? "utf-8" {
        case "utf-8", "us-ascii":
            return String(validating: message.body, as: UTF8.self).map { .text($0) } ?? .data(message.body)
        case "iso-8859-1": return .text(String(String.UnicodeScalarView(message.body.map { Unicode.Scalar($0) })))
        case "utf-16": return String(bytes: message.body, encoding: .utf16).map { .text($0) } ?? .data(message.body)
        default: return .data(message.body)
        }
    }

    /// As long as the upper tester lets it be; a group without one has a stroke.
    private static func identifier(_ text: String) -> String {
        text.isEmpty ? "-" : String(text.unicodeScalars.prefix(256))
    }

    private static func type(_ text: String) -> String {
        text.contains("/") ? String(text.unicodeScalars.prefix(1_024)) : "application/octet-stream"
    }

    private static func instant(_ text: String?) -> Int64? {
        text.flatMap { RFC3339.milliseconds(from: $0.trimmingCharacters(in: .whitespaces)) }
    }

    /// An address as the upper tester writes it; nil for what is none.
    private static func address(_ uri: String) -> String? {
        let scheme = uri.prefix { $0 != ":" }.lowercased()
        let isFit = ["sip", "sips", "tel"].contains(scheme) && uri.unicodeScalars.count <= 1_024
            && uri.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "<" && $0 != ">" }
        return isFit && uri.count > scheme.count + 1 ? uri : nil
    }

    private static let largestContent = 2 * 1_024 * 1_024

    // MARK: Participants and history

    func participants(_ conversation: Conversation) -> [ShownParticipant] {
        conversation.participants.shown.compactMap { participant in
            guard let uri = Self.address(participant.person.uri) else { return nil }
            let name = participant.person.name.flatMap { $0.isEmpty ? nil : String($0.unicodeScalars.prefix(1_024)) }
            return ShownParticipant(
                uri: uri, displayName: name, status: Self.status(participant.status),
                method: participant.method.flatMap { ShownParticipant.Method(rawValue: $0) },
                isSelf: book.own.contains(participant.key))
        }
    }

    private static func status(_ word: String) -> ShownParticipant.Status {
        switch word {
        case "connected", "on-hold", "muted-via-focus": .connected
        case "alerting": .alerting
        case "dialing-out", "dialing-in": .dialingOut
        case "disconnected", "disconnecting": .disconnected
        default: .pending
        }
    }

    func history(_ conversation: Conversation) -> [ShownHistoryEntry] {
        let shown = messages(conversation)
        let said = zip(conversation.messages, shown).map { record, message in
            (id: record.id, entry: ShownHistoryEntry(.message(id: message.id)))
        }
        let changes = (showsChanges ? conversation.history : []).flatMap { change in
            change.users.compactMap { Self.entry(change, $0) }.map { (id: change.id, entry: $0) }
        }
        // A stable order: a list that named several keeps theirs.
        let merged = (said + changes).enumerated().sorted { ($0.element.id, $0.offset) < ($1.element.id, $1.offset) }
        let entries = merged.map(\.element.entry)
        return faults.reversesHistory ? entries.reversed() : entries
    }

    private static func entry(_ change: HistoryRecord, _ user: Person) -> ShownHistoryEntry? {
        guard let uri = address(user.uri) else { return nil }
        switch change.kind {
        // Those who were there when the user came have not come or gone.
        case .began: return nil
        case .joined: return ShownHistoryEntry(.joined(uri: uri), at: change.at)
        case .left where change.method == "booted": return ShownHistoryEntry(.booted(uri: uri), at: change.at)
        case .left: return ShownHistoryEntry(.left(uri: uri), at: change.at)
        }
    }
}
