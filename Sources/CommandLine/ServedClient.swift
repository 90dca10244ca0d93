import ClientReference
import Diagnostics
import Foundation
import Recordings
import TestCases

/// What is to be said of a reference client that is served as a process of its own.
struct ServedClient {
    /// How the file begins; one that begins otherwise is somebody's own and is not written over.
    static let mark = "# Written by 'cpmcheck serve client --describe'"

    let settings: ReferenceClientSettings
    /// Of the upper tester.
    let url: String
    let asksForToken: Bool

    private var outbound: String {
        let host = settings.outboundHost
        return "\(host.contains(":") ? "[\(host)]" : host):\(settings.outboundPort)"
    }

    /// What stands behind `ready`.
    var ready: JSONValue {
        [
            "upper-tester": .string(url), "outbound": .string(outbound), "tls": .bool(settings.tls != nil),
            "user": .string(settings.address), "domain": .string(settings.domain), "factory": .string(settings.factoryURI),
        ]
    }

    /// Writes the description for `cpmcheck run --iut`.
    /// - Throws: `Diagnostic` of family `output` when the file cannot be written, or is somebody's own.
    func write(to file: String) throws(Diagnostic) {
        try ServedDescription.write(text, to: file, mark: Self.mark)
    }

    var text: String { (head + ics + listen + tester + user + timers).joined(separator: "\n") + "\n" }

    private var head: [String] {
        [
            Self.mark + "; 'cpmcheck init --role client' explains every line.",
            "iut: { name: cpmcheck reference client, version: served }", "role: client",
        ]
    }

    private var ics: [String] {
        let model = ImplementationDescription.embeddedClient
        return ["ics:"] + ICSOption.allCases.filter { $0.role == .client }.map { "  \($0.rawValue): \(model.ics[$0])" }
    }

    /// The harness takes the place of the enabler that the client looks for.
    private var listen: [String] {
        var lines = ["ixit:", "  listen:", "    host: \"\(settings.outboundHost)\"", "    port: \(settings.outboundPort)"]
        if settings.tls != nil {
            lines += [
                "    transport: tls", "    # certificate: leaf.pem   # what the client is shown; it has to trust it",
                "    # key: leaf.key",
            ]
        }
        return lines
    }

    private var tester: [String] {
        var lines = ["  upper-tester:", "    url: \(url)"]
        if url.hasPrefix("https:") { lines.append("    # ca: ca.pem   # the authority of its certificate, unless this system trusts it") }
        if asksForToken { lines.append("    token: { env: CPM_TESTER_TOKEN }") }
        return lines
    }

    private var user: [String] {
        let password = settings.password == nil ? "" : ", password: { env: CPM_PASSWORD }"
        return [
            "  domain: \(settings.domain)", "  factory: \"\(settings.factoryURI)\"",
            "  users: [{ uri: \"\(settings.address)\"\(password) }]",
        ]
    }

    private var timers: [String] {
        ["  timers:"] + TimerName.allCases.map { "    \($0.rawValue): \(Timers.embedded[$0])ms" }
    }
}
