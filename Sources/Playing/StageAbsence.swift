import Actors
import Connections
import Facts
import NIOCore
import Recordings
import TestCases

/// Going away in mid-session, and coming back.
extension CaseStage {
    /// Performs the act of the absence and waits for the observation that makes it effective.
    ///
    /// - Parameter waits: false leaves the waiting to a step of its own.
    func goAway(_ who: ActorName, _ index: Int, waits: Bool = true) async -> [String] {
        guard let absence = testCase.absence(of: who), let member = cast[who] else { return ["no actor \(who)"] }
        var fields: [String: JSONValue] = ["who": .string(who), "absence": .string(absence.rawValue)]
        if !waits { fields["waits"] = false }
        act("away", by: who, index: index, fields)
        cast[who]?.factsBefore = log.facts.count
        do throws(ActorFailure) {
            switch absence {
            case .losesConnection: await member.client.loseConnections()
            case .fallsSilent: await member.client.fallSilent()
            case .deregisters:
                try await member.client.deregister()
                cast[who]?.isRegistered = false
                // A client without a registration is switched off: it holds no connection that might still be used.
                await member.client.loseConnections()
            case .registrationExpires:
                let left = await member.client.registrationLifetime() ?? .zero
                await member.client.fallSilent()
                await pause(left, index)
            case .leavesInvoluntarily:
                let cause: LeaveCause = description.ics[.byeSemantics].hasPrefix("503") ? .failure : .unsaid
                for group in member.groups where isIn(who, group) {
                    try await member.client.leave(try created(group), saying: cause)
                }
            default: return ["the absence \(absence.rawValue) has no act in mid-session"]
            }
        } catch {
            return sentence(who, error)
        }
        cast[who]?.isAway = true
        guard waits else { return [] }
        if absence != .leavesInvoluntarily { await awaitRecognition(of: who, index) }
        effective(who, index)
        return []
    }

    /// The rest of an `away` that did not wait.
    func beNoticed(_ who: ActorName, _ index: Int) async -> [String] {
        act("noticed", by: nil, index: index, ["who": .string(who)])
        await awaitRecognition(of: who, index)
        // One that keeps its connections is noticed by what it leaves unanswered: what comes now must be behind that.
        await awaitSilenceNoticed(of: who, index)
        effective(who, index)
        return []
    }

    /// Waits until the lists of the others show the loss, or for the time in which the implementation notices it.
    func awaitRecognition(of who: ActorName, _ index: Int) async {
        let groups = cast[who]?.groups ?? []
        let others = groups.flatMap { group in self.present(in: group, except: [who]) }
        _ = await reach(limit(.lossRecognition), step: index, expected: false) {
            let noticed = others.contains { other in
                self.log.sees(other, member: who) != nil && self.log.status(other, of: who) != "connected"
            }
            return noticed ? [] : ["the loss of \(who) in a list of the others"]
        }
    }

    /// Silence shows only when something is sent into it: before the silent one speaks again, the implementation gets
    /// its time to notice from the first thing that it missed.
    func awaitSilenceNoticed(of who: ActorName, _ index: Int) async {
        guard let since = cast[who]?.missedSince, let before = cast[who]?.factsBefore else { return }
        var limit = limit(.lossRecognition, plus: 500)
        limit.milliseconds -= (now - since) / 1_000_000
        guard limit.milliseconds > 0 else { return }
        _ = await reach(limit, step: index, expected: false) {
            let noticed = self.log.facts.dropFirst(before).contains { fact in
                switch fact.what {
                case .carriageLost(who, _), .ended(who, _, .implementation, _), .unreachable(who): true
                default: false
                }
            }
            return noticed ? [] : ["the implementation to notice that \(who) does not answer"]
        }
    }

    func pause(
        _ duration: Duration, _ index: Int, _ what: String = "the end of the registration's time"
    ) async {
        let milliseconds = duration.components.seconds * 1000
            + duration.components.attoseconds / 1_000_000_000_000_000
        let limit = WaitLimit(name: .longestWait, milliseconds: milliseconds, restartedBy: nil)
        _ = await reach(limit, step: index, expected: false) { [what] }
    }

    // MARK: outlast

    /// Complete when what was sent before is older than the policy keeps it, with the quiet time on top; what was
    /// missed until now is owed to nobody any more.
    func outlast(_ time: OutlastedTime, _ index: Int) async -> [String] {
        act("outlast", by: nil, index: index, ["time": .string(time.rawValue)])
        guard let kept = description.policy.retention else { return ["a policy that states '\(time.rawValue)'"] }
        await pause(.milliseconds(kept + description.ixit.timers[.quiet]), index, "the end of the policy's \(time.rawValue)")
        for name in cast.keys where cast[name]?.isAway == true { cast[name]?.missedSince = nil }
        return []
    }

    // MARK: return

    /// Complete at the end of delivery: for a group that has ended, the implementation's BYE of the session in which
    /// it delivers; for one that goes on, a marker sent after the backlog and received; and then nothing more for the
    /// quiet time. Never because all that is expected has come.
    func comeBack(_ who: ActorName, _ index: Int) async -> [String] {
        guard let absence = testCase.absence(of: who) else { return ["no actor \(who)"] }
        if absence == .fallsSilent || absence == .registrationExpires { await awaitSilenceNoticed(of: who, index) }
        bringOwnDevice(who)
        var fields: [String: JSONValue] = ["who": .string(who), "device": 1]
        // The judge has to know that no registration starts this delivery.
        if absence.returnWay == .answers, cast[who]?.isDisconnected != true { fields["answers"] = true }
        act("return", by: who, index: index, fields)
        cast[who]?.isAway = false
        do throws(ActorFailure) {
            try await becomeReachable(who, absence)
        } catch {
            return sentence(who, error)
        }
        return await takeDelivery(who, index, isOwed: absence.isOwed)
    }

    /// What comes to one who can be reached again.
    func takeDelivery(_ who: ActorName, _ index: Int, isOwed: Bool) async -> [String] {
        var unmet: [String] = []
        if isOwed { unmet = await awaitDelivery(to: who, index) }
        cast[who]?.missedSince = nil
        await quiet(at: who, step: index)
        return unmet
    }

    /// Something happens in a group: whoever is away from it will be owed something.
    func isMissed(in group: String) {
        for name in cast.keys where cast[name]?.isAway == true && cast[name]?.groups.contains(group) == true {
            if cast[name]?.missedSince == nil { cast[name]?.missedSince = now }
        }
    }

    func becomeReachable(_ who: ActorName, _ absence: Absence) async throws(ActorFailure) {
        let client = try client(who)
        let way = cast[who]?.isDisconnected == true && absence.returnWay != .never ? .registersAnew : absence.returnWay
        cast[who]?.isDisconnected = false
        switch way {
        case .registersAnew:
            cast[who]?.firstSession = log.sessions.count
            try await client.comeBack()
        case .resumes:
            cast[who]?.firstSession = log.sessions.count
            try await client.resume()
        case .refreshes:
            cast[who]?.firstSession = log.sessions.count
            await client.setInvitationAttitude(.accept)
            try await client.register()
        case .answers:
            await client.setInvitationAttitude(.accept)
            // It is in as soon as it has answered; no request of its own is due.
            for group in cast[who]?.groups ?? [] { try await client.answerInvitation(to: try created(group)) }
            return
        case .never: throw .impossible("\(who) is never away and cannot return")
        }
        cast[who]?.isRegistered = true
        if description.ics[.deliveryTrigger] == "first-request" { await makeFirstRequests(who) }
    }

    /// Where the first request to the group starts the delivery; a focus that is gone answers 404, and that is enough.
    func makeFirstRequests(_ who: ActorName) async {
        for group in cast[who]?.groups ?? [] {
            guard let client = try? client(who), let handle = handle(group) else { continue }
            for focus in (groups[group]?.former ?? []) + [handle] { _ = try? await client.rejoin(focus) }
        }
    }

    /// Nothing need come to one who has missed nothing, or of what the policy does not store: then the quiet time
    /// bounds the wait, and running out of it is right.
    func awaitDelivery(to who: ActorName, _ index: Int) async -> [String] {
        let isOwed = cast[who]?.missedSince != nil && description.policy.storage != false
        let limit = limit(isOwed ? .deliveryWithin : .quiet, restartedBy: who)
        var unmet: [String] = []
        for group in cast[who]?.groups ?? [] {
            if present(in: group, except: [who]).isEmpty {
                // A session that goes on with nobody else in it has no end to wait for, and nobody to send a marker.
                unmet += await reach(limit, step: index, expected: isOwed, suffices: { isIn(who, group) }) {
                    self.isDelivered(who, group) ? [] : ["the end of a delivery of \(group) to \(who)"]
                }
            } else {
                unmet += await awaitBacklog(of: who, in: group, limit, isOwed, index)
            }
        }
        return unmet
    }

    /// The implementation has ended a session with the user since it came back.
    private func isDelivered(_ who: ActorName, _ group: String) -> Bool {
        let ended = sessions(of: who, in: group).count { log.dismissedSessions.contains($0.id) }
        return ended > (groups[group]?.former.count ?? 0)
    }

    private func awaitBacklog(
        of who: ActorName, in group: String, _ limit: WaitLimit, _ isOwed: Bool, _ index: Int
    ) async -> [String] {
        let unmet = await reach(limit, step: index, expected: isOwed) {
            self.isIn(who, group) || self.isDelivered(who, group)
                ? [] : ["\(who) to be in the live session of \(group), or the end of a delivery to it"]
        }
        guard unmet.isEmpty, isIn(who, group) else { return unmet }
        return await sendMarker(to: who, in: group, index)
    }

    /// A present member says something: once the returned one has it, the backlog before it has come too.
    private func sendMarker(to who: ActorName, in group: String, _ index: Int) async -> [String] {
        guard let by = present(in: group, except: [who]).first, let handle = handle(group) else { return [] }
        let label = "marker-\(index)-\(who)"
        let id = tokens.token(length: 24)
        // Words of its own, so that it is known also where the implementation gives it another Message-ID.
        let words = Array("marker \(index) \(tokens.token(length: 8))".utf8)
        let first = log.offers.count
        act(
            "send", by: by, index: nil,
            [
                "group": .string(group), "by": .string(by), "as": .string(label), "message": .string(id),
                "marker": true, "concurrent": false, "disposition": [],
            ])
        do throws(ActorFailure) {
            let chat = OutgoingChat(group: handle, messageID: id, body: words)
            _ = try await client(by).send(chat)
        } catch {
            return sentence(by, error)
        }
        return await reach(limit(.deliveryWithin, restartedBy: who), step: index) {
            self.log.has(who, message: id) || self.log.has(who, words: words, since: first)
                ? [] : ["the marker at \(who), which follows the backlog"]
        }
    }
}
