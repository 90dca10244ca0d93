import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Connections

@Suite("Whom a certificate is for", .timeLimit(.minutes(1)))
struct CertificateNameTests {
    @Test(
        "a name is matched without regard to case, and * stands for one whole first label",
        arguments: [
            ("example.com", "EXAMPLE.com", true), ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false), ("*.example.com", "example.com", false),
            ("*.com", "example.com", false), ("a*.example.com", "ab.example.com", false),
            ("example.com.", "example.com", true), ("localhost", "wrong.example", false),
        ])
    func matching(pattern: String, name: String, expected: Bool) {
        #expect(CertificateNames.matches(pattern, name) == expected)
    }

    @Test("a certificate that has the peer's address is refused all the same when another name was asked for")
    func anotherName() async throws {
        let folder = try TestCertificates.shared.get().folder
        #expect(try await Self.connects(folder, asking: "localhost"))
        #expect(try await Self.connects(folder, asking: nil))
        #expect(try await Self.connects(folder, asking: "127.0.0.1"))
        #expect(try await !Self.connects(folder, asking: "wrong.example"))
    }

    @Test("an address in place of a name is checked as such, and not taken for the peer's own")
    func anotherAddress() async throws {
        let folder = try TestCertificates.shared.get().folder
        #expect(try await !Self.connects(folder, asking: "10.9.9.9"))
        #expect(try await Self.connects(folder, asking: "::1"), "it is in the certificate, though not connected to")
        #expect(try await !Self.connects(folder, asking: "127.0.0.1", leaf: "wrong-name"))
        #expect(try await !Self.connects(folder, asking: "127.0.0.1", leaf: "unknown-ca"))
    }

    @Test("a host that has a name of its own is checked by that where hosts may differ, an address by the name that is given")
    func hostsOfTheirOwn() async throws {
        let folder = try TestCertificates.shared.get().folder
        #expect(try await !Self.connects(folder, to: "localhost", asking: "elsewhere.example"))
        #expect(try await Self.connects(folder, to: "localhost", asking: "elsewhere.example", ownNames: true))
        #expect(try await !Self.connects(folder, to: "localhost", asking: "elsewhere.example", ownNames: true, leaf: "wrong-name"))
        #expect(try await Self.connects(folder, asking: "elsewhere.example", ownNames: true, leaf: "wrong-name"))
        #expect(try await Self.connects(folder, asking: "10.9.9.9", ownNames: true), "it has an address of its own")
        #expect(try await Self.connects(folder, to: "localhost", asking: nil))
        #expect(try await !Self.connects(folder, to: "localhost", asking: nil, leaf: "wrong-name"))
    }

    @Test("a peer that connects and never ends its TLS handshake is closed after its time")
    func endlessHandshake() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let folder = try TestCertificates.shared.get().folder
        let server = try TLSServer(certificateFile: folder + "/leaf.pem", keyFile: folder + "/leaf.key")
        let listener = try await loop.flatSubmit {
            Sockets(eventLoop: loop, protocolName: "sip", tap: nil, handshakeTimeout: .milliseconds(200))
                .listen(host: "127.0.0.1", port: 0, tls: server) { _ in }
        }.get()
        defer { listener.close(promise: nil) }
        let silent = try await ClientBootstrap(group: loop).connect(to: try #require(listener.localAddress)).get()
        let begun = NIODeadline.now()
        try await silent.closeFuture.get()
        #expect(NIODeadline.now() - begun < .seconds(20))
        let port = try #require(listener.localAddress?.port)
        let client = try TLSClient(authorityFile: folder + "/ca.pem")
        let good = try await loop.flatSubmit {
            Sockets(eventLoop: loop, protocolName: "sip", tap: nil).connect(host: "127.0.0.1", port: port, tls: client) { _ in }
        }.get()
        try await Task.sleep(for: .milliseconds(400))
        #expect(good.isActive, "one that has ended is left alone")
        try await good.close()
    }

    /// Whether a client that asks for this name gets a connection to a server on loopback.
    ///
    /// - Parameter ownNames: hosts are checked by names of their own.
    private static func connects(
        _ folder: String, to host: String = "127.0.0.1", asking name: String?, ownNames: Bool = false, leaf: String = "leaf"
    ) async throws -> Bool {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let server = try TLSServer(certificateFile: folder + "/\(leaf).pem", keyFile: folder + "/\(leaf).key")
        let plain = try TLSClient(authorityFile: folder + "/ca.pem", serverName: name)
        let client = ownNames ? plain.checkingNamesOfHosts() : plain
        let listener = try await loop.flatSubmit {
            Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                .listen(host: "127.0.0.1", port: 0, tls: server) { _ in }
        }.get()
        defer { listener.close(promise: nil) }
        let port = try #require(listener.localAddress?.port)
        do {
            let connection = try await loop.flatSubmit {
                Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                    .connect(host: host, port: port, tls: client) { _ in }
            }.get()
            try await connection.close()
            return true
        } catch {
            return false
        }
    }
}
