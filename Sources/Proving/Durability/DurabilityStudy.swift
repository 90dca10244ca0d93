import Foundation
import NIOPosix
public import Recordings

/// What came of one exchange in which the enabler was killed.
public struct DurabilityOutcome: Sendable {
    public var plan: DurabilityPlan
    /// Messages that were sent, and items (messages and reports) that the enabler acknowledged.
    public var sent: Int
    public var acknowledged: Int
    /// At the kill: submissions without an answer, debts not yet taken over, debts confirmed.
    public var inFlight: Int
    public var open: Int
    public var confirmed: Int
    /// Came again, as they may: never confirmed, or confirmed in the last half second before the kill.
    public var redelivered: Int
    /// Acknowledged, and not delivered to whom it was owed.
    public var lost: [String]
    /// Confirmed, and delivered again.
    public var repeated: [String]
    /// Why the exchange could not be played to its end; then it shows nothing.
    public var trouble: String?
    /// Whether the study was called off while it was played.
    public var isInterrupted = false
    public var seconds: Double

    /// True when the enabler kept its word in an exchange that was played to its end.
    public var isKept: Bool { trouble == nil && lost.isEmpty && repeated.isEmpty }
}

/// Exchanges with a reference enabler in a process of its own, each with one SIGKILL at a random moment.
public struct DurabilityStudy: Sendable {
    /// Path of `cpmcheck`.
    public var program: String
    /// A folder for the stores; each is removed when its exchange is over.
    public var folder: String
    /// More options of `serve enabler`, such as `--defect`.
    public var options: [String]
    /// Exchanges at once.
    public var jobs: Int
    public var wallClock: @Sendable () -> Int64

    public init(
        program: String, folder: String, options: [String] = [], jobs: Int, wallClock: @escaping @Sendable () -> Int64
    ) {
        self.program = program
        self.folder = folder
        self.options = options
        self.jobs = jobs
        self.wallClock = wallClock
    }

    /// Plays all plans, some at once, and hands over each as it ends; stops early when its task is cancelled.
    public func run(
        _ plans: [DurabilityPlan], each: @escaping @Sendable (DurabilityOutcome, Recording) async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { tasks in
            var rest = plans[...]
            for plan in rest.prefix(jobs) { tasks.addTask { await play(plan, each) } }
            rest = rest.dropFirst(jobs)
            for await _ in tasks {
                guard !Task.isCancelled, let plan = rest.popFirst() else { continue }
                tasks.addTask { await play(plan, each) }
            }
        }
    }

    private func play(
        _ plan: DurabilityPlan, _ each: @escaping @Sendable (DurabilityOutcome, Recording) async -> Void
    ) async {
        let store = "\(folder)/\(plan.number).sqlite"
        let clock = ContinuousClock()
        let begun = clock.now
        let exchange = DurabilityExchange(
            plan, enabler: KillableEnabler(program: program, store: store, options: options),
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(), wallClock: wallClock())
        let (trouble, recording) = await exchange.play(wallClock: wallClock)
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + end) }
        let ledger = await exchange.ledger
        let outcome = DurabilityOutcome(
            plan: plan, sent: ledger.sent, acknowledged: ledger.acknowledged, inFlight: ledger.inFlightAtKill,
            open: ledger.openAtKill, confirmed: ledger.confirmedAtKill, redelivered: ledger.redelivered,
            lost: trouble == nil ? ledger.missing.sorted().map(\.sentence) : [],
            repeated: ledger.repeated.sorted().map(\.sentence), trouble: Task.isCancelled ? "interrupted" : trouble,
            isInterrupted: Task.isCancelled, seconds: (clock.now - begun) / .seconds(1))
        await each(outcome, recording)
    }
}
