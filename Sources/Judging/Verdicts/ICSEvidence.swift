import TestCases

/// Which checks of which cases show that an ICS item is true.
///
/// A case stimulates an item by what its script does; the checks that then decide are those by which the claimed
/// thing would be missed if it were absent. All other checks of the case say nothing about the item.
struct ICSEvidence {
    let option: ICSOption
    let value: String

    /// How a check of a case bears on the item; nil when the case does not stimulate it.
    func deciding(in testCase: TestCase) -> ((CheckResult) -> Bool)? {
        switch option {
        case .deliversIntermediateLists:
            guard testCase.requirements.contains(.intermediate) else { return nil }
            return { $0.requirements == [.intermediate] }
        case .storesAfterLoss:
            return arrival(at: testCase.actors.filter(\.absence.midSession).map(\.name))
        case .busyMeansTemporary:
            return arrival(at: testCase.actors.filter { $0.absence == .busyForNow }.map(\.name))
        case .deliveryTrigger:
            return arrival(at: testCase.actors.map(\.name).filter { returns($0, in: testCase) })
        case .byeSemantics:
            return bye(testCase)
        case .groupIMDN:
            guard testCase.expectations.contains(where: { $0.kind.word == .dispositions }) else { return nil }
            return { $0.id.hasPrefix("dispositions.") }
        case .survivesRestart, .ordersBetweenSenders, .removesMembers, .dismisses:
            return needed(testCase)
        case .perDevice:
            return testCase.axisPoints.contains { $0.circumstance == .twoDevices } ? { $0.id == "messages.device" } : nil
        case .declinedReading, .creatorReading, .lateInviteeReading, .removedReading:
            return reading(testCase)
        case .processesIntermediateLists, .restartsFromFinalList, .showsAudience, .keepsWhatItShows,
            .subscribesToParticipants:
            return needed(testCase)
        case .sendsReports:
            return testCase.expectations.contains { $0.kind.word == .reports } ? { $0.id.hasPrefix("reports.") } : nil
        }
    }

    /// Whether an absent one comes back so that the implementation has to begin a delivery: by no INVITE of its own, and by no
    /// answer to one.
    private func returns(_ name: ActorName, in testCase: TestCase) -> Bool {
        guard let absence = testCase.absence(of: name), absence.isOwed, absence.returnWay != .answers else { return false }
        return testCase.steps.contains { step in
            switch step.kind {
            case .return(name), .returnBroken(name, _, _), .returnElsewhere(name): true
            default: false
            }
        }
    }

    /// What is owed to one of them reaches it.
    private func arrival(at actors: [ActorName]) -> ((CheckResult) -> Bool)? {
        guard !actors.isEmpty else { return nil }
        let checks = ["messages.complete", "messages.in-the-window", "dispositions.complete", "roster.final"]
        return { actors.contains($0.subject) && checks.contains($0.id) }
    }

    private func right(at actors: [ActorName]) -> ((CheckResult) -> Bool)? {
        guard !actors.isEmpty else { return nil }
        return { actors.contains($0.subject) && ["messages.right", "messages.declined"].contains($0.id) }
    }

    private func bye(_ testCase: TestCase) -> ((CheckResult) -> Bool)? {
        if value == "leaves" { return right(at: testCase.actors.filter { $0.absence == .leaves }.map(\.name)) }
        return arrival(at: testCase.actors.filter { $0.absence == .leavesInvoluntarily }.map(\.name))
    }

    /// Only the values that a case of the suite holds an implementation to are ever shown.
    private func reading(_ testCase: TestCase) -> ((CheckResult) -> Bool)? {
        switch (option, value) {
        case (.declinedReading, "not-owed"):
            return right(at: testCase.actors.filter { $0.absence == .declines }.map(\.name))
        case (.creatorReading, "owed"):
            let creators = testCase.steps.compactMap { step -> ActorName? in
                if case .create(_, let by, _, _) = step.kind { by } else { nil }
            }
            return arrival(at: creators.filter { testCase.absence(of: $0)?.isOwed == true })
        case (.lateInviteeReading, "not-owed"):
            guard needs(testCase) else { return nil }
            let added = testCase.steps.compactMap { step -> ActorName? in
                if case .add(_, let who, _) = step.kind { who } else { nil }
            }
            return right(at: added)
        case (.removedReading, "owed"):
            let removed = testCase.steps.compactMap { step -> ActorName? in
                if case .boot(_, let who, _) = step.kind { who } else { nil }
            }
            return arrival(at: removed.filter { testCase.absence(of: $0)?.isOwed == true })
        default: return nil
        }
    }

    /// A case that names the item among its needs is about it as a whole.
    private func needed(_ testCase: TestCase) -> ((CheckResult) -> Bool)? { needs(testCase) ? { _ in true } : nil }

    private func needs(_ testCase: TestCase) -> Bool {
        testCase.effectiveNeeds.contains { need in
            if case .ics(option.rawValue, let values) = need { values.contains(value) } else { false }
        }
    }
}
