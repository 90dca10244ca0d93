internal import Diagnostics

/// Goes through a script without playing it, and says which step cannot be taken.
///
/// A step that is impossible would be recorded `unmet` at every run, whatever the implementation does; so it is a
/// mistake of the case, and is said before anything is run.
struct Rehearsal {
    let testCase: TestCase
    let findings: Findings
    private(set) var scene: Scene
    private(set) var sent: Set<String> = []
    /// How much had been sent when somebody went away by an `away` that does not wait.
    var sentBefore: [ActorName: Int] = [:]

    init(_ testCase: TestCase, findings: Findings) {
        self.testCase = testCase
        self.findings = findings
        scene = Scene(actors: testCase.actors)
    }

    /// Checks all steps, then the actors, then the expectations.
    mutating func run() {
        for step in testCase.steps {
            check(step)
            scene.take(step.kind) { testCase.absence(of: $0) ?? .present }
            if case .send(let send) = step.kind { sent.formUnion([send.label] + send.labels) }
        }
        checkAllNoticed()
        checkActors()
        ExpectationLint(testCase: testCase, scene: scene, findings: findings).run()
    }

    private func absence(_ actor: ActorName) -> Absence { testCase.absence(of: actor) ?? .present }

    private mutating func check(_ step: TestStep) {
        let place = step.place
        checkUnanswered(step.kind, place)
        checkWindow(step)
        switch step.kind {
        case .create(let group, let by, let invite, _): checkCreate(group, by, invite, place)
        case .send(let send): checkTakesPart(send.by, send.group, "send", place)
        case .compose(let by, let group): checkTakesPart(by, group, "compose", place)
        case .report(let by, let message, let status): checkReport(by, message, status, place)
        case .leave(let who, let group): checkTakesPart(who, group, "leave", place)
        case .subscribe(let who, let group): checkTakesPart(who, group, "subscribe", place)
        case .add(let by, let who, let group): checkAdd(by, who, group, place)
        case .away(let who): checkAway(who, place)
        case .awayUnnoticed(let who): checkAwayUnnoticed(who, place)
        case .noticed(let who): checkNoticed(who, place)
        case .return(let who): checkReturn(who, place)
        case .rejoin(let who, let group): checkRejoin(who, group, place)
        case .end(let group, let how): checkEnd(group, how, place)
        case .outlast: checkOutlast(place)
        case .reboot: checkReboot(place)
        case .returnElsewhere(let who): checkReturn(who, place, elsewhere: true)
        case .returnBroken(let who, let after, _): checkBroken(who, after, place)
        case .restart(let group, let by, let invite): checkRestart(group, by, invite, place)
        case .boot(let by, let who, let group): checkBoot(by, who, group, place)
        // These have a rehearsal of their own.
        case .client: break
        }
    }

    /// The group is there and its session live; if not, that is said.
    func liveGroup(_ name: String, _ step: String, _ place: SourcePlace?) -> Scene.Group? {
        guard let group = scene.groups[name] else {
            findings.add(
                "case.before-create", place, "the group '\(name)' is not created yet",
                "move '\(step)' behind its 'create'")
            return nil
        }
        if group.ended != nil {
            findings.add(
                "case.after-end", place, "the session of '\(name)' has ended", "move '\(step)' before its 'end'")
            return nil
        }
        if group.isInterrupted {
            findings.add(
                "case.after-reboot", place, "the session of '\(name)' need not go on after the enabler was stopped",
                "move '\(step)' before the 'reboot'")
            return nil
        }
        return group
    }

    private func checkCreate(_ group: String, _ by: ActorName, _ invite: [ActorName], _ place: SourcePlace?) {
        if scene.groups[group] != nil {
            findings.add(
                "case.created-twice", place, "the group '\(group)' is created twice", "name the second one otherwise")
        }
        if !absence(by).acceptsInvitation {
            findings.add(
                "case.creator", place, "\(by) creates the group and is declared '\(absence(by).rawValue)'",
                "let a present participant create it, or give \(by) an absence in mid-session")
        }
        if invite.isEmpty {
            findings.add("case.nobody-invited", place, "nobody is invited", "name somebody under 'invite'")
        }
        var seen: Set<ActorName> = [by]
        for actor in invite {
            if !seen.insert(actor).inserted {
                findings.add(
                    "case.invited-twice", place, "\(actor) is invited twice, or creates the group", "name \(actor) once"
                )
            }
            if absence(actor) == .neverInvited {
                findings.add(
                    "case.never-invited", place, "\(actor) is declared 'never-invited' and invited here",
                    "remove \(actor) from 'invite'")
            }
            if absence(actor) == .addedWhileAway {
                findings.add(
                    "case.added-while-away", place, "\(actor) is declared 'added-while-away' and invited at once",
                    "invite \(actor) by an 'add' step")
            }
        }
    }

    private func checkTakesPart(_ who: ActorName, _ name: String, _ step: String, _ place: SourcePlace?) {
        guard let group = liveGroup(name, step, place) else { return }
        switch group.standing(who) {
        case .connected, .returned: break
        case .away:
            findings.add(
                "case.actor-away", place, "\(who) is away ('\(absence(who).rawValue)') and cannot '\(step)'",
                "move the step before the absence or behind 'return: \(who)'")
        case .notInvited, .left, .declined:
            findings.add(
                "case.actor-not-in-group", place, "\(who) is not in '\(name)' and cannot '\(step)'",
                "invite \(who) first, or let somebody else do it")
        }
    }

    private func checkReport(_ by: ActorName, _ label: String, _ status: DispositionStatus, _ place: SourcePlace?) {
        guard let message = testCase.message(label) else { return }
        if message.by == by {
            findings.add("case.own-message", place, "\(by) sent '\(label)' itself", "let a recipient report")
        }
        if !message.dispositions.contains(status) {
            findings.add(
                "case.not-asked-for", place, "'\(label)' does not ask for '\(status.rawValue)'",
                "add 'asks-for: [\(status.rawValue)]' to its 'send'")
        }
        if scene.unreachable.contains(by) {
            findings.add(
                "case.actor-away", place, "\(by) is away and cannot 'report'", "move the step behind 'return: \(by)'")
        }
        let standing = scene.groups[message.group]?.standing(by) ?? .notInvited
        if standing == .notInvited || standing == .declined {
            findings.add("case.actor-not-in-group", place, "\(by) never gets '\(label)'", "let a recipient report")
        }
    }

    private func checkAdd(_ by: ActorName, _ who: ActorName, _ name: String, _ place: SourcePlace?) {
        checkTakesPart(by, name, "add", place)
        guard let group = scene.groups[name], group.ended == nil, !group.isInterrupted else { return }
        if group.standing(who).isMember {
            findings.add("case.already-member", place, "\(who) is already in '\(name)'", "add somebody else")
        }
        if absence(who) == .neverInvited {
            findings.add(
                "case.never-invited", place, "\(who) is declared 'never-invited' and added here", "add somebody else")
        }
    }

    func checkAway(_ who: ActorName, _ place: SourcePlace?) {
        let absence = absence(who)
        switch absence.phase {
        case .none:
            findings.add(
                "case.away-of-present", place, "\(who) is declared 'present'",
                "declare an absence in mid-session, such as '\(who): loses-connection'")
        case .atInvitation:
            findings.add(
                "case.away-at-invitation", place,
                "\(who) is absent from the invitation on ('\(absence.rawValue)') and cannot go away in mid-session",
                "remove the step, or declare an absence in mid-session, such as '\(who): loses-connection'")
        case .control:
            findings.add(
                "case.away-of-control", place, "\(who) is declared '\(absence.rawValue)', which no 'away' begins",
                absence == .leaves ? "write '- leave: \(who)'" : "remove the step")
        case .midSession:
            if scene.unreachable.contains(who) {
                findings.add("case.away-twice", place, "\(who) is away already", "remove the step")
            } else if scene.elsewhere.contains(who) {
                findings.add(
                    "case.away-with-devices", place, "\(who) has two devices by now", "let \(who) go away before")
            } else if !scene.groups.values.contains(where: { $0.standing(who).isMember && $0.ended == nil && !$0.isInterrupted }) {
                findings.add(
                    "case.actor-not-in-group", place, "\(who) is in no live group and would miss nothing",
                    "move the step behind the 'create' and before the 'end'")
            }
        }
    }

    private func checkReturn(_ who: ActorName, _ place: SourcePlace?, elsewhere: Bool = false) {
        let absence = absence(who)
        let isNewDevice = elsewhere ? !scene.elsewhere.contains(who) : scene.ownAway.contains(who)
        if absence.isOwed, isNewDevice, !scene.unreachable.contains(who) {
            return checkSecondDevice(who, place)
        }
        if absence == .present {
            findings.add(
                "case.return-of-present", place, "\(who) is declared 'present' and cannot return",
                "declare an absence for \(who), or remove the step")
        } else if elsewhere, !absence.isOwed {
            findings.add(
                "case.device-of-control", place, "\(who) is declared '\(absence.rawValue)', to whom nothing is owed",
                "declare an absence for \(who), or write '- return: \(who)'")
        } else if absence.isOwed, !scene.unreachable.contains(who) {
            findings.add(
                "case.return-too-early", place, "\(who) is not away here",
                absence.midSession ? "write '- away: \(who)' before" : "remove the second 'return'")
        } else if scene.groups.isEmpty {
            findings.add(
                "case.before-create", place, "no group is created yet", "move 'return' behind the 'create'")
        }
    }

    private func checkRejoin(_ who: ActorName, _ name: String, _ place: SourcePlace?) {
        guard let group = liveGroup(name, "rejoin", place) else { return }
        switch group.standing(who) {
        case .connected:
            findings.add("case.rejoin-of-connected", place, "\(who) is in the session", "remove the step")
        case .notInvited, .declined:
            findings.add(
                "case.actor-not-in-group", place, "\(who) was never in '\(name)'", "invite \(who) first")
        case .away where !absence(who).registersAtStart || absence(who).midSession || scene.disconnected.contains(who):
            findings.add(
                "case.actor-away", place, "\(who) is away and cannot 'rejoin'", "write '- return: \(who)' before")
        case .away, .returned, .left: break
        }
    }

    private func checkEnd(_ name: String, _ how: SessionEnding, _ place: SourcePlace?) {
        guard let group = liveGroup(name, "end", place) else { return }
        let present = group.standings.values.contains { $0 == .connected || $0 == .returned }
        if how == .dismissed, group.standing(group.creator) != .connected {
            findings.add(
                "case.nobody-dismisses", place, "\(group.creator) created the group, is not in it, and cannot dismiss it",
                "write 'how: everyone-leaves'")
        }
        if how == .everyoneLeaves, !present {
            findings.add("case.nobody-there", place, "nobody is left who could leave", "write 'how: inactivity'")
        }
    }

    private func checkOutlast(_ place: SourcePlace?) {
        if scene.unreachable.isEmpty || sent.isEmpty {
            findings.add(
                "case.outlast-nothing", place, "nothing is stored here whose time could pass",
                "move the step behind an absence and a 'send'")
        }
    }

    private func checkReboot(_ place: SourcePlace?) {
        if let who = scene.elsewhere.sorted().first {
            findings.add(
                "case.away-with-devices", place, "\(who) has two devices by now", "move the 'reboot' before its return")
        }
        if scene.everAway.isEmpty || sent.isEmpty {
            findings.add(
                "case.reboot-nothing", place, "nothing is stored here that a restart could lose or bring again",
                "move the step behind an absence and a 'send'")
        }
    }

    private func checkActors() {
        for actor in testCase.actors {
            let (name, absence) = (actor.name, actor.absence)
            let isCreator = scene.groups.values.contains { $0.creator == name }
            let instead: String
            switch absence {
            case .neverInvited: continue
            case .leaves where !scene.everLeft.contains(name): instead = "write '- leave: \(name)'"
            case .booted where !scene.everBooted.contains(name): instead = "write '- boot: { by: …, who: \(name) }'"
            case _ where absence.midSession && !scene.everAway.contains(name): instead = "write '- away: \(name)'"
            case _ where !isCreator && !scene.everInvited.contains(name):
                instead = absence == .addedWhileAway ? "write '- add: { by: …, who: \(name) }'" : "invite \(name)"
            default: continue
            }
            findings.add(
                "case.actor-idle", testCase.place, "\(name) is declared '\(absence.rawValue)' and no step makes it so",
                instead)
        }
    }
}
