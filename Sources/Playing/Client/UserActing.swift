import Actors
import Facts
import NIOCore
import Payloads
import Recordings
import TestCases
import UpperTester

/// What the client's user does, through the upper tester.
extension ClientStage {
    func userCreates(_ label: String, _ invite: [ActorName], _ index: Int) async throws {
        let focus = newFocus()
        await enabler.setFactoryAttitude(.accept(focusURI: focus))
        act("ask", index: index, ["group": .string(label), "who": .string(user), "invite": JSONValue(strings: invite)])
        let conversation = try await asked().createConversation(
            NewConversation(participants: invite.compactMap { addresses[$0] }))
        let ids = GroupIDs(
            conversationID: conversation.conversationId, contributionID: conversation.contributionId)
        groups[label] = DeliveredGroup(ids: ids, focus: focus)
        recordGroup(label, ids, by: user, index)
        groups[label]?.session = try await enabler.awaitSession(of: user, in: ids)
    }

    func userWrites(_ step: WriteStep, _ index: Int) async throws {
        let conversation = try await conversation(step.group)
        act("write", index: index, ["group": .string(step.group), "who": .string(user), "as": .string(step.label)])
        let message = try await asked().sendMessage(String(decoding: step.body, as: UTF8.self), in: conversation)
        messageIDs[step.label] = message.id
        writtenAt[step.label] = message.sentAt
        act(
            "send", index: index,
            [
                "group": .string(step.group), "by": .string(user), "as": .string(step.label), "message": .string(message.id),
                "marker": false, "concurrent": false,
            ])
        let arrived = await until(.answer) { self.log.isAccepted(self.user, message: message.id) }
        if !arrived { throw StepFailure("\(step.label) from the client, accepted by the enabler") }
    }

    func userReads(_ label: String, _ index: Int) async throws {
        let conversation = try await conversation(testCase.handed(label)?.message.group ?? "")
        // Before it is asked for, so that a report that follows at once comes after it.
        act("read", index: index, ["who": .string(user), "message": .string(label)])
        try await asked().markRead(messageIDs[label] ?? "", in: conversation)
    }

    func userRestarts(_ step: RestartStep, _ index: Int) async throws {
        let old = try group(step.group)
        let focus = newFocus()
        await enabler.setFocusAttitude(old.focus, .refuse(404, warning: nil))
        await enabler.setFactoryAttitude(
            step.isRefused
                ? .refuse(403, warning: "127 \(description.ixit.domain) \"Service not authorised\"") : .accept(focusURI: focus))
        let conversation = try await conversation(step.group)
        act("restart", index: index, ["group": .string(step.group), "who": .string(user)])
        _ = try await asked().restartConversation(conversation)
        if step.isRefused {
            _ = await until(.answer) { self.hasRefusal(in: old.ids) }
            return
        }
        // A client that asks nowhere for a focus is what the judge looks for: the step has done its part.
        guard let session = await restarted(in: old.ids) else { return }
        groups[step.group]?.focus = focus
        groups[step.group]?.focuses += 1
        groups[step.group]?.version = 0
        groups[step.group]?.session = session
    }

    private func restarted(in ids: GroupIDs) async -> EnablerSessionID? {
        try? await enabler.awaitSession(of: user, in: ids)
    }

    private func hasRefusal(in ids: GroupIDs) -> Bool {
        log.facts.contains { fact in
            guard case .refused(user, session: let id, by: .implementation, code: 403) = fact.what else { return false }
            return log.sessions[id].group?.conversation == ids.conversationID
        }
    }

    func userLeaves(_ label: String, _ index: Int) async throws {
        let conversation = try await conversation(label)
        act("leave", index: index, ["group": .string(label), "who": .string(user)])
        _ = try await asked().leaveConversation(conversation)
        groups[label]?.session = nil
    }

    /// The client's own name for a group; asked for until it knows the group.
    func conversation(_ label: String) async throws -> String {
        let ids = try group(label).ids
        let tester = try asked()
        let deadline = NIODeadline.now() + .milliseconds(description.ixit.timers[.answer])
        var revision: Int?
        while !Task.isCancelled {
            let wait = revision == nil ? Duration.zero : .milliseconds(500)
            let all = try await tester.conversations(after: revision, wait: wait)
            revision = all.revision
            let found = all.entries.first {
                $0.conversationId == ids.conversationID && $0.contributionId == ids.contributionID
            }
            if let found { return found.id }
            guard NIODeadline.now() < deadline else { break }
        }
        throw StepFailure("the group \(label) among those that the client shows")
    }
}

extension WriteStep {
    /// The bytes that are written.
    var body: [UInt8] { SendStep(by: by, label: label, group: group, content: content).body }
}
