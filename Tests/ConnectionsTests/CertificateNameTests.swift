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

    /// Whether a client that asks for this name gets a connection to a server on loopback.
    private static func connects(_ folder: String, asking name: String?) async throws -> Bool {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let server = try TLSServer(certificateFile: folder + "/leaf.pem", keyFile: folder + "/leaf.key")
        let client = try TLSClient(authorityFile: folder + "/ca.pem", serverName: name)
        let listener = try await loop.flatSubmit {
            Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                .listen(host: "127.0.0.1", port: 0, tls: server) { _ in }
        }.get()
        defer { listener.close(promise: nil) }
        let port = try #require(listener.localAddress?.port)
        do {
            let connection = try await loop.flatSubmit {
                Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                    .connect(host: "127.0.0.1", port: port, tls: client) { _ in }
            }.get()
            try await connection.close()
            return true
        } catch {
            return false
        }
    }
}
