public import Diagnostics

/// A report that somebody must get.
public struct ExpectedDisposition: Sendable, Hashable {
    /// The label of the message it is about.
    public var message: String
    /// Who reports.
    public var from: ActorName
    public var status: DispositionStatus

    public init(message: String, from: ActorName, status: DispositionStatus) {
        self.message = message
        self.from = from
        self.status = status
    }
}

/// Which list of participants is meant.
public enum RosterList: String, Sendable, Hashable, CaseIterable {
    /// The last membership before the session ended.
    case final
    /// The membership of the live session once the backlog is exhausted.
    case current
    /// The membership at the invitation.
    case initial
}

/// What a list must say about one participant.
public enum ExpectedStatus: String, Sendable, Hashable, CaseIterable {
    /// Listed with a connected endpoint.
    case connected
    /// Listed as one who belongs to the group: connected, pending, alerting, dialing-out or represented.
    case member
    /// Not a member any more: not listed, or listed as disconnected.
    case left
    /// Not listed at all.
    case absent
    /// Nothing is said about it.
    case any
}

/// One join or departure.
public enum RosterChange: Sendable, Hashable {
    case joined(ActorName)
    case left(ActorName)

    public var actor: ActorName {
        switch self {
        case .joined(let actor), .left(let actor): actor
        }
    }
}

/// What must be seen, resolved; the judge turns each into its checks.
public enum Expectation: Sendable, Hashable {
    /// Over the whole case, the messages of the group that reach `at` are exactly these: complete, once, in order, intact.
    case messages(at: ActorName, group: String, exactly: [String])
    /// Over the whole case, the reports that reach `at` are exactly these, in any order, none before its message.
    case dispositions(at: ActorName, group: String, exactly: [ExpectedDisposition])
    case roster(at: ActorName, group: String, list: RosterList, members: [ActorName: ExpectedStatus])
    /// The joins and departures that `at` is told of during its absence, in this order.
    case changes(at: ActorName, group: String, inOrder: [RosterChange])
    /// Nothing of the group arrives: after the departure or refusal, or at all for one who was never invited.
    case nothing(at: ActorName, group: String)
    /// Of what happened while the member `at` was away, the policy lets nothing, or no intermediate list, be delivered.
    case withheld(at: ActorName, group: String, what: Withheld)
    /// The reports that the client under test gives are exactly these, whatever their order and carriage.
    case reports(at: ActorName, group: String, exactly: [ExpectedReport])
    /// The client starts the group again at another focus, with the same ids, and invites exactly these.
    case restarted(at: ActorName, group: String, inviting: [ActorName])
    /// The client shows of each message to whom it was exchanged.
    case audience(at: ActorName, group: String, of: [String: [ActorName]])
}

/// A report that the client under test owes.
public struct ExpectedReport: Sendable, Hashable {
    /// The label of the message it is about.
    public var message: String
    public var status: DispositionStatus

    public init(message: String, status: DispositionStatus) {
        self.message = message
        self.status = status
    }
}

/// What a policy keeps from being delivered.
public enum Withheld: String, Sendable, Hashable, CaseIterable {
    /// Messages, dispositions and lists.
    case everything
    /// The lists before the final one.
    case intermediateLists = "intermediate-lists"
}

/// An expectation and where it is written.
public struct PlacedExpectation: Sendable, Hashable {
    public var kind: Expectation
    public var place: SourcePlace?

    public init(_ kind: Expectation, place: SourcePlace? = nil) {
        self.kind = kind
        self.place = place
    }

    public static func == (a: PlacedExpectation, b: PlacedExpectation) -> Bool { a.kind == b.kind }
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

/// The words that begin an expectation.
public enum ExpectationWord: String, Sendable, Hashable, CaseIterable {
    case messages, dispositions, roster, changes, nothing, withheld, reports, restarted, audience

    /// In cases of which role it has a meaning.
    public var roles: Set<ImplementationRole> {
        switch self {
        case .messages, .dispositions, .roster, .changes: [.enabler, .client]
        case .nothing, .withheld: [.enabler]
        case .reports, .restarted, .audience: [.client]
        }
    }
}

extension Expectation {
    public var word: ExpectationWord {
        switch self {
        case .messages: .messages
        case .dispositions: .dispositions
        case .roster: .roster
        case .changes: .changes
        case .nothing: .nothing
        case .withheld: .withheld
        case .reports: .reports
        case .restarted: .restarted
        case .audience: .audience
        }
    }

    /// Whose view is judged.
    public var at: ActorName {
        switch self {
        case .messages(let at, _, _), .dispositions(let at, _, _), .roster(let at, _, _, _), .changes(let at, _, _),
            .nothing(let at, _), .withheld(let at, _, _), .reports(let at, _, _), .restarted(let at, _, _),
            .audience(let at, _, _):
            at
        }
    }

    public var group: String {
        switch self {
        case .messages(_, let group, _), .dispositions(_, let group, _), .roster(_, let group, _, _),
            .changes(_, let group, _), .nothing(_, let group), .withheld(_, let group, _), .reports(_, let group, _),
            .restarted(_, let group, _), .audience(_, let group, _):
            group
        }
    }
}
