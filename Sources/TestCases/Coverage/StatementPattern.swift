/// In which cases a statement is seen: all that is said must hold of one expectation of the case.
///
/// The cases of a statement follow from what cases play and expect, so the catalogue stays true when cases change.
public struct StatementPattern: Sendable, Hashable {
    /// What is expected; any of them. Empty for anything.
    public var expects: Set<SeenExpectation> = []
    /// How the one at whom it is expected is absent; any of them. Empty for anything.
    public var absences: Set<Absence> = []
    /// How steps of the case begin, as `StepKind.beginning` says it; any of them.
    public var steps: Set<String> = []
    /// Whether sessions are live or over to which a client is called; any of them.
    public var calls: Set<InviteStep.Form> = []
    /// What some message of the case has; any of them.
    public var sends: Set<SentTrait> = []
    /// Policy items that the case says it needs; any of them.
    public var policy: Set<PolicyItem> = []
    /// What things are like when somebody comes back; any of them.
    public var returns: Set<ReturnCircumstance> = []
    /// ICS options on which the case rests; any of them.
    public var ics: Set<ICSOption> = []

    public init() {}

    /// Whether the statement is seen in a case.
    public func matches(_ testCase: TestCase) -> Bool {
        guard steps.isEmpty || testCase.steps.contains(where: { steps.contains($0.kind.beginning) }) else { return false }
        guard calls.isEmpty || testCase.calls.contains(where: calls.contains) else { return false }
        guard policy.isEmpty || testCase.names(anyOf: policy) else { return false }
        guard ics.isEmpty || testCase.rests(onAnyOf: ics) else { return false }
        guard returns.isEmpty || testCase.axisPoints.contains(where: { returns.contains($0.circumstance) }) else {
            return false
        }
        guard sends.isEmpty || testCase.sentTraits.contains(where: sends.contains) else { return false }
        return testCase.expectations.contains { expectation in
            let absence = testCase.absence(of: expectation.kind.at) ?? .present
            return (expects.isEmpty || expects.contains(SeenExpectation(expectation.kind)))
                && (absences.isEmpty || absences.contains(absence))
        }
    }
}

/// An expectation as a statement asks for it: each list of participants for itself.
public enum SeenExpectation: String, Sendable, Hashable, CaseIterable {
    case messages, dispositions, changes, nothing, withheld, reports, restarted, audience
    case finalList = "final-list"
    case currentList = "current-list"
    case initialList = "initial-list"

    init(_ expectation: Expectation) {
        switch expectation {
        case .messages: self = .messages
        case .dispositions: self = .dispositions
        case .changes: self = .changes
        case .nothing: self = .nothing
        case .withheld: self = .withheld
        case .reports: self = .reports
        case .restarted: self = .restarted
        case .audience: self = .audience
        case .roster(_, _, .final, _): self = .finalList
        case .roster(_, _, .current, _): self = .currentList
        case .roster(_, _, .initial, _): self = .initialList
        }
    }
}

/// What a message of a case may have besides plain words.
public enum SentTrait: String, Sendable, Hashable, CaseIterable {
    /// Text in a script of its own.
    case sample
    /// So large that it takes several chunks.
    case size
    /// Another type than plain text.
    case contentType = "content-type"
    /// The sender wants to be told about it.
    case asksFor = "asks-for"
    /// The next one does not wait for it.
    case concurrent
}

/// Words for several absences at once.
public enum AbsenceClass: String, Sendable, Hashable, CaseIterable {
    case atInvitation = "at-invitation"
    case midSession = "mid-session"
    /// Either of these.
    case owed
    case control

    var members: [Absence] {
        switch self {
        case .atInvitation: Absence.allCases.filter(\.atInvitation)
        case .midSession: Absence.allCases.filter(\.midSession)
        case .owed: Absence.allCases.filter(\.isOwed)
        case .control: Absence.allCases.filter(\.isControl)
        }
    }
}

extension TestCase {
    fileprivate func names(anyOf items: Set<PolicyItem>) -> Bool {
        effectiveNeeds.contains { need in
            switch need {
            case .policy(let name, _, let orUnstated): !orUnstated && items.contains { $0.rawValue == name }
            case .outlasting(.retention): items.contains(.retention)
            default: false
            }
        }
    }

    fileprivate func rests(onAnyOf options: Set<ICSOption>) -> Bool {
        effectiveNeeds.contains { need in
            if case .ics(let name, _) = need { options.contains { $0.rawValue == name } } else { false }
        }
    }

    fileprivate var calls: [InviteStep.Form] {
        steps.compactMap { if case .client(.invite(let call)) = $0.kind { call.form } else { nil } }
    }

    fileprivate var sentTraits: [SentTrait] {
        steps.flatMap { step -> [SentTrait] in
            let send: SendStep
            switch step.kind {
            case .send(let sent): send = sent
            case .client(.hand(let handed)): send = handed.message
            default: return []
            }
            var traits: [SentTrait] = []
            switch send.content {
            case .text: break
            case .sample: traits.append(.sample)
            case .size: traits.append(.size)
            }
            if send.contentType != SendStep.plainText { traits.append(.contentType) }
            if !send.dispositions.isEmpty { traits.append(.asksFor) }
            if send.concurrent { traits.append(.concurrent) }
            return traits
        }
    }
}
