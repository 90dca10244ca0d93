import Payloads

/// Where a list comes from: each is a stream with versions of its own (RFC 4575 §4.6).
enum ListSource: Sendable, Hashable {
    /// The MSRP session of that number.
    case delivery(Int)
    /// The subscription of that number.
    case subscription(Int)
}

/// A change in who takes part.
enum MembershipChange: Sendable, Hashable {
    /// The first that is known.
    case began([Participant])
    case joined(Participant)
    case left(Participant)
}

/// What a list came to.
enum ListOutcome: Sendable, Hashable {
    /// Taken, with the changes that it told.
    case taken([MembershipChange])
    /// Taken for the present, to be told when what was stored has been told.
    case held
    /// Older than what is known, of another conference, or nothing but the end of one.
    case ignored
    /// A change without what it changes: the whole has to be asked for.
    case needsFull
}

/// Who takes part in a group: what the lists have told so far, in the order they came.
///
/// Lists in a delivery tell what happened; a subscription tells what is. While a delivery may still be under way
/// the subscription shows the present, and is part of the story only when the delivery has fallen quiet.
struct Participants: Sendable {
    /// As of the last thing told.
    private(set) var told: [Participant]
    /// False until a list or an invitation has named anybody.
    private(set) var isKnown: Bool
    private var present: [Participant]?
    private var streams: [ListSource: ConferenceInfo] = [:]
    private let own: Set<UserKey>
    private let faults: ListFaults

    init(_ known: [Participant] = [], own: Set<UserKey>, faults: ListFaults = ListFaults([])) {
        told = known
        isKnown = !known.isEmpty
        self.own = own
        self.faults = faults
    }

    /// What the user sees.
    var shown: [Participant] { present ?? told }

    /// Those to whom a message goes that comes now, but its sender; nil while nobody is known.
    func audience(of sender: Person?) -> [String]? {
        guard isKnown else { return nil }
        let key = sender?.key
        return told.filter { $0.isMember && $0.key != key }.map(\.person.uri)
    }

    /// Those whom an invitation names, where no list has told more.
    mutating func begin(with people: [Person]) -> [MembershipChange] {
        guard !isKnown, !people.isEmpty else { return [] }
        var seen: Set<UserKey> = []
        told = people.filter { seen.insert($0.key).inserted }.map { Participant(person: $0, status: "member", method: nil) }
        isKnown = true
        return [.began(told)]
    }

    /// Takes a list; `holding` while a delivery may be under way.
    mutating func apply(_ info: ConferenceInfo, from source: ListSource, holding: Bool) -> ListOutcome {
        guard faults.takes(isKnown: isKnown) else { return .ignored }
        let state: ConferenceInfo
        switch merged(info, on: source) {
        case .success(let merged): state = merged
        case .failure(.gap), .failure(.nothingToChange): return .needsFull
        case .failure: return .ignored
        }
        streams[source] = state
        let list = Self.participants(of: state)
        if Self.isTeardown(list, state) { return .ignored }
        if case .subscription = source {
            present = faults.shown(list)
            if holding { return .held }
        }
        return .taken(tell(list))
    }

    /// A delivery has fallen quiet: what the subscription shows is told.
    mutating func settle() -> [MembershipChange] { present.map { tell($0) } ?? [] }

    /// A stream is over. What a subscription showed has been told before.
    mutating func ended(_ source: ListSource) {
        streams[source] = nil
        if case .subscription = source { present = nil }
    }

    // MARK: One stream

    private func merged(
        _ info: ConferenceInfo, on source: ListSource
    ) -> Result<ConferenceInfo, ConferenceMergeError> {
        Result { () throws(ConferenceMergeError) -> ConferenceInfo in
            guard let known = streams[source] else { return try begun(info) }
            guard UserKey(known.entity) == UserKey(info.entity) else {
                // A delivery may go on with the next focus of the group, beginning with the whole.
                return try info.asInitialState()
            }
            var info = info
            info.entity = known.entity
            return try known.applying(info)
        }
    }

    private func begun(_ info: ConferenceInfo) throws(ConferenceMergeError) -> ConferenceInfo {
        if info.state == .partial, let base = faults.base(for: info) { return try base.applying(info) }
        return try info.asInitialState()
    }

    private static func participants(of state: ConferenceInfo) -> [Participant] {
        var list: [Participant] = []
        var places: [UserKey: Int] = [:]
        for user in state.users.prefix(10_000) {
            guard let entity = user.entity else { continue }
            let keys = ([entity] + user.associatedAORs.map(\.uri)).map { UserKey($0) }
            let method = user.endpoints.compactMap(\.disconnectionMethod).last?.rawValue
            let status = user.status?.rawValue ?? "member"
            let participant = Participant(
                person: Person(uri: entity, name: user.displayText), status: status,
                method: status == "disconnected" ? method : nil)
            if let place = keys.compactMap({ places[$0] }).first {
                if !list[place].isMember { list[place] = participant }
            } else {
                for key in keys { places[key] = list.count }
                list.append(participant)
            }
        }
        return list
    }

    /// Nothing but the end of the conference: nobody left of himself, all were disconnected by it.
    private static func isTeardown(_ list: [Participant], _ state: ConferenceInfo) -> Bool {
        if state.state == .deleted || list.isEmpty { return true }
        return list.allSatisfy { !$0.isMember && $0.method != "departed" && $0.method != "booted" }
    }

    // MARK: The story

    private mutating func tell(_ list: [Participant]) -> [MembershipChange] {
        let list = faults.shown(list)
        defer {
            told = named(list)
            isKnown = true
        }
        guard isKnown else { return [.began(named(list).filter(\.isMember))] }
        let after = Dictionary(list.map { ($0.key, $0) }) { first, _ in first }
        let before = Dictionary(told.map { ($0.key, $0) }) { first, _ in first }
        var changes: [MembershipChange] = []
        for participant in told where participant.isMember && !own.contains(participant.key) {
            let now = after[participant.key]
            if now?.isMember == true { continue }
            var gone = participant
            gone.status = "disconnected"
            gone.method = now?.method
            changes.append(.left(gone))
        }
        for participant in named(list) where participant.isMember && !own.contains(participant.key) {
            if before[participant.key]?.isMember != true { changes.append(.joined(participant)) }
        }
        return changes
    }

    /// A name that was known stays where a list leaves it out.
    private func named(_ list: [Participant]) -> [Participant] {
        let names = Dictionary(told.map { ($0.key, $0.person.name) }) { first, _ in first }
        return list.map { participant in
            var participant = participant
            if participant.person.name == nil { participant.person.name = names[participant.key] ?? nil }
            return participant
        }
    }
}
