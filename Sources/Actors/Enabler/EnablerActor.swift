public import Payloads

/// An enabler that a script plays against a client under test: registrar, factory, focus and participating function
/// in one, with no store, no policy and no timers of its own.
///
/// It does what a verb says and answers what must be answered; all else is the script's. Verbs throw what was awaited
/// in vain: after `EnablerSettings.answerLimit`, with `ActorFailure.cancelled` as soon as their task is cancelled, and
/// with `.wentAway` when the actor stops meanwhile. A user is named by the name or the address in the settings.
public protocol EnablerActor: Sendable {
    /// Where it listens, whom it serves and what it writes.
    nonisolated var settings: EnablerSettings { get }

    /// Opens the ports; returns the same address when they are open already.
    func start() async throws(ActorFailure) -> EnablerAddress
    /// Closes everything; nothing is left of its sockets and waits when this returns.
    func stop() async

    // MARK: Registrations

    /// Whether the user has a binding that has not run out and whose flow, where it claims one (RFC 5626), is open.
    func isRegistered(_ user: String) async -> Bool
    /// Done when the user is registered, at once where it is.
    func awaitRegistration(of user: String) async throws(ActorFailure)
    /// Done when the user is not registered any more, at once where it is not. A binding that merely runs out is seen
    /// by `isRegistered` only: the actor has no timers.
    func awaitDeregistration(of user: String) async throws(ActorFailure)

    // MARK: Sessions towards the client

    /// Invites the client; done when the session stands: 200, ACK, and the MSRP connection known to both ends.
    func invite(_ plan: EnablerInvitation) async throws(ActorFailure) -> EnablerSessionID
    /// Invites the client; done as soon as the INVITE is out. `awaitSession(_:)` or `cancel(_:)` follow.
    func propose(_ plan: EnablerInvitation) async throws(ActorFailure) -> EnablerSessionID
    /// Done when the session stands; throws `.refused` with the client's status where it said no.
    func awaitSession(_ session: EnablerSessionID) async throws(ActorFailure)
    /// Cancels an invitation; done at the final response to the INVITE, whose status is returned: 487, or a 200 that
    /// crossed, of which a session comes all the same. One that was never answered provisionally is cancelled with the
    /// first response (RFC 3261 §9.1).
    @discardableResult
    func cancel(_ session: EnablerSessionID) async throws(ActorFailure) -> Int
    /// Hands an item to the client. Done, for `Failure-Report: yes`, when the client has answered every chunk; otherwise
    /// when it is written and, where a Success-Report was asked for, that has come. The result has the code of the
    /// answer or of the report, and 0 where there is none.
    func send(_ item: HandedItem, in session: EnablerSessionID) async throws(ActorFailure) -> SendResult
    /// Writes bytes on the session's MSRP connection as they are, in front of what waits there.
    func sendRaw(_ bytes: [UInt8], in session: EnablerSessionID) async throws(ActorFailure)
    /// Ends the session by BYE; done at the answer, and then the MSRP connection is closed.
    func hangUp(_ session: EnablerSessionID, cause: HangUpCause) async throws(ActorFailure)
    /// Breaks the session's MSRP connection at once, without a word.
    func breakMedia(of session: EnablerSessionID) async
    /// Breaks all connections of the user at once, SIP and MSRP, without a word, and forgets its bindings, sessions and
    /// subscriptions.
    func breakConnections(of user: String) async
    /// What the client said of its media, in its offer or answer: the types and sizes that it accepts. Nil while it
    /// has said nothing. The actor itself sends whatever it is given.
    func media(of session: EnablerSessionID) async -> MSRPMedia?
    /// Whether the session stands now.
    func stands(_ session: EnablerSessionID) async -> Bool

    // MARK: What comes from the client

    /// How INVITEs to the conference factory are met from now on; at first they are refused with 403.
    func setFactoryAttitude(_ attitude: FactoryAttitude) async
    /// How initial requests to this focus, known by its user part, are met from now on. A focus is accepting that the
    /// factory has given or from which a live session was proposed; one that is not known answers 404.
    func setFocusAttitude(_ focusURI: String, _ attitude: FocusAttitude) async
    /// How MSRP messages of the client are met from now on, in sessions that there are too; at first they are accepted.
    func setMSRPAttitude(_ attitude: MSRPAttitude) async
    /// Done when a session of this group that the client asked for stands, at the factory or at a focus. Each such
    /// session is handed out once.
    func awaitSession(of user: String, in group: GroupIDs) async throws(ActorFailure) -> EnablerSessionID

    // MARK: Subscriptions and messages outside sessions

    /// The conference-info document in the first NOTIFY of later subscriptions to the focus, which are active from then
    /// on; nil lets it be empty and pending.
    func setInitialList(_ focusURI: String, _ document: [UInt8]?) async
    /// Done when the user has a subscription to the focus that has not ended, at once where it has one.
    func awaitSubscription(of user: String, to focusURI: String) async throws(ActorFailure)
    /// Sends NOTIFY on the client's newest subscription to the focus; done at the 2xx.
    ///
    /// - Parameter state: the value of Subscription-State, such as `active` or `terminated;reason=noresource`, which
    ///   ends the subscription.
    func notify(_ document: [UInt8], of focusURI: String, to user: String, state: String) async throws(ActorFailure)
    /// Sends a SIP MESSAGE outside of dialogs; done at any final response, whose status is the code of the result.
    func sendMessage(_ message: EnablerMessage, to user: String) async throws(ActorFailure) -> SendResult
}

/// Names a session of a scripted enabler, also after its end; never used twice.
public struct EnablerSessionID: Sendable, Hashable, CustomStringConvertible {
    public let number: Int

    public init(_ number: Int) { self.number = number }

    public var description: String { "session \(number)" }
}
