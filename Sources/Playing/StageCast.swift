import Actors
import Facts
import NIOCore
import Recordings
import TestCases

/// The cast: who plays with which user, who is in which group, and the questions that goals ask about them.
extension CaseStage {
    /// Makes the user agents, fetches what the users may have coming from before, and registers those who start
    /// registered. Returns why the case cannot begin, in one sentence; nil when it can.
    func gather() async -> String? {
        do throws(StageTrouble) {
            ownAddress = await LocalAddress.facing(description.ixit.address, on: eventLoop)
            try castRoles()
            if prepared?.needsDraining == true { try await drain() }
            for role in testCase.actors where role.absence.registersAtStart {
                guard cast[role.name]?.isRegistered != true else { continue }
                try await registerAtStart(role.name)
            }
            return nil
        } catch {
            act("done", by: nil, index: nil, ["result": "unmet", "awaited": [.string(error.text)]])
            if error.code != "preamble" { note(trouble: error.code, error.text) }
            return error.text
        }
    }

    private func castRoles() throws(StageTrouble) {
        guard users.count >= testCase.actors.count else {
            throw StageTrouble(code: "harness", text: "the case has more actors than users")
        }
        for (role, user) in zip(testCase.actors, users) {
            cast[role.name] = CastMember(role: role, user: user, client: makeClient(name: role.name, role, user))
        }
    }

    func makeClient(name: String, _ role: ActorRole, _ user: IXITUser, device: Int = 1) -> any ClientActor {
        var environment = ActorEnvironment(
            eventLoop: eventLoop, recorder: NIOLoopBound(recorder, eventLoop: eventLoop), seed: recorder.header.seed,
            wallClock: settings.wallClock)
        environment.device = device
        return SIPClientActor(name: name, settings: clientSettings(role, user), environment: environment)
    }

    private func clientSettings(_ role: ActorRole, _ user: IXITUser) -> ClientSettings {
        var settings = ClientSettings(user, of: description, tls: prepared?.tls, from: ownAddress)
        settings.limits = self.settings.limits
        if role.absence == .registrationExpires {
            // Short enough to be waited for, where the registrar grants it.
            // and before a session ends in which nothing happens meanwhile.
            let timers = description.ixit.timers
            let half = min(timers[.longestWait], timers[.inactivity]) / 2000
            settings.habits.registrationExpires = Int(min(60, max(2, half)))
        }
        let binding = self.settings.binding.resolved(for: description)
        if binding[.deferredReports] == "message" { settings.habits.reportCarriage = .message }
        settings.habits.subscribesToDeferred = binding[.participantInformation] == "notify"
        return settings
    }

    private func registerAtStart(_ name: ActorName) async throws(StageTrouble) {
        guard let member = cast[name] else { return }
        do throws(ActorFailure) {
            try await member.client.register()
            cast[name]?.isRegistered = true
        } catch {
            switch error {
            case .connectionLost, .timedOut: isUnanswered = true
            default: break
            }
            let code = if case .connectionLost = error { "unreachable" } else { "preamble" }
            throw StageTrouble(code: code, text: "\(name) could not register: \(error)")
        }
    }

    /// Registers everybody, waits until nothing more comes from before, and leaves groups that still go on; then those who
    /// start without a registration take theirs away.
    private func drain() async throws(StageTrouble) {
        for role in testCase.actors { try await registerAtStart(role.name) }
        let began = now
        let timers = description.ixit.timers
        let most = timers.nanoseconds(.deliveryWithin) + 4 * timers.nanoseconds(.quiet)
        for role in testCase.actors {
            while !Task.isCancelled {
                await quiet(at: role.name, step: -1)
                let since = lastArrival[role.name].map { now - $0 } ?? .max
                if since >= timers.nanoseconds(.quiet), await !leaveEarlierGroups(role.name) { break }
                guard now - began < most else {
                    isUnquiet = true
                    throw StageTrouble(code: "preamble", text: "\(role.name) still gets items from before the case")
                }
            }
        }
        for role in testCase.actors where !role.absence.registersAtStart {
            // What a registrar answers to this is not what the case is about; a failure shows in the case itself.
            try? await cast[role.name]?.client.deregister()
            cast[role.name]?.isRegistered = false
        }
    }

    /// Leaves the sessions of an earlier run or case that the user was called back to: what happens in them would come
    /// into this case, and into those of all who are in them. False when there was none.
    private func leaveEarlierGroups(_ name: ActorName) async -> Bool {
        guard let client = cast[name]?.client else { return false }
        let open = log.sessions(of: name, group: nil).filter { session in
            log.joinedSessions.contains(session.id) && !log.endedSessions.contains(session.id) && session.form != .deferred
                && !leftFromBefore.contains(session.id)
        }
        for session in open {
            // Once only: one that would not let go must not hold the case.
            leftFromBefore.insert(session.id)
            guard let group = session.group, let focus = session.focus else { continue }
            let handle = GroupHandle(
                conversationID: group.conversation, contributionID: group.contribution, focusURI: focus)
            try? await client.leave(handle, saying: .leaves)
        }
        return !open.isEmpty
    }

    // MARK: Questions

    /// True when the member has a session of the group in which items flow both ways.
    func isIn(_ name: ActorName, _ group: String) -> Bool { liveSession(of: name, in: group) != nil }

    /// The newest session of a member in a group that stands, is no delivery of an ended one, and is not from before
    /// it went away.
    func liveSession(of name: ActorName, in group: String) -> GroupSession? {
        sessions(of: name, in: group).last { session in
            log.joinedSessions.contains(session.id) && !log.endedSessions.contains(session.id)
                && session.form != .deferred
        }
    }

    /// Sessions of a member in a group since it came back last.
    func sessions(of name: ActorName, in group: String) -> [GroupSession] {
        guard let identity = groups[group]?.identity, let member = cast[name] else { return [] }
        return log.sessions(of: name, group: identity).filter { $0.id >= member.firstSession }
    }

    /// Members who are there and in the group, in the order of the case, but for some.
    func present(in group: String, except some: Set<ActorName> = []) -> [ActorName] {
        testCase.actors.map(\.name).filter { name in
            !some.contains(name) && cast[name]?.isAway == false && isIn(name, group)
        }
    }

    func address(of name: ActorName) -> String { cast[name]?.user.uri ?? "" }

    func handle(_ group: String) -> GroupHandle? { groups[group]?.handle }
}

/// Why a case cannot begin; `code` is a word of the recording's notes.
struct StageTrouble: Error {
    var code: String
    var text: String
}
