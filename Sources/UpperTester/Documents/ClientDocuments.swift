public import Recordings

/// What stands at the root of the API: whose upper tester this is, and what it can do.
public struct UpperTesterIdentity: UpperTesterDocument {
    /// The value of `api`, by which a wrong address is noticed.
    public static let api = "cpmcheck-upper-tester"
    /// The version of the specification that this project speaks.
    public static let currentVersion = "1.0"
    /// The feature that says that `after` and `wait` are honoured.
    public static let longPoll = "long-poll"

    /// `MAJOR.MINOR` of the specification.
    public var version: String
    /// Name and version of the client under test.
    public var clientName: String
    public var clientVersion: String
    /// Names of features; those not known here are kept and mean nothing.
    public var features: [String]

    public init(
        version: String = Self.currentVersion, clientName: String, clientVersion: String,
        features: [String] = [Self.longPoll]
    ) {
        self.version = version
        self.clientName = clientName
        self.clientVersion = clientVersion
        self.features = features
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        let api = try field.required("api", "write \"\(Self.api)\"")
        guard api.value.string == Self.api else { throw api.mismatch("write \"\(Self.api)\"") }
        let version = try field.required("version", "write \"\(Self.currentVersion)\"")
        self.version = try version.line("write \"\(Self.currentVersion)\"")
        guard self.version.prefix(while: { $0 != "." }) == "1" else {
            throw version.mismatch("serve version \(Self.currentVersion), the one that is known here")
        }
        let client = try field.required("client", "write an object with the name and version of the client")
        clientName = try client.required("name", "write the client's name").line("write the client's name")
        clientVersion = try client.required("version", "write the client's version").line("write it as a text")
        features = try field.required("features", "write an array of texts, [] when there are none")
            .elements { feature throws(DocumentProblem) in try feature.line("write the name of a feature") }
    }

    public var json: JSONValue {
        [
            "api": .string(Self.api), "version": .string(version),
            "client": ["name": .string(clientName), "version": .string(clientVersion)],
            "features": JSONValue(strings: features),
        ]
    }

    /// Whether a list is answered only once it has changed, where that is asked for.
    public var hasLongPoll: Bool { features.contains(Self.longPoll) }
}

/// Whether the client is on-line.
public struct ClientConnection: UpperTesterDocument {
    /// What its user wants.
    public var online: Bool
    /// Whether the client has a registration that it can be reached by.
    public var registered: Bool
    /// The user's address.
    public var address: String

    public init(online: Bool, registered: Bool, address: String) {
        self.online = online
        self.registered = registered
        self.address = address
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        online = try field.required("online", "write true or false").bool()
        registered = try field.required("registered", "write true or false").bool()
        address = try field.required("address", "write the user's own SIP URI").address()
    }

    public var json: JSONValue {
        ["online": .bool(online), "registered": .bool(registered), "address": .string(address)]
    }
}

/// The order to go on-line or off-line.
public struct ConnectionOrder: UpperTesterDocument {
    public var online: Bool

    public init(online: Bool) { self.online = online }

    public init(_ field: JSONField) throws(DocumentProblem) {
        online = try field.required("online", "write true or false").bool()
    }

    public var json: JSONValue { ["online": .bool(online)] }
}

/// How invitations are met from now on, without anybody being asked.
public enum InvitationConduct: String, Sendable, Hashable, CaseIterable, UpperTesterDocument {
    case accept
    /// The user does not react: the client rings, and nothing else.
    case ignore
    case decline

    public init(_ field: JSONField) throws(DocumentProblem) {
        self = try field.required("answer", "write accept, ignore or decline").word()
    }

    public var json: JSONValue { ["answer": .string(rawValue)] }
}

/// What the user says to one invitation.
public enum InvitationAnswer: String, Sendable, Hashable, CaseIterable, UpperTesterDocument {
    case accept
    case decline

    public init(_ field: JSONField) throws(DocumentProblem) {
        self = try field.required("answer", "write accept or decline").word()
    }

    public var json: JSONValue { ["answer": .string(rawValue)] }
}

/// What the client tells of a refusal (RFC 9457).
public struct ProblemDetails: UpperTesterDocument {
    /// What is wrong, in a few words that are the same each time.
    public var title: String
    /// What is wrong this time.
    public var detail: String?
    /// The status code, repeated.
    public var status: Int?

    public init(title: String, detail: String? = nil, status: Int? = nil) {
        self.title = title
        self.detail = detail
        self.status = status
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        title = try field.required("title", "write what is wrong in a few words").line("write a text")
        detail = try field.optional("detail")?.line("write a text")
        status = try field.optional("status")?.value.int
    }

    public var json: JSONValue {
        jsonObject([
            "title": .string(title), "detail": detail.map { .string($0) }, "status": status.map { .integer(Int64($0)) },
        ])
    }
}
