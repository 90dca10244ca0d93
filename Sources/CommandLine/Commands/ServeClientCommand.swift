import ArgumentParser
import ClientReference
import Connections
import Diagnostics
import Foundation
import HTTP
import NIOCore
import NIOPosix
import Playing
import Proving
import Recordings
import TestCases
import UpperTester

/// `cpmcheck serve client`: the reference client with its upper tester, until it is told to end.
struct ServeClientCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Runs the reference client until Ctrl-C or SIGTERM.",
        discussion: """
            Prints one line, 'ready {…}', as JSON: where its upper tester listens, where it will register, and as whom. It is \
            off-line until the upper tester is told otherwise (docs/upper-tester.openapi.yaml). With --describe all that \
            'cpmcheck run --iut' needs to know of it is in one file.
            """)

    @Option(help: ArgumentHelp("The enabler, to which everything is sent.", valueName: "host:port"))
    var outbound: String

    @Flag(help: "SIP and MSRP over TLS.")
    var tls = false

    @Option(help: ArgumentHelp("PEM file with the authorities to trust; without it, those of the system.", valueName: "file"))
    var ca: String?

    @Option(help: ArgumentHelp("The name that the enabler's certificate has, where it is not the host.", valueName: "name"))
    var serverName: String?

    @Option(help: ArgumentHelp("The user.", valueName: "uri"))
    var user = "sip:cpm-1@cpm.example"

    @Option(
        help: ArgumentHelp(
            "A file of name:password lines, as for 'serve enabler'; that of the user is taken.", valueName: "file"))
    var passwords: String?

    @Option(help: ArgumentHelp("The home domain; without it, that of the user.", valueName: "domain"))
    var domain: String?

    @Option(help: ArgumentHelp("The conference factory; without it, 'factory' in the domain.", valueName: "uri"))
    var factory: String?

    @Option(help: ArgumentHelp("SQLite file to keep everything in; without it, memory.", valueName: "file"))
    var store: String?

    @Option(help: ArgumentHelp("Address for the upper tester; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("PEM file with the upper tester's certificate chain; it then speaks https.", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("PEM file with its key; without it, the file of --certificate.", valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("A file with the token that the upper tester asks for.", valueName: "file"))
    var tokenFile: String?

    @Option(help: ArgumentHelp("A fault that the client has on purpose; may be repeated. 'list' names them.", valueName: "name"))
    var defect: [String] = []

    @Option(
        help: ArgumentHelp("A legal difference that the client has; may be repeated. 'list' names them.", valueName: "name"))
    var variation: [String] = []

    @Option(
        help: ArgumentHelp(
            "Write the description of this client, for 'cpmcheck run --iut', before 'ready' is printed.", valueName: "file"))
    var describe: String?

    func validate() throws {
        if !tls, ca != nil || serverName != nil { throw ValidationError("--ca and --server-name are for --tls") }
        if certificate == nil, key != nil { throw ValidationError("--key is for --certificate") }
    }

    func perform(_ console: Console) async throws -> ExitStatus {
        if ClientDeviationNames.list(defect, variation, on: console) { return .success }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let outcome: Result<ExitStatus, any Error>
        do {
            outcome = .success(try await serve(on: group.next(), console))
        } catch {
            outcome = .failure(error)
        }
        // Failing to shut down leaves a thread of a process that ends.
        try? await group.shutdownGracefully()
        return try outcome.get()
    }

    private func serve(on loop: any EventLoop, _ console: Console) async throws -> ExitStatus {
        let settings = try await settings(on: loop)
        let (web, credentials) = (try webSettings(), try credentials())
        let client = ReferenceClient(
            eventLoop: loop, settings: settings, defects: Set(try DeviationNames.named(defect, "defect")),
            variations: Set(try DeviationNames.named(variation, "variation")))
        try await client.start()
        let routes = UpperTesterRoutes(client, credentials: credentials)
        let server: HTTPServer
        do {
            server = try await HTTPServer.start(on: loop, web) { await routes.answer($0) }
        } catch {
            await client.stop()
            throw Diagnostic(
                .input, "serve.cannot-start", "the upper tester cannot listen on \(listen): \(failureSentence(error))",
                instead: "give --listen a free port of an address of this machine")
        }
        var trouble: Diagnostic?
        do throws(Diagnostic) {
            let url = "\(web.tls == nil ? "http" : "https")://\(server.address)"
            let served = ServedClient(settings: settings, url: url, asksForToken: credentials != nil)
            if let describe { try served.write(to: describe) }
            // Whoever reads the line may want an end of it at once.
            console.holdsInterruption()
            console.line("ready " + served.ready.canonicalText)
            await console.interruption()
        } catch {
            trouble = error
        }
        await server.stop()
        // A client that ends gives its registration up, where somebody still takes it.
        try? await client.goOffline()
        await client.stop()
        if let trouble { throw trouble }
        return .success
    }

    private func settings(on loop: any EventLoop) async throws -> ReferenceClientSettings {
        let (host, port) = try ServeEnablerCommand.address(outbound, named: "--outbound")
        guard port > 0 else {
            throw Diagnostic(
                .input, "serve.address", "--outbound names no port", instead: "write host:port, such as 127.0.0.1:5060")
        }
        guard let at = user.lastIndex(of: "@"), user.hasPrefix("sip:"), user.index(after: at) < user.endIndex else {
            throw Diagnostic(
                .input, "serve.user", "'\(escapedPeerText(user, limit: 100))' is no SIP URI of a user",
                instead: "write sip:carol@example.com")
        }
        let domain = domain ?? String(user[user.index(after: at)...])
        var settings = ReferenceClientSettings(
            address: user, domain: domain, factoryURI: factory ?? "sip:factory@\(domain)", outboundHost: host, outboundPort: port)
        settings.host = await LocalAddress.facing(IXITAddress(host: host, port: port), on: loop)
        settings.password = try password()
        settings.quiet = Timers.embedded[.quiet] / 2
        settings.answerLimit = Timers.embedded[.answer]
        settings.seed = UInt64.random(in: 1...UInt64(UInt32.max))
        if let store { settings.store = .file(store) }
        guard tls else { return settings }
        settings.tls = try TLSClient(authorityFile: ca, serverName: serverName ?? host)
        settings.mediaTLS = try TLSClient(authorityFile: ca)
        // Which certificate answers for MSRP is announced in the session description.
        settings.mediaServer = try EmbeddedCertificate.server()
        return settings
    }

    private func password() throws -> String? {
        guard let passwords else { return nil }
        let name = String(user.dropFirst("sip:".count).prefix { $0 != "@" })
        guard let known = try PasswordFile.read(passwords).first(where: { $0.name == name }) else {
            throw Diagnostic(
                .input, "serve.passwords", at: SourcePlace(file: passwords), "there is no line for \(escapedPeerText(name, limit: 60))",
                instead: "add \(escapedPeerText(name, limit: 60)):password")
        }
        return known.password
    }

    private func webSettings() throws -> HTTPServerSettings {
        var web = HTTPServerSettings()
        (web.host, web.port) = try ServeEnablerCommand.address(listen)
        if let certificate { web.tls = try TLSServer(certificateFile: certificate, keyFile: key ?? certificate) }
        return web
    }

    private func credentials() throws -> HTTPCredentials? {
        guard let tokenFile else { return nil }
        guard let data = FileManager.default.contents(atPath: tokenFile), data.count <= 4096,
            let line = String(validating: data, as: UTF8.self)?.split(whereSeparator: \.isNewline).first
        else {
            throw Diagnostic(
                .input, "serve.token", at: SourcePlace(file: tokenFile), "the file holds no token",
                instead: "put it on its first line")
        }
        return .bearer(String(line))
    }
}

/// Names of what the reference client can be given, as options take them.
enum ClientDeviationNames {
    /// Prints what `list` asks for; false when nobody asked.
    static func list(_ defects: [String], _ variations: [String], on console: Console) -> Bool {
        var lines: [String] = []
        if defects.contains("list") {
            lines += ClientDefect.allCases.map { "\($0.rawValue): \($0.summary) (\($0.check), \($0.requirements.joined(separator: ", ")))" }
        }
        if variations.contains("list") {
            lines += ClientVariation.allCases.map { "\($0.rawValue): \($0.summary) (\($0.allowedBy))" }
        }
        for line in lines { console.line(line) }
        return !lines.isEmpty
    }
}
