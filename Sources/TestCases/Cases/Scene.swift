/// How a participant stands to a group at one moment of the script.
public enum Standing: String, Sendable, Hashable {
    /// Not invited so far.
    case notInvited
    /// In the session.
    case connected
    /// A member who cannot be reached.
    case away
    /// A member who was away and is reachable again; in a live session it takes part.
    case returned
    /// Left and is no member any more.
    case left
    /// Refused for good.
    case declined

    /// It belongs to the group.
    public var isMember: Bool { self == .connected || self == .away || self == .returned }
}

/// Where everybody stands before a step, by the script alone and if everything goes as it should.
public struct Scene: Sendable, Hashable {
    /// One group.
    public struct Group: Sendable, Hashable {
        public var creator: ActorName
        /// How the session ended; nil while it is live.
        public var ended: SessionEnding?
        /// It was live when the enabler was stopped: whether it goes on is the enabler's affair.
        public var isInterrupted = false
        /// Everybody who is declared.
        public var standings: [ActorName: Standing]

        public func standing(_ actor: ActorName) -> Standing { standings[actor] ?? .notInvited }
    }

    /// The groups created so far.
    public var groups: [String: Group] = [:]
    /// Those who cannot be reached now.
    public var unreachable: Set<ActorName> = []
    /// Those who have come back at least once.
    public var everReturned: Set<ActorName> = []
    /// Those whose absence has begun.
    public var everAway: Set<ActorName> = []
    /// Those of the creator's invitation or an `add`.
    public var everInvited: Set<ActorName> = []
    /// Those whose own device is away; the user may be there with another.
    public var ownAway: Set<ActorName> = []
    /// Those who are there with another device.
    public var elsewhere: Set<ActorName> = []
    /// Those who were put out.
    public var everBooted: Set<ActorName> = []
    /// Those who left by a `leave` step.
    public var everLeft: Set<ActorName> = []
    /// Those who have gone and whose loss the script has not let be noticed.
    public var unnoticed: Set<ActorName> = []
    /// Those who were away when the enabler was stopped, and have come back by nothing since.
    public var disconnected: Set<ActorName> = []

    /// The beginning: nobody is invited.
    init(actors: [ActorRole]) {
        let absent = actors.filter(\.absence.atInvitation).map(\.name)
        unreachable = Set(absent)
        ownAway = Set(absent)
        everAway = Set(absent)
    }

    /// Takes a step that can be taken; the lint has seen to it.
    mutating func take(_ step: StepKind, absence: (ActorName) -> Absence) {
        switch step {
        case .create(let group, let by, let invite, _):
            var standings = [by: Standing.connected]
            for actor in invite { standings[actor] = Self.answer(absence(actor)) }
            groups[group] = Group(creator: by, ended: nil, standings: standings)
            everInvited.formUnion(invite)
        case .add(_, let who, let group):
            groups[group]?.standings[who] = Self.answer(absence(who))
            everInvited.insert(who)
        case .leave(let who, let group):
            groups[group]?.standings[who] = .left
            everLeft.insert(who)
        case .boot(_, let who, let group):
            groups[group]?.standings[who] = .left
            everBooted.insert(who)
        case .restart(let group, let by, let invite): restart(group, by, invite)
        case .end(let group, let how): end(group, how)
        case .reboot:
            for name in groups.keys where groups[name]?.ended == nil { groups[name]?.isInterrupted = true }
            disconnected = unreachable
        default: takeMove(step)
        }
    }

    /// The same for the steps by which somebody goes away or comes back; no other changes anything.
    private mutating func takeMove(_ step: StepKind) {
        switch step {
        case .noticed(let who): unnoticed.remove(who)
        case .away(let who), .awayUnnoticed(let who):
            if case .awayUnnoticed = step { unnoticed.insert(who) }
            unreachable.insert(who)
            ownAway.insert(who)
            everAway.insert(who)
            move(who, from: [.connected, .returned], to: .away)
        case .returnBroken(let who, _, _):
            everReturned.insert(who)
            disconnected.remove(who)
        case .returnElsewhere(let who):
            unreachable.remove(who)
            elsewhere.insert(who)
            everReturned.insert(who)
            move(who, from: [.away], to: .returned)
        case .return(let who):
            unreachable.remove(who)
            ownAway.remove(who)
            disconnected.remove(who)
            everReturned.insert(who)
            move(who, from: [.away], to: .returned)
        case .rejoin(let who, let group):
            unreachable.remove(who)
            ownAway.remove(who)
            everReturned.insert(who)
            groups[group]?.standings[who] = .connected
        default: break
        }
    }

    private mutating func move(_ who: ActorName, from: Set<Standing>, to standing: Standing) {
        for name in groups.keys {
            guard let now = groups[name]?.standing(who), from.contains(now) else { continue }
            groups[name]?.standings[who] = standing
        }
    }

    private mutating func end(_ group: String, _ how: SessionEnding) {
        groups[group]?.ended = how
        guard how == .everyoneLeaves, let standings = groups[group]?.standings else { return }
        for (actor, standing) in standings where standing == .connected || standing == .returned {
            groups[group]?.standings[actor] = .left
        }
    }

    /// The same ids at another focus; whoever was invited before and is not now is no member of it.
    private mutating func restart(_ group: String, _ by: ActorName, _ invite: [ActorName]) {
        groups[group]?.ended = nil
        groups[group]?.isInterrupted = false
        for name in groups[group]?.standings.keys.sorted() ?? [] { groups[group]?.standings[name] = .left }
        groups[group]?.standings[by] = .connected
        for name in invite { groups[group]?.standings[name] = unreachable.contains(name) ? .away : .connected }
        everInvited.formUnion(invite)
    }

    private static func answer(_ absence: Absence) -> Standing {
        if absence.acceptsInvitation { return .connected }
        return absence == .declines ? .declined : .away
    }
}

extension TestCase {
    /// Where everybody stands before the step with this index, from 0; `steps.count` asks for the end.
    public func scene(before index: Int) -> Scene {
        var scene = Scene(actors: actors)
        for step in steps.prefix(index) { take(step, in: &scene) }
        return scene
    }

    /// Moves a scene on by one of the steps.
    func take(_ step: TestStep, in scene: inout Scene) { scene.take(step.kind) { absence(of: $0) ?? .present } }

    /// How many steps are preamble: up to and with the one by which the first absence, or the first departure of a
    /// control, takes effect. A preamble that fails makes the case inconclusive.
    public var preambleCount: Int {
        let decisive = steps.firstIndex { step in
            switch step.kind {
            case .create(_, _, let invite, _):
                actors.contains { $0.absence == .neverInvited }
                    || invite.contains { name in
                        let absence = absence(of: name) ?? .present
                        return absence.atInvitation || absence == .declines
                    }
            case .add(_, let who, _): absence(of: who)?.atInvitation ?? false
            case .away, .awayUnnoticed: true
            case .leave(let who, _): absence(of: who) == .leaves
            case .boot(_, let who, _): absence(of: who) == .booted
            default: false
            }
        }
        return decisive.map { $0 + 1 } ?? 0
    }
}
