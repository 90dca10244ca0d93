import Actors
import Connections
import Diagnostics
import Facts
import NIOCore
import Recordings
import TestCases

/// Where one case is played: its recorder, what has been seen so far, and its cast. Lives on the case's event loop.
///
/// This file holds the life of the stage; steps, waits and the cast are in extensions.
actor CaseStage: Stage {
    private let alive = Alive("stage of a case")
    nonisolated let testCase: TestCase
    nonisolated let description: ImplementationDescription
    nonisolated let settings: PlaySettings
    nonisolated let eventLoop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    let prepared: (any PreparedImplementation)?
    let users: [IXITUser]

    let recorder: Recorder
    nonisolated let overflow: AsyncStream<String>
    private let overflows: AsyncStream<String>.Continuation
    var log: FactLog
    let tokens: TokenSource
    var cast: [ActorName: CastMember] = [:]
    var groups: [String: PlayedGroup] = [:]
    /// imdn.Message-ID by the label of the script.
    var messageIDs: [String: String] = [:]
    var phase = PlayPhase.preamble
    /// Nanoseconds of the monotonic clock at which the newest item came to each user.
    var lastArrival: [ActorName: Int64] = [:]
    var pendingWaits: [Int: PendingWait] = [:]
    var waitCount = 0
    var stepCount = 0
    /// Deliveries that a concurrent `send` left open.
    var openDeliveries: [() -> [String]] = []
    private var heartbeat = Heartbeat()
    /// Where the actors listen: the address of this machine that faces the implementation.
    var ownAddress = "127.0.0.1"
    /// True when what came from before the case did not end in time: these users are not used again.
    var isUnquiet = false
    /// Sessions from before the case that it has left.
    var leftFromBefore: Set<Int> = []
    /// True when nobody took or answered what the case begins with.
    var isUnanswered = false

    init(
        testCase: TestCase, description: ImplementationDescription, users: [IXITUser],
        prepared: (any PreparedImplementation)?, settings: PlaySettings, eventLoop: any EventLoop
    ) {
        self.testCase = testCase
        self.description = description
        self.settings = settings
        self.eventLoop = eventLoop
        executor = eventLoop.executor
        (overflow, overflows) = AsyncStream.makeStream(of: String.self)
        self.prepared = prepared
        self.users = users
        let seed = settings.seed(of: testCase)
        tokens = TokenSource(seed: seed).child("script")
        let header = Self.header(testCase, description, users, settings, seed: seed)
        let zero = NIODeadline.now()
        recorder = Recorder(
            header: header, now: { (NIODeadline.now() - zero).nanoseconds }, limits: settings.limits,
            share: settings.share)
        log = FactLog(addresses: CaseContext(header: header).addresses, limits: settings.limits)
    }

    private static func header(
        _ testCase: TestCase, _ description: ImplementationDescription, _ users: [IXITUser], _ settings: PlaySettings,
        seed: UInt64
    ) -> RecordingHeader {
        var iut = description.json.object ?? [:]
        var addresses: [String: JSONValue] = [:]
        for (role, user) in zip(testCase.actors, users) {
            addresses[role.name] = JSONValue(strings: [user.uri] + user.aliases)
        }
        iut["users"] = .object(addresses)
        return RecordingHeader(
            start: RecordingHeader.timestamp(milliseconds: settings.wallClock()), case: testCase.json,
            iut: .object(iut), binding: settings.binding.resolved(for: description).json, seed: seed,
            versions: settings.versions, strict: settings.strict)
    }

    /// Plays preamble, body and closing; the deadline and the interruption are cancellations of this task.
    func play() async -> PlayEnd {
        recorder.onLine = { self.saw($0) }
        heartbeat.start(
            on: eventLoop, { self.assumeIsolated { $0.heartbeat.beat($0.recorder) } }, heldUp: { await self.heldUp($0) })
        let end = await playSteps()
        guard !Task.isCancelled else { return .interrupted }
        await close()
        return Task.isCancelled ? .interrupted : end
    }

    private func heldUp(_ milliseconds: Int64) { heartbeat.heldUp(milliseconds, recorder) }

    private func saw(_ line: RecordedLine) {
        settings.onlooker?(testCase.id, line)
        took(line)
        if line.isFullNote { overflows.yield(recorder.fullText ?? "") }
    }

    private func playSteps() async -> PlayEnd {
        if let trouble = await gather() { return .broken(trouble) }
        for (index, step) in testCase.steps.enumerated() {
            guard !Task.isCancelled else { return .interrupted }
            let unmet = await perform(step.kind, index: index)
            if !unmet.isEmpty, phase == .preamble {
                return .broken("step \(index + 1) of the preamble did not get there")
            }
            advancePhase(after: step.kind)
        }
        await settleOpenDeliveries()
        return .played
    }

    /// Takes everything down: sockets, timers, waits. Returns what was recorded, with a note on an untimely end.
    func strike(_ end: PlayEnd) async -> Recording {
        if phase == .preamble, end == .timedOut || end == .interrupted {
            act("done", by: nil, index: nil, ["result": "unmet", "awaited": ["the end of the preamble"]])
        }
        switch end {
        case .timedOut:
            let limit = description.ixit.timers[.case]
            note(trouble: "not-finished", "the case did not end within its \(limit) ms (timer 'case')")
        case .interrupted: note(trouble: "cancelled", "the run was interrupted while the case was being played")
        case .played, .broken, .unreachable, .notBegun: break
        }
        heartbeat.stop()
        for member in cast.values {
            await member.client.stop()
            await member.otherDevice?.client.stop()
        }
        abandonWaits()
        recorder.onLine = nil
        overflows.finish()
        openDeliveries = []
        return recorder.finish()
    }

    /// Something that only the harness can know, for the judge.
    func note(trouble: String, _ text: String) {
        recorder.add(.note, fields: ["text": .string(text), "trouble": .string(trouble)])
    }

    // MARK: Phases

    /// Everything before the first absence takes effect is preamble; without any absence, everything until there is a
    /// group.
    private func advancePhase(after step: StepKind) {
        guard phase == .preamble else { return }
        switch step {
        case .create(_, _, let invite, _):
            let absences = testCase.actors.map(\.absence).filter(\.isOwed)
            let takesEffect = invite.compactMap { testCase.absence(of: $0) }.contains {
                $0.atInvitation || $0 == .declines
            }
            if takesEffect || absences.isEmpty { phase = .body }
        case .away, .awayUnnoticed, .add: phase = .body
        case .boot(_, let who, _) where testCase.absence(of: who) == .booted: phase = .body
        default: break
        }
    }
}

/// The parts of a case that the judge treats differently.
enum PlayPhase: String, Sendable {
    case preamble, body, closing
}

/// A scripted participant with its user and its user agent.
struct CastMember: Sendable {
    var role: ActorRole
    var user: IXITUser
    var client: any ClientActor
    /// The device that the user has besides, and whether it is there.
    var otherDevice: (client: any ClientActor, isThere: Bool)?
    /// Which of its devices acts, from 1.
    var device = 1
    /// Cannot be reached just now, by the script.
    var isAway = false
    /// The enabler was stopped while it was away: nothing is left of its connections.
    var isDisconnected = false
    var isRegistered = false
    /// When something first happened in one of its groups since it went away; nanoseconds of the monotonic clock.
    var missedSince: Int64?
    /// How many facts there were when it went away.
    var factsBefore = 0
    /// Sessions with a number below this one belong to a time before the member went away.
    var firstSession = 0
    /// Labels of the groups that it belongs to, in the order it was invited.
    var groups: [String] = []
}

/// A group of the script.
struct PlayedGroup: Sendable {
    var identity: GroupIdentity
    /// Nil until it was created.
    var handle: GroupHandle?
    /// The focuses that it had before the one it has now, of which something is to be delivered; the oldest first.
    var former: [GroupHandle] = []
}
