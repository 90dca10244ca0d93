public import Recordings

/// An item of the service provider's policy that a description may state.
public enum PolicyItem: String, Sendable, Hashable, CaseIterable {
    case storage
    case retention
    case maximum
    case keeps
    case intermediateLists = "intermediate-lists"
    case endsWhenMembersBelow = "ends-when-members-below"
    case inactivity
}

/// Which of the stored messages survive where there are more than the policy's maximum.
public enum PolicyKeeps: String, Sendable, Hashable, CaseIterable {
    case oldest
    case newest
}

/// What the deployment under test is set to do. Nil means that the description does not say.
public struct Policy: Sendable, Hashable {
    /// Missed items are stored at all.
    public var storage: Bool?
    /// Milliseconds that a stored item is kept.
    public var retention: Int64?
    /// Messages kept per user and group.
    public var maximum: Int?
    /// Which ones, when there are more than `maximum`.
    public var keeps: PolicyKeeps?
    /// Intermediate lists are delivered.
    public var intermediateLists: Bool?
    /// The focus ends the session when fewer members than this remain.
    public var endsWhenMembersBelow: Int?
    /// Milliseconds without anything happening after which the focus ends the session.
    public var inactivity: Int64?

    public init() {}

    /// The value of an item as a word; nil when it is not stated.
    public subscript(item: PolicyItem) -> String? {
        switch item {
        case .storage: storage.map { $0 ? "on" : "off" }
        case .retention: retention.map { "\($0)ms" }
        case .maximum: maximum.map(String.init)
        case .keeps: keeps?.rawValue
        case .intermediateLists: intermediateLists.map { $0 ? "on" : "off" }
        case .endsWhenMembersBelow: endsWhenMembersBelow.map(String.init)
        case .inactivity: inactivity.map { "\($0)ms" }
        }
    }

    /// The stated items by name.
    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members["storage"] = storage.map(JSONValue.bool)
        members["retention-ms"] = retention.map(JSONValue.integer)
        members["maximum"] = maximum.map { .integer(Int64($0)) }
        members["keeps"] = keeps.map { .string($0.rawValue) }
        members["intermediate-lists"] = intermediateLists.map(JSONValue.bool)
        members["ends-when-members-below"] = endsWhenMembersBelow.map { .integer(Int64($0)) }
        members["inactivity-ms"] = inactivity.map(JSONValue.integer)
        return .object(members)
    }

    /// Reads what `json` wrote.
    public init(json: JSONValue) {
        storage = json["storage"]?.bool
        retention = json["retention-ms"]?.int64
        maximum = json["maximum"]?.int
        keeps = json["keeps"]?.string.flatMap(PolicyKeeps.init)
        intermediateLists = json["intermediate-lists"]?.bool
        endsWhenMembersBelow = json["ends-when-members-below"]?.int
        inactivity = json["inactivity-ms"]?.int64
    }
}
