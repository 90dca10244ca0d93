public import Connections
public import Diagnostics

/// Who the user of a reference client is, how it reaches its enabler, and what it does of its own accord.
///
/// Times are milliseconds unless the name says otherwise.
public struct ReferenceClientSettings: Sendable {
    /// Address of record, such as `sip:carol@cpm.example`.
    public var address: String
    public var displayName: String?
    /// Other addresses of the same user, such as a `tel:` URI.
    public var aliases: [String] = []
    /// Digest user name; nil takes the user part of `address`.
    public var authenticationUser: String?
    public var password: String?
    /// The home domain: the registrar's request URI, and what the outbound address answers for.
    public var domain: String
    /// The conference factory.
    public var factoryURI: String
    /// Host or numeric address to which everything is sent.
    public var outboundHost: String
    public var outboundPort: Int
    /// Set when SIP goes over TLS.
    public var tls: TLSClient?
    /// Set when MSRP goes over TLS, in the media that the client offers and in what it connects to.
    public var mediaTLS: TLSClient?
    /// The certificate with which the client answers MSRP connections over TLS.
    public var mediaServer: TLSServer?
    /// Numeric address to listen on.
    public var host = "127.0.0.1"
    /// Instance of this device, `urn:uuid:…`; nil makes one from the seed.
    public var instanceID: String?
    /// Seconds asked for at registration.
    public var registrationExpires = 600
    /// Seconds asked for at subscription.
    public var subscriptionExpires = 600
    /// Seconds of the session timer that is asked for (RFC 4028); 0 for none.
    public var sessionExpires = 1_800
    /// Where reports go.
    public var reportsBy = ReportWay.session
    /// Reports that the client sends where they are asked for.
    public var sendsDelivered = true
    public var sendsDisplayed = true
    /// Whether the client subscribes to the focus of a live session.
    public var subscribes = true
    /// How invitations are met until the user says otherwise.
    public var invitations = InvitationHabit.accept
    /// How long a session must be quiet until the list that a subscription shows counts as told.
    public var quiet: Int64 = 400
    /// How long an MSRP request of the client may stay unanswered.
    public var answerLimit: Int64 = 10_000
    /// `a=max-size` of the client's descriptions, in bytes.
    public var largestMessage = 10 * 1024 * 1024
    public var store: ClientStoreLocation = .memory
    public var limits = Limits()
    /// Fixes identifiers, tags and nonces.
    public var seed: UInt64 = 1

    public init(address: String, domain: String, factoryURI: String, outboundHost: String, outboundPort: Int) {
        self.address = address
        self.domain = domain
        self.factoryURI = factoryURI
        self.outboundHost = outboundHost
        self.outboundPort = outboundPort
    }

    var own: Person { Person(uri: address, name: displayName) }
}

/// Where a client puts its reports.
public enum ReportWay: String, Sendable, Hashable, CaseIterable {
    /// In a session of the group that can carry them, else by SIP MESSAGE.
    case session
    /// By SIP MESSAGE always.
    case message
}

/// How a client meets an invitation to a live session.
public enum InvitationHabit: String, Sendable, Hashable, CaseIterable {
    case accept
    /// Rings until the user answers.
    case ring
    /// Says nothing at all.
    case ignore
    /// 603.
    case decline
    /// 486.
    case busy
}
