/// What somebody who was away has missed: the second axis.
public enum MissedKind: String, Sendable, Hashable, CaseIterable {
    case messages
    case dispositions
    case participantInformation = "participant-information"
}

/// What things are like when somebody comes back: the third axis. A return may be in several of these.
public enum ReturnCircumstance: String, Sendable, Hashable, CaseIterable {
    case live
    case joinsBack = "joins-back"
    case everyoneLeft = "everyone-left"
    case dismissed
    case inactivity
    case otherFocus = "other-focus"
    case brokenDelivery = "broken-delivery"
    case otherDevice = "other-device"
    case twoDevices = "two-devices"
    case severalGroups = "several-groups"
    case creatorAway = "creator-away"
    case twoAway = "two-away"
    case allAway = "all-away"
    case enablerRestarted = "enabler-restarted"
    case backlogOfOne = "backlog-of-1"
    case backlogOfTen = "backlog-of-10"
    case backlogOfThousand = "backlog-of-1000"
    case afterRetention = "after-retention"
    case secondReturn = "second-return"
    case nothingMissed = "nothing-missed"
    case removedWhileAway = "removed-while-away"

    /// One phrase for the table's legend.
    public var meaning: String {
        switch self {
        case .live: "the session goes on"
        case .joinsBack: "the session goes on, and the user joins it by an INVITE of its own"
        case .everyoneLeft: "the session ended when the last one left"
        case .dismissed: "the session was dismissed"
        case .inactivity: "the session ended by inactivity"
        case .otherFocus: "the session ended and was started again at another focus"
        case .brokenDelivery: "the connection breaks in the middle of the delivery"
        case .otherDevice: "the user comes back with another device"
        case .twoDevices: "the user has two devices"
        case .severalGroups: "the user missed something in several groups"
        case .creatorAway: "the one who was away created the group"
        case .twoAway: "two members were away at once"
        case .allAway: "nobody was there any more"
        case .enablerRestarted: "the enabler was stopped and started while the user was away"
        case .backlogOfOne: "exactly one message was missed"
        case .backlogOfTen: "ten messages or more were missed"
        case .backlogOfThousand: "a thousand messages or more were missed"
        case .afterRetention: "what was missed is older than the policy keeps it"
        case .secondReturn: "the user has come back before"
        case .nothingMissed: "nothing happened while the user was away"
        case .removedWhileAway: "the user was put out of the group while it was away"
        }
    }
}

/// One point of the three axes.
public struct AxisPoint: Sendable, Hashable {
    public var absence: Absence
    public var missed: MissedKind
    public var circumstance: ReturnCircumstance

    public init(absence: Absence, missed: MissedKind, circumstance: ReturnCircumstance) {
        self.absence = absence
        self.missed = missed
        self.circumstance = circumstance
    }
}

extension TestCase {
    /// The points of the three axes at which the case looks, as its script and expectations say.
    public var axisPoints: Set<AxisPoint> {
        var points: Set<AxisPoint> = []
        for actor in actors where actor.absence != .present {
            for missed in missedKinds(of: actor.name) {
                for circumstance in circumstances(of: actor.name) {
                    points.insert(AxisPoint(absence: actor.absence, missed: missed, circumstance: circumstance))
                }
            }
        }
        return points
    }

    /// What is looked at in what the user gets, or in what it must not get.
    private func missedKinds(of name: ActorName) -> Set<MissedKind> {
        var kinds: Set<MissedKind> = []
        for expectation in expectations.map(\.kind) where expectation.at == name {
            switch expectation {
            case .messages: kinds.insert(.messages)
            case .dispositions: kinds.insert(.dispositions)
            case .roster(_, _, let list, _): if list != .current { kinds.insert(.participantInformation) }
            case .changes: kinds.insert(.participantInformation)
            case .nothing: kinds.formUnion([.messages, .participantInformation])
            case .withheld(_, _, .everything): kinds.formUnion([.messages, .participantInformation])
            case .withheld(_, _, .intermediateLists): kinds.insert(.participantInformation)
            // The axes are those of an enabler.
            case .reports, .restarted, .audience: break
            }
        }
        return kinds
    }

    private func circumstances(of name: ActorName) -> Set<ReturnCircumstance> {
        var all: Set<ReturnCircumstance> = []
        var returns = 0
        var talk = 0
        var isRebooted = false
        var isRestarted = false
        var isBooted = false
        // It goes along with the steps: replaying it for each would cost the square of their number.
        var scene = scene(before: 0)
        for step in steps {
            let isAway = scene.unreachable.contains(name)
            switch step.kind {
            case .send(let send) where send.by != name && isAway: talk += 1
            case .boot(_, name, _): isBooted = isAway
            case .restart: if isAway { isRestarted = true }
            case .report, .leave, .add: if isAway { talk += 1 }
            case .outlast: all.insert(.afterRetention)
            case .reboot:
                isRebooted = true
                // Whoever is there has to come back to it.
                if returns > 0 { all.insert(.enablerRestarted) }
            case .return(name), .returnElsewhere(name), .returnBroken(name, after: _, how: _), .rejoin(who: name, group: _):
                returns += 1
                if returns > 1 { all.insert(.secondReturn) }
                all.formUnion(situation(of: name, in: scene, joins: step.kind.word == .rejoin))
                if talk == 0 { all.insert(.nothingMissed) }
                if isRebooted { all.insert(.enablerRestarted) }
                if isRestarted { all.insert(.otherFocus) }
                if isBooted { all.insert(.removedWhileAway) }
                all.formUnion(manner(of: step.kind, by: name, in: scene))
                talk = 0
            default: break
            }
            take(step, in: &scene)
        }
        guard returns > 0 else { return [] }
        return all.union(backlog(of: name))
    }

    /// What is special about the return itself.
    private func manner(of step: StepKind, by name: ActorName, in scene: Scene) -> Set<ReturnCircumstance> {
        switch step {
        case .returnBroken: [.brokenDelivery]
        case .returnElsewhere: scene.unreachable.contains(name) ? [.otherDevice] : [.twoDevices]
        case .return: scene.elsewhere.contains(name) ? [.twoDevices] : []
        default: []
        }
    }

    /// How the groups of the user are when it comes back.
    private func situation(of name: ActorName, in scene: Scene, joins: Bool) -> Set<ReturnCircumstance> {
        var all: Set<ReturnCircumstance> = []
        let own = scene.groups.values.filter { $0.standings[name] != nil }
        for group in own {
            switch group.ended {
            case .everyoneLeaves: all.insert(.everyoneLeft)
            case .inactivity: all.insert(.inactivity)
            case .dismissed: all.insert(.dismissed)
            case nil: all.insert(joins ? .joinsBack : .live)
            }
            if group.creator == name, absence(of: name)?.isOwed == true { all.insert(.creatorAway) }
            let away = group.standings.filter { $0.key != name && $0.value == .away }
            if !away.isEmpty { all.insert(.twoAway) }
            if group.ended == nil, group.standings.allSatisfy({ $0.key == name || !$0.value.isMember || $0.value == .away }) {
                all.insert(.allAway)
            }
        }
        if own.count > 1 { all.insert(.severalGroups) }
        return all
    }

    /// Of what the user is to get, only what was sent while it was away waited for it.
    private func backlog(of name: ActorName) -> Set<ReturnCircumstance> {
        let expected = expectations.reduce(into: Set<String>()) { all, expectation in
            if case .messages(name, _, let labels) = expectation.kind { all.formUnion(messageLabels(labels)) }
        }
        var count = 0
        var scene = scene(before: 0)
        for step in steps {
            if case .send(let send) = step.kind, scene.unreachable.contains(name) {
                count += send.labels.count { expected.contains($0) }
            }
            take(step, in: &scene)
        }
        var all: Set<ReturnCircumstance> = []
        if count == 1 { all.insert(.backlogOfOne) }
        if count >= 10 { all.insert(.backlogOfTen) }
        if count >= 1000 { all.insert(.backlogOfThousand) }
        return all
    }
}
