import Foundation
import Testing

@testable import CommandLine

/// What is said of TLS that does not come about; with certificates of `scripts/make-test-certificates`.
@Suite(.timeLimit(.minutes(2)))
struct SecuredTests {
    private func makeCertificates(_ folder: String) throws {
        let script = Process()
        script.executableURL = URL(fileURLWithPath: Built.package + "/scripts/make-test-certificates")
        script.arguments = [folder]
        try script.run()
        script.waitUntilExit()
        try #require(script.terminationStatus == 0)
    }

    private func serve(_ certificate: String, _ folder: String) async throws -> ServedEnabler {
        try await ServedEnabler([
            "--tls", "\(folder)/\(certificate).pem", "--tls-key", "\(folder)/\(certificate).key", "--describe",
            folder + "/iut.yaml",
        ])
    }

    @Test(
        "a certificate is refused with the reason that it is refused for: by run and by doctor, 69",
        arguments: [
            ("expired", "the certificate ran out on 20"), ("unknown-ca", "its authority is not among those trusted"),
            ("wrong-name", "the certificate is for another name"),
        ])
    func refused(certificate: String, reason: String) async throws {
        try await withFolder { folder in
            try makeCertificates(folder)
            let server = try await serve(certificate, folder)
            let file = folder + "/iut.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try write(text.replacing("# ca: ca.pem ", with: "ca: ca.pem "), to: file)
            let run = await cpmcheck("run", "--iut", file, "--reports", folder + "/r")
            let doctor = await cpmcheck("doctor", "--iut", file)
            await server.stop()
            #expect(run.code == 69)
            #expect(run.err.contains("TLS with 127.0.0.1:\(server.port) for the name 127.0.0.1 failed: "), "\(run.err)")
            #expect(run.err.contains(reason), "\(run.err)")
            #expect(doctor.out.contains(reason), "\(doctor.out)")
            #expect(doctor.out.contains("to mend: correct 'ca' and 'server-name'"))
            #expect(run.err.contains("correct 'ca' and 'server-name'"))
        }
    }

    @Test("plain TCP to a port that speaks TLS: what to write instead")
    func plainToSecured() async throws {
        try await withFolder { folder in
            try makeCertificates(folder)
            let server = try await serve("leaf", folder)
            let file = folder + "/iut.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try write(text.replacing("transport: tls", with: "transport: tcp"), to: file)
            let run = await cpmcheck("run", "--iut", file, "--reports", folder + "/r")
            await server.stop()
            #expect(run.code == 69, "\(run.out)")
            #expect(run.err.contains("looks like TLS"), "\(run.err)")
            #expect(run.err.contains("write 'transport: tls' under 'ixit.address'"), "\(run.err)")
        }
    }
}
