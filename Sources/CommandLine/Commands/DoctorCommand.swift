import ArgumentParser
import Connections
import Diagnostics
import EnablerReference
import NIOCore
import NIOPosix
import Playing
import Proving
import TestCases

/// `cpmcheck doctor`: tries the installation, or the description of an implementation, step by step.
struct DoctorCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tries the installation, or the description of an implementation, step by step.",
        discussion: """
            With --iut: the file, its credentials, the address, the connection and its certificate, an OPTIONS, the \
            registration of the first users, and a group made at the factory and left again; of a client the address at \
            which the harness listens, its certificate, the upper tester, its token, and the client's registration. Without: the suites, and \
            the same against the embedded reference enabler. Each step is marked ✓, or ✗ with what to mend.

            Exit codes: 0 all is well, 65 something in the files is to be mended, 69 the implementation does not do \
            its part.
            """)

    @Option(help: ArgumentHelp("The description of the implementation; see 'cpmcheck init'.", valueName: "file"))
    var iut: String?

    @Option(help: ArgumentHelp("Users that are registered for trial, from the first on.", valueName: "n"))
    var users = 4

    @OptionGroup var suites: SuiteOptions

    func validate() throws {
        guard (1...1000).contains(users) else { throw ValidationError("--users takes a number from 1 to 1000") }
    }

    func perform(_ console: Console) async throws -> ExitStatus {
        var examination = Examination(console)
        let needed = examineSuites(&examination, console)
        if let iut {
            await examine(file: iut, needed: needed, &examination, console)
        } else {
            await examineEmbedded(&examination)
        }
        examination.close()
        return examination.status
    }

    /// Returns how many users the largest case needs; nil when the suites cannot be read.
    private func examineSuites(_ examination: inout Examination, _ console: Console) -> Int? {
        let step = "suites"
        do {
            let place = try suites.place(console)
            let loaded = try SuiteLoader.load(directory: place.path)
            let requirements = loaded.catalogue.requirements.count
            examination.passed(
                step, "\(loaded.cases.count) cases and \(requirements) requirements in \(place.path) (\(place.why))")
            return loaded.cases.filter { $0.role == .enabler }.map(\.actors.count).max()
        } catch let list as DiagnosticList {
            examination.failed(step, list.all)
        } catch let diagnostic as Diagnostic {
            examination.failed(step, [diagnostic])
        } catch {
            examination.failed(step, "\(error)", as: .internalError)
        }
        return nil
    }

    // MARK: A described implementation

    private func examine(
        file: String, needed: Int?, _ examination: inout Examination, _ console: Console
    ) async {
        let described: Described
        do {
            described = try self.described(file, needed: needed, &examination, console)
        } catch {
            examination.left("everything else", "since the description has to be mended first")
            return
        }
        await withEventLoop { loop in
            let implementation: ForeignImplementation
            switch described {
            case .operated(let client): return await OperatedTrial(client: client).perform(&examination)
            case .client(let client): return await TesterTrial(client: client, eventLoop: loop).perform(&examination)
            case .enabler(let enabler): implementation = enabler
            }
            guard await AddressTrial(implementation).perform(&examination) else {
                examination.left("OPTIONS, users, factory", "since nothing can be reached there")
                return
            }
            let trial = ClientTrial(
                description: implementation.description, tls: implementation.tls, users: users, eventLoop: loop)
            await trial.perform(&examination)
        }
    }

    private struct Unusable: Error {}

    private enum Described {
        case enabler(ForeignImplementation)
        case client(ForeignClient)
        /// A client without an upper tester.
        case operated(HandPlayedClient)

        init(_ description: ImplementationDescription) throws(Diagnostic) {
            switch (description.role, description.ixit.upperTester) {
            case (.client, nil): self = .operated(try HandPlayedClient(description))
            case (.client, _?): self = .client(try ForeignClient(description))
            case (.enabler, _): self = .enabler(try ForeignImplementation(description))
            }
        }
    }

    /// Reads the description and says what is in it; what is wrong with credentials is a step of its own.
    private func described(
        _ file: String, needed: Int?, _ examination: inout Examination, _ console: Console
    ) throws(Unusable) -> Described {
        let credentials = [
            "iut.no-credential", "iut.literal-password", "iut.password", "iut.literal-token", "iut.token",
        ]
        let description: ImplementationDescription
        let described: Described
        do {
            description = try ImplementationDescription.load(file: file, environment: console.environment)
            described = try Described(description)
        } catch let list as DiagnosticList {
            let others = list.all.filter { !credentials.contains($0.code) }
            let missing = list.all.filter { credentials.contains($0.code) }
            if others.isEmpty { examination.passed("description", "\(file) can be read") }
            examination.failed("description", others)
            examination.failed("credentials", missing)
            throw Unusable()
        } catch {
            examination.failed("description", "\(error)", as: .badInput)
            throw Unusable()
        }
        let name = [description.iut.name, description.iut.version].filter { !$0.isEmpty }.joined(separator: " ")
        examination.passed("description", "\(file) describes \(name), \(description.role.rawValue)")
        examineCommands(description.ixit.control, &examination)
        if description.role == .client {
            let isAsked = description.ixit.users.contains { $0.password != nil }
            examination.passed("credentials", isAsked ? "the client is asked for a password" : "the client is asked for no password")
            return described
        }
        examination.passed("credentials", Self.credentials(of: description.ixit.users))
        if let needed, description.ixit.users.count < needed {
            examination.failed(
                "number of users", "\(description.ixit.users.count), but the largest case needs \(needed)",
                mend: "give more under 'ixit.users'", as: .badInput)
        }
        return described
    }

    /// The programs that stop and start the implementation are looked for, and not run.
    private func examineCommands(_ control: IXITControl, _ examination: inout Examination) {
        let commands = [("stop", control.stop), ("start", control.start), ("restart", control.restart)]
        for (name, command) in commands {
            guard let program = command?.first else { continue }
            if ControlCommand.canRun(program) {
                examination.passed("control", "'\(name)' is \(escapedPeerText(program, limit: 200))")
            } else {
                examination.failed(
                    "control", "the program '\(escapedPeerText(program, limit: 200))' of '\(name)' is not there, or may not be run",
                    mend: "correct it under 'ixit.control'", as: .badInput)
            }
        }
    }

    private static func credentials(of users: [IXITUser]) -> String {
        let with = users.count { $0.password != nil }
        return switch with {
        case 0: "none of the \(users.count) users has a password, so none can answer a challenge"
        case users.count: "all \(users.count) users have a password"
        default: "\(with) of \(users.count) users have a password"
        }
    }

    // MARK: The installation

    private func examineEmbedded(_ examination: inout Examination) async {
        await withEventLoop { loop in
            let enabler = ReferenceEnabler(eventLoop: loop, settings: .embedded)
            let address: IXITAddress
            do {
                let bound = try await enabler.start()
                address = IXITAddress(host: bound.sipHost, port: bound.sipPort)
                examination.passed("embedded enabler", "listens on \(address.host):\(address.port)")
            } catch {
                examination.failed(
                    "embedded enabler", "it cannot start: \(failureSentence(error))",
                    mend: "see that this machine lets a program listen on 127.0.0.1", as: .internalError)
                return
            }
            let trial = ClientTrial(
                description: .embedded(address: address), tls: nil, users: users, eventLoop: loop)
            await trial.perform(&examination)
            await enabler.stop()
        }
    }

    private func withEventLoop(_ work: (any EventLoop) async -> Void) async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        await work(group.next())
        // Failing to shut down leaves a thread, not a finding.
        try? await group.shutdownGracefully()
    }
}
