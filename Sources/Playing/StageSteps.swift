import Actors
import Connections
import Facts
import Recordings
import TestCases

/// The steps of the script. Each writes down what it does, does it, waits for what completes it, and returns what was
/// awaited in vain.
extension CaseStage {
    func perform(_ step: StepKind, index: Int) async -> [String] {
        let unmet: [String]
        // One that is not concurrent comes behind all that was sent before, for everybody.
        if case .send(let send) = step, send.concurrent {} else { await settleOpenDeliveries() }
        switch step {
        case .create(let group, let by, let invite, let subject):
            unmet = await create(NewGroup(label: group, by: by, invite: invite, subject: subject), index)
        case .send(let send): unmet = send.count == 1 ? await perform(send, index) : await performAll(send, index)
        case .compose(let by, let group): unmet = await compose(by, group, index)
        case .report(let by, let message, let status): unmet = await report(by, message, status, index)
        case .leave(let who, let group): unmet = await leave(who, group, index)
        case .add(let by, let who, let group): unmet = await add(by, who, group, index)
        case .away(let who): unmet = await goAway(who, index)
        case .awayUnnoticed(let who): unmet = await goAway(who, index, waits: false)
        case .noticed(let who): unmet = await beNoticed(who, index)
        case .return(let who): unmet = await comeBack(who, index)
        case .returnElsewhere(let who): unmet = await comeBackElsewhere(who, index)
        case .returnBroken(let who, let after, let how): unmet = await comeBackBroken(who, after: after, how, index)
        case .restart(let group, let by, let invite): unmet = await restart(group, by, invite, index)
        case .boot(let by, let who, let group): unmet = await boot(who, by, group, index)
        case .end(let group, .dismissed): unmet = await dismiss(group, index)
        case .rejoin(let who, let group): unmet = await rejoin(who, group, index)
        case .subscribe(let who, let group): unmet = await subscribe(who, group, index)
        case .outlast(let time): unmet = await outlast(time, index)
        case .reboot: unmet = await reboot(index)
        // Another stage plays these.
        case .client(let step): unmet = ["an enabler that plays '\(step.word.rawValue)'"]
        case .end(let group, .everyoneLeaves): unmet = await everyoneLeaves(group, index)
        case .end(let group, .inactivity): unmet = await awaitInactivity(group, index)
        }
        done(index, unmet)
        return unmet
    }

    // MARK: Writing down

    /// Writes an act of the script; `by` is the actor of the line.
    func act(_ step: String, by actor: ActorName?, index: Int?, _ fields: [String: JSONValue]) {
        var all = fields
        all["step"] = .string(step)
        all["phase"] = .string(phase.rawValue)
        if let index { all["index"] = .integer(Int64(index)) }
        recorder.add(.act, actor: actor, fields: all)
    }

    private func done(_ index: Int, _ unmet: [String]) {
        act(
            "done", by: nil, index: index,
            ["result": .string(unmet.isEmpty ? "met" : "unmet"), "awaited": JSONValue(strings: unmet)])
    }

    /// The absence of a participant has taken effect: what is sent from now on is missed.
    func effective(_ who: ActorName, _ index: Int) {
        act("effective", by: nil, index: nil, ["who": .string(who), "of": .integer(Int64(index))])
    }

    /// What a verb of an actor awaited in vain, as a sentence of the step.
    func sentence(_ actor: ActorName, _ failure: ActorFailure) -> [String] {
        guard case .impossible(let why) = failure else { return ["\(actor): \(failure)"] }
        return [(why.hasPrefix("\(actor) ") ? why : "\(actor): \(why)") + endedByImplementation(actor)]
    }

    /// Says so where the implementation ended the actor's last session, which then is why it can do nothing.
    private func endedByImplementation(_ actor: ActorName) -> String {
        guard let member = cast[actor], !member.groups.contains(where: { isIn(actor, $0) }) else { return "" }
        let last = log.facts.last { fact in
            switch fact.what {
            case .joined(actor, _), .ended(actor, _, _, _): true
            default: false
            }
        }
        guard let last, case .ended(_, _, .implementation, _) = last.what, let line = last.lines.last else { return "" }
        var text = "; the implementation ended its session before (event \(line))"
        if description.policy.inactivity == nil {
            text += ": if that is its inactivity timer, state 'policy.inactivity', and let the timer 'quiet' be shorter"
        }
        return text
    }

    func client(_ name: ActorName) throws(ActorFailure) -> any ClientActor {
        guard let member = cast[name] else { throw .impossible("the case has no actor \(name)") }
        return member.client
    }

    /// A group that was created; the script cannot go on with one that was not.
    func created(_ group: String) throws(ActorFailure) -> GroupHandle {
        guard let handle = handle(group) else { throw .impossible("the group \(group) was not created") }
        return handle
    }

    // MARK: create

    private struct NewGroup {
        var label: String
        var by: ActorName
        var invite: [ActorName]
        var subject: String?
    }

    /// Complete when the creator is in, each invitee who accepts is in, and each absence at the invitation has taken
    /// effect.
    private func create(_ group: NewGroup, _ index: Int) async -> [String] {
        let identity = GroupIdentity(
            conversation: tokens.token(length: 32), contribution: tokens.token(length: 32))
        groups[group.label] = PlayedGroup(identity: identity)
        for name in [group.by] + group.invite { cast[name]?.groups.append(group.label) }
        act(
            "create", by: group.by, index: index,
            [
                "group": .string(group.label), "by": .string(group.by), "invite": JSONValue(strings: group.invite),
                "conversation": .string(identity.conversation), "contribution": .string(identity.contribution),
            ])
        do throws(ActorFailure) {
            for name in group.invite { await takeAttitude(name) }
            let handle = try await client(group.by).createGroup(
                GroupPlan(
                    invitees: group.invite.map(address(of:)), subject: group.subject,
                    conversationID: identity.conversation, contributionID: identity.contribution))
            groups[group.label]?.handle = handle
        } catch {
            return sentence(group.by, error)
        }
        let accepting = group.invite.filter { testCase.absence(of: $0)?.acceptsInvitation == true }
        var unmet = await reach(limit(.answer), step: index) {
            accepting.filter { !self.isIn($0, group.label) }.map { "\($0) to be in the group \(group.label)" }
        }
        for name in accepting where unmet.isEmpty { unmet += await awaitSession(of: name, in: group.label) }
        for name in group.invite where !accepting.contains(name) {
            unmet += await awaitAbsenceAtInvitation(name, group.label, index)
        }
        return unmet
    }

    /// Waits until the session that a member has accepted stands, so that what is sent next finds it there.
    func awaitSession(of name: ActorName, in group: String) async -> [String] {
        do throws(ActorFailure) {
            try await client(name).awaitSession(in: try created(group))
            return []
        } catch {
            return sentence(name, error)
        }
    }

    /// How the member will meet the invitation, from its absence.
    private func takeAttitude(_ name: ActorName) async {
        guard let member = cast[name] else { return }
        let attitude: InvitationAttitude? =
            switch member.role.absence {
            case .neverAnswers, .joinsLate, .answersLate: .ringForEver
            case .answersNothing: .silence
            case .onlyTries: .trying
            case .refusesForNow: .refuse(480)
            case .busyForNow: .refuse(486)
            case .declines: .refuse(603)
            default: nil
            }
        if let attitude { await member.client.setInvitationAttitude(attitude) }
    }

    private func awaitAbsenceAtInvitation(_ name: ActorName, _ group: String, _ index: Int) async -> [String] {
        guard let absence = testCase.absence(of: name) else { return [] }
        var unmet: [String] = []
        switch absence.effectiveObservation {
        case .invitationGivenUp:
            unmet = await reach(limit(.answer), step: index) {
                self.sessions(of: name, in: group).isEmpty ? ["the invitation at \(name)"] : []
            }
            // The enabler's timer runs from the invitation; the CANCEL needs a little longer than the timer.
            _ = await reach(limit(.noAnswer, plus: 500), step: index, expected: false) {
                self.isWithdrawn(name, group) ? [] : ["the end of the invitation at \(name)"]
            }
        case .invitationRings:
            unmet = await reach(limit(.answer), step: index) {
                self.hasFact { if case .alerting(name, let id) = $0 { self.isOf(id, name, group) } else { false } }
                    ? [] : ["the invitation at \(name), which lets it ring"]
            }
        case .refusalAcknowledged:
            unmet = await reach(limit(.answer), step: index) {
                self.isRefused(name, group) ? [] : ["the invitation at \(name), which refuses it"]
            }
        default: break
        }
        if absence.atInvitation, absence != .addedWhileAway {
            cast[name]?.isAway = true
            effective(name, index)
        }
        return unmet
    }

    private func isWithdrawn(_ name: ActorName, _ group: String) -> Bool {
        hasFact { if case .withdrawn(name, let id, .implementation) = $0 { self.isOf(id, name, group) } else { false } }
    }

    private func isRefused(_ name: ActorName, _ group: String) -> Bool {
        hasFact { if case .refused(name, let id, .user, _) = $0 { self.isOf(id, name, group) } else { false } }
    }

    private func isOf(_ session: Int, _ name: ActorName, _ group: String) -> Bool {
        sessions(of: name, in: group).contains { $0.id == session }
    }

    func hasFact(_ isMeant: (FactKind) -> Bool) -> Bool { log.facts.contains { isMeant($0.what) } }

    // MARK: send

    /// Complete when the sender has its answer and each present member has the message; a concurrent one once it is on
    /// its way.
    ///
    /// - Parameter posts: false lets a concurrent one wait for its answer all the same.
    func perform(_ step: SendStep, _ index: Int, posts: Bool = true) async -> [String] {
        let id = tokens.token(length: 24)
        messageIDs[step.label] = id
        act(
            "send", by: step.by, index: index,
            [
                "group": .string(step.group), "by": .string(step.by), "as": .string(step.label),
                "message": .string(id), "marker": false, "concurrent": .bool(step.concurrent),
                "disposition": JSONValue(strings: step.dispositions.map(\.rawValue).sorted()),
            ])
        isMissed(in: step.group)
        let receivers = present(in: step.group, except: [step.by])
        do throws(ActorFailure) {
            let chat = OutgoingChat(
                group: try created(step.group), messageID: id, contentType: step.contentType, body: step.body,
                dispositions: Set(step.dispositions.compactMap { ReportedStatus(rawValue: $0.rawValue) }))
            if step.concurrent, posts {
                try await client(step.by).post(chat)
            } else {
                let result = try await client(step.by).send(chat)
                guard result.code == 200 else {
                    return ["\(step.by): awaited 200 to \(step.label), but \(result.code) \(result.comment) came"]
                }
            }
        } catch {
            return sentence(step.by, error)
        }
        let missing = { self.lacking(id, receivers).map { "\(step.label) at \($0)" } }
        guard step.concurrent else { return await reach(limit(.answer), step: index, missing) }
        openDeliveries.append {
            missing() + (self.log.isAccepted(step.by, message: id) ? [] : ["the 200 to \(step.label) of \(step.by)"])
        }
        return await reach(limit(.answer), step: index) {
            self.log.hasSent(step.by, message: id) ? [] : ["\(step.label) to leave \(step.by)"]
        }
    }

    /// Those of the receivers who are still in and have not got the message.
    private func lacking(_ id: String, _ receivers: [ActorName]) -> [ActorName] {
        receivers.filter { self.cast[$0]?.isAway == false && !self.log.has($0, message: id) }
    }

    /// Waits for what concurrent sends left open, without a word on what does not come: that is the judge's.
    func settleOpenDeliveries() async {
        guard !openDeliveries.isEmpty else { return }
        let open = openDeliveries
        openDeliveries = []
        _ = await reach(limit(.answer), step: -1, expected: false) { open.flatMap { $0() } }
    }

    // MARK: compose

    /// Complete when it is answered. Nobody misses anything by it, so that nobody's return waits for it.
    private func compose(_ by: ActorName, _ group: String, _ index: Int) async -> [String] {
        act("compose", by: by, index: index, ["by": .string(by), "group": .string(group)])
        do throws(ActorFailure) {
            let result = try await client(by).compose(in: try created(group))
            return result.code == 200 ? [] : ["\(by): awaited 200 to the is-composing, but \(result.code) \(result.comment) came"]
        } catch {
            return sentence(by, error)
        }
    }

    // MARK: report

    /// Complete when the carriage has answered. Where the message's sender is there, the report gets the time to come
    /// to it; one that never does is a matter of the judge.
    private func report(
        _ by: ActorName, _ label: String, _ status: DispositionStatus, _ index: Int
    ) async -> [String] {
        guard let about = messageIDs[label], let sent = testCase.message(label),
            let reported = ReportedStatus(rawValue: status.rawValue)
        else { return ["\(by): the message \(label) was not sent"] }
        let id = tokens.token(length: 24)
        act(
            "report", by: by, index: index,
            [
                "by": .string(by), "message": .string(label), "status": .string(status.rawValue), "id": .string(id),
                "group": .string(sent.group),
            ])
        isMissed(in: sent.group)
        let lacking = await reach(limit(.answer), step: index) {
            self.log.has(by, message: about) ? [] : ["\(label) at \(by), which reports on it"]
        }
        guard lacking.isEmpty else { return lacking }
        do throws(ActorFailure) {
            let result = try await client(by).report(
                OutgoingReport(group: try created(sent.group), about: about, status: reported, messageID: id))
            guard (200..<300).contains(result.code) else {
                return ["\(by): awaited a success for the report, but \(result.code) \(result.comment) came"]
            }
        } catch {
            return sentence(by, error)
        }
        guard cast[sent.by]?.isAway == false, isIn(sent.by, sent.group), description.ics[.groupIMDN] != "none" else {
            return []
        }
        return await reach(limit(.answer), step: index, expected: false) {
            self.log.has(sent.by, disposition: status.rawValue, about: about, from: by)
                ? [] : ["the \(status.rawValue) report of \(by) on \(label) at \(sent.by)"]
        }
    }
}
