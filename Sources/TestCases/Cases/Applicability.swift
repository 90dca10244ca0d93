extension TestCase {
    /// The needs as written and those that follow from the absences, the requirements and the steps.
    public var effectiveNeeds: [Need] {
        var all = needs
        func add(_ need: Need) {
            if !all.contains(need) { all.append(need) }
        }
        if actors.contains(where: \.absence.isOwed) {
            add(.policy(PolicyItem.storage.rawValue, oneOf: ["on"], orUnstated: true))
        }
        if requirements.contains("CPM-CONV-058b") {
            add(.ics(ICSOption.deliversIntermediateLists.rawValue, oneOf: ["true"]))
            add(.policy(PolicyItem.intermediateLists.rawValue, oneOf: ["on"], orUnstated: true))
        }
        for actor in actors { actor.absence.needs.forEach(add) }
        for step in steps {
            if case .end(_, .inactivity) = step.kind { add(.timer(.inactivity)) }
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
        case .neverAnswers, .joinsLate:
            return [.timer(.noAnswer)]
        case .declines:
            return [.ics(ICSOption.declinedReading.rawValue, oneOf: ["not-owed"])]
        case .present, .notRegistered, .refusesForNow, .addedWhileAway, .leaves, .booted, .neverInvited:
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
        }
    }
}
