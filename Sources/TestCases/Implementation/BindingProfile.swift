public import Recordings

/// A choice of carriage that no public text settles; the judge reads the key instead of knowing the answer.
public enum BindingKey: String, Sendable, Hashable, CaseIterable {
    /// Where the backlog of a live session comes.
    case liveBacklog = "live-backlog"
    /// How somebody for whom the participating function answered is listed.
    case takeover
    /// What starts a delivery.
    case deliveryTrigger = "delivery-trigger"
    /// The order of the deliveries of several groups.
    case groupOrder = "group-order"
    /// The order of the items of one group.
    case itemOrder = "item-order"
    /// What carries participant information of an ended session.
    case participantInformation = "participant-information"
    /// What carries stored dispositions.
    case storedDispositions = "stored-dispositions"
    /// What a client reports deferred messages by.
    case deferredReports = "deferred-reports"
    /// What the BYE at the end of a delivery says.
    case closingBye = "closing-bye"
}

extension BindingKey {
    /// The values that the judge knows; the first is the default. `Suites/binding.yaml` says the same with reasons.
    public var permitted: [String] {
        switch self {
        case .liveBacklog: ["first", "any"]
        case .takeover: ["represented", "unrepresented"]
        case .deliveryTrigger: ["registration", "first-request", "either"]
        case .groupOrder: ["oldest-first", "any"]
        case .itemOrder: ["as-happened", "any"]
        case .participantInformation: ["either", "session", "notify"]
        case .storedDispositions: ["either", "session", "own-session"]
        case .deferredReports: ["session", "message", "live-session"]
        case .closingBye: ["as-user", "any"]
        }
    }
}

/// What a key of the profile means, for `explain` and the documents.
public struct BindingDefinition: Sendable, Hashable {
    public var key: BindingKey
    public var standard: String
    public var permitted: [String]
    /// The open question that the key settles.
    public var settles: String
    /// The reading that the default takes, and why.
    public var reading: String
}

/// One value for each key.
public struct BindingProfile: Sendable, Hashable {
    public var name: String
    private var values: [BindingKey: String] = [:]

    /// The project's profile with every key at its default.
    public static let standard = BindingProfile(name: "cpm-sip-msrp")

    public init(name: String, values: [BindingKey: String] = [:]) {
        self.name = name
        self.values = values
    }

    public subscript(key: BindingKey) -> String {
        get { values[key] ?? key.permitted[0] }
        set { values[key] = newValue }
    }

    /// The same with what a description of an implementation says otherwise.
    ///
    /// Its ICS settles `delivery-trigger` where it states one; a differing word under `binding` is a contradiction
    /// that the loader refuses.
    public func resolved(for implementation: ImplementationDescription) -> BindingProfile {
        var profile = self
        if implementation.ics.isStated(.deliveryTrigger) {
            profile[.deliveryTrigger] = implementation.ics[.deliveryTrigger]
        }
        for (key, value) in implementation.binding { profile[key] = value }
        return profile
    }

    /// `{"name": …, "keys": {…}}` with every key.
    public var json: JSONValue {
        let keys = BindingKey.allCases.map { ($0.rawValue, JSONValue.string(self[$0])) }
        return ["name": .string(name), "keys": .object(Dictionary(uniqueKeysWithValues: keys))]
    }

    /// Reads what `json` wrote; keys that are missing keep their default.
    public init(json: JSONValue) {
        self.init(name: json["name"]?.string ?? "")
        for key in BindingKey.allCases { values[key] = json["keys"]?[key.rawValue]?.string }
    }
}
