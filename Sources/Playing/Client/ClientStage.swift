import Actors
import Connections
import Diagnostics
import Facts
import HTTP
import NIOCore
import Recordings
import TestCases
import UpperTester

/// Where one case for a client under test is played: the scripted enabler, the user's side, the recorder and what has been seen
/// so far. Lives on the case's event loop.
///
/// This file holds the life of the stage; what its steps do is in extensions.
actor ClientStage: Stage {
    nonisolated let testCase: TestCase
    nonisolated let description: ImplementationDescription
    nonisolated let settings: PlaySettings
    nonisolated let eventLoop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    let prepared: (any PreparedImplementation)?

    let recorder: Recorder
    nonisolated let overflow: AsyncStream<String>
    private let overflows: AsyncStream<String>.Continuation
    var log: FactLog
    let tokens: TokenSource
    /// How the ids of this case's messages end.
    private let mark: String
    /// The address of everybody of the case.
    let addresses: [ActorName: String]
    /// The same, the other way round.
    let addressBook: AddressBook
    /// The user of the client under test.
    let user: ActorName
    private let enablerSettings: EnablerSettings
    /// Made on the loop, where it lives.
    lazy var enabler = SIPEnablerActor(
        settings: enablerSettings,
        environment: ActorEnvironment(
            eventLoop: eventLoop, recorder: NIOLoopBound(recorder, eventLoop: eventLoop), seed: recorder.header.seed,
            wallClock: settings.wallClock))
    /// Nil until the enabler listens.
    private var place: EnablerAddress?
    /// Nil until the client has been told where the enabler is.
    var side: (any UserSide)?
    /// A person does what the user does.
    private(set) var isByHand = false
    var groups: [String: DeliveredGroup] = [:]
    /// What was handed over, by its label.
    var handed: [String: HandedItem] = [:]
    /// What is still to be handed over of messages in which the script has paused.
    var paused: [String: HandedItem] = [:]
    /// imdn.Message-ID by the label of the script.
    var messageIDs: [String: String] = [:]
    /// When each message was written, in milliseconds since 1970.
    var writtenAt: [String: Int64] = [:]
    var phase = PlayPhase.preamble
    /// Those who wait for something to be recorded.
    var onlookers: [Int: CheckedContinuation<Void, Never>] = [:]
    var onlookerCount = 0
    private var heartbeat = Heartbeat()
    private(set) var isUnanswered = false
    var isUnquiet: Bool { false }

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
        let user = testCase.clientUser ?? ""
        self.user = user
        let subscriber = users.first ?? IXITUser(uri: "sip:\(user)@\(description.ixit.domain)")
        let addresses = Self.addresses(testCase, subscriber, description)
        self.addresses = addresses
        let seed = Self.seed(testCase, settings, prepared)
        let tokens = TokenSource(seed: seed).child("script")
        let header = Self.header(testCase, description, addresses, subscriber, settings, seed: seed)
        let zero = NIODeadline.now()
        let recorder = Recorder(
            header: header, now: { (NIODeadline.now() - zero).nanoseconds }, limits: settings.limits,
            share: settings.share)
        self.tokens = tokens
        mark = ".cpm" + TokenSource(seed: seed).child("mark").token(length: 8)
        self.recorder = recorder
        let context = CaseContext(header: header)
        addressBook = context.addresses
        log = FactLog(addresses: context.addresses, limits: settings.limits, isClientTested: true)
        enablerSettings = Self.enablerSettings(
            description, user, subscriber, prepared?.place ?? EnablerPlace(), settings)
    }

    // MARK: Life

    func play() async -> PlayEnd {
        recorder.onLine = { self.saw($0) }
        heartbeat.start(
            on: eventLoop, { self.assumeIsolated { $0.heartbeat.beat($0.recorder) } }, heldUp: { await self.heldUp($0) })
        let end = await playSteps()
        guard !Task.isCancelled else { return .interrupted }
        phase = .closing
        await close()
        return Task.isCancelled ? .interrupted : end
    }

    private func playSteps() async -> PlayEnd {
        if let trouble = await gather() { return .broken(trouble) }
        for (index, step) in testCase.steps.enumerated() {
            guard !Task.isCancelled else { return .interrupted }
            guard case .client(let kind) = step.kind else { continue }
            let unmet = await perform(kind, index: index)
            if !unmet.isEmpty, phase == .preamble { return .broken("step \(index + 1) of the preamble did not get there") }
            // A client that is on-line is what everything else begins with.
            if case .online = kind { phase = .body }
        }
        await look()
        return .played
    }

    /// Opens the enabler's ports and tells the client where they are; returns why the case cannot begin.
    private func gather() async -> String? {
        do {
            try await prepared?.calm(on: eventLoop)
            let address = try await enabler.start()
            place = address
            guard let prepared else { return "there is no client under test" }
            try await meet(prepared, address)
            await introduce(address)
            return nil
        } catch {
            isUnanswered = !(error is ActorFailure)
            let text = "\(error)"
            note(trouble: isUnanswered ? "unreachable" : "harness", text)
            return text
        }
    }

    private func meet(_ prepared: any PreparedImplementation, _ address: EnablerAddress) async throws {
        isByHand = prepared.isPlayedByHand && settings.person != nil
        guard !isByHand else {
            side = HandSide(user: user, addresses: addresses) { [weak self] text in try await self?.order(text) }
            return
        }
        let tester = try UpperTesterClient(try await prepared.meet(address), tap: tap())
        side = TesterSide(tester: tester, addresses: addresses, patience: description.ixit.timers[.answer])
        _ = try await tester.identity()
        // Whatever its user's habits were before.
        if prepared.needsDraining { try await tester.meetInvitations(.accept) }
    }

    func strike(_ end: PlayEnd) async -> Recording {
        if phase == .preamble, end == .timedOut || end == .interrupted {
            act("done", index: nil, ["result": "unmet", "awaited": ["the end of the preamble"]])
        }
        switch end {
        case .timedOut:
            let limit = description.ixit.timers[.case]
            note(trouble: "not-finished", "the case did not end within its \(limit) ms (timer 'case')")
        case .interrupted: note(trouble: "cancelled", "the run was interrupted while the case was being played")
        case .played, .broken, .unreachable, .notBegun: break
        }
        heartbeat.stop()
        await side?.shutdown()
        side = nil
        await enabler.stop()
        wakeOnlookers()
        recorder.onLine = nil
        overflows.finish()
        return recorder.finish()
    }

    /// The client goes off-line, also where it only believes that it is on-line and goes on after the case; what goes wrong
    /// now changes no verdict.
    private func close() async {
        guard let side else { return }
        let mayBeThere = prepared?.needsDraining == true && !isByHand
        if !mayBeThere, await !enabler.isRegistered(user) { return }
        act("offline", index: nil, ["who": .string(user)])
        do {
            try await side.setOnline(false)
        } catch {
            note(trouble: "closing", "\(user): \(error)")
        }
    }

    /// An imdn.Message-ID. How it ends is the same in a case and another in each, so that the judge knows what a client says
    /// late about a case before.
    func newMessageID() -> String { tokens.token(length: 18) + mark }

    /// A group session identity that no group has had.
    func newFocus() -> String {
        let name = "focus-\(tokens.token(length: 12))"
        return place?.uri(user: name) ?? "sip:\(name)@\(description.ixit.domain)"
    }

    // MARK: Writing down

    func note(trouble: String, _ text: String) {
        recorder.add(.note, fields: ["text": .string(text), "trouble": .string(trouble)])
    }

    /// Writes an act of the script.
    func act(_ step: String, index: Int?, _ fields: [String: JSONValue]) {
        var all = fields
        all["step"] = .string(step)
        all["phase"] = .string(phase.rawValue)
        if let index { all["index"] = .integer(Int64(index)) }
        recorder.add(.act, actor: fields["by"]?.string ?? fields["who"]?.string, fields: all)
    }

    private func heldUp(_ milliseconds: Int64) { heartbeat.heldUp(milliseconds, recorder) }

    private func saw(_ line: RecordedLine) {
        settings.onlooker?(testCase.id, line)
        if line.isFullNote { overflows.yield(recorder.fullText ?? "") }
        if !log.take(line).isEmpty { wakeOnlookers() }
    }

    /// Every byte of the upper tester's connections, under the name of the client's user.
    private func tap() -> HTTPTap {
        let writer = TesterWriter(recorder, actor: user)
        let box = NIOLoopBound(writer, eventLoop: eventLoop)
        let loop = eventLoop
        return { event in loop.execute { box.value.take(event) } }
    }
}

/// A group that a scripted enabler speaks for.
struct DeliveredGroup: Sendable {
    var ids: GroupIDs
    var focus: String
    /// How many focuses it has had.
    var focuses = 1
    /// Of the document that told last who takes part.
    var version = 0
    /// The newest session of the client in it.
    var session: EnablerSessionID?
    /// What the client was told that the group is called; nil where it was told nothing.
    var title: String?
    /// Whom the client's own user invited; nil for a group that others made.
    var invited: [ActorName]?
}

/// Writes down what a client of the upper tester saw. Confined to the recorder's loop.
private final class TesterWriter {
    private let recorder: Recorder
    private let actor: String
    private var connections: [Int: Int] = [:]

    init(_ recorder: Recorder, actor: String) {
        self.recorder = recorder
        self.actor = actor
    }

    func take(_ event: HTTPTapEvent) {
        switch event.kind {
        case .opened(let local, let remote, let isSecure):
            let conn = recorder.open(
                actor: actor, proto: "http", accepted: false, local: local, remote: remote, device: 1)
            connections[event.connection] = conn
            if isSecure { recorder.secured(conn, version: "TLS") }
        case .passed(let direction, let bytes):
            guard let conn = connections[event.connection] else { return }
            recorder.bytes(bytes, direction == .received ? .received : .sent, on: conn)
        case .closed:
            guard let conn = connections.removeValue(forKey: event.connection) else { return }
            recorder.close(conn, cause: "closed")
        }
    }
}
