import Actors
import Facts
import Recordings
import TestCases

/// Returns of a special kind: with another device, and broken off in the middle.
extension CaseStage {
    // MARK: Devices

    /// The user's own device acts again, where another did.
    func bringOwnDevice(_ who: ActorName) {
        guard let member = cast[who], member.device != 1, let own = member.otherDevice else { return }
        cast[who]?.otherDevice = (member.client, !member.isAway)
        cast[who]?.client = own.client
        cast[who]?.device = 1
        expectForEachDevice(who)
    }

    /// Complete as `return` is; what the device gets that the user had before, stays as it was.
    func comeBackElsewhere(_ who: ActorName, _ index: Int) async -> [String] {
        guard let member = cast[who] else { return ["no actor \(who)"] }
        let absence = member.role.absence
        if absence == .fallsSilent || absence == .registrationExpires { await awaitSilenceNoticed(of: who, index) }
        act("return", by: who, index: index, ["who": .string(who), "device": 2])
        let isFirst = member.isAway
        cast[who]?.otherDevice = (member.client, !isFirst)
        cast[who]?.client = makeClient(name: who, member.role, member.user, device: 2)
        cast[who]?.device = 2
        cast[who]?.isAway = false
        cast[who]?.firstSession = log.sessions.count
        if !isFirst { expectForEachDevice(who) }
        do throws(ActorFailure) {
            try await client(who).register()
        } catch {
            return sentence(who, error)
        }
        cast[who]?.isRegistered = true
        if description.ics[.deliveryTrigger] == "first-request" { await makeFirstRequests(who) }
        return await takeDelivery(who, index, isOwed: true)
    }

    /// By its ICS the implementation owes everything to a second device, too.
    private func expectForEachDevice(_ who: ActorName) {
        if description.ics[.perDevice] == "each" { cast[who]?.missedSince = now }
    }

    // MARK: Broken off

    /// Complete when so many messages have come and been answered, the connections are broken and the implementation had
    /// the time to notice. Whatever else came by then was not answered; with `after-silence` the answers had the time to
    /// arrive.
    func comeBackBroken(_ who: ActorName, after count: Int, _ how: BreakManner, _ index: Int) async -> [String] {
        guard let absence = testCase.absence(of: who), let client = cast[who]?.client else { return ["no actor \(who)"] }
        if absence == .fallsSilent || absence == .registrationExpires { await awaitSilenceNoticed(of: who, index) }
        act(
            "return", by: who, index: index,
            ["who": .string(who), "breaks-after": .integer(Int64(count)), "how": .string(how.rawValue)])
        cast[who]?.isAway = false
        let before = log.messageCounts[who] ?? 0
        switch how {
        case .afterSilence: await client.fallSilent(afterMessages: count)
        case .atOnce: await client.loseConnections(afterMessages: count, inTheNext: false)
        case .inTheNext: await client.loseConnections(afterMessages: count, inTheNext: true)
        }
        do throws(ActorFailure) {
            try await becomeReachable(who, absence)
        } catch {
            return sentence(who, error)
        }
        let unmet = await reach(limit(.deliveryWithin, restartedBy: who), step: index) {
            let came = (self.log.messageCounts[who] ?? 0) - before
            guard came >= count else { return ["\(count) messages of the delivery at \(who), to break it off"] }
            return how == .afterSilence || self.isCutOff(who) ? [] : ["the moment at which the connections of \(who) break"]
        }
        guard unmet.isEmpty else {
            // What comes at the next return is not to be broken off.
            await client.fallSilent(afterMessages: .max)
            return unmet
        }
        // From here on it is away, and all else of the delivery is missed.
        if how == .afterSilence { await quiet(at: who, step: index) }
        act("away", by: who, index: nil, ["who": .string(who), "absence": "loses-connection", "of": .integer(Int64(index))])
        await client.loseConnections()
        cast[who]?.isAway = true
        cast[who]?.isDisconnected = true
        cast[who]?.missedSince = now
        await awaitRecognition(of: who, index)
        effective(who, index)
        return []
    }

    /// Its connections have gone since it registered last.
    private func isCutOff(_ who: ActorName) -> Bool {
        for fact in log.facts.reversed() {
            switch fact.what {
            case .unreachable(who): return true
            case .registered(who): return false
            default: continue
            }
        }
        return false
    }
}
