import Connections
import Foundation
import MSRP
import NIOCore
import Testing

@testable import EnablerReference

@Suite("Over TLS", .timeLimit(.minutes(1)))
struct SecureTests {
    /// A certificate for 127.0.0.1 that signs itself, in a folder of its own.
    private func certificate() throws -> (folder: String, certificate: String, key: String) {
        let folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout",
            folder + "/key.pem", "-out", folder + "/certificate.pem",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        return (folder, folder + "/certificate.pem", folder + "/key.pem")
    }

    @Test("SIP and MSRP, registration to delivery")
    func everything() async throws {
        let files = try certificate()
        defer { try? FileManager.default.removeItem(atPath: files.folder) }
        let server = try TLSServer(certificateFile: files.certificate, keyFile: files.key)
        let client = try TLSClient(authorityFile: files.certificate)
        try await Scene.play(["alice", "carol"], absent: ["carol"], tls: client, settings: { $0.tls = server }) { scene in
            #expect(scene.addresses.isSecured)
            try await scene.create(inviting: ["carol"], joining: [])
            try await scene.send("m1", "one", by: "alice", to: [])
            try await scene.leave("alice")
            try await scene.register("carol")
            try await scene["carol"].wait("the BYE") { $0.log.contains("bye 410") }
            let log = try await scene["carol"].log
            #expect(log.contains("m1:one"))
        }
    }
}
