public import Diagnostics
import XML

/// How an element of a conference-info document is to be read (RFC 4575 §4.4): the whole, a change, or gone.
public enum ConferenceElementState: String, Sendable, Hashable, CaseIterable {
    case full, partial, deleted
}

/// An application/conference-info+xml document, or the state that several of them have built up (RFC 4575).
///
/// Elements of other namespaces, `available-media` and the sidebars are checked by the schema and not kept.
public struct ConferenceInfo: Sendable, Hashable {
    public static let namespace = "urn:ietf:params:xml:ns:conference-info"

    /// The conference URI.
    public var entity: String
    public var state: ConferenceElementState
    /// nil when the document has none.
    public var version: Int?
    public var description: ConferenceDescription?
    public var hostInfo: ConferenceHost?
    public var conferenceState: ConferenceStateInfo?
    public var users: [ConferenceUser]
    /// The state of the `users` element; nil when the document has no such element, or leaves it to `state` when writing.
    public var usersState: ConferenceElementState?

    public init(
        entity: String, state: ConferenceElementState = .full, version: Int? = nil, users: [ConferenceUser] = []
    ) {
        self.entity = entity
        self.state = state
        self.version = version
        self.users = users
    }

    /// Reads a document; whether it is valid too is asked of `PayloadSchema.conferenceInfo`.
    /// Errors: not XML, another root, no entity, a state or version that is none.
    public init(parsing xml: [UInt8], limits: Limits = Limits()) throws(PayloadError) {
        try self.init(decoding: try ParsedXML.payload(xml, limits: limits).root)
    }

    /// Reads and validates in one go; the document is parsed only once.
    /// The value is nil when it cannot be read; the problems are empty when it is valid.
    public static func checked(
        _ xml: [UInt8], limits: Limits = Limits()
    ) -> (info: ConferenceInfo?, problems: [PayloadError]) {
        do throws(PayloadError) {
            let document = try ParsedXML.payload(xml, limits: limits)
            let problems = PayloadSchema.conferenceInfo.validate(document, limits: XMLLimits(limits)).map { PayloadError($0) }
            do throws(PayloadError) {
                return (try ConferenceInfo(decoding: document.root), problems)
            } catch {
                return (nil, problems.isEmpty ? [error] : problems)
            }
        } catch {
            return (nil, [error])
        }
    }

    /// The user of that entity; URIs are compared as they are written.
    public func user(_ entity: String) -> ConferenceUser? { users.first { $0.entity == entity } }
}

/// The `conference-description` element (RFC 4575 §5.3).
public struct ConferenceDescription: Sendable, Hashable {
    public var displayText: String?
    public var subject: String?
    public var freeText: String?
    public var keywords: [String] = []
    public var conferenceURIs: [ConferenceURI] = []
    public var serviceURIs: [ConferenceURI] = []
    public var maximumUserCount: Int?

    public init(subject: String? = nil, displayText: String? = nil, maximumUserCount: Int? = nil) {
        self.subject = subject
        self.displayText = displayText
        self.maximumUserCount = maximumUserCount
    }
}

/// One entry of a list of URIs (RFC 4575 §5.3.1).
public struct ConferenceURI: Sendable, Hashable {
    public var uri: String
    public var displayText: String?
    public var purpose: String?

    public init(_ uri: String, displayText: String? = nil, purpose: String? = nil) {
        self.uri = uri
        self.displayText = displayText
        self.purpose = purpose
    }
}

/// The `host-info` element (RFC 4575 §5.4).
public struct ConferenceHost: Sendable, Hashable {
    public var displayText: String?
    public var webPage: String?
    public var uris: [ConferenceURI] = []

    public init(displayText: String? = nil, webPage: String? = nil, uris: [ConferenceURI] = []) {
        self.displayText = displayText
        self.webPage = webPage
        self.uris = uris
    }
}

/// The `conference-state` element (RFC 4575 §5.5).
public struct ConferenceStateInfo: Sendable, Hashable {
    public var userCount: Int?
    public var active: Bool?
    public var locked: Bool?

    public init(userCount: Int? = nil, active: Bool? = nil, locked: Bool? = nil) {
        self.userCount = userCount
        self.active = active
        self.locked = locked
    }
}
