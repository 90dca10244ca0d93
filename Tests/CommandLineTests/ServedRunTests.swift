import Foundation
import Recordings
import TestSupport
import Testing

@testable import CommandLine

/// Whole cases against the served reference, in process, on other transports than the embedded run uses.
@Suite("Runs over TLS and over IPv6", .serialized, .timeLimit(.minutes(2)))
struct ServedRunTests {
    /// Serves, runs the case against it, and returns how the run ended with the recording that it wrote.
    private func run(
        serving options: [String], host: String, security: String = "",
        _ look: (Ended, [RecordedLine]) throws -> Void
    ) async throws {
        try await withFolder { folder in
            let captured = Captured()
            let served = Task { [captured] in
                await Cpmcheck.run(["serve", "enabler"] + options, on: captured.console())
            }
            defer { served.cancel() }
            let isReady = await eventually(within: .seconds(60)) { captured.out.contains("\n") }
            try #require(isReady, "\(captured.err)")
            let line = try #require(captured.out.split(separator: "\n").first).dropFirst("ready ".count)
            let json = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
            let port = try #require(json["sip"]?.string?.split(separator: ":").last.flatMap { Int($0) })
            try write(
                describedImplementation(port: port, host: host, security: security, answer: 3000, case: 20_000),
                to: folder + "/iut.yaml")
            let ended = await cpmcheck(
                "run", "--iut", folder + "/iut.yaml", "--filter", "058a-content-intact", "--reports", folder + "/r")
            let name = try #require(recordings(in: folder + "/r").first)
            let recording = try RecordingReader.read(folder + "/r/recordings/" + name)
            try look(ended, recording.lines)
            served.cancel()
            #expect(await served.value == 0)
        }
    }

    @Test("a whole case over TLS, SIP and MSRP, with the certificates of the script")
    func overTLS() async throws {
        let certificates = try TestCertificates.shared.get()
        try await run(
            serving: ["--tls", certificates.path("leaf.pem"), "--tls-key", certificates.path("leaf.key")],
            host: "localhost", security: ", transport: tls, ca: \"\(certificates.path("ca.pem"))\""
        ) { ended, lines in
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            let opened = lines.filter { $0.kind == .open }
            #expect(Set(opened.compactMap { $0["proto"]?.string }) == ["sip", "msrp"])
            let secured = lines.filter { $0.kind == .tls }
            #expect(secured.count == opened.count, "every connection is secured")
            #expect(lines.contains { $0.payloadText?.contains("a=fingerprint:SHA-256 ") == true })
            #expect(lines.contains { $0.payloadText?.contains("To-Path: msrps://") == true })
        }
    }

    @Test("certificates that are expired, for another name or of an unknown authority: nothing is played", arguments: [
        "expired", "wrong-name", "unknown-ca",
    ])
    func refused(certificate: String) async throws {
        let certificates = try TestCertificates.shared.get()
        try await withFolder { folder in
            let captured = Captured()
            let files = ["--tls", certificates.path(certificate + ".pem"), "--tls-key", certificates.path(certificate + ".key")]
            let served = Task { [captured] in
                await Cpmcheck.run(["serve", "enabler"] + files, on: captured.console())
            }
            defer { served.cancel() }
            #expect(await eventually(within: .seconds(60)) { captured.out.contains("\n") })
            let line = try #require(captured.out.split(separator: "\n").first).dropFirst("ready ".count)
            let json = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
            let port = try #require(json["sip"]?.string?.split(separator: ":").last.flatMap { Int($0) })
            let security = ", transport: tls, ca: \"\(certificates.path("ca.pem"))\""
            try write(
                describedImplementation(port: port, host: "localhost", security: security), to: folder + "/iut.yaml")
            let ended = await cpmcheck("run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r")
            #expect(ended.code == 69)
            #expect(ended.err.contains("certificate"))
            served.cancel()
            _ = await served.value
        }
    }

    @Test("a whole case over IPv6: every connection has ::1 at both ends")
    func overIPv6() async throws {
        try await run(serving: ["--listen", "[::1]:0"], host: "::1") { ended, lines in
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            let opened = lines.filter { $0.kind == .open }
            #expect(Set(opened.compactMap { $0["proto"]?.string }) == ["sip", "msrp"])
            for line in opened {
                #expect(line["local"]?.string?.hasPrefix("[::1]:") == true)
                #expect(line["remote"]?.string?.hasPrefix("[::1]:") == true)
            }
            #expect(lines.contains { $0.payloadText?.contains("c=IN IP6 ::1") == true })
        }
    }
}
