public import Connections
public import Diagnostics

/// Where a scripted enabler listens, whom it serves and what it writes.
public struct EnablerSettings: Sendable {
    /// Numeric address to listen on, `127.0.0.1` or `::1`.
    public var host = "127.0.0.1"
    /// Port for SIP; 0 takes a free one. MSRP always takes a free one.
    public var port = 0
    /// The host that Contacts, Service-Route and MSRP URIs name; nil takes `host`.
    public var advertisedHost: String?
    /// The certificate for SIP; nil listens for plain TCP. Never both.
    public var tls: TLSServer?
    /// How a client is checked that is called at a Contact with TLS, having no flow of its own; nil cannot call it.
    public var tlsClient: TLSClient?
    /// The certificate for MSRP, whose fingerprint the offers announce; nil offers plain MSRP.
    public var mediaTLS: TLSServer?
    /// How a client that is connected to over TLS is checked where it announces no fingerprint; nil trusts the system's
    /// authorities.
    public var mediaClient: TLSClient?
    /// The home domain and the realm of challenges.
    public var domain: String
    /// The conference factory; recognised by its user part.
    public var factoryURI: String
    /// Whom it serves, the users of the clients under test.
    public var users: [EnablerUser]
    /// Whether a REGISTER of a user with a password is challenged.
    public var challenge = EnablerChallenge.none
    /// Seconds granted at the most; nil grants what is asked for.
    public var grantedExpires: Int?
    /// True gives a Service-Route that leads back here (RFC 3608).
    public var givesServiceRoute = true
    /// Content types that it takes bare on MSRP in sessions that the client asks for.
    public var acceptTypes = ["message/cpim", "application/conference-info+xml"]
    /// Content types that it takes inside CPIM.
    public var acceptWrappedTypes = ["*"]
    /// `a=max-size` of its descriptions; nil leaves it out.
    public var maxSize: Int?
    /// Time for any one protocol answer.
    public var answerLimit: Duration = .seconds(32)
    public var limits = Limits()

    public init(domain: String, factoryURI: String, users: [EnablerUser]) {
        self.domain = domain
        self.factoryURI = factoryURI
        self.users = users
    }
}

/// A user whom a scripted enabler serves.
public struct EnablerUser: Sendable, Hashable {
    /// The name that the script and the recording give to the client of this user.
    public var name: String
    /// Address of record, such as `sip:carol@cpm.example`.
    public var address: String
    /// Other addresses that mean the same user.
    public var aliases: [String]
    /// Digest user name; nil takes the user part of `address`.
    public var authenticationUser: String?
    /// Nil is never challenged.
    public var password: String?

    public init(
        name: String, address: String, aliases: [String] = [], authenticationUser: String? = nil,
        password: String? = nil
    ) {
        self.name = name
        self.address = address
        self.aliases = aliases
        self.authenticationUser = authenticationUser
        self.password = password
    }
}

/// The digest with which REGISTER is challenged (RFC 7616, RFC 8760).
public enum EnablerChallenge: String, Sendable, Hashable, CaseIterable {
    case none, md5, sha256
}

/// Where a scripted enabler is to be reached.
public struct EnablerAddress: Sendable, Hashable {
    /// As its URIs name it.
    public var host: String
    /// Of SIP.
    public var port: Int
    /// Whether SIP goes over TLS.
    public var isSecure: Bool
    /// The port that MSRP listens on.
    public var mediaPort: Int

    public init(host: String, port: Int, isSecure: Bool, mediaPort: Int) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.mediaPort = mediaPort
    }

    /// The URI under which a user part is routed to this enabler: what its Contacts say for that focus.
    public func uri(user: String) -> String { "sip:\(user)@\(hostPort);transport=\(transport)" }

    /// The enabler as a loose router.
    var route: String { "sip:\(hostPort);transport=\(transport);lr" }

    private var hostPort: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
    private var transport: String { isSecure ? "tls" : "tcp" }
}
