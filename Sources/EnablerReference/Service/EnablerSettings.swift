public import Connections
public import Diagnostics
public import SIP

/// What a deployment of the reference enabler is set to do.
///
/// Times are milliseconds unless the name says otherwise.
public struct EnablerSettings: Sendable {
    /// The home domain of its users and of the factory.
    public var domain = "cpm.example"
    /// The user part of the conference factory's URI.
    public var factory = "factory"
    /// The numeric address to listen on, for SIP and MSRP.
    public var host = "127.0.0.1"
    /// The host that others are told to connect to; nil means `host`, which then must not be a wildcard.
    public var advertisedHost: String?
    /// 0 takes a free port.
    public var sipPort = 0
    /// 0 takes a free port.
    public var msrpPort = 0
    /// With a certificate, both SIP and MSRP are secured; the Record-Route and the MSRP paths say so.
    public var tls: TLSServer?
    /// How the enabler checks the peers that it connects to itself, over TLS.
    public var tlsClient: TLSClient?
    /// Digest authentication of registrations; nil lets everybody in.
    public var digest: DigestSettings?
    /// How long a called client may take to answer before the participating function takes over.
    public var noAnswer: Int64 = 2_000
    /// How long an MSRP request may stay unanswered before the client counts as lost.
    public var lossRecognition: Int64 = 1_500
    /// How long a deferred session stays open after the last confirmation, so that the client's reports still fit in.
    public var farewellDelay: Int64 = 100
    /// How long nobody may send anything before the group ends; 0 never ends one.
    public var inactivity: Int64 = 0
    /// Seconds of the session timer that is asked for (RFC 4028); 0 for none.
    public var sessionExpires = 1_800
    /// Seconds below which a client's session interval gets 422. RFC 4028 §4 knows none below 90.
    public var leastSessionExpires = 90
    /// The longest registration granted, in seconds.
    public var longestRegistration = 3_600
    /// The shortest registration accepted, in seconds; below it 423 (RFC 3261 §10.3).
    public var shortestRegistration = 1
    /// Seconds within which a client that claims its flow is told to send a keep-alive (RFC 5626 §5.4); a flow without
    /// any for half as long again has failed. 0 asks for none.
    public var flowTimer = 120
    /// Policy: whether anything is stored for absent members.
    public var storesMissed = true
    /// Policy: how long an item is kept; 0 for ever.
    public var retention: Int64 = 0
    /// Policy: how many messages are kept for one user in one group.
    public var maximumItems = 10_000
    /// Policy: when there are more, the new ones are not kept; otherwise the oldest go.
    public var keepsOldest = false
    /// Whether intermediate lists are delivered (CPM-CONV-058b), or only the final one.
    public var deliversIntermediates = true
    /// Whether a BYE without a Reason means leaving.
    public var byeWithoutReasonLeaves = true
    /// Whether a BYE with Reason 503 means leaving.
    public var byeWith503Leaves = false
    public var store: StoreLocation = .memory
    /// Members of one group, those who left included.
    public var maximumMembers = 500
    /// Live groups at once.
    public var maximumGroups = 10_000
    public var limits = Limits()
    /// Fixes identifiers, tags and nonces.
    public var seed: UInt64 = 1

    public init() {}

    /// `sip:factory@cpm.example` by default.
    public var factoryURI: String { "sip:\(factory)@\(domain)" }
}

/// Digest authentication (RFC 7616, 8760).
public struct DigestSettings: Sendable {
    public var realm: String
    /// The password of each user name.
    public var passwords: [String: String]
    /// What is offered, in this order of preference.
    public var algorithms: [DigestAlgorithm]
    /// Nanoseconds that a nonce may be used before it is stale.
    public var nonceLifetime: Int64 = 300_000_000_000

    public init(realm: String, passwords: [String: String], algorithms: [DigestAlgorithm] = [.sha256, .md5]) {
        self.realm = realm
        self.passwords = passwords
        self.algorithms = algorithms
    }
}

/// Where a started enabler listens.
public struct EnablerAddresses: Sendable, Hashable {
    public var sipHost: String
    public var sipPort: Int
    public var msrpHost: String
    public var msrpPort: Int
    /// True when both are secured.
    public var isSecured: Bool

    public init(sipHost: String, sipPort: Int, msrpHost: String, msrpPort: Int, isSecured: Bool) {
        self.sipHost = sipHost
        self.sipPort = sipPort
        self.msrpHost = msrpHost
        self.msrpPort = msrpPort
        self.isSecured = isSecured
    }
}
