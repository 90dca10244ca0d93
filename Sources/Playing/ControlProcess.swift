import Diagnostics
import Foundation
import Synchronization
import TestCases

/// One run of a command by which the implementation is stopped, started or restarted.
///
/// It is given a group of its own where the system does that, so that what it starts and waits for ends with it.
final class ControlProcess: Sendable {
    private let program: String
    private let arguments: [String]
    private let state = Mutex(State())

    private struct State {
        var process: Process?
        var isGivenUp = false
    }

    init(program: String, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    /// Runs the command to its end: status 0. One that takes longer than the limit is killed, and so is one whose
    /// task is cancelled.
    ///
    /// - Throws: `iut.control-failed` with the status or why it could not be started, `iut.control-timeout`.
    func run(limit: Duration) async throws(Diagnostic) {
        let clock = startTask {
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            self.giveUp()
        }
        defer { clock.cancel() }
        let status: Int32
        do {
            let process = try start()
            status = await withTaskCancellationHandler {
                await Self.end(of: process)
            } onCancel: {
                giveUp()
            }
        } catch {
            throw Diagnostic(
                .input, "iut.control-failed", "the program '\(program)' could not be started",
                instead: "see that it is there and may be run")
        }
        // From here on its number may be another's.
        let isGivenUp = state.withLock { state in
            state.process = nil
            return state.isGivenUp
        }
        if isGivenUp {
            let time = "\(limit.components.seconds) s"
            throw Diagnostic(.iut, "iut.control-timeout", "'\(program)' was killed, for it did not end within \(time)")
        }
        guard status == 0 else {
            throw Diagnostic(.iut, "iut.control-failed", "'\(program)' ended with status \(status)")
        }
    }

    private func start() throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.contains("/") ? program : "/usr/bin/env")
        process.arguments = program.contains("/") ? arguments : [program] + arguments
        process.standardInput = FileHandle.nullDevice
        // The standard output is the report's.
        process.standardOutput = FileHandle.standardError
        try process.run()
        state.withLock { $0.process = process }
        return process
    }

    /// The exit status, 128 and the signal where one killed it.
    ///
    /// Looked for again and again, because Foundation tells of the end only when everything that the command left
    /// running has ended too, and what a start command starts is to stay.
    private static func end(of process: Process) async -> Int32 {
        while process.isRunning {
            var status: Int32 = 0
            if waitpid(process.processIdentifier, &status, WNOHANG) == process.processIdentifier {
                return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return process.terminationStatus
    }

    private func giveUp() {
        state.withLock { state in
            state.isGivenUp = true
            guard let process = state.process, process.isRunning else { return }
            let number = process.processIdentifier
            kill(getpgid(number) == number ? -number : number, SIGKILL)
        }
    }
}

extension ControlProcess {
    /// Runs what a description gives for a command; takes as long as a case may at most.
    ///
    /// - Throws: `iut.no-control` where it gives nothing, and as `run(limit:)`.
    static func run(_ command: ControlCommand, of description: ImplementationDescription) async throws(Diagnostic) {
        let control = description.ixit.control
        let words: [String]? =
            switch command {
            case .stop: control.stop
            case .start: control.start
            case .restart: control.restart
            }
        guard let words, let program = words.first else {
            throw Diagnostic(
                .input, "iut.no-control", at: description.place,
                "the description has no command to \(command.rawValue) the implementation",
                instead: "give one under 'ixit.control.\(command.rawValue)'")
        }
        let limit = Duration.milliseconds(description.ixit.timers[.case])
        try await ControlProcess(program: program, arguments: Array(words.dropFirst())).run(limit: limit)
    }
}

extension ControlCommand {
    /// Whether there is a program of this name that may be run: at its path, or in PATH where the name has none.
    public static func canRun(_ program: String) -> Bool {
        let files = FileManager.default
        guard !program.contains("/") else { return files.isExecutableFile(atPath: program) }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { files.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}
