/// A `user` element (RFC 4575 §5.6).
public struct ConferenceUser: Sendable, Hashable {
    /// The user's URI; nil when the document has none.
    public var entity: String?
    public var state: ConferenceElementState
    public var displayText: String?
    public var associatedAORs: [ConferenceURI] = []
    public var roles: [String]
    /// Language tags.
    public var languages: [String] = []
    public var cascadedFocus: String?
    public var endpoints: [ConferenceEndpoint]

    public init(
        entity: String?, state: ConferenceElementState = .full, displayText: String? = nil, roles: [String] = [],
        endpoints: [ConferenceEndpoint] = []
    ) {
        self.entity = entity
        self.state = state
        self.displayText = displayText
        self.roles = roles
        self.endpoints = endpoints
    }

    /// The best status of the user's endpoints, connected being the best; nil when none has one.
    /// A status that RFC 4575 does not know counts as worse than any that it does.
    public var status: EndpointStatus? {
        endpoints.compactMap(\.status).min { $0.rank < $1.rank }
    }
}

/// Where an endpoint stands (RFC 4575 §5.7.3).
public struct EndpointStatus: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let connected = EndpointStatus(rawValue: "connected")
    public static let onHold = EndpointStatus(rawValue: "on-hold")
    public static let mutedViaFocus = EndpointStatus(rawValue: "muted-via-focus")
    public static let pending = EndpointStatus(rawValue: "pending")
    public static let alerting = EndpointStatus(rawValue: "alerting")
    public static let dialingIn = EndpointStatus(rawValue: "dialing-in")
    public static let dialingOut = EndpointStatus(rawValue: "dialing-out")
    public static let disconnecting = EndpointStatus(rawValue: "disconnecting")
    public static let disconnected = EndpointStatus(rawValue: "disconnected")

    /// From best to worst.
    private static let order: [EndpointStatus] = [
        .connected, .onHold, .mutedViaFocus, .pending, .alerting, .dialingIn, .dialingOut, .disconnecting, .disconnected,
    ]

    /// 0 for the best.
    var rank: Int { Self.order.firstIndex(of: self) ?? Self.order.count }
    /// Whether RFC 4575 defines the word.
    public var isKnown: Bool { rank < Self.order.count }
}

/// How an endpoint came in (RFC 4575 §5.7.4).
public struct JoiningMethod: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let dialedIn = JoiningMethod(rawValue: "dialed-in")
    public static let dialedOut = JoiningMethod(rawValue: "dialed-out")
    public static let focusOwner = JoiningMethod(rawValue: "focus-owner")
}

/// How an endpoint went (RFC 4575 §5.7.6).
public struct DisconnectionMethod: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let departed = DisconnectionMethod(rawValue: "departed")
    public static let booted = DisconnectionMethod(rawValue: "booted")
    public static let failed = DisconnectionMethod(rawValue: "failed")
    public static let busy = DisconnectionMethod(rawValue: "busy")
}

/// When, why and by whom something was done (RFC 4575 §5.7.2).
public struct ConferenceExecution: Sendable, Hashable {
    /// A date-time as written.
    public var when: String?
    public var reason: String?
    /// A URI.
    public var by: String?

    public init(when: String? = nil, reason: String? = nil, by: String? = nil) {
        self.when = when
        self.reason = reason
        self.by = by
    }
}

/// An `endpoint` element (RFC 4575 §5.7).
public struct ConferenceEndpoint: Sendable, Hashable {
    /// What tells the endpoints of a user apart; nil when the document has none.
    public var entity: String?
    public var state: ConferenceElementState
    public var displayText: String?
    public var referred: ConferenceExecution?
    public var status: EndpointStatus?
    public var joiningMethod: JoiningMethod?
    public var joiningInfo: ConferenceExecution?
    public var disconnectionMethod: DisconnectionMethod?
    public var disconnectionInfo: ConferenceExecution?
    public var media: [ConferenceMedia] = []
    public var callInfo: ConferenceCallInfo?

    public init(entity: String?, state: ConferenceElementState = .full, status: EndpointStatus? = nil) {
        self.entity = entity
        self.state = state
        self.status = status
    }
}

/// A `media` element (RFC 4575 §5.8).
public struct ConferenceMedia: Sendable, Hashable {
    public var id: String
    public var state: ConferenceElementState
    public var displayText: String?
    /// Such as `message`.
    public var type: String?
    public var label: String?
    public var sourceID: String?
    public var status: MediaDirection?

    public init(id: String, state: ConferenceElementState = .full, type: String? = nil, status: MediaDirection? = nil) {
        self.id = id
        self.state = state
        self.type = type
        self.status = status
    }
}

/// The `sip` element of `call-info` (RFC 4575 §5.7).
public struct ConferenceCallInfo: Sendable, Hashable {
    public var displayText: String?
    public var callID: String
    public var fromTag: String
    public var toTag: String

    public init(callID: String, fromTag: String, toTag: String, displayText: String? = nil) {
        self.callID = callID
        self.fromTag = fromTag
        self.toTag = toTag
        self.displayText = displayText
    }
}
