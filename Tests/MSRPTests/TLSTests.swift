import Connections
import Foundation
import NIOCore
import Testing

@testable import MSRP

/// A CA and a leaf for localhost, made by the openssl command in a temporary folder.
struct TestCertificates {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("msrp-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n".write(
            to: folder.appendingPathComponent("leaf.ext"), atomically: true, encoding: .utf8)
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        try openssl("req -x509 \(key) -keyout ca.key -out ca.pem -subj /CN=test-ca -days 2")
        try openssl("req \(key) -keyout leaf.key -out leaf.csr -subj /CN=localhost")
        try openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile leaf.ext -out leaf.pem")
    }

    private func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    func remove() { try? FileManager.default.removeItem(at: folder) }
}

@Suite("MSRP over TLS")
struct TLSTests {
    @Test("a session over TLS has an msrps URI; messages go both ways; a break is at once", arguments: ["127.0.0.1", "::1"])
    func secure(_ host: String) async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        let server = try TLSServer(
            certificateFile: certificates.path("leaf.pem"), keyFile: certificates.path("leaf.key"))
        let client = try TLSClient(authorityFile: certificates.path("ca.pem"))
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected(host: host, tls: (server, client))
            #expect(bob.localURI.isSecure)
            bench.send(alice, message("m001", "hello"))
            bench.send(bob, .init(messageID: "m002", contentType: "a/b", body: [UInt8](repeating: 97, count: 3_000_000)))
            try await bench.until("both are answered") { bench.outcomes.count == 2 }
            #expect(bench.outcomes.values.allSatisfy { $0.code == 200 })
            #expect(bench.tap?.versions.count == 1)
            #expect(bench.tap?.text(.received).hasPrefix("MSRP ") == true, "the tap sees inside TLS")
            bench.bob.breakConnections()
            try await bench.until("alice knows", limit: .seconds(4)) { bench.events.contains("alice closed") }
        }
    }

    @Test("a certificate of an unknown authority is refused, and the session is closed")
    func unknownAuthority() async throws {
        let certificates = try TestCertificates()
        let others = try TestCertificates()
        defer {
            certificates.remove()
            others.remove()
        }
        let server = try TLSServer(
            certificateFile: certificates.path("leaf.pem"), keyFile: certificates.path("leaf.key"))
        let client = try TLSClient(authorityFile: others.path("ca.pem"))
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: server).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            active.connect(to: [passive.localURI], tls: client, bind: true)
            try await bench.until("it is closed") { bench.events == ["alice closed"] }
            #expect(!passive.isConnected)
        }
    }
}
