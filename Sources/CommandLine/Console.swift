/// Where a command writes and what it may know of its surroundings; handed in, so that tests need no process.
///
/// Results go to `out`, everything else to `err`.
public struct Console: Sendable {
    /// Writes to standard output, as given: no line end is added.
    public var out: @Sendable (String) -> Void
    /// Writes to standard error, as given.
    public var err: @Sendable (String) -> Void
    public var environment: [String: String]
    /// True when standard output is a terminal, on which a line may be written over.
    public var isTerminal: Bool
    /// Returns when the user wants the command to end (Ctrl-C, SIGTERM); returns too when the task is cancelled.
    public var interruption: @Sendable () async -> Void
    /// From now on a wish to end is kept for `interruption`; until then, it ends the process.
    public var holdsInterruption: @Sendable () -> Void
    /// The next line of standard input; nil when the task is cancelled while waiting for it. One wait at a time.
    public var input: @Sendable () async -> ConsoleInput?
    /// The path of the running program, for finding the suites beside it.
    public var program: String
    /// Why something could not be written to standard output; nil when it could, and when nobody wants to read it.
    public var failure: @Sendable () -> String?

    public init(
        out: @escaping @Sendable (String) -> Void, err: @escaping @Sendable (String) -> Void,
        environment: [String: String] = [:], isTerminal: Bool = false, program: String = "cpmcheck",
        failure: @escaping @Sendable () -> String? = { nil }, input: @escaping @Sendable () async -> ConsoleInput? = { .end },
        interruption: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(1_000_000)) },
        holdsInterruption: @escaping @Sendable () -> Void = {}
    ) {
        self.out = out
        self.err = err
        self.environment = environment
        self.isTerminal = isTerminal
        self.program = program
        self.failure = failure
        self.input = input
        self.interruption = interruption
        self.holdsInterruption = holdsInterruption
    }

    /// Does the work until it is done or the user wants it to end, which cancels it; true in the second case. Either way the
    /// work has handed over what it has when this returns.
    func isInterrupted(while work: @escaping @Sendable () async -> Void) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await work()
                return false
            }
            group.addTask {
                await interruption()
                return true
            }
            let first = await group.next() ?? false
            group.cancelAll()
            await group.waitForAll()
            return first
        }
    }

    func line(_ text: String) { out(text + "\n") }
    func problem(_ text: String) { err(text + "\n") }
}
