internal import Diagnostics

/// Reads the steps of a case for a client under test; participants, groups and labels as in any other case.
extension StepReader {
    mutating func clientStep(_ node: DocumentNode) -> TestStep? {
        guard let entry = onlyEntry(node, "write '- online: carol' or '- invite: { by: alice, as: over }'") else { return nil }
        guard let word = ClientStepWord(rawValue: entry.key) else {
            findings.addUnknown(
                "case.unknown-step", entry.keyPlace, entry.key, is: "step of a case for a client",
                of: ClientStepWord.allCases.map(\.rawValue))
            return nil
        }
        return kind(word, entry.value).map { TestStep(.client($0), place: entry.keyPlace) }
    }

    private mutating func kind(_ word: ClientStepWord, _ node: DocumentNode) -> ClientStep? {
        switch word {
        case .online: return user(node).map(ClientStep.online)
        case .offline: return user(node).map(ClientStep.offline)
        case .break: return user(node).map(ClientStep.cut)
        case .reboot: return user(node).map(ClientStep.reboot)
        case .create: return create(node)
        case .send: return send(node)
        case .read: return read(node)
        case .restart: return restart(node)
        case .leave: return leave(node)
        case .invite: return invite(node)
        case .again: return again(node)
        case .resume: return message(node).map(ClientStep.resume)
        case .report: return report(node)
        case .list: return list(node)
        case .hand: return hand(node)
        case .hangUp: return hangUp(node)
        }
    }

    // MARK: The client's user

    private func create(_ node: DocumentNode) -> ClientStep? {
        guard let section = Section(node, "a 'create' step", keys: ["group", "by", "invite"], required: ["by", "invite"], findings: findings)
        else { return nil }
        let by = section["by"].flatMap(user)
        let invited = (section.list("invite") ?? []).compactMap { actor($0) }
        guard let by, let group = newGroup(section) else { return nil }
        return .create(group: group, by: by, invite: invited)
    }

    private func read(_ node: DocumentNode) -> ClientStep? {
        let keys = ["by", "message"]
        guard let section = Section(node, "a 'read' step", keys: keys, required: keys, findings: findings) else { return nil }
        let (by, label) = (section["by"].flatMap(user), section["message"].flatMap { message($0) })
        guard let by, let label else { return nil }
        return .read(by: by, message: label)
    }

    private func restart(_ node: DocumentNode) -> ClientStep? {
        guard let section = Section(node, "a 'restart' step", keys: ["group", "by", "refused"], required: ["by"], findings: findings)
        else { return nil }
        let (by, group) = (section["by"].flatMap(user), group(section))
        guard let by, let group else { return nil }
        return .restart(RestartStep(group: group, by: by, isRefused: section.bool("refused") ?? false))
    }

    private func leave(_ node: DocumentNode) -> ClientStep? {
        guard let section = Section(node, "a 'leave' step", keys: ["who", "group"], required: ["who"], findings: findings)
        else { return nil }
        let (who, group) = (section["who"].flatMap(user), group(section))
        guard let who, let group else { return nil }
        return .leave(who: who, group: group)
    }

    // MARK: The scripted enabler

    private func invite(_ node: DocumentNode) -> ClientStep? {
        guard
            let section = Section(
                node, "an 'invite' step", keys: ["group", "by", "as", "dress", "setup", "listing", "at-new-focus"],
                required: ["by", "as"], findings: findings)
        else { return nil }
        let by = section["by"].flatMap(member)
        let form = section.word("as", InviteStep.Form.self, is: "form of a session")
        guard let by, let form, let group = newGroup(section) else { return nil }
        var step = InviteStep(group: group, by: by, form: form)
        if let dress = section.word("dress", InviteStep.Dress.self, is: "dress of an INVITE") { step.dress = dress }
        if let setup = section.word("setup", InviteStep.Setup.self, is: "set-up of the connection") { step.setup = setup }
        step.listing = section.list("listing")?.compactMap { actor($0) }
        step.atNewFocus = section.bool("at-new-focus") ?? false
        return .invite(step)
    }

    /// Of the user it is written by the user; of a member it is handed over by the enabler.
    private mutating func send(_ node: DocumentNode) -> ClientStep? {
        let keys = [
            "by", "as", "group", "text", "sample", "size", "content-type", "asks-for", "chunk", "failure-report",
            "success-report", "breaks-after", "aborts-after", "pauses-after", "age",
        ]
        guard let section = Section(node, "a 'send' step", keys: keys, required: ["by", "as"], findings: findings) else { return nil }
        let (by, group, content, label) = (actor(section, "by"), group(section), content(section), label(section))
        guard let by, let group, let content, let label else { return nil }
        guard part(of: by) == .member else {
            for key in keys.dropFirst(6) where section[key] != nil {
                findings.add(
                    "case.user-sends", section.place(key), "'\(key)' is for what the enabler hands over, and \(by) is the client's user",
                    "remove it")
            }
            return .write(WriteStep(by: by, label: label, group: group, content: content))
        }
        var message = SendStep(by: by, label: label, group: group, content: content, dispositions: asked(section))
        message.contentType = contentType(section)
        var step = HandStep(message)
        step.chunk = section.int("chunk", in: 1...Self.maximumSize)
        step.failureReport = section.word("failure-report", FailureReport.self, is: "value of Failure-Report") ?? .yes
        step.successReport = section.bool("success-report") ?? false
        step.breaksAfter = section.int("breaks-after", in: 1...Self.maximumSize)
        step.abortsAfter = section.int("aborts-after", in: 1...Self.maximumSize)
        step.pausesAfter = section.int("pauses-after", in: 1...Self.maximumSize)
        step.age = section.duration("age") ?? 0
        let ways = ["breaks-after", "aborts-after", "pauses-after"].filter { section[$0] != nil }
        if ways.count > 1 {
            findings.add(
                "case.send-shape", section.place(ways[1]), "a message breaks off in one way", "remove '\(ways[1])'")
        }
        return .hand(step)
    }

    private func again(_ node: DocumentNode) -> ClientStep? {
        let nodes = node.sequence ?? [node]
        let labels = nodes.compactMap { message($0) }
        return labels.count == nodes.count ? .again(labels) : nil
    }

    /// One report, or several under `together`; in the session where nothing else is said.
    private func report(_ node: DocumentNode) -> ClientStep? {
        if node["together"] == nil {
            let keys = ["by", "message", "status"]
            guard let section = Section(node, "a report", keys: keys + ["carriage"], required: keys, findings: findings)
            else { return nil }
            let carriage = carriage(section)
            return fate(section).map { .report([$0], by: carriage) }
        }
        guard let section = Section(node, "a 'report' step", keys: ["together", "carriage"], findings: findings) else {
            return nil
        }
        let carriage = carriage(section)
        let keys = ["by", "message", "status"]
        let fates = (section.list("together") ?? []).compactMap {
            Section($0, "a report", keys: keys, required: keys, findings: findings).flatMap(fate)
        }
        return fates.isEmpty ? nil : .report(fates, by: carriage)
    }

    private func carriage(_ section: Section) -> FateCarriage {
        section.word("carriage", FateCarriage.self, is: "carriage of a report") ?? .session
    }

    private func fate(_ section: Section) -> ReportedFate? {
        let by = section["by"].flatMap(member)
        let label = section["message"].flatMap { message($0) }
        let status = section.word("status", DispositionStatus.self, is: "disposition")
        guard let by, let label, let status else { return nil }
        return ReportedFate(by: by, message: label, status: status)
    }

    private func list(_ node: DocumentNode) -> ClientStep? {
        guard
            let section = Section(
                node, "a 'list' step", keys: ["group", "shows", "form", "by"], required: ["shows"], findings: findings)
        else { return nil }
        let group = group(section)
        var shows: [ActorName: ListStep.Shown] = [:]
        for entry in section["shows"]?.mapping ?? [] {
            let key = DocumentNode(content: .scalar(entry.key, plain: false), place: entry.keyPlace)
            guard let name = actor(key), let shown = findings.word(entry.value, ListStep.Shown.self, is: "thing that a list shows")
            else { continue }
            shows[name] = shown
        }
        guard let group, !shows.isEmpty else {
            if group != nil {
                findings.add(
                    "input.wrong-type", section.place("shows"), "'shows' must say something of each member",
                    "write '{ alice: connected, bob: departed }'")
            }
            return nil
        }
        var step = ListStep(group: group, shows: shows)
        step.extent = section.word("form", ListStep.Extent.self, is: "form of a list") ?? .full
        step.carriage = section.word("by", ListStep.Carriage.self, is: "carriage of a list") ?? .session
        return .list(step)
    }

    private func hand(_ node: DocumentNode) -> ClientStep? {
        guard let section = Section(node, "a 'hand' step", keys: ["what", "group"], required: ["what"], findings: findings)
        else { return nil }
        let (what, group) = (section.word("what", StrangeContent.self, is: "strange content"), group(section))
        guard let what, let group else { return nil }
        return .strange(what, group: group)
    }

    private func hangUp(_ node: DocumentNode) -> ClientStep? {
        if node.scalar != nil {
            guard let cause = findings.word(node, HangUpReason.self, is: "reason to end a session"),
                let group = onlyGroup(node.place)
            else { return nil }
            return .hangUp(group: group, cause: cause)
        }
        guard let section = Section(node, "a 'hang-up' step", keys: ["group", "cause"], required: ["cause"], findings: findings)
        else { return nil }
        let (cause, group) = (section.word("cause", HangUpReason.self, is: "reason to end a session"), group(section))
        guard let cause, let group else { return nil }
        return .hangUp(group: group, cause: cause)
    }

    // MARK: References

    private func part(of name: ActorName) -> ActorPart? { actors.first { $0.name == name }?.part }

    private func user(_ node: DocumentNode) -> ActorName? { actor(node, .client, "the client's user") }
    private func member(_ node: DocumentNode) -> ActorName? { actor(node, .member, "a member whom the enabler speaks for") }

    private func actor(_ node: DocumentNode, _ part: ActorPart, _ words: String) -> ActorName? {
        guard let name = actor(node) else { return nil }
        guard self.part(of: name) == part else {
            let others = actors.filter { $0.part == part }.map(\.name)
            findings.add(
                "case.wrong-part", node.place, "\(name) is not \(words)",
                others.isEmpty ? "declare one under 'actors'" : "write \(others.joined(separator: " or "))")
            return nil
        }
        return name
    }
}
