import Foundation

extension Console {
    /// The console of this process: standard output and error, its environment, its signals, and where its program
    /// stands.
    public static func ofProcess() -> Console {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? ProcessInfo.processInfo.arguments.first ?? "cpmcheck"
        let standardInput = StandardInput(STDIN_FILENO)
        let (out, err) = (StandardStream(STDOUT_FILENO), StandardStream(STDERR_FILENO))
        return Console(
            out: { out.write($0) }, err: { err.write($0) }, environment: ProcessInfo.processInfo.environment,
            isTerminal: isatty(STDOUT_FILENO) == 1, program: program, failure: { out.failure },
            input: { await standardInput.line() }, interruption: {
                ProcessSignals.hold()
                await ProcessSignals.first()
            }, holdsInterruption: { ProcessSignals.hold() })
    }
}
