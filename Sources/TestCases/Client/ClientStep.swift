/// A step of a case for a client under test: the client's user does something, or the scripted enabler does something to the
/// client. Nothing happens by itself: what is delivered, when and in which order is what the steps say.
public enum ClientStep: Sendable, Hashable {
    /// The user goes on-line.
    case online(ActorName)
    /// The user goes off-line.
    case offline(ActorName)
    /// The user makes a group.
    case create(group: String, by: ActorName, invite: [ActorName])
    /// The user writes a message.
    case write(WriteStep)
    /// The user reads a message.
    case read(by: ActorName, message: String)
    /// The user goes on with a group whose focus is gone.
    case restart(RestartStep)
    /// The user leaves.
    case leave(who: ActorName, group: String)

    /// The enabler calls the client to a session of the group.
    case invite(InviteStep)
    /// The enabler hands over a member's message.
    case hand(HandStep)
    /// The enabler hands over, byte for byte, what it has handed over before.
    case again([String])
    /// The enabler goes on with a message in which it has paused.
    case resume(String)
    /// The enabler hands over reports on the user's messages, all in one body.
    case report([ReportedFate], by: FateCarriage)
    /// The enabler tells who takes part.
    case list(ListStep)
    /// The enabler hands over something that no client knows or that is malformed.
    case strange(StrangeContent, group: String)
    /// The enabler ends the session.
    case hangUp(group: String, cause: HangUpReason)
    /// All connections between the client and the enabler break.
    case cut(ActorName)
    /// The client is stopped and started, and is off-line then.
    case reboot(ActorName)
}

/// A message that the client's user writes.
public struct WriteStep: Sendable, Hashable {
    public var by: ActorName
    public var label: String
    public var group: String
    public var content: SendContent

    public init(by: ActorName, label: String, group: String, content: SendContent) {
        self.by = by
        self.label = label
        self.group = group
        self.content = content
    }
}

/// How the user's wish to go on with a group is met.
public struct RestartStep: Sendable, Hashable {
    public var group: String
    public var by: ActorName
    /// The factory refuses (403 with Warning 127) instead of making a new focus.
    public var isRefused: Bool

    public init(group: String, by: ActorName, isRefused: Bool = false) {
        self.group = group
        self.by = by
        self.isRefused = isRefused
    }
}

/// An invitation of the scripted enabler.
public struct InviteStep: Sendable, Hashable {
    /// Whether the session goes on or is over and only delivered.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// `a=sendrecv`.
        case live
        /// `a=sendonly`.
        case over
    }

    /// How much the INVITE says.
    public enum Dress: String, Sendable, Hashable, CaseIterable {
        /// Subject, Referred-By with name and URI, P-Asserted-Service.
        case full
        /// None of these.
        case lean
        /// All of it in compact header forms.
        case compact
    }

    /// Who opens the MSRP connection, as the offer says (RFC 4145, RFC 6135).
    public enum Setup: String, Sendable, Hashable, CaseIterable {
        case actpass, active, passive
        /// No `a=setup`: the offerer opens it.
        case unsaid
    }

    public var group: String
    public var by: ActorName
    public var form: Form
    public var dress = Dress.full
    public var setup = Setup.actpass
    /// Whom the list says that comes with the INVITE (`recipient-list-history`); nil for no list.
    public var listing: [ActorName]?
    /// The group has a focus from now on that it did not have before.
    public var atNewFocus = false

    public init(group: String, by: ActorName, form: Form) {
        self.group = group
        self.by = by
        self.form = form
    }
}

/// A member's message on its way to the client.
public struct HandStep: Sendable, Hashable {
    /// Who wrote it, its label, group, content and what it asks for.
    public var message: SendStep
    /// Bytes of content in each MSRP chunk; nil leaves it to the end point.
    public var chunk: Int?
    public var failureReport = FailureReport.yes
    /// A REPORT of success is asked for (RFC 4975 §7.1.1).
    public var successReport = false
    /// The connection breaks after so many bytes of the body.
    public var breaksAfter: Int?
    /// The enabler gives the message up after so many bytes of the body (continuation flag `#`).
    public var abortsAfter: Int?
    /// The enabler sends nothing more of the message after so many bytes of the body, until it is resumed.
    public var pausesAfter: Int?
    /// How long ago it was written, in milliseconds.
    public var age: Int64 = 0

    public init(_ message: SendStep) { self.message = message }

    /// It does not come whole.
    public var isCut: Bool { breaksAfter != nil || abortsAfter != nil || pausesAfter != nil }
}

/// What a SEND demands as its answer (RFC 4975 §7.1.2).
public enum FailureReport: String, Sendable, Hashable, CaseIterable {
    case yes, partial, no
}

/// A member's report on a message of the user.
public struct ReportedFate: Sendable, Hashable {
    public var by: ActorName
    public var message: String
    public var status: DispositionStatus

    public init(by: ActorName, message: String, status: DispositionStatus) {
        self.by = by
        self.message = message
        self.status = status
    }
}

/// How reports come to a client.
public enum FateCarriage: String, Sendable, Hashable, CaseIterable {
    /// As an MSRP message in the session of the group.
    case session
    /// By a SIP MESSAGE outside of it (RFC 3428).
    case message
    /// As an MSRP message in a session of their own, which names no group and is over then.
    case ownSession = "own-session"
}

/// A document that tells who takes part.
public struct ListStep: Sendable, Hashable {
    public enum Extent: String, Sendable, Hashable, CaseIterable {
        case full, partial
    }

    public enum Carriage: String, Sendable, Hashable, CaseIterable {
        /// In the session, as an MSRP message.
        case session
        /// The same, wrapped in CPIM.
        case wrapped
        /// By NOTIFY on the client's own subscription.
        case subscription
    }

    /// What a document shows of a member.
    public enum Shown: String, Sendable, Hashable, CaseIterable {
        case connected, pending, departed, booted
    }

    public var group: String
    public var shows: [ActorName: Shown]
    public var extent = Extent.full
    public var carriage = Carriage.session

    public init(group: String, shows: [ActorName: Shown]) {
        self.group = group
        self.shows = shows
    }
}

/// Things that a client meets and need not understand; whatever it makes of them, the rest must be kept.
public enum StrangeContent: String, Sendable, Hashable, CaseIterable {
    /// A content type that nobody knows.
    case unknownType = "unknown-type"
    /// `message/cpim` without any header.
    case emptyCPIM = "empty-cpim"
    /// CPIM whose headers do not end.
    case endlessCPIM = "endless-cpim"
    /// A chat message in CPIM without a Message-ID.
    case namelessMessage = "nameless-message"
    /// A report that is no XML.
    case brokenReport = "broken-report"
    /// A report on a message that nobody sent.
    case reportOnNothing = "report-on-nothing"
    /// A list that is no XML.
    case brokenList = "broken-list"
    /// A list with a document type and an entity that grows without end.
    case entityBomb = "entity-bomb"
    /// A partial list before any full one.
    case earlyPartial = "early-partial"
    /// A multipart body whose boundary never comes.
    case brokenMultipart = "broken-multipart"
    /// An is-composing indication.
    case composing
    /// A message of no bytes.
    case nothing
}

/// Why the scripted enabler ends a session, as its BYE says (RFC 3326).
public enum HangUpReason: String, Sendable, Hashable, CaseIterable {
    /// 200 Call Completed.
    case completed
    /// 200 Booted.
    case booted
    /// 410 Gone.
    case gone
    /// No Reason.
    case unsaid
}

/// The words that begin a step of a case for a client.
public enum ClientStepWord: String, Sendable, Hashable, CaseIterable {
    case online, offline, create, send, read, restart, leave, invite, again, resume, report, list, hand
    case hangUp = "hang-up"
    case `break`, reboot
}

extension ClientStep {
    public var word: ClientStepWord {
        switch self {
        case .online: .online
        case .offline: .offline
        case .create: .create
        case .write, .hand: .send
        case .read: .read
        case .restart: .restart
        case .leave: .leave
        case .invite: .invite
        case .again: .again
        case .resume: .resume
        case .report: .report
        case .list: .list
        case .strange: .hand
        case .hangUp: .hangUp
        case .cut: .break
        case .reboot: .reboot
        }
    }

    /// The group it acts on; nil for what is about the client or about messages.
    public var group: String? {
        switch self {
        case .create(let group, _, _), .leave(_, let group), .strange(_, let group), .hangUp(let group, _): group
        case .write(let step): step.group
        case .restart(let step): step.group
        case .invite(let step): step.group
        case .hand(let step): step.message.group
        case .list(let step): step.group
        case .online, .offline, .read, .again, .resume, .report, .cut, .reboot: nil
        }
    }

    /// Who acts: the user, or the member whom the enabler speaks for; nil where the enabler acts for itself.
    public var actor: ActorName? {
        switch self {
        case .online(let who), .offline(let who), .leave(let who, _): who
        case .create(_, let by, _), .read(let by, _): by
        case .write(let step): step.by
        case .restart(let step): step.by
        case .invite(let step): step.by
        case .hand(let step): step.message.by
        case .report(let fates, _): fates.first?.by
        case .again, .resume, .list, .strange, .hangUp, .cut, .reboot: nil
        }
    }

    /// The client's user acts, which the harness can only ask for.
    public var isOfUser: Bool {
        switch self {
        case .online, .offline, .create, .write, .read, .restart, .leave: true
        case .invite, .hand, .again, .resume, .report, .list, .strange, .hangUp, .cut, .reboot: false
        }
    }
}
