/// A client that a script plays: one user agent with its own ports and connections.
///
/// Each verb returns when the wire says that it is done, or throws what was awaited in vain. Verbs end promptly, with
/// `ActorFailure.cancelled`, when their task is cancelled, and with `.wentAway` when the actor goes away meanwhile.
/// Unless a verb says otherwise it waits for `ClientSettings.answerLimit`.
public protocol ClientActor: Sendable {
    /// The name that the script and the recording give this actor.
    nonisolated var name: String { get }
    /// Who it is and how it reaches the implementation under test.
    nonisolated var settings: ClientSettings { get }

    /// Opens the ports. `register` does so by itself when need be.
    func start() async throws(ActorFailure)
    /// Registers and keeps the binding fresh (RFC 3261 §10, RFC 5626); done at the 200.
    func register() async throws(ActorFailure)
    /// Takes the binding away with `Expires: 0`; sessions and connections stay. Done at the 200.
    func deregister() async throws(ActorFailure)
    /// How long the binding at the registrar lasts if nobody refreshes it; nil without one.
    func registrationLifetime() async -> Duration?
    /// How invitations are answered from now on; those that wait already are not touched.
    func setInvitationAttitude(_ attitude: InvitationAttitude) async

    /// Creates a group at the factory; done when the session stands and its MSRP connection is up.
    func createGroup(_ plan: GroupPlan) async throws(ActorFailure) -> GroupHandle
    /// Starts a group again at a new focus with the same ids; done like `createGroup`.
    func restart(_ group: GroupHandle, inviting invitees: [String]) async throws(ActorFailure) -> GroupHandle
    /// Accepts an invitation to the group that has been left waiting; done when the session stands.
    func answerInvitation(to group: GroupHandle) async throws(ActorFailure)
    /// Waits until the session that it has accepted stands: acknowledged, and the MSRP connection up.
    func awaitSession(in group: GroupHandle) async throws(ActorFailure)
    /// Joins the group by an INVITE of its own to the focus; done when the session stands.
    func rejoin(_ group: GroupHandle) async throws(ActorFailure) -> GroupHandle
    /// Subscribes anew to the conference package (RFC 4575) at the focus, besides what it has; done at the 2xx.
    func subscribe(to group: GroupHandle) async throws(ActorFailure)
    /// Asks the focus by REFER to invite `user` (an address); done at the 2xx.
    func add(_ user: String, to group: GroupHandle) async throws(ActorFailure)
    /// Asks the focus by REFER to put `user` (an address) out, or, with the focus itself, to end the session for
    /// everybody (RFC 4579 §5.11); done at the 2xx.
    func remove(_ user: String, from group: GroupHandle) async throws(ActorFailure)
    /// Ends its session in the group by BYE; done at the answer.
    func leave(_ group: GroupHandle, saying cause: LeaveCause) async throws(ActorFailure)

    /// Sends a chat message; done when the peer has answered the whole of it, with whatever code.
    func send(_ chat: OutgoingChat) async throws(ActorFailure) -> SendResult
    /// Sends a chat message and does not wait for the answer; done when the session has it.
    func post(_ chat: OutgoingChat) async throws(ActorFailure)
    /// Says in the session that it is composing a message; done when the peer has answered, with whatever code.
    func compose(in group: GroupHandle) async throws(ActorFailure) -> SendResult
    /// Reports on a message that it received before; done when the carriage has answered.
    func report(_ report: OutgoingReport) async throws(ActorFailure) -> SendResult

    /// Closes every socket at once, without a word.
    func loseConnections() async
    /// Keeps every socket open and answers nothing any more.
    func fallSilent() async
    /// Falls silent by itself once so many more chat messages have come and been answered.
    func fallSilent(afterMessages count: Int) async
    /// Closes every socket by itself once so many more chat messages have come and been answered: as soon as the last
    /// answer is written, or when a part of a further message has come.
    func loseConnections(afterMessages count: Int, inTheNext: Bool) async
    /// Is there again: fresh sockets, nothing left of old sessions, invitations accepted, and registered with the
    /// same instance; done at the 200.
    func comeBack() async throws(ActorFailure)
    /// Reads and answers again on the connections that it kept when it fell silent, and refreshes its registration;
    /// invitations are accepted from now on. Done at the 200.
    func resume() async throws(ActorFailure)
    /// Sends one OPTIONS to the implementation; done at any final response, whose code is returned.
    func probe() async throws(ActorFailure) -> Int
    /// Closes everything; nothing is left of the actor's sockets, timers and waits when this returns.
    func stop() async
}

/// A group as its members name it.
public struct GroupHandle: Sendable, Hashable {
    /// Constant for the life of the group, compared byte for byte.
    public var conversationID: String
    /// Constant for the life of the group, compared byte for byte.
    public var contributionID: String
    /// The group session identity: where requests to the focus go.
    public var focusURI: String

    public init(conversationID: String, contributionID: String, focusURI: String) {
        self.conversationID = conversationID
        self.contributionID = contributionID
        self.focusURI = focusURI
    }

    var identity: GroupIDs { GroupIDs(conversationID: conversationID, contributionID: contributionID) }
}

/// What stays the same of a group when its focus changes; compared byte for byte.
public struct GroupIDs: Sendable, Hashable {
    public var conversationID: String
    public var contributionID: String

    public init(conversationID: String, contributionID: String) {
        self.conversationID = conversationID
        self.contributionID = contributionID
    }
}

/// A group that is to be made.
public struct GroupPlan: Sendable, Hashable {
    /// Addresses of those to invite, in the order of the recipient list.
    public var invitees: [String]
    public var subject: String?
    /// Nil lets the actor make one.
    public var conversationID: String?
    /// Nil lets the actor make one.
    public var contributionID: String?

    public init(
        invitees: [String], subject: String? = nil, conversationID: String? = nil, contributionID: String? = nil
    ) {
        self.invitees = invitees
        self.subject = subject
        self.conversationID = conversationID
        self.contributionID = contributionID
    }
}

/// How an actor meets an invitation.
public enum InvitationAttitude: Sendable, Hashable {
    /// 200 at once.
    case accept
    /// 180, then nothing until it is cancelled.
    case ringForEver
    /// 100, then nothing until it is cancelled.
    case trying
    /// Not a byte.
    case silence
    /// This final response, such as 480, 486 or 603.
    case refuse(Int)
}

/// Why a client says it ends its session (Reason of the BYE, RFC 3326).
public enum LeaveCause: Sendable, Hashable {
    /// `SIP;cause=200`: the user leaves the group.
    case leaves
    /// `SIP;cause=503`: an error took the client away.
    case failure
    /// No Reason at all.
    case unsaid
}

/// A chat message that is to be sent.
public struct OutgoingChat: Sendable, Hashable {
    public var group: GroupHandle
    /// The imdn.Message-ID (RFC 5438 §6.3).
    public var messageID: String
    /// Of the wrapped content, such as `text/plain;charset=UTF-8`.
    public var contentType: String
    public var body: [UInt8]
    /// What the sender asks to be told about.
    public var dispositions: Set<ReportedStatus>
    /// Bytes per MSRP chunk; nil leaves it to the end point.
    public var chunkSize: Int?

    public init(
        group: GroupHandle, messageID: String, contentType: String = "text/plain;charset=UTF-8", body: [UInt8],
        dispositions: Set<ReportedStatus> = [], chunkSize: Int? = nil
    ) {
        self.group = group
        self.messageID = messageID
        self.contentType = contentType
        self.body = body
        self.dispositions = dispositions
        self.chunkSize = chunkSize
    }
}

/// A disposition notification that is to be sent.
public struct OutgoingReport: Sendable, Hashable {
    public var group: GroupHandle
    /// imdn.Message-ID of the message that is reported on; this actor has received it.
    public var about: String
    public var status: ReportedStatus
    /// imdn.Message-ID of the report itself.
    public var messageID: String

    public init(group: GroupHandle, about: String, status: ReportedStatus, messageID: String) {
        self.group = group
        self.about = about
        self.status = status
        self.messageID = messageID
    }
}

/// What a client can say of a message (RFC 5438 §7.2.1).
public enum ReportedStatus: String, Sendable, Hashable, CaseIterable {
    case delivered, displayed, failed, processed
}

/// How the peer answered something that was sent.
public struct SendResult: Sendable, Hashable {
    /// MSRP code, or SIP status where the item travelled as a SIP request.
    public var code: Int
    /// What the peer wrote beside the code.
    public var comment: String

    public init(code: Int, comment: String) {
        self.code = code
        self.comment = comment
    }
}
