import Actors
import Facts
import Recordings
import TestCases

/// Steps that change who is in a group.
extension CaseStage {
    // MARK: leave

    /// Complete when the BYE is answered. The lists of the others get the time to show it, so that what is sent next
    /// comes after it for everybody; one that never does is a matter of the judge.
    func leave(_ who: ActorName, _ group: String, _ index: Int) async -> [String] {
        act("leave", by: who, index: index, ["who": .string(who), "group": .string(group)])
        do throws(ActorFailure) {
            try await client(who).leave(try created(group), saying: .leaves)
        } catch {
            return sentence(who, error)
        }
        cast[who]?.groups.removeAll { $0 == group }
        isMissed(in: group)
        let others = present(in: group, except: [who]).filter { log.sees($0, member: who) != nil }
        let limit = limit(.answer, plus: description.ixit.timers[.participantInfoInterval])
        return await reach(limit, step: index, expected: false) {
            others.filter { self.isIn($0, group) && self.log.sees($0, member: who) != false }
                .map { "a list at \($0) without \(who)" }
        }
    }

    // MARK: add

    /// Complete when the added one is in; one who cannot be reached, when it appears in the lists of the others or the
    /// enabler has had the time to give up on it.
    func add(_ by: ActorName, _ who: ActorName, _ group: String, _ index: Int) async -> [String] {
        act("add", by: by, index: index, ["by": .string(by), "who": .string(who), "group": .string(group)])
        do throws(ActorFailure) {
            try await client(by).add(address(of: who), to: try created(group))
        } catch {
            return sentence(by, error)
        }
        isMissed(in: group)
        cast[who]?.groups.append(group)
        if testCase.absence(of: who)?.acceptsInvitation == true {
            let unmet = await reach(limit(.answer), step: index) {
                self.isIn(who, group) ? [] : ["\(who) to be in the group \(group)"]
            }
            return unmet.isEmpty ? await awaitSession(of: who, in: group) : unmet
        }
        let others = present(in: group, except: [who])
        _ = await reach(limit(.noAnswer, plus: 500), step: index, expected: false) {
            others.contains { self.log.sees($0, member: who) == true } ? [] : ["\(who) in a list of the others"]
        }
        cast[who]?.isAway = true
        effective(who, index)
        return []
    }

    // MARK: rejoin, subscribe

    /// Complete when the session stands; for one who was away also when what it missed has come, as for `return`.
    func rejoin(_ who: ActorName, _ group: String, _ index: Int) async -> [String] {
        act("rejoin", by: who, index: index, ["who": .string(who), "group": .string(group)])
        let wasAway = cast[who]?.isAway == true
        cast[who]?.firstSession = log.sessions.count
        do throws(ActorFailure) {
            let client = try client(who)
            await client.setInvitationAttitude(.accept)
            let handle = try await client.rejoin(try created(group))
            groups[group]?.handle = handle
        } catch {
            return sentence(who, error)
        }
        cast[who]?.isAway = false
        if cast[who]?.groups.contains(group) == false { cast[who]?.groups.append(group) }
        var unmet = await reach(limit(.answer), step: index) {
            self.isIn(who, group) ? [] : ["\(who) to be in the group \(group)"]
        }
        guard wasAway, unmet.isEmpty else { return unmet }
        unmet = await awaitDelivery(to: who, index)
        cast[who]?.missedSince = nil
        await quiet(at: who, step: index)
        return unmet
    }

    /// Complete when a list has come.
    func subscribe(_ who: ActorName, _ group: String, _ index: Int) async -> [String] {
        act("subscribe", by: who, index: index, ["who": .string(who), "group": .string(group)])
        let before = rosterCount(who)
        do throws(ActorFailure) {
            try await client(who).subscribe(to: try created(group))
        } catch {
            return sentence(who, error)
        }
        return await reach(limit(.answer), step: index) {
            self.rosterCount(who) > before ? [] : ["a list of participants at \(who)"]
        }
    }

    private func rosterCount(_ who: ActorName) -> Int {
        log.offers.count { offer in
            if offer.user == who, case .roster = offer.item { true } else { false }
        }
    }

    // MARK: end

    /// Complete when every session of the group has ended. A focus that sends the last ones away is not waited on.
    func everyoneLeaves(_ group: String, _ index: Int) async -> [String] {
        act("end", by: nil, index: index, ["group": .string(group), "how": "everyone-leaves"])
        for who in present(in: group) where isIn(who, group) {
            do throws(ActorFailure) {
                try await client(who).leave(try created(group), saying: .leaves)
            } catch {
                // The focus may have ended the session first (410); only a session that goes on is a failure.
                if isIn(who, group) { return sentence(who, error) }
            }
        }
        isMissed(in: group)
        return await awaitEnd(of: group, limit(.answer), index)
    }

    /// Complete when the focus has ended every session of the group.
    func awaitInactivity(_ group: String, _ index: Int) async -> [String] {
        act("end", by: nil, index: index, ["group": .string(group), "how": "inactivity"])
        return await awaitEnd(of: group, limit(.inactivity, plus: description.ixit.timers[.answer]), index)
    }

    func awaitEnd(of group: String, _ limit: WaitLimit, _ index: Int) async -> [String] {
        await reach(limit, step: index) {
            self.present(in: group).map { "the end of the session of \($0) in \(group)" }
        }
    }
}
