public import Payloads

/// A list of participants as an enabler hands it to a member: a conference-info document (RFC 4575). Pure.
public struct DeliveredList: Sendable, Hashable {
    /// One user of the list.
    public struct Member: Sendable, Hashable {
        public var uri: String
        public var displayName: String?
        public var status: EndpointStatus
        /// How it came, or how it went where the status is disconnected, such as `dialed-in` or `departed`.
        public var method: String?
        /// True takes the user off the list of whoever reads a partial document.
        public var isDeleted: Bool

        public init(
            uri: String, displayName: String? = nil, status: EndpointStatus = .connected, method: String? = nil,
            isDeleted: Bool = false
        ) {
            self.uri = uri
            self.displayName = displayName
            self.status = status
            self.method = method
            self.isDeleted = isDeleted
        }
    }

    /// The URI of the conference.
    public var entity: String
    /// Nil leaves it out.
    public var version: Int?
    /// Whether it is the whole list, a change, or the end of the conference.
    public var state: ConferenceElementState
    public var subject: String?
    /// `user-count`; nil leaves it out.
    public var userCount: Int?
    public var members: [Member]

    public init(
        entity: String, version: Int?, state: ConferenceElementState = .full, subject: String? = nil,
        members: [Member] = []
    ) {
        self.entity = entity
        self.version = version
        self.state = state
        self.subject = subject
        self.members = members
    }

    public func serialized() -> [UInt8] {
        var info = ConferenceInfo(entity: entity, state: state, version: version, users: members.map(\.user))
        if let subject { info.description = ConferenceDescription(subject: subject) }
        if let userCount { info.conferenceState = ConferenceStateInfo(userCount: userCount) }
        return info.serialized()
    }
}

extension DeliveredList.Member {
    fileprivate var user: ConferenceUser {
        if isDeleted { return ConferenceUser(entity: uri, state: .deleted) }
        var endpoint = ConferenceEndpoint(entity: uri, status: status)
        if let method {
            if status == .disconnected || status == .disconnecting {
                endpoint.disconnectionMethod = DisconnectionMethod(rawValue: method)
            } else {
                endpoint.joiningMethod = JoiningMethod(rawValue: method)
            }
        }
        return ConferenceUser(entity: uri, displayText: displayName, endpoints: [endpoint])
    }
}
