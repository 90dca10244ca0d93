import ArgumentParser
import Connections
import Diagnostics
import EnablerReference
import NIOCore
import NIOPosix
import Proving
import Recordings
import SIP
import TestCases

/// `cpmcheck serve`: a reference implementation as a process of its own.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs a reference implementation as a process of its own.",
        subcommands: [ServeEnablerCommand.self, ServeClientCommand.self])
}

/// `cpmcheck serve enabler`: the reference enabler, until it is told to end.
struct ServeEnablerCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "enabler",
        abstract: "Runs the reference enabler until Ctrl-C or SIGTERM.",
        discussion: """
            Prints one line, 'ready {…}', as JSON: the addresses that were bound, the domain and the conference \
            factory. Its policy, its claims and its timers are those of the embedded run under --profile, which are in \
            Suites/profiles; its users are sip:cpm-1@cpm.example and so on. With \
            --describe all that 'cpmcheck run --iut' needs to know of it is in one file.
            """)

    @Option(help: ArgumentHelp("Address for SIP; port 0 takes a free one. MSRP takes a free port.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("PEM file with the certificate chain; SIP and MSRP are then secured.", valueName: "file"))
    var tls: String?

    @Option(help: ArgumentHelp("PEM file with the private key; without it, the file of --tls.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("SQLite file to store in; without it, memory.", valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "How a provider has set it: a profile; 'default' otherwise. It is stated in the description of --describe.",
            valueName: "name"))
    var profile: String?

    @OptionGroup var suites: SuiteOptions

    @OptionGroup var deviations: DeviationOptions

    @Option(
        help: ArgumentHelp(
            "Ask for passwords: a file of name:password lines, the name being that for digest, such as cpm-1.",
            valueName: "file"))
    var passwords: String?

    @Option(help: ArgumentHelp("Digest algorithms to offer, in this order.", valueName: "list"))
    var algorithms = "SHA-256,MD5"

    @Option(
        help: ArgumentHelp(
            "Write the description of this enabler, for 'cpmcheck run --iut', before 'ready' is printed.",
            valueName: "file"))
    var describe: String?

    func perform(_ console: Console) async throws -> ExitStatus {
        if deviations.list(on: console) { return .success }
        let known = try passwords.map(PasswordFile.read) ?? []
        let profile = try chosenProfile(console)
        let settings = try settings(known, profile)
        let (defects, variations) = (try deviations.defects(), try deviations.variations())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let enabler = ReferenceEnabler(
            eventLoop: group.next(), settings: settings, defects: defects, variations: variations)
        let addresses: EnablerAddresses
        do {
            addresses = try await enabler.start()
        } catch {
            try? await group.shutdownGracefully()
            throw (error as? Diagnostic)
                ?? Diagnostic(
                    .input, "serve.cannot-start", "the enabler cannot listen on \(listen): \(failureSentence(error))",
                    instead: "give --listen a free port of an address of this machine")
        }
        var trouble: Diagnostic?
        do throws(Diagnostic) {
            let description = ServedDescription(
                settings: settings, addresses: addresses, passwords: known, profile: profile)
            if let describe { try description.write(to: describe) }
            // Whoever reads the line may want an end of it at once.
            console.holdsInterruption()
            console.line("ready " + Self.ready(addresses, settings).canonicalText)
            await console.interruption()
        } catch {
            trouble = error
        }
        await enabler.stop()
        // Failing to shut down leaves a thread of a process that ends.
        try? await group.shutdownGracefully()
        if let trouble { throw trouble }
        return .success
    }

    /// The suites are looked for only where one of their profiles is asked for.
    private func chosenProfile(_ console: Console) throws -> ProviderProfile {
        guard let profile else { return .standard }
        guard profile != "all" else {
            throw Diagnostic(
                .input, "profile.unknown", "one enabler is set in one way, and 'all' is several",
                instead: "name one profile; 'cpmcheck run --profile all' plays them all")
        }
        var options = ProviderOptions()
        options.profile = profile
        return try options.profiles(of: SuiteLoader.load(directory: suites.place(console).path)).first ?? .standard
    }

    private func settings(
        _ known: [(name: String, password: String)], _ profile: ProviderProfile
    ) throws -> EnablerSettings {
        var settings = EnablerSettings(
            as: .embedded(address: IXITAddress(host: "127.0.0.1", port: 0), profile: profile))
        (settings.host, settings.sipPort) = try Self.address(listen)
        if let tls { settings.tls = try TLSServer(certificateFile: tls, keyFile: tlsKey ?? tls) }
        if let store { settings.store = .file(store) }
        let algorithms = try Self.algorithms(algorithms)
        if passwords != nil {
            settings.digest = DigestSettings(
                realm: settings.domain, passwords: Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0.password) }),
                algorithms: algorithms)
        }
        return settings
    }

    static func ready(_ addresses: EnablerAddresses, _ settings: EnablerSettings) -> JSONValue {
        func place(_ host: String, _ port: Int) -> JSONValue {
            .string(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
        }
        return [
            "sip": place(addresses.sipHost, addresses.sipPort), "msrp": place(addresses.msrpHost, addresses.msrpPort),
            "tls": .bool(addresses.isSecured), "domain": .string(settings.domain),
            "factory": .string(settings.factoryURI),
        ]
    }

    /// `host:port`, `[ipv6]:port`, or a host alone.
    static func address(_ text: String, named option: String = "--listen") throws -> (String, Int) {
        let wrong = Diagnostic(
            .input, "serve.address", "'\(escapedPeerText(text, limit: 100))' is no address for \(option)",
            instead: "write host:port, such as 127.0.0.1:5060 or [::1]:0")
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<close])
            let rest = text[text.index(after: close)...]
            if rest.isEmpty { return (host, 0) }
            guard rest.first == ":", let port = UInt16(rest.dropFirst()) else { throw wrong }
            return (host, Int(port))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1, !text.isEmpty {
            // Number and no name: whoever writes a port alone means this machine, and would listen at an odd address.
            guard UInt16(text) == nil else { throw wrong }
            return (text, 0)
        }
        guard parts.count == 2, !parts[0].isEmpty, let port = UInt16(parts[1]) else { throw wrong }
        return (String(parts[0]), Int(port))
    }

    private static func algorithms(_ list: String) throws -> [DigestAlgorithm] {
        try list.split(separator: ",").map { word in
            let name = String(word.drop { $0 == " " }.prefix { $0 != " " })
            guard let algorithm = DigestAlgorithm(name: name) else {
                throw Diagnostic(
                    .input, "serve.algorithm", "'\(escapedPeerText(name, limit: 40))' is no digest algorithm here",
                    instead: "write MD5, SHA-256 or both")
            }
            return algorithm
        }
    }
}
