public import Connections
public import Diagnostics
public import NIOCore
public import Payloads
public import Recordings

/// Who an actor is and how it reaches the implementation under test.
public struct ClientSettings: Sendable {
    /// Address of record, such as `sip:alice-1@cpm.example`.
    public var address: String
    public var displayName: String?
    /// Digest user name; nil takes the user part of `address`.
    public var authenticationUser: String?
    public var password: String?
    /// Other addresses under which the implementation may show this user.
    public var aliases: [String] = []
    /// The home domain: the registrar's request URI, and what the outbound address answers for.
    public var domain: String
    /// The conference factory.
    public var factoryURI: String
    /// Host or numeric address to which everything is sent.
    public var outboundHost: String
    public var outboundPort: Int
    /// Set when SIP goes over TLS.
    public var tls: TLSClient?
    /// Set when MSRP goes over TLS, in the media that this actor offers and in what it connects to.
    public var mediaTLS: TLSClient?
    /// The certificate with which this actor answers MSRP connections over TLS.
    public var mediaServer: TLSServer?
    /// Numeric address to listen on, `127.0.0.1` or `::1`.
    public var host = "127.0.0.1"
    /// Instance of this device, `urn:uuid:…`, the same at each registration; nil makes one from the seed.
    public var instanceID: String?

    /// What the client writes where the public texts leave a choice.
    public var habits = ClientHabits()
    /// How long a keep-alive of the flow may stay unanswered (RFC 5626 §4.4.1).
    public var pongLimit: Duration = .seconds(10)
    /// Time for any one protocol answer.
    public var answerLimit: Duration = .seconds(32)
    public var limits = Limits()

    public init(address: String, domain: String, factoryURI: String, outboundHost: String, outboundPort: Int) {
        self.address = address
        self.domain = domain
        self.factoryURI = factoryURI
        self.outboundHost = outboundHost
        self.outboundPort = outboundPort
    }
}

/// What a client writes where the public texts leave a choice.
public struct ClientHabits: Sendable {
    /// Seconds asked for at registration.
    public var registrationExpires = 600
    /// Seconds asked for at subscription.
    public var subscriptionExpires = 600
    /// `Session-Expires` of its own INVITEs in seconds; nil asks for no session timer (RFC 4028).
    public var sessionExpires: Int? = 1800
    /// True subscribes to the focus on its own once it is in a live session.
    public var subscribesOnJoining = true
    /// True does so also where a session that is over is delivered.
    public var subscribesToDeferred = false
    /// True adds members inside the dialog with the focus, where there is one.
    public var refersInDialog = true
    /// True puts a Route with the outbound address on REGISTER, and on initial requests while the registrar has given
    /// no Service-Route.
    public var preloadsRoute = false
    /// True claims the flow that it registers over (RFC 5626). False leaves the claim out, and is reached at its Contact,
    /// which is plain TCP: a client has no certificate to answer calls with.
    public var claimsFlow = true
    /// True registers anew when the implementation closes the registered flow (RFC 5626 §4.5).
    public var reopensFlow = true
    /// `a=setup` of its own offers; nil leaves the attribute out (RFC 4975 §8.8, RFC 6135).
    public var offeredSetup: MSRPSetup? = .active
    /// Content types that it takes bare on MSRP.
    public var acceptTypes = ["message/cpim", "application/conference-info+xml"]
    /// Content types that it takes inside CPIM.
    public var acceptWrappedTypes = ["*"]
    /// `a=max-size`; nil leaves it out.
    public var maxSize: Int?
    /// CPIM To of its chat messages; nil writes the group session identity.
    public var chatRecipient: String?
    /// Reports that it sends by itself when they are asked for.
    public var automaticReports: Set<ReportedStatus> = []
    /// Where reports go: the session while it can carry them, then SIP MESSAGE; or SIP MESSAGE always.
    public var reportCarriage = ReportCarriage.sessionThenMessage

    public init() {}
}

/// Where a client puts its disposition notifications.
public enum ReportCarriage: String, Sendable, Hashable {
    case sessionThenMessage = "session"
    case message
}

/// Where an actor lives: its loop, its recorder and what makes its run repeatable.
public struct ActorEnvironment: Sendable {
    /// Everything of the actor happens on this loop.
    public var eventLoop: any EventLoop
    /// Takes down what passes; nil when nobody records.
    public var recorder: NIOLoopBound<Recorder>?
    /// Which of its user's devices it is, from 1.
    public var device = 1
    /// Wall clock in milliseconds since 1970, for DateTime and the like.
    public var wallClock: @Sendable () -> Int64
    /// The seed of the case; the actor's name makes it its own.
    public var seed: UInt64

    public init(
        eventLoop: any EventLoop, recorder: NIOLoopBound<Recorder>?, seed: UInt64,
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.eventLoop = eventLoop
        self.recorder = recorder
        self.seed = seed
        self.wallClock = wallClock
    }
}
