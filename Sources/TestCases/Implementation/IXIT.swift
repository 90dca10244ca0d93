public import Recordings

/// A word that must not be printed or recorded.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    public init(_ value: String) { self.value = value }

    /// The word itself, for the computation of a digest and nothing else.
    public func reveal() -> String { value }

    public var description: String { "(secret)" }
    public var debugDescription: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// How SIP is carried to the implementation.
public enum IXITTransport: String, Sendable, Hashable, CaseIterable {
    case tcp
    case tls
}

/// Where the implementation listens; clients send everything there, as to an outbound proxy.
public struct IXITAddress: Sendable, Hashable {
    /// A name or a numeric address, IPv6 without brackets.
    public var host: String
    public var port: Int
    public var transport: IXITTransport
    /// A PEM file with the certificate authorities to trust; nil for those of the system.
    public var ca: String?
    /// The name that the certificate must have; nil for the host.
    public var serverName: String?

    public init(host: String, port: Int, transport: IXITTransport = .tcp, ca: String? = nil, serverName: String? = nil)
    {
        self.host = host
        self.port = port
        self.transport = transport
        self.ca = ca
        self.serverName = serverName
    }
}

/// Where the harness listens as the enabler of a client under test, which is configured with it once.
public struct IXITListen: Sendable, Hashable {
    /// A numeric address of this machine, IPv6 without brackets; never the one that stands for all of them.
    public var host: String
    public var port: Int
    public var transport: IXITTransport
    /// PEM file with the certificate chain that the client is shown; nil without TLS.
    public var certificate: String?
    /// PEM file with its key; nil for the file of the certificate.
    public var key: String?
    /// The host that the client is told in Contacts, routes and MSRP paths; nil for `host`.
    public var advertisedHost: String?

    public init(host: String, port: Int, transport: IXITTransport = .tcp) {
        self.host = host
        self.port = port
        self.transport = transport
    }
}

/// Where the upper tester of a client under test is asked, and how.
public struct IXITUpperTester: Sendable, Hashable {
    /// What stands before `/v1`, without user and password.
    public var url: String
    /// PEM file with the authorities to trust; nil for those of the system.
    public var ca: String?
    /// The name that the certificate has, where the URL has another.
    public var serverName: String?
    /// Shown as bearer token (RFC 6750); nil shows nothing.
    public var token: Secret?

    public init(url: String) { self.url = url }
}

/// One subscriber that the harness may use.
public struct IXITUser: Sendable, Hashable {
    /// The public identity, such as `sip:cpm-1@example.com`.
    public var uri: String
    /// The name for digest; nil for the user part of `uri`.
    public var authenticationName: String?
    public var password: Secret?
    /// Other identities of the same subscriber, such as a `tel:` URI. Equal to `uri` wherever identities are compared.
    public var aliases: [String]

    public init(uri: String, authenticationName: String? = nil, password: Secret? = nil, aliases: [String] = []) {
        self.uri = uri
        self.authenticationName = authenticationName
        self.password = password
        self.aliases = aliases
    }
}

/// Commands that act on the implementation, each a program and its arguments; nil where there is none.
public struct IXITControl: Sendable, Hashable {
    public var stop: [String]?
    public var start: [String]?
    public var restart: [String]?
    /// Whoever runs it in this process stops and starts it; there is no command.
    public var isBuiltIn = false

    public init() {}

    /// It can be stopped and started in the middle of a case.
    public var canRestart: Bool { isBuiltIn || restart != nil || (stop != nil && start != nil) }
}

/// What a core in front of the CPM functions does differently; the harness adapts to it.
public enum CoreQuirk: String, Sendable, Hashable, CaseIterable {
    /// Requests need a Route with the IXIT address before any Service-Route is known.
    case preloadedRoute = "preloaded-route"
    /// Requests to a client come to its Contact on a connection of their own and not down the registered flow.
    case noFlowReuse = "no-flow-reuse"
}

/// How to reach and time the implementation; never what is right.
public struct IXIT: Sendable, Hashable {
    /// Where an enabler listens; of a client that is described, where the harness does.
    public var address: IXITAddress
    /// Where the harness listens for a client; nil for an enabler, and for a client in this process.
    public var listen: IXITListen?
    /// Of a client; nil as `listen` is.
    public var upperTester: IXITUpperTester?
    /// The home domain, such as `example.com`.
    public var domain: String
    /// The URI of the conference factory.
    public var factory: String
    public var users: [IXITUser]
    public var timers: Timers
    public var control: IXITControl
    public var quirks: Set<CoreQuirk>
    /// The most messages that one step may send; cases with a longer backlog are not applicable.
    public var longestBacklog = IXIT.standardBacklog

    public static let standardBacklog = 1_000

    public init(address: IXITAddress, domain: String, factory: String, users: [IXITUser], timers: Timers = .standard) {
        self.address = address
        self.domain = domain
        self.factory = factory
        self.users = users
        self.timers = timers
        control = IXITControl()
        quirks = []
    }

    /// All but passwords and commands.
    public var json: JSONValue {
        var at: [String: JSONValue] = [
            "host": .string(address.host), "port": .integer(Int64(address.port)),
            "transport": .string(address.transport.rawValue),
        ]
        at["server-name"] = address.serverName.map(JSONValue.string)
        let users = users.map { user in
            JSONValue.object(["uri": .string(user.uri), "aliases": JSONValue(strings: user.aliases)])
        }
        var members: [String: JSONValue] = [
            "address": .object(at), "domain": .string(domain), "factory": .string(factory), "users": .array(users),
            "timers": timers.json, "quirks": JSONValue(strings: quirks.map(\.rawValue).sorted()),
            "restartable": .bool(control.canRestart), "longest-backlog": .integer(Int64(longestBacklog)),
        ]
        members["listen"] = listen?.json
        members["upper-tester"] = upperTester?.json
        return .object(members)
    }

    /// Reads what `json` wrote; what is missing is empty or standard.
    public init(json: JSONValue) {
        let at = json["address"]
        self.init(
            address: IXITAddress(
                host: at?["host"]?.string ?? "", port: at?["port"]?.int ?? 0,
                transport: at?["transport"]?.string.flatMap(IXITTransport.init) ?? .tcp,
                serverName: at?["server-name"]?.string),
            domain: json["domain"]?.string ?? "",
            factory: json["factory"]?.string ?? "",
            users: (json["users"]?.array ?? []).map { user in
                IXITUser(uri: user["uri"]?.string ?? "", aliases: user["aliases"]?.strings ?? [])
            },
            timers: Timers(json: json["timers"] ?? .null))
        quirks = Set((json["quirks"]?.strings ?? []).compactMap(CoreQuirk.init))
        control.isBuiltIn = json["restartable"]?.bool ?? false
        longestBacklog = json["longest-backlog"]?.int ?? Self.standardBacklog
        listen = json["listen"].map(IXITListen.init(json:))
        upperTester = json["upper-tester"].map(IXITUpperTester.init(json:))
    }
}

extension IXITListen {
    /// All but files.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "host": .string(host), "port": .integer(Int64(port)), "transport": .string(transport.rawValue),
        ]
        members["advertised-host"] = advertisedHost.map(JSONValue.string)
        return .object(members)
    }

    init(json: JSONValue) {
        self.init(
            host: json["host"]?.string ?? "", port: json["port"]?.int ?? 0,
            transport: json["transport"]?.string.flatMap(IXITTransport.init) ?? .tcp)
        advertisedHost = json["advertised-host"]?.string
    }
}

extension IXITUpperTester {
    /// All but files and the token.
    var json: JSONValue {
        var members: [String: JSONValue] = ["url": .string(url)]
        members["server-name"] = serverName.map(JSONValue.string)
        return .object(members)
    }

    init(json: JSONValue) {
        self.init(url: json["url"]?.string ?? "")
        serverName = json["server-name"]?.string
    }
}
