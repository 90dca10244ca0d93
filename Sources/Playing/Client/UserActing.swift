import Actors
import Facts
import NIOCore
import Payloads
import Recordings
import TestCases
import UpperTester

/// What the client's user does, and what then must be seen on the wire.
extension ClientStage {
    func userCreates(_ label: String, _ invite: [ActorName], _ index: Int) async throws {
        let focus = newFocus()
        await enabler.setFactoryAttitude(.accept(focusURI: focus))
        act("ask", index: index, ["group": .string(label), "who": .string(user), "invite": JSONValue(strings: invite)])
        let known = log.sessions.count
        let told = try await userSide().createGroup(with: invite)
        let ids: GroupIDs = if let told { told } else { try await groupAsked(since: known) }
        groups[label] = DeliveredGroup(ids: ids, focus: focus, invited: invite)
        recordGroup(label, ids, by: user, index)
        groups[label]?.session = try await enabler.awaitSession(of: user, in: ids)
    }

    /// The ids of a group that the client asked for, as its INVITE names them.
    private func groupAsked(since known: Int) async throws -> GroupIDs {
        func asked() -> GroupIDs? {
            log.sessions.dropFirst(known).lazy.filter { $0.by == .user }.compactMap(\.group).first.map {
                GroupIDs(conversationID: $0.conversation, contributionID: $0.contribution)
            }
        }
        _ = await until(.answer) { asked() != nil }
        guard let ids = asked() else { throw StepFailure("the client's INVITE for a new group, with its ids") }
        return ids
    }

    func userWrites(_ step: WriteStep, _ index: Int) async throws {
        let side = try userSide()
        let handle = try await side.handle(of: userGroup(step.group))
        act("write", index: index, ["group": .string(step.group), "who": .string(user), "as": .string(step.label)])
        let known = log.facts.count
        let told = try await side.write(String(decoding: step.body, as: UTF8.self), in: handle)
        let message: WrittenMessage = if let told { told } else { try await messageSent(in: step, since: known) }
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

    /// The message that the client sent in the group, as it left; whatever the words, since a person may have written others.
    private func messageSent(in step: WriteStep, since known: Int) async throws -> WrittenMessage {
        let ids = try group(step.group).ids
        func sent() -> WrittenMessage? {
            for fact in log.facts.dropFirst(known) {
                guard case .submitted(let submission) = fact.what, submission.user == user,
                    case .message(let chat) = submission.item, let id = chat.id, let session = submission.session,
                    log.sessions.indices.contains(session), log.sessions[session].group?.conversation == ids.conversationID
                else { continue }
                return WrittenMessage(id: id, sentAt: chat.instant ?? settings.wallClock())
            }
            return nil
        }
        _ = await until(.answer) { sent() != nil }
        guard let message = sent() else { throw StepFailure("\(step.label) from the client, with its Message-ID") }
        return message
    }

    func userReads(_ label: String, _ index: Int) async throws {
        let hand = testCase.handed(label)
        let group = hand?.message.group ?? ""
        let side = try userSide()
        let handle = try await side.handle(of: userGroup(group))
        // Before it is asked for, so that a report that follows at once comes after it.
        act("read", index: index, ["who": .string(user), "message": .string(label)])
        // Whoever opens a group has all of it before the eyes.
        if isByHand { act("look", index: nil, ["who": .string(user), "group": .string(group)]) }
        let text = PersonText()
        let words = hand.map { "\(text.content($0.message.body, $0.message.contentType)) by \(text.name($0.message.by))" } ?? label
        try await side.read(ReadMessage(id: messageIDs[label] ?? "", words: words), in: handle)
    }

    func userRestarts(_ step: RestartStep, _ index: Int) async throws {
        let old = try group(step.group)
        let focus = newFocus()
        await enabler.setFocusAttitude(old.focus, .refuse(404, warning: nil))
        await enabler.setFactoryAttitude(
            step.isRefused
                ? .refuse(403, warning: "127 \(description.ixit.domain) \"Service not authorised\"") : .accept(focusURI: focus))
        let side = try userSide()
        let handle = try await side.handle(of: userGroup(step.group))
        act("restart", index: index, ["group": .string(step.group), "who": .string(user)])
        try await side.restart(handle)
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
        let side = try userSide()
        let handle = try await side.handle(of: userGroup(label))
        act("leave", index: index, ["group": .string(label), "who": .string(user)])
        try await side.leave(handle)
        groups[label]?.session = nil
    }
}

extension WriteStep {
    /// The bytes that are written.
    var body: [UInt8] { SendStep(by: by, label: label, group: group, content: content).body }
}
