import Actors
import Connections
import Diagnostics
import Foundation
import Payloads
import Recordings
import TestCases
import UpperTester

/// What each step of a case for a client does.
extension ClientStage {
    /// Plays a step; returns what was awaited in vain.
    func perform(_ step: ClientStep, index: Int) async -> [String] {
        var unmet: [String] = []
        do {
            try await take(step, index)
        } catch let failure as ActorFailure {
            unmet = ["\(failure)"]
        } catch let failure as UpperTesterFailure {
            unmet = ["\(failure)"]
        } catch let failure as StepFailure {
            unmet = [failure.awaited]
        } catch {
            unmet = ["\(error)"]
        }
        act(
            "done", index: index,
            ["result": .string(unmet.isEmpty ? "met" : "unmet"), "awaited": JSONValue(strings: unmet)])
        return unmet
    }

    private func take(_ step: ClientStep, _ index: Int) async throws {
        switch step {
        case .online: try await goOnline(index)
        case .offline: try await goOffline(index)
        case .create(let group, _, let invite): try await userCreates(group, invite, index)
        case .write(let step): try await userWrites(step, index)
        case .read(_, let message): try await userReads(message, index)
        case .restart(let step): try await userRestarts(step, index)
        case .leave(_, let group): try await userLeaves(group, index)
        case .invite(let step): try await invite(step, index)
        case .hand(let step): try await hand(step, index)
        case .again(let labels): try await handAgain(labels, index)
        case .resume(let label): try await resume(label, index)
        case .report(let fates, let carriage): try await report(fates, carriage, index)
        case .list(let step): try await list(step, index)
        case .strange(let what, let group): try await handStrange(what, group, index)
        case .hangUp(let group, let cause): try await hangUp(group, cause, index)
        case .cut: await cut(index)
        case .reboot: try await reboot(index)
        }
    }

    // MARK: The connection

    private func goOnline(_ index: Int) async throws {
        act("online", index: index, ["who": .string(user)])
        try await userSide().setOnline(true)
        try await enabler.awaitRegistration(of: user)
    }

    private func goOffline(_ index: Int) async throws {
        act("offline", index: index, ["who": .string(user)])
        try await userSide().setOnline(false)
        try await enabler.awaitDeregistration(of: user)
        for label in groups.keys { groups[label]?.session = nil }
    }

    private func cut(_ index: Int) async {
        act("break", index: index, ["who": .string(user)])
        await enabler.breakConnections(of: user)
        for label in groups.keys { groups[label]?.session = nil }
    }

    /// What the client says while it goes down is heard by nobody.
    private func reboot(_ index: Int) async throws {
        act("reboot", index: index, ["who": .string(user)])
        guard let prepared else { throw StepFailure("a client that can be stopped and started") }
        await enabler.breakConnections(of: user)
        for label in groups.keys { groups[label]?.session = nil }
        do throws(Diagnostic) {
            if description.ixit.control.restart != nil {
                try await prepared.control(.restart)
            } else {
                try await prepared.control(.stop)
                try await prepared.control(.start)
            }
        } catch {
            throw StepFailure("the client, stopped and started: \(error.what)")
        }
        // Whatever of it reached the enabler before it went down is not what it has now.
        await enabler.breakConnections(of: user)
    }

    // MARK: Sessions

    private func invite(_ step: InviteStep, _ index: Int) async throws {
        makeGroup(step, index)
        act(
            "invite", index: index,
            ["group": .string(step.group), "by": .string(step.by), "who": .string(user), "as": .string(step.form.rawValue)])
        guard let group = groups[step.group] else { return }
        var plan = EnablerInvitation(
            user: user, group: group.ids, focusURI: group.focus, form: step.form == .live ? .live : .over)
        if step.dress == .lean {
            plan.assertedService = false
            plan.acceptContact = false
        } else {
            plan.subject = title(step.group)
            groups[step.group]?.title = plan.subject
            plan.referredBy = .init(displayName: step.by.capitalized, uri: addresses[step.by] ?? "")
            plan.assertedIdentity = group.focus
            plan.compactHeaders = step.dress == .compact
        }
        plan.setup =
            switch step.setup {
            case .actpass: .actpass
            case .active: .active
            case .passive: .passive
            case .unsaid: nil
            }
        plan.recipientListHistory = step.listing?.compactMap { addresses[$0] }
        await announceCall(step.group)
        groups[step.group]?.session = try await call(plan, step.group)
    }

    /// Writes down where a client has no connection at the address of its answer, which nothing on the wire shows.
    private func call(_ plan: EnablerInvitation, _ label: String) async throws -> EnablerSessionID {
        do {
            return try await enabler.invite(plan)
        } catch {
            if case .connectionLost(_, let cause) = error {
                act("unreachable", index: nil, ["group": .string(label), "cause": .string(cause)])
            }
            throw error
        }
    }

    /// A person has to tell the groups of all cases apart.
    private func title(_ label: String) -> String {
        guard settings.person != nil else { return "cpmcheck" }
        return groups[label]?.title ?? "cpmcheck \(label) \(tokens.token(length: 4))"
    }

    /// The ids of a group are made when it is first spoken of, its focus where the script says so.
    private func makeGroup(_ step: InviteStep, _ index: Int) {
        guard var group = groups[step.group] else {
            let ids = GroupIDs(conversationID: tokens.token(length: 32), contributionID: tokens.token(length: 32))
            groups[step.group] = DeliveredGroup(ids: ids, focus: newFocus())
            recordGroup(step.group, ids, by: step.by, index)
            return
        }
        guard step.atNewFocus else { return }
        group.focus = newFocus()
        group.focuses += 1
        group.version = 0
        groups[step.group] = group
    }

    func recordGroup(_ label: String, _ ids: GroupIDs, by: ActorName, _ index: Int) {
        act(
            "create", index: index,
            [
                "group": .string(label), "by": .string(by), "invite": JSONValue(strings: testCase.actors.map(\.name)),
                "conversation": .string(ids.conversationID), "contribution": .string(ids.contributionID),
            ])
    }

    private func hangUp(_ label: String, _ cause: HangUpReason, _ index: Int) async throws {
        act("hang-up", index: index, ["group": .string(label), "cause": .string(cause.rawValue)])
        let session = try session(label)
        groups[label]?.session = nil
        try await enabler.hangUp(session, cause: HangUpCause(rawValue: cause.rawValue) ?? .unsaid)
    }

    /// The session in which items of a group are handed over.
    func session(_ label: String) throws(StepFailure) -> EnablerSessionID {
        guard let session = groups[label]?.session else { throw StepFailure("a session of the group \(label)") }
        return session
    }

    func group(_ label: String) throws(StepFailure) -> DeliveredGroup {
        guard let group = groups[label] else { throw StepFailure("the group \(label)") }
        return group
    }

    func userSide() throws(StepFailure) -> any UserSide {
        guard let side else { throw StepFailure("the user of the client") }
        return side
    }
}

/// What a step awaited in vain.
struct StepFailure: Error, CustomStringConvertible {
    var awaited: String
    var description: String { "not reached: \(awaited)" }

    init(_ awaited: String) { self.awaited = awaited }
}
