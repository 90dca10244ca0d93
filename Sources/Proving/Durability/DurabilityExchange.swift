import Actors
import Connections
import Diagnostics
import Facts
import NIOCore
import Recordings

/// One exchange of four users in a group, in the middle of which the enabler is killed and started again on its store.
///
/// alice and bob talk all the time; dora was in, loses her connections and comes back; carol was invited and registers
/// later. Each of the three reports on what alice asked for. After the kill all come back on new connections, everybody
/// says a last word, and after a second absence of all there is nothing more to come. Lives on one event loop.
actor DurabilityExchange {
    private nonisolated let eventLoop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let plan: DurabilityPlan
    private let enabler: KillableEnabler
    private let recorder: Recorder
    private let watch: FactWatch
    private let began: NIODeadline
    private var log: FactLog
    private(set) var ledger: DurabilityLedger
    private var clients: [String: SIPClientActor] = [:]
    /// The number of the first session since the user came back.
    private var firstSession: [String: Int] = [:]
    private var lastArrival: Int64 = 0
    private var said = 0

    private static let names = ["alice", "bob", "carol", "dora"]

    init(_ plan: DurabilityPlan, enabler: KillableEnabler, eventLoop: any EventLoop, wallClock: Int64) {
        self.plan = plan
        self.enabler = enabler
        self.eventLoop = eventLoop
        executor = eventLoop.executor
        let users = Self.names.enumerated().map { ($1, JSONValue(strings: ["sip:cpm-\($0 + 1)@cpm.example"])) }
        let header = RecordingHeader(
            start: RecordingHeader.timestamp(milliseconds: wallClock), case: ["id": .string("durability-\(plan.number)")],
            iut: ["users": .object(Dictionary(uniqueKeysWithValues: users))], binding: [:], seed: plan.seed)
        let zero = NIODeadline.now()
        began = zero
        recorder = Recorder(header: header, now: { (NIODeadline.now() - zero).nanoseconds })
        let addresses = CaseContext(header: header).addresses
        log = FactLog(addresses: addresses)
        ledger = DurabilityLedger(members: Self.names, addresses: addresses)
        watch = FactWatch(eventLoop: eventLoop)
    }

    /// Plays it to its end; what was recorded is handed over whatever happens.
    func play(wallClock: @escaping @Sendable () -> Int64) async -> (trouble: String?, recording: Recording) {
        recorder.onLine = { self.took($0) }
        var trouble: String?
        do throws(Diagnostic) {
            try await enabler.start()
            await makeClients(port: enabler.port, wallClock)
            try await playAll()
        } catch {
            trouble = error.description
        }
        for client in clients.values { await client.stop() }
        await enabler.kill()
        // What came after is not known, and nothing of it may be called lost.
        trouble = recorder.fullText ?? trouble
        recorder.onLine = nil
        return (trouble, recorder.finish())
    }

    private func took(_ line: RecordedLine) {
        for fact in log.take(line) {
            ledger.take(fact)
            if case .offered = fact.what { lastArrival = fact.at }
        }
        watch.look()
    }

    private func makeClients(port: Int, _ wallClock: @escaping @Sendable () -> Int64) {
        for (index, name) in Self.names.enumerated() {
            var settings = ClientSettings(
                address: "sip:cpm-\(index + 1)@cpm.example", domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
                outboundHost: "127.0.0.1", outboundPort: port)
            settings.answerLimit = .seconds(5)
            settings.habits.automaticReports = [.delivered]
            // Each comes back when it is told to.
            settings.habits.reopensFlow = false
            clients[name] = SIPClientActor(
                name: name, settings: settings,
                environment: ActorEnvironment(
                    eventLoop: eventLoop, recorder: NIOLoopBound(recorder, eventLoop: eventLoop), seed: plan.seed,
                    wallClock: wallClock))
        }
    }

    private func client(_ name: String) throws(Diagnostic) -> SIPClientActor {
        guard let client = clients[name] else { throw Self.trouble("there is no \(name)") }
        return client
    }

    // MARK: The course

    private func playAll() async throws(Diagnostic) {
        let group = try await makeGroup()
        await talkUntilKilled(group)
        try await enabler.start()
        ledger.restarted(at: (NIODeadline.now() - began).nanoseconds)
        note("the enabler is there again")
        for name in Self.names { try await comeBack(name) }
        for name in ["alice", "bob"] {
            guard await isIn(name, group) else { throw Self.trouble("\(name) did not get back into the group") }
        }
        for name in ["alice", "bob"] {
            guard await say(group, by: name) else { throw Self.trouble("the last word of \(name) was not taken") }
        }
        _ = await watch.until(.seconds(10), isolation: self) { self.ledger.missing.isEmpty }
        await settle()
        for name in Self.names { try await comeBack(name) }
        await settle()
    }

    private func makeGroup() async throws(Diagnostic) -> GroupHandle {
        let plan = GroupPlan(
            invitees: (2...4).map { "sip:cpm-\($0)@cpm.example" }, conversationID: "conv", contributionID: "contr")
        let alice = try client("alice")
        let group: GroupHandle
        do throws(ActorFailure) {
            for name in ["alice", "bob", "dora"] { try await clients[name]?.register() }
            group = try await alice.createGroup(plan)
        } catch {
            throw Self.trouble("the group could not be made: \(error)")
        }
        for name in ["bob", "dora"] {
            guard await isIn(name, group) else { throw Self.trouble("\(name) did not get into the group") }
        }
        return group
    }

    /// Everybody does what the plan says until the moment of the kill.
    private func talkUntilKilled(_ group: GroupHandle) async {
        await withTaskGroup(of: Void.self) { tasks in
            for name in ["alice", "bob"] {
                tasks.addTask {
                    while !Task.isCancelled, await self.say(group, by: name) {
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
            tasks.addTask { await self.absences() }
            try? await Task.sleep(for: .milliseconds(plan.kill))
            await enabler.kill()
            ledger.killed(at: (NIODeadline.now() - began).nanoseconds)
            note("the enabler was killed")
            tasks.cancelAll()
        }
    }

    /// carol's coming, dora's going and coming: as much of it as there is time for.
    private func absences() async {
        let course: [(at: Int64, what: Absence)] = [
            (plan.arrival, .carolComes), (plan.loss, .doraGoes), (plan.back, .doraComes),
        ].sorted { $0.at < $1.at }
        var now: Int64 = 0
        for event in course {
            guard (try? await Task.sleep(for: .milliseconds(event.at - now))) != nil else { return }
            now = event.at
            switch event.what {
            case .carolComes: try? await clients["carol"]?.register()
            case .doraGoes: await clients["dora"]?.loseConnections()
            case .doraComes: try? await clients["dora"]?.comeBack()
            }
        }
    }

    private enum Absence { case carolComes, doraGoes, doraComes }

    // MARK: Parts

    /// One message; true when it was acknowledged.
    private func say(_ group: GroupHandle, by name: String) async -> Bool {
        said += 1
        let chat = OutgoingChat(
            group: group, messageID: "\(name)-\(said)", body: Array("\(said) by \(name)".utf8),
            dispositions: name == "alice" && said % 5 == 0 ? [.delivered] : [])
        guard let result = try? await clients[name]?.send(chat) else { return false }
        return result.code == 200
    }

    private func comeBack(_ name: String) async throws(Diagnostic) {
        let client = try client(name)
        await client.loseConnections()
        firstSession[name] = log.sessions.count
        do throws(ActorFailure) {
            try await client.comeBack()
        } catch {
            throw Self.trouble("\(name) could not come back: \(error)")
        }
    }

    /// True once a session stands in which both sides send; false when there is none within five seconds.
    private func isIn(_ name: String, _ group: GroupHandle) async -> Bool {
        let identity = GroupIdentity(conversation: group.conversationID, contribution: group.contributionID)
        let first = firstSession[name] ?? 0
        let isInvited = await watch.until(.seconds(5), isolation: self) {
            self.log.sessions(of: name, group: identity).contains {
                $0.id >= first && self.log.joinedSessions.contains($0.id) && $0.form != .deferred
                    && !self.log.endedSessions.contains($0.id)
            }
        }
        guard isInvited else { return false }
        return (try? await clients[name]?.awaitSession(in: group)) != nil
    }

    /// Until nothing came for 0.7 s.
    private func settle() async {
        let quiet: Int64 = 700_000_000
        lastArrival = (NIODeadline.now() - began).nanoseconds
        while !Task.isCancelled {
            let rest = lastArrival + quiet - (NIODeadline.now() - began).nanoseconds
            guard rest > 0 else { return }
            try? await Task.sleep(for: .nanoseconds(rest))
        }
    }

    private func note(_ text: String) { recorder.note(text) }

    private static func trouble(_ what: String) -> Diagnostic { Diagnostic(.harness, "durability.exchange", what) }
}
