extension TestCase {
    /// The needs as written and those that follow from the absences, the requirements and the steps.
    public var effectiveNeeds: [Need] {
        var all = needs
        func add(_ need: Need) {
            if !all.contains(need) { all.append(need) }
        }
        policyNeeds.forEach(add)
        if let fewest = fewestInLiveSession { add(.left(fewest)) }
        if requirements.contains("CPM-CONV-058b") {
            add(.ics(ICSOption.deliversIntermediateLists.rawValue, oneOf: ["true"]))
        }
        for actor in actors { actor.absence.needs.forEach(add) }
        readingNeeds.forEach(add)
        clientNeeds.forEach(add)
        for step in steps {
            switch step.kind {
            case .end(_, .inactivity): add(.timer(.inactivity))
            case .outlast(let time): add(.outlasting(time))
            case .reboot:
                add(.ics(ICSOption.survivesRestart.rawValue, oneOf: ["true"]))
                add(.control)
            case .client(.list(let list)) where list.carriage == .subscription:
                add(.ics(ICSOption.subscribesToParticipants.rawValue, oneOf: ["true"]))
            case .client(.reboot):
                add(.ics(ICSOption.keepsWhatItShows.rawValue, oneOf: ["true"]))
                add(.control)
            case .send(let send) where send.count > 1: add(.backlog(send.count))
            case .boot: add(.ics(ICSOption.removesMembers.rawValue, oneOf: ["true"]))
            case .end(_, .dismissed): add(.ics(ICSOption.dismisses.rawValue, oneOf: ["true"]))
            default: break
            }
        }
        return all
    }

    /// Why the case cannot be held against an implementation, in one sentence; nil when it can.
    public func reasonNotApplicable(to implementation: ImplementationDescription) -> String? {
        guard role == implementation.role else {
            return
                "it is about the \(role.rawValue), and the implementation under test is the \(implementation.role.rawValue)"
        }
        return effectiveNeeds.lazy.compactMap { $0.reasonNotMet(by: implementation) }.first
    }

    // MARK: - Policy

    /// What is owed must be stored, for as long as the script takes and all of it; a case that is about one of these
    /// says so itself.
    private var policyNeeds: [Need] {
        guard actors.contains(where: \.absence.isOwed) else { return [] }
        var all: [Need] = []
        if !namesPolicy(.storage) { all.append(.policy(PolicyItem.storage.rawValue, oneOf: ["on"], orUnstated: true)) }
        if requirements.contains("CPM-CONV-058b") {
            all.append(.policy(PolicyItem.intermediateLists.rawValue, oneOf: ["on"], orUnstated: true))
        }
        if !namesPolicy(.maximum) {
            let most = groups.map { group in
                steps.reduce(0) { sum, step in
                    if case .send(let send) = step.kind, send.group == group { sum + send.count } else { sum }
                }
            }.max()
            // A marker follows each return, and whoever is still away misses it.
            let markers = steps.count { $0.kind.word == .return || $0.kind.word == .rejoin }
            all.append(.room((most ?? 0) + max(0, markers - 1)))
        }
        if !steps.contains(where: { $0.kind.word == .outlast }), !timesOfStay.isEmpty { all.append(.stay(timesOfStay)) }
        return all
    }

    /// How many are in the session where the fewest are, as long as no step has ended it; nil for a case without one.
    ///
    /// Only those who are there count: whether a focus counts whoever it cannot reach is its own affair.
    private var fewestInLiveSession: Int? {
        guard role == .enabler else { return nil }
        var scene = Scene(actors: actors)
        var fewest: Int?
        for step in steps {
            scene.take(step.kind) { absence(of: $0) ?? .present }
            for group in scene.groups.values where group.ended == nil && !group.isInterrupted {
                let count = group.standings.values.count { $0 == .connected || $0 == .returned }
                fewest = min(fewest ?? count, count)
            }
        }
        return fewest
    }

    private func namesPolicy(_ item: PolicyItem) -> Bool {
        needs.contains { if case .policy(item.rawValue, _, _) = $0 { true } else { false } }
    }

    /// The waits of the script that a stored item has to sit out, none of which is the implementation's choice.
    private var timesOfStay: [TimerName] {
        steps.compactMap { step in
            switch step.kind {
            case .away, .noticed: .lossRecognition
            case .return, .returnElsewhere, .reboot: .quiet
            case .returnBroken: .lossRecognition
            // So many take their time, the last of which counts from the first.
            case .send(let send) where send.count > 1: .answer
            case .end(_, .inactivity): .inactivity
            default: nil
            }
        }
    }

    // MARK: - Readings

    /// Where the requirement leaves it open who is owed something, the ICS says it.
    private var readingNeeds: [Need] {
        var all: [Need] = []
        var talkedIn: Set<String> = []
        for step in steps {
            switch step.kind {
            case .create(_, let by, _, _) where absence(of: by)?.isOwed == true:
                all.append(.ics(ICSOption.creatorReading.rawValue, oneOf: ["owed"]))
            case .send(let send): talkedIn.insert(send.group)
            case .add(_, _, let group) where talkedIn.contains(group):
                all.append(.ics(ICSOption.lateInviteeReading.rawValue, oneOf: ["not-owed"]))
            case .boot(_, let who, _) where absence(of: who)?.isOwed == true:
                all.append(.ics(ICSOption.removedReading.rawValue, oneOf: ["owed"]))
            default: break
            }
        }
        return all
    }
}

extension Absence {
    /// What the absence takes for granted.
    var needs: [Need] {
        let afterLoss = Need.ics(ICSOption.storesAfterLoss.rawValue, oneOf: ["true"])
        switch self {
        case .losesConnection, .fallsSilent, .deregisters:
            return [afterLoss, .timer(.lossRecognition)]
        case .registrationExpires:
            return [afterLoss]
        case .leavesInvoluntarily:
            let keeping = ICSOption.byeSemantics.values.all.filter { $0 != "leaves" }
            return [afterLoss, .ics(ICSOption.byeSemantics.rawValue, oneOf: keeping)]
        case .neverAnswers, .answersNothing, .onlyTries, .joinsLate:
            return [.timer(.noAnswer)]
        case .busyForNow:
            return [.ics(ICSOption.busyMeansTemporary.rawValue, oneOf: ["true"])]
        case .declines:
            return [.ics(ICSOption.declinedReading.rawValue, oneOf: ["not-owed"])]
        // Its answer has to come in time, so nobody waits for the timer.
        case .present, .answersLate, .notRegistered, .refusesForNow, .addedWhileAway, .leaves, .booted, .neverInvited:
            return []
        }
    }
}

extension Need {
    /// Why an implementation does not meet it, in one sentence; nil when it does.
    public func reasonNotMet(by implementation: ImplementationDescription) -> String? {
        switch self {
        case .ics(let name, let values):
            guard let option = ICSOption(rawValue: name) else { return "the ICS option '\(name)' is not known" }
            let value = implementation.ics[option]
            if values.contains(value) { return nil }
            let how = implementation.ics.isStated(option) ? "is" : "is not stated and taken as"
            return "the ICS option '\(name)' \(how) \(value), and the case needs \(values.joined(separator: " or "))"
        case .policy(let name, let values, let orUnstated):
            guard let item = PolicyItem(rawValue: name) else { return "the policy item '\(name)' is not known" }
            guard let value = implementation.policy[item] else {
                return orUnstated ? nil : "the policy item '\(name)' is not stated"
            }
            if values.contains(value) { return nil }
            return "the policy item '\(name)' is \(value), and the case needs \(values.joined(separator: " or "))"
        case .timer(let name):
            let timers = implementation.ixit.timers
            if timers[name] <= timers[.longestWait] { return nil }
            return
                "the timer '\(name.rawValue)' (\(timers[name]) ms) is longer than 'longest-wait' (\(timers[.longestWait]) ms)"
        case .backlog(let count):
            let longest = implementation.ixit.longestBacklog
            if count <= longest { return nil }
            return "the case sends \(count) messages in a row, and 'longest-backlog' is \(longest)"
        case .control:
            if implementation.ixit.control.canRestart { return nil }
            return "the description has no command to stop and start the implementation ('ixit.control')"
        case .room, .left, .stay, .outlasting: return reasonNotLeft(by: implementation)
        }
    }

    /// The same for what the policy must leave room or time for.
    private func reasonNotLeft(by implementation: ImplementationDescription) -> String? {
        switch self {
        case .room(let messages):
            guard let maximum = implementation.policy.maximum, maximum < messages else { return nil }
            return "the policy item 'maximum' is \(maximum), and the case needs room for \(messages) messages"
        case .left(let fewest):
            guard let least = implementation.policy.endsWhenMembersBelow, fewest < least else { return nil }
            return "the policy item 'ends-when-members-below' is \(least), and in a live session of the case \(fewest) are left"
        case .stay(let times):
            let needed = times.reduce(0) { $0 + implementation.ixit.timers[$1] }
            guard let retention = implementation.policy.retention, retention <= needed else { return nil }
            return "the policy item 'retention' is \(retention) ms, and the case keeps items waiting for \(needed) ms"
        case .outlasting(let time):
            guard let kept = implementation.policy.retention else {
                return "the policy item '\(time.rawValue)' is not stated"
            }
            let longest = implementation.ixit.timers[.longestWait]
            guard kept + implementation.ixit.timers[.quiet] > longest else { return nil }
            return "the policy item '\(time.rawValue)' (\(kept) ms) is longer than 'longest-wait' (\(longest) ms)"
        default: return nil
        }
    }
}
