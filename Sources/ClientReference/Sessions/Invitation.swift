import Diagnostics
import Payloads
import SIP

/// What an INVITE says of the group it is about. Whatever is missing in a lean one is nil.
struct Invitation {
    var group: GroupKey
    /// Contact: the group session identity (RFC 4579 §3.1).
    var focus: String
    var subject: String?
    /// Referred-By, else the asserted identity where that is somebody else than the focus.
    var inviter: Person?
    /// Who else was called (RFC 5366 §5.2).
    var recipients: [Person] = []
    /// Nil when there was none, or none that can be read.
    var offer: SessionDescription?
    /// True when there was a body from which no offer could be read.
    var isUnreadable = false

    init(_ message: SIPMessage, limits: Limits) {
        let conversation = message.headers["Conversation-ID"].map { String($0.prefix(512)) }
        let contribution = message.headers["Contribution-ID"].map { String($0.prefix(512)) }
        focus = message.contacts.first?.uri ?? message.from?.uri ?? ""
        group = (conversation ?? contribution).map { GroupKey(conversation: $0, contribution: contribution ?? "") }
            ?? GroupKey(unnamedAt: focus)
        subject = message.headers["Subject"].map { String($0.prefix(256)) }
        inviter = Self.inviter(message, focus: focus)
        readBody(message, limits)
    }

    private static func inviter(_ message: SIPMessage, focus: String) -> Person? {
        let referrer = message.headers["Referred-By"].flatMap { NameAddress($0) }
        let asserted = message.addresses("P-Asserted-Identity").first { UserKey($0.uri) != UserKey(focus) }
        return (referrer ?? asserted).map { Person(uri: $0.uri, name: $0.displayName) }
    }

    private mutating func readBody(_ message: SIPMessage, _ limits: Limits) {
        guard !message.body.isEmpty else { return }
        guard let type = message.contentType.flatMap({ MediaType($0) }) else { return isUnreadable = true }
        if type.essence == MediaType.sdp.essence {
            offer = try? SessionDescription(parsing: message.body, limits: limits)
        } else if type.type == "multipart",
            let parts = try? Multipart(parsing: message.body, contentType: type, limits: limits).parts
        {
            for part in parts { read(part, limits) }
        }
        isUnreadable = offer == nil
    }

    private mutating func read(_ part: Multipart.Part, _ limits: Limits) {
        switch part.contentType?.essence {
        case MediaType.sdp.essence? where offer == nil:
            offer = try? SessionDescription(parsing: part.body, limits: limits)
        case MediaType.resourceLists.essence?:
            // A list that cannot be read takes nothing from the session.
            let entries = (try? ResourceList(parsing: part.body, limits: limits))?.entries ?? []
            recipients += entries.prefix(10_000).filter { $0.uri != ResourceList.anonymousURI }
                .map { Person(uri: $0.uri, name: $0.displayName) }
        default: break
        }
    }

    /// True when only what was missed is delivered: the session of the group is over.
    var isOver: Bool { direction == .sendonly }

    var direction: MediaDirection { offer.flatMap { MSRPMedia($0) }?.direction ?? .sendrecv }

    /// The members that it names, where it lists any: those who were called, the inviter and the user.
    func people(with own: Person) -> [Person] {
        recipients.isEmpty ? [] : [inviter].compactMap { $0 } + recipients + [own]
    }
}

/// What the end of a session says of its cause (RFC 3326; BINDING, "BYE").
struct EndReason {
    var cause: Int?
    var text: String?

    init(_ message: SIPMessage) {
        for value in message.headers.values("Reason") {
            guard let reason = NameAddress(value), reason.uri.lowercased() == "sip" else { continue }
            cause = reason.parameters["cause"].flatMap { Int($0) }
            text = reason.parameters["text"]
            return
        }
    }

    /// What the BYE of a focus means for the conversation.
    var end: ConversationBook.LegEnd {
        if cause == 200, text?.lowercased().contains("booted") == true { return .booted }
        // Without a cause nobody did anything for a while: the focus may still be asked.
        return .ended(isGone: cause != nil)
    }
}
