public import ArgumentParser
import Diagnostics

/// The command line as a whole: `cpmcheck COMMAND …`.
public struct Cpmcheck: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "cpmcheck",
        abstract: "Tells whether an implementation of OMA CPM 2.0 stores and delivers what a group-chat participant missed.",
        discussion: """
            'cpmcheck run' without more plays every suite against the embedded reference enabler. With --iut it plays \
            them against your own; 'cpmcheck init' writes the file that describes it, 'cpmcheck doctor' tries it.

            Exit codes, the first that applies: 130 interrupted, 73 cannot write, 70 internal error, \
            69 implementation unreachable or it lets nobody in, 65 bad input, 64 usage, 1 a case failed, 3 the harness was in trouble, \
            4 nothing was judged, 2 inconclusive only, 0 all passed.
            """,
        version: Version.current,
        subcommands: [
            RunCommand.self, JudgeCommand.self, ListCommand.self, ExplainCommand.self, CoverageCommand.self,
            LintCommand.self, ServeCommand.self, ProveCommand.self, DurabilityCommand.self, DemoCommand.self, InitCommand.self,
            DoctorCommand.self,
        ])

    public init() {}

    /// Parses and runs; returns the exit code and never ends the process.
    ///
    /// - Parameter arguments: without the program's name.
    public static func run(_ arguments: [String], on console: Console) async -> Int32 {
        let code = await perform(arguments, on: console)
        // What a command found is worth nothing to a script that did not get to see it.
        guard let failure = console.failure() else { return code }
        console.problem("cannot write to standard output: \(failure) [output.cannot-write]")
        return (ExitStatus(rawValue: code) ?? .internalError).worst(with: .cannotWrite).rawValue
    }

    private static func perform(_ arguments: [String], on console: Console) async -> Int32 {
        let command: any ParsableCommand
        do {
            command = try parseAsRoot(arguments)
        } catch {
            return report(error, on: console)
        }
        guard let command = command as? any ConsoleCommand else { return answer(command, on: console) }
        do {
            return try await command.perform(console).rawValue
        } catch let list as DiagnosticList {
            for diagnostic in list.all { console.problem(diagnostic.description) }
            return (list.all.first.map { ExitStatus($0.family) } ?? .internalError).rawValue
        } catch let diagnostic as Diagnostic {
            console.problem(diagnostic.description)
            return ExitStatus(diagnostic.family).rawValue
        } catch {
            console.problem("internal error: \(error)")
            return ExitStatus.internalError.rawValue
        }
    }

    /// A command that only holds others says which; what else is no command of ours is the parser's own help.
    private static func answer(_ command: any ParsableCommand, on console: Console) -> Int32 {
        guard type(of: command).configuration.subcommands.isEmpty else {
            console.problem(helpMessage(for: type(of: command)))
            return ExitStatus.usage.rawValue
        }
        var command = command
        do {
            try command.run()
            return ExitStatus.success.rawValue
        } catch {
            return report(error, on: console)
        }
    }

    /// Help and version are results; a wrong word is usage.
    private static func report(_ error: any Error, on console: Console) -> Int32 {
        let code = exitCode(for: error)
        if code.isSuccess {
            console.line(fullMessage(for: error))
            return ExitStatus.success.rawValue
        }
        console.problem(fullMessage(for: error))
        return ExitStatus.usage.rawValue
    }
}

/// A command that gets its surroundings handed in and says how it ended.
protocol ConsoleCommand: ParsableCommand {
    func perform(_ console: Console) async throws -> ExitStatus
}

extension ConsoleCommand {
    mutating func run() throws { throw CleanExit.helpRequest(self) }
}

/// The version of the harness; recordings and reports carry it.
public enum Version {
    public static let current = "0.1.0"
}
