import ArgumentParser
import Connections
import Diagnostics
import EnablerReference
import Foundation
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
        subcommands: [ServeEnablerCommand.self])
}

/// `cpmcheck serve enabler`: the reference enabler, until it is told to end.
struct ServeEnablerCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "enabler",
        abstract: "Runs the reference enabler until Ctrl-C or SIGTERM.",
        discussion: """
            Prints one line, 'ready {…}', with the addresses that were bound, as JSON. Its timers are those of the \
            embedded run, its domain is cpm.example and its users are sip:cpm-1@cpm.example and so on.
            """)

    @Option(help: ArgumentHelp("Address for SIP; port 0 takes a free one. MSRP takes a free port.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("PEM file with the certificate chain; SIP and MSRP are then secured.", valueName: "file"))
    var tls: String?

    @Option(help: ArgumentHelp("PEM file with the private key; without it, the file of --tls.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("SQLite file to store in; without it, memory.", valueName: "file"))
    var store: String?

    @OptionGroup var deviations: DeviationOptions

    @Option(help: ArgumentHelp("Ask for passwords: a file of user:password lines.", valueName: "file"))
    var passwords: String?

    @Option(help: ArgumentHelp("Digest algorithms to offer, in this order.", valueName: "list"))
    var algorithms = "SHA-256,MD5"

    func perform(_ console: Console) async throws -> ExitStatus {
        if deviations.list(on: console) { return .success }
        let settings = try settings()
        let (defects, variations) = (try deviations.defects(), try deviations.variations())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let enabler = ReferenceEnabler(
            eventLoop: group.next(), settings: settings, defects: defects, variations: variations)
        do {
            let addresses = try await enabler.start()
            console.line("ready " + Self.ready(addresses).canonicalText)
            await console.interruption()
        } catch {
            try? await group.shutdownGracefully()
            throw Diagnostic(
                .input, "serve.cannot-start", "the enabler cannot start on \(listen): \(error)",
                instead: "name a free port and a store that can be written")
        }
        await enabler.stop()
        try await group.shutdownGracefully()
        return .success
    }

    private func settings() throws -> EnablerSettings {
        var settings = EnablerSettings.embedded
        (settings.host, settings.sipPort) = try Self.address(listen)
        if let tls { settings.tls = try TLSServer(certificateFile: tls, keyFile: tlsKey ?? tls) }
        if let store { settings.store = .file(store) }
        let algorithms = try Self.algorithms(algorithms)
        if let passwords {
            settings.digest = try DigestSettings(
                realm: settings.domain, passwords: Self.passwords(in: passwords), algorithms: algorithms)
        }
        return settings
    }

    static func ready(_ addresses: EnablerAddresses) -> JSONValue {
        func place(_ host: String, _ port: Int) -> JSONValue {
            .string(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
        }
        return [
            "sip": place(addresses.sipHost, addresses.sipPort), "msrp": place(addresses.msrpHost, addresses.msrpPort),
            "tls": .bool(addresses.isSecured),
        ]
    }

    /// `host:port`, `[ipv6]:port`, or a host alone.
    static func address(_ text: String) throws -> (String, Int) {
        let wrong = Diagnostic(
            .input, "serve.address", "'\(escapedPeerText(text, limit: 100))' is no address to listen on",
            instead: "write host:port, such as 127.0.0.1:5060 or [::1]:0")
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            let host = String(text[text.index(after: text.startIndex)..<close])
            let rest = text[text.index(after: close)...]
            if rest.isEmpty { return (host, 0) }
            guard rest.first == ":", let port = UInt16(rest.dropFirst()) else { throw wrong }
            return (host, Int(port))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1, !text.isEmpty { return (text, 0) }
        guard parts.count == 2, !parts[0].isEmpty, let port = UInt16(parts[1]) else { throw wrong }
        return (String(parts[0]), Int(port))
    }

    private static func passwords(in file: String) throws -> [String: String] {
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw Diagnostic(.input, "serve.passwords", at: SourcePlace(file: file), "the file cannot be read")
        }
        var out: [String: String] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
                throw Diagnostic(
                    .input, "serve.passwords", at: SourcePlace(file: file, line: index + 1),
                    "the line is no user:password", instead: "write one user:password a line")
            }
            out[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return out
    }

    private static func algorithms(_ list: String) throws -> [DigestAlgorithm] {
        try list.split(separator: ",").map { word in
            let name = word.trimmingCharacters(in: .whitespaces)
            guard let algorithm = DigestAlgorithm(name: name) else {
                throw Diagnostic(
                    .input, "serve.algorithm", "'\(escapedPeerText(name, limit: 40))' is no digest algorithm here",
                    instead: "write MD5, SHA-256 or both")
            }
            return algorithm
        }
    }
}
