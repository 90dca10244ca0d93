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
    /// The path of the running program, for finding the suites beside it.
    public var program: String
    /// Why something could not be written to standard output; nil when it could, and when nobody wants to read it.
    public var failure: @Sendable () -> String?

    public init(
        out: @escaping @Sendable (String) -> Void, err: @escaping @Sendable (String) -> Void,
        environment: [String: String] = [:], isTerminal: Bool = false, program: String = "cpmcheck",
        failure: @escaping @Sendable () -> String? = { nil },
        interruption: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(1_000_000)) }
    ) {
        self.out = out
        self.err = err
        self.environment = environment
        self.isTerminal = isTerminal
        self.program = program
        self.failure = failure
        self.interruption = interruption
    }

    func line(_ text: String) { out(text + "\n") }
    func problem(_ text: String) { err(text + "\n") }
}
