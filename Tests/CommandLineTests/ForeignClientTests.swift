import Foundation
import Recordings
import TestSupport
import Testing

@testable import CommandLine

/// A client in a process of its own as far as anybody can tell: reached at fixed addresses, one for all cases.
@Suite("A foreign client under test", .serialized, .timeLimit(.minutes(3)))
struct ForeignClientTests {
    private static let few = [
        "058c-messages-of-a-session-that-is-over", "058c-reports-both", "058c-reports-once-after-redelivery", "058c-restart-with-everybody",
    ]

    private func run(_ file: String, _ folder: String, filter: [String] = few, environment: [String: String] = [:]) async -> Ended {
        await cpmcheck(
            ["run", "--iut", file, "--reports", folder + "/r"] + filter.flatMap { ["--filter", $0] }, environment: environment)
    }

    @Test("several cases in turn over plain TCP, with as many jobs as there are: each passes, and none is in another's recording")
    func inTurn() async throws {
        try await withFolder { folder in
            let port = try freePort()
            let client = try await ServedClientProcess(["--outbound", "127.0.0.1:\(port)"])
            try write(describedClient(port: port, url: client.url), to: folder + "/iut.yaml")
            let first = await run(folder + "/iut.yaml", folder)
            // The client remembers all of it, and the same cases come again with the same seed.
            let again = await run(folder + "/iut.yaml", folder)
            await client.stop()
            #expect(first.code == 0, "\(first.out)\(first.err)")
            #expect(again.code == 0, "\(again.out)\(again.err)")
            #expect(first.out.contains("one case at a time, since there is one client"))
            let results = try ReadResults(folder + "/r")
            #expect(results.cases.count >= 3)
            #expect(results.cases.allSatisfy { $0.verdict == "pass" })
            for name in recordings(in: folder + "/r") {
                let lines = try RecordingReader.read(folder + "/r/recordings/" + name).lines
                let local = lines.filter { $0.kind == .open && $0["proto"]?.string == "sip" && $0["accepted"]?.bool == true }
                #expect(!local.isEmpty)
                #expect(local.allSatisfy { $0["local"]?.string == "127.0.0.1:\(port)" })
            }
        }
    }

    @Test("TLS on every connection, with a password and a token; neither is anywhere in the reports")
    func secured() async throws {
        let certificates = try TestCertificates.shared.get()
        try await withFolder { folder in
            let port = try freePort()
            try write("the-very-token\n", to: folder + "/token")
            try write("cpm-1:the-very-password\n", to: folder + "/passwords")
            let client = try await ServedClientProcess([
                "--outbound", "127.0.0.1:\(port)", "--tls", "--ca", certificates.path("ca.pem"), "--passwords", folder + "/passwords",
                "--certificate", certificates.path("leaf.pem"), "--key", certificates.path("leaf.key"), "--token-file",
                folder + "/token",
            ])
            let files = ", transport: tls, certificate: \"\(certificates.path("leaf.pem"))\", key: \"\(certificates.path("leaf.key"))\""
            try write(
                describedClient(
                    port: port, url: client.url, listen: files,
                    tester: ", ca: \"\(certificates.path("ca.pem"))\", token: { env: TOKEN }", user: ", password: { env: WORD }"),
                to: folder + "/iut.yaml")
            let environment = ["TOKEN": "the-very-token", "WORD": "the-very-password"]
            let doctor = await cpmcheck("doctor", "--iut", folder + "/iut.yaml", environment: environment)
            let ended = await run(folder + "/iut.yaml", folder, environment: environment)
            let wrong = await run(folder + "/iut.yaml", folder + "/wrong", environment: ["TOKEN": "another", "WORD": "x"])
            await client.stop()
            #expect(doctor.code == 0, "\(doctor.out)")
            for step in ["listening address", "certificate", "upper tester", "token", "registration"] {
                #expect(doctor.out.contains("✓ \(step): "), "\(doctor.out)")
            }
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            #expect(wrong.code == 69)
            #expect(wrong.err.contains("401"), "\(wrong.err)")
            #expect(!wrong.err.contains("another"))
            var seen: Set<String> = []
            for name in recordings(in: folder + "/r") {
                let lines = try RecordingReader.read(folder + "/r/recordings/" + name).lines
                let opened = lines.filter { $0.kind == .open }
                seen.formUnion(opened.compactMap { $0["proto"]?.string })
                #expect(lines.count { $0.kind == .tls } == opened.count, "every connection is secured")
            }
            #expect(seen == ["http", "msrp", "sip"])
            let everything = try FileManager.default.subpathsOfDirectory(atPath: folder + "/r").compactMap {
                try? String(contentsOfFile: folder + "/r/" + $0, encoding: .utf8)
            }
            #expect(everything.count > 3)
            for text in everything + [ended.out, ended.err, doctor.out] { #expect(!text.contains("the-very-")) }
        }
    }

    @Test(
        "a certificate of the upper tester is refused with the reason, by run and by doctor: 69",
        arguments: [
            ("expired", "ran out"), ("unknown-ca", "signed by an authority that is not among those trusted"),
            ("wrong-name", "is for another name than"),
        ])
    func refusedTester(certificate: String, reason: String) async throws {
        let certificates = try TestCertificates.shared.get()
        try await withFolder { folder in
            let port = try freePort()
            let client = try await ServedClientProcess([
                "--outbound", "127.0.0.1:\(port)", "--certificate", certificates.path(certificate + ".pem"), "--key",
                certificates.path(certificate + ".key"),
            ])
            try write(
                describedClient(port: port, url: client.url, tester: ", ca: \"\(certificates.path("ca.pem"))\""),
                to: folder + "/iut.yaml")
            let run = await run(folder + "/iut.yaml", folder)
            let doctor = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
            await client.stop()
            #expect(run.code == 69)
            #expect(doctor.code == 69)
            for text in [run.err, doctor.out] {
                #expect(text.contains(reason), "\(text)")
                #expect(text.contains("asked at \(client.url) under 'ixit.upper-tester'"), "\(text)")
            }
        }
    }

    @Test(
        "a client that refuses the enabler's certificate gets no verdict, and doctor says where to look",
        arguments: [
            ("expired", "the certificate ran out on 20"), ("unknown-ca", nil), ("wrong-name", "the certificate is not for 127.0.0.1"),
        ] as [(String, String?)])
    func refusedEnabler(certificate: String, mistake: String?) async throws {
        let certificates = try TestCertificates.shared.get()
        try await withFolder { folder in
            let port = try freePort()
            let client = try await ServedClientProcess([
                "--outbound", "127.0.0.1:\(port)", "--tls", "--ca", certificates.path("ca.pem"),
            ])
            let files = ", transport: tls, certificate: \"\(certificates.path(certificate + ".pem"))\", key: \"\(certificates.path(certificate + ".key"))\""
            try write(describedClient(port: port, url: client.url, listen: files), to: folder + "/iut.yaml")
            let run = await run(folder + "/iut.yaml", folder, filter: ["058c-messages-of-a-session-that-is-over"])
            let doctor = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
            await client.stop()
            #expect(run.code == 2, "\(run.out)\(run.err)")
            #expect(run.out.contains("upper tester, PUT /v1/connection: it refused with status 502"), "\(run.out)")
            #expect(doctor.code == (mistake == nil ? 69 : 69), "\(doctor.out)")
            if let mistake { #expect(doctor.out.contains("✗ certificate: \(mistake)"), "\(doctor.out)") }
            #expect(doctor.out.contains("✗ registration: "))
            #expect(doctor.out.contains("and to trust its certificate"), "\(doctor.out)")
        }
    }

    @Test("nobody answers as upper tester, or somebody has the port: 69, and what was tried")
    func nobody() async throws {
        try await withFolder { folder in
            let (port, other) = (try freePort(), try freePort())
            try write(describedClient(port: port, url: "http://127.0.0.1:\(other)/tester"), to: folder + "/iut.yaml")
            let nobody = await run(folder + "/iut.yaml", folder)
            #expect(nobody.code == 69)
            #expect(nobody.err.contains("\(folder)/iut.yaml:6:3: asked at http://127.0.0.1:\(other)/tester"), "\(nobody.err)")
            #expect(nobody.err.contains("could not connect to 127.0.0.1:\(other)"), "\(nobody.err)")

            let enabler = try await ServedEnabler([])
            try write(describedClient(port: enabler.port, url: "http://127.0.0.1:\(other)"), to: folder + "/iut.yaml")
            let taken = await run(folder + "/iut.yaml", folder)
            await enabler.stop()
            #expect(taken.code == 69)
            #expect(taken.err.contains("the harness cannot listen on 127.0.0.1:\(enabler.port): "), "\(taken.err)")
        }
    }

    @Test("init writes a template for a client that lint takes; serve client describes itself so that only files are missing")
    func templates() async throws {
        try await withFolder { folder in
            #expect(await cpmcheck("init", "--role", "client", folder + "/iut.yaml").code == 0)
            let lint = await cpmcheck("lint", folder + "/iut.yaml")
            #expect(lint.code == 0, "\(lint.out)\(lint.err)")
            let port = try freePort()
            let client = try await ServedClientProcess([
                "--outbound", "127.0.0.1:\(port)", "--describe", folder + "/served.yaml",
            ])
            let doctor = await cpmcheck("doctor", "--iut", folder + "/served.yaml")
            await client.stop()
            #expect(doctor.code == 0, "\(doctor.out)\(doctor.err)")
            #expect(client.ready["outbound"]?.string == "127.0.0.1:\(port)")
        }
    }
}
