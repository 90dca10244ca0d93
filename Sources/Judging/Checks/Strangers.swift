import Facts
import TestCases

/// What comes in a group and is none of the messages of the case by its id, and which items of it were kept for somebody.
struct Strangers {
    private let group: String
    private let identity: GroupIdentity?
    private let context: CheckContext

    init(in group: String, _ context: CheckContext) {
        self.group = group
        self.context = context
        identity = context.evidence.groups[group]
    }

    /// Whether an item came in a session in which only the implementation sends: one that is over is delivered there.
    func isDelivery(_ record: Evidence.OfferRecord) -> Bool {
        guard let session = context.evidence.session(record.offer.session)?.session else { return false }
        return session.form == .deferred && session.group != nil && session.group == identity
    }

    /// Whether an item came in a session of the group.
    func isOfGroup(_ record: Evidence.OfferRecord) -> Bool {
        guard let group = context.evidence.session(record.offer.session)?.session.group else { return false }
        return group == identity
    }

    /// The message of the case that a message without a known id is by its words and its sender; nil where it is none of
    /// those sent at such a time.
    func origin(of message: ChatMessage, _ record: Evidence.OfferRecord, sentAt isMeant: (Int64) -> Bool) -> String? {
        let other = context.evidence.session(record.offer.session)?.session.group
        guard other == nil || other == identity else { return nil }
        for script in context.evidence.messages where script.group == group && !script.isMarker {
            guard let submission = context.evidence.submission(of: script), isMeant(submission.at),
                case .message(let sent) = submission.submission.item, sent.body == message.body,
                message.sender == nil || context.addresses.actor(message.sender) == script.by
            else { continue }
            return "\(script.label) from \(script.by), under another Message-ID"
        }
        return nil
    }
}

extension CheckContext {
    /// Whether a list is part of what was stored: one of a session, or by NOTIFY after the end of one, where the binding
    /// leaves that open.
    func isStored(_ point: RosterTimeline.Point, of user: String, group: String) -> Bool {
        if point.roster.carriage == .session { return true }
        return adopted[.participantInformation] != "session"
            && showsStored(point.roster, point.record, group: group)
    }

    /// Whether a list by NOTIFY shows what was stored: the members of a session that was over before the user came back
    /// last. While it stands, the user's own subscription shows the focus; at its end, the teardown.
    func showsStored(_ roster: Roster, _ record: Evidence.OfferRecord, group: String) -> Bool {
        guard roster.carriage == .subscription, roster.extent != .deleted,
            let from = evidence.returns[record.offer.user]?.last(where: { $0 <= record.at }),
            let over = end(of: group, before: record.at), over < from
        else { return false }
        let own = evidence.groups[group].flatMap { evidence.focuses[$0] } ?? []
        guard own.contains(AddressBook.canonical(roster.entity)) else { return false }
        return roster.extent == .partial || roster.users.contains(where: RosterTimeline.isMember)
    }
}
