import Dispatch
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
            input: { await standardInput.line() }, interruption: { await Self.firstSignal() })
    }

    /// Waits for SIGINT or SIGTERM. A second one ends the process at once, for a user who will not wait.
    private static func firstSignal() async {
        let (signals, arrived) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                signal(number, SIG_DFL)
                arrived.yield()
            }
            source.activate()
            return source
        }
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}
