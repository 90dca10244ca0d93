public import Recordings

/// What values an option may have.
public enum OptionValues: Sendable, Hashable {
    /// `true` or `false`.
    case flag
    /// One of these words; the first is taken when the description is silent.
    case words([String])

    /// All values as words.
    public var all: [String] {
        switch self {
        case .flag: ["false", "true"]
        case .words(let words): words
        }
    }
}

/// One line of the implementation conformance statement: its name never changes once released.
public enum ICSOption: String, Sendable, Hashable, CaseIterable {
    case deliversIntermediateLists = "delivers-intermediate-lists"
    case storesAfterLoss = "stores-after-loss"
    case survivesRestart = "survives-restart"
    case byeSemantics = "bye-semantics"
    case busyMeansTemporary = "busy-means-temporary"
    case groupIMDN = "group-imdn"
    case perDevice = "per-device"
    case deliveryTrigger = "delivery-trigger"
    case declinedReading = "declined-reading"
    case creatorReading = "creator-reading"
    case lateInviteeReading = "late-invitee-reading"
    case ordersBetweenSenders = "orders-between-senders"
    case removesMembers = "removes-members"
    case removedReading = "removed-reading"
    case dismisses
    case processesIntermediateLists = "processes-intermediate-lists"
    case restartsFromFinalList = "restarts-from-final-list"
    case showsAudience = "shows-audience"
    case sendsReports = "sends-reports"
    case keepsWhatItShows = "keeps-what-it-shows"
    case subscribesToParticipants = "subscribes-to-participants"
}

extension ICSOption {
    /// Whose option it is.
    public var role: ImplementationRole {
        switch self {
        case .processesIntermediateLists, .restartsFromFinalList, .showsAudience, .sendsReports, .keepsWhatItShows,
            .subscribesToParticipants: .client
        default: .enabler
        }
    }

    public var values: OptionValues {
        switch self {
        case .byeSemantics: .words(["leaves", "503-keeps", "unexplained-keeps", "503-and-unexplained-keep"])
        case .groupIMDN: .words(["all", "aggregated", "none"])
        case .perDevice: .words(["first", "each"])
        case .sendsReports: .words(["none", "delivered", "displayed", "delivered-and-displayed"])
        case .deliveryTrigger: .words(["registration", "first-request", "either"])
        case .declinedReading, .lateInviteeReading: .words(["not-owed", "owed"])
        case .creatorReading, .removedReading: .words(["owed", "not-owed"])
        default: .flag
        }
    }

    /// One sentence for the template and for `explain`.
    public var meaning: String {
        switch self {
        case .deliversIntermediateLists: "delivers the intermediate lists, the initial one included (CPM-CONV-058b)"
        case .storesAfterLoss: "stores also for a participant who was in and lost its connection (reason for change)"
        case .survivesRestart: "loses nothing of what it stored when it is stopped and started again"
        case .byeSemantics: "which BYE of a client keeps its membership: one with Reason 503, one without a Reason"
        case .busyMeansTemporary: "486 to an invitation is a temporary refusal, like 480"
        case .groupIMDN: "disposition notifications in groups: each one, several in one body, or none"
        case .perDevice: "what was missed goes to the first device that returns, or to each"
        case .deliveryTrigger:
            "what starts a delivery: the REGISTER, the client's first request to the group, or either"
        case .declinedReading: "whether a user who declined the invitation is owed what follows"
        case .creatorReading: "whether the one who created the group counts as invited, and is owed what it misses"
        case .lateInviteeReading: "whether a user who is added later is owed what was said before"
        case .ordersBetweenSenders: "keeps one order between the messages of different senders"
        case .removesMembers: "the one who created the group can put a member out, by a REFER with method=BYE (RFC 4579 §5.11)"
        case .removedReading: "whether a user who was put out while away is owed what was sent before"
        case .dismisses: "the one who created the group can end it for everybody, by such a REFER about the focus itself"
        case .processesIntermediateLists: "processes deferred intermediate lists (CPM-CONV-058d)"
        case .restartsFromFinalList: "restarts the session at another focus from the final list"
        case .showsAudience: "shows to whom each message was exchanged"
        case .sendsReports: "which of the reports that a sender asks for the client gives"
        case .subscribesToParticipants: "subscribes to the conference package at the focus of a live session (RFC 4575)"
        case .keepsWhatItShows: "shows what it has shown also after it was stopped and started again"
        }
    }
}

extension ICSOption {
    /// Options of which every value says something about what is delivered. Of a flag only `true` does, and of
    /// `group-imdn` only what is not `none`.
    public func isClaim(_ value: String) -> Bool {
        switch self {
        case .groupIMDN, .sendsReports: value != "none"
        default: values == .flag ? value == "true" : true
        }
    }
}

extension ICSOption {
    /// Whether a case of the suites holds an implementation to this value. Of a reading only one does: who reads otherwise
    /// is taken at its word, and the cases that rest on the reading do not apply to it.
    public func isJudged(_ value: String) -> Bool {
        switch self {
        case .declinedReading, .lateInviteeReading: value == "not-owed"
        case .creatorReading, .removedReading: value == "owed"
        default: true
        }
    }
}

/// What an implementation claims. An option that the description does not state has its first value (`false`, or the
/// first word): what is not claimed is not applicable, never a pass.
public struct ICS: Sendable, Hashable {
    private var stated: [ICSOption: String] = [:]

    public init() {}

    /// The value as a word, `true` or `false` for a flag.
    public subscript(option: ICSOption) -> String {
        get { stated[option] ?? option.values.all[0] }
        set { stated[option] = newValue }
    }

    public func isStated(_ option: ICSOption) -> Bool { stated[option] != nil }

    /// A flag is claimed.
    public func claims(_ option: ICSOption) -> Bool { self[option] == "true" }

    /// The stated options by name: flags as truth values, others as words.
    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        for (option, value) in stated {
            members[option.rawValue] = option.values == .flag ? .bool(value == "true") : .string(value)
        }
        return .object(members)
    }

    /// Reads what `json` wrote; unknown names are left out.
    public init(json: JSONValue) {
        for option in ICSOption.allCases {
            guard let value = json[option.rawValue] else { continue }
            stated[option] = value.string ?? value.bool.map { $0 ? "true" : "false" }
        }
    }
}

extension ICS {
    public var deliversIntermediateLists: Bool { claims(.deliversIntermediateLists) }
    public var storesAfterLoss: Bool { claims(.storesAfterLoss) }
    public var survivesRestart: Bool { claims(.survivesRestart) }
    public var busyMeansTemporary: Bool { claims(.busyMeansTemporary) }
    public var ordersBetweenSenders: Bool { claims(.ordersBetweenSenders) }
}
