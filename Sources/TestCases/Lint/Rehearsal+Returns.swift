internal import Diagnostics

/// The steps of special returns, and those that put out or start again.
extension Rehearsal {
    /// What a second device gets of a session that goes on is nowhere said, so the sessions must be over.
    func checkSecondDevice(_ who: ActorName, _ place: SourcePlace?) {
        let own = scene.groups.values.filter { $0.standing(who).isMember }
        guard own.contains(where: { $0.ended == nil }) else { return }
        findings.add(
            "case.second-device-live", place, "\(who) is there with a device, and its session is not over",
            "move the step behind the 'end'")
    }

    func checkBroken(_ who: ActorName, _ after: Int, _ place: SourcePlace?) {
        if testCase.absence(of: who)?.isOwed != true || !scene.unreachable.contains(who) {
            findings.add(
                "case.return-too-early", place, "\(who) is not away here", "let \(who) be away, or remove the step")
        } else if sent.count <= after {
            findings.add(
                "case.breaks-behind-the-end", place, "no more than \(sent.count) messages can come to \(who)",
                "write a smaller number under 'breaks-after', or send more")
        }
    }

    func checkRestart(_ name: String, _ by: ActorName, _ invite: [ActorName], _ place: SourcePlace?) {
        guard let group = scene.groups[name] else {
            findings.add(
                "case.before-create", place, "the group '\(name)' is not created yet",
                "move 'restart' behind its 'create'")
            return
        }
        if group.ended == nil {
            findings.add(
                "case.restart-of-live", place, "the session of '\(name)' has not ended", "move 'restart' behind its 'end'")
        }
        if scene.unreachable.contains(by) || testCase.absence(of: by)?.acceptsInvitation != true {
            findings.add("case.actor-away", place, "\(by) is away and cannot 'restart'", "let somebody present do it")
        }
        if invite.isEmpty || invite.contains(by) || Set(invite).count != invite.count {
            findings.add(
                "case.invited-twice", place, "a restart invites at least one other, and each once",
                "name each member but \(by) once")
        }
        for name in invite where testCase.absence(of: name)?.isControl == true {
            findings.add(
                "case.never-invited", place, "\(name) is declared '\(testCase.absence(of: name)?.rawValue ?? "")' and invited here",
                "remove \(name) from 'invite'")
        }
    }

    func checkBoot(_ by: ActorName, _ who: ActorName, _ name: String, _ place: SourcePlace?) {
        guard let group = liveGroup(name, "boot", place) else { return }
        if by != group.creator || group.standing(by) != .connected {
            findings.add(
                "case.boot-by", place, "\(by) need not have the right to put somebody out",
                "let \(group.creator) do it, who created the group and has to be there")
        }
        if by == who || !group.standing(who).isMember {
            findings.add("case.actor-not-in-group", place, "\(who) is no other member of '\(name)'", "name another member")
        }
        let absence = testCase.absence(of: who) ?? .present
        if absence != .booted, !absence.isOwed || !scene.unreachable.contains(who) {
            findings.add(
                "case.boot-of-present", place, "\(who) is declared '\(absence.rawValue)' and put out here",
                "declare '\(who): booted', or let \(who) be away")
        }
    }
}
