import Actors
import Facts
import Recordings
import TestCases

/// Steps by which one member decides over others: putting out, dismissing, starting again; and many messages at once.
extension CaseStage {
    // MARK: boot, dismiss

    /// Complete when the REFER is accepted and, for one who is there, its session is over. The lists of the others get
    /// the time to show it, so that what is sent next comes after it for everybody.
    func boot(_ who: ActorName, _ by: ActorName, _ group: String, _ index: Int) async -> [String] {
        act(
            "boot", by: by, index: index, ["by": .string(by), "who": .string(who), "group": .string(group)])
        let wasIn = cast[who]?.isAway == false && isIn(who, group)
        do throws(ActorFailure) {
            try await client(by).remove(address(of: who), from: try created(group))
        } catch {
            return sentence(by, error)
        }
        var unmet: [String] = []
        if wasIn {
            unmet = await reach(limit(.answer), step: index) {
                self.isIn(who, group) ? ["the end of the session of \(who) in \(group)"] : []
            }
            cast[who]?.groups.removeAll { $0 == group }
        }
        isMissed(in: group)
        let others = present(in: group, except: [who]).filter { log.sees($0, member: who) != nil }
        let limit = limit(.answer, plus: description.ixit.timers[.participantInfoInterval])
        return unmet
            + (await reach(limit, step: index, expected: false) {
                others.filter { self.isIn($0, group) && self.log.sees($0, member: who) != false }
                    .map { "a list at \($0) without \(who)" }
            })
    }

    /// Complete when every session of the group has ended.
    func dismiss(_ group: String, _ index: Int) async -> [String] {
        act("end", by: nil, index: index, ["group": .string(group), "how": "dismissed"])
        let creator = testCase.steps.lazy.compactMap { step -> ActorName? in
            if case .create(group, let by, _, _) = step.kind { by } else { nil }
        }.first
        guard let creator else { return ["nobody created \(group)"] }
        do throws(ActorFailure) {
            let handle = try created(group)
            try await client(creator).remove(handle.focusURI, from: handle)
        } catch {
            return sentence(creator, error)
        }
        isMissed(in: group)
        return await awaitEnd(of: group, limit(.answer), index)
    }

    // MARK: restart

    /// Complete as `create` is, for those who are there; the absent are absent still.
    func restart(_ group: String, _ by: ActorName, _ invite: [ActorName], _ index: Int) async -> [String] {
        act(
            "restart", by: by, index: index,
            ["group": .string(group), "by": .string(by), "invite": JSONValue(strings: invite)])
        do throws(ActorFailure) {
            let old = try created(group)
            let new = try await client(by).restart(old, inviting: invite.map(address(of:)))
            groups[group]?.handle = new
            groups[group]?.former.append(old)
        } catch {
            return sentence(by, error)
        }
        isMissed(in: group)
        for name in [by] + invite where cast[name]?.groups.contains(group) == false { cast[name]?.groups.append(group) }
        let there = invite.filter { cast[$0]?.isAway == false }
        var unmet = await reach(limit(.answer), step: index) {
            there.filter { !self.isIn($0, group) }.map { "\($0) to be in the group \(group) again" }
        }
        for name in there where unmet.isEmpty { unmet += await awaitSession(of: name, in: group) }
        return unmet
    }

    // MARK: send, many

    /// Complete when the sender has all its answers and each present member has all messages.
    func performAll(_ step: SendStep, _ index: Int) async -> [String] {
        for (place, label) in step.labels.enumerated() {
            var one = step
            if case .text(let text) = step.content { one.content = .text("\(text) \(place + 1)") }
            one.label = label
            one.count = 1
            one.concurrent = true
            let unmet = await perform(one, index, posts: false)
            if !unmet.isEmpty || Task.isCancelled { return unmet }
        }
        let last = messageIDs[step.labels.last ?? ""] ?? ""
        let receivers = present(in: step.group, except: [step.by])
        openDeliveries = []
        return await reach(limit(.answer), step: index) {
            receivers.filter { self.cast[$0]?.isAway == false && !self.log.has($0, message: last) }
                .map { "the last of \(step.label) at \($0)" }
        }
    }
}
