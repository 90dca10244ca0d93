import Connections
import Diagnostics
import MSRP
import NIOCore
import SIP

/// A client that speaks SIP and MSRP over real sockets: the scripted user agent of the `gm` point of control.
///
/// Everything of it happens on the event loop of its environment, which is its executor, so that stacks call back
/// into it without a hop. Public verbs are in `ClientActor`; each file of this folder that extends the actor holds
/// one concern.
public actor SIPClientActor: ClientActor, WaitingActor {
    private let alive = Alive("scripted client")
    public nonisolated let name: String
    public nonisolated let settings: ClientSettings
    nonisolated let environment: ActorEnvironment
    nonisolated var answerLimit: Duration { settings.answerLimit }
    private nonisolated let executor: any SerialExecutor

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Whether the actor is there, as its peers would see it.
    enum Presence { case closed, open, silent, lost, stopped }

    var presence = Presence.closed
    var attitude = InvitationAttitude.accept
    var equipment: Equipment?
    /// Counts the times that sockets were opened anew, so that no token is used twice.
    var incarnation = 0
    let tokens: TokenSource
    let instanceID: String
    var digest: DigestClient
    var registration = Registration()
    /// Sessions by Call-ID.
    var sessions: [String: ClientSession] = [:]
    var sessionCount = 0
    /// Subscriptions by Call-ID.
    var subscriptions: [String: ClientSubscription] = [:]
    /// Call-IDs of REFERs outside dialogs, whose NOTIFYs are answered.
    var referrals: Set<String> = []
    /// The focus at which each group was met last.
    var focuses: [GroupIDs: String] = [:]
    var received = ReceivedChats()
    /// After how many chat messages it goes by itself, and how; nil for never.
    var departure: PlannedDeparture?
    let waits = PendingVerbs()

    /// Makes the actor without opening anything.
    public init(name: String, settings: ClientSettings, environment: ActorEnvironment) {
        self.name = name
        self.settings = settings
        self.environment = environment
        executor = environment.eventLoop.executor
        // Two devices of one user say nothing in the same words.
        let tokens = TokenSource(seed: environment.seed).child(
            environment.device == 1 ? name : "\(name), device \(environment.device)")
        instanceID = settings.instanceID ?? uuidURN(tokens.next(), tokens.next())
        self.tokens = tokens
        digest = DigestClient(
            user: settings.authenticationUser ?? userPart(of: settings.address), password: settings.password ?? "")
    }

    public func setInvitationAttitude(_ attitude: InvitationAttitude) { self.attitude = attitude }
}

/// The user part of a SIP address, or the whole when it has none.
func userPart(of address: String) -> String {
    guard let user = SIPURI(address)?.user else { return address }
    return user
}

/// A version 4 UUID made of 128 given bits (RFC 9562 §5.4), as URN.
func uuidURN(_ high: UInt64, _ low: UInt64) -> String {
    let high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
    let low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    let digits = Array((hexadecimal(high) + hexadecimal(low)).utf8)
    var text = "urn:uuid:"
    for (index, digit) in digits.enumerated() {
        if [8, 12, 16, 20].contains(index) { text += "-" }
        text.unicodeScalars.append(Unicode.Scalar(digit))
    }
    return text
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
