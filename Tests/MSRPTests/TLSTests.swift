import Connections
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import MSRP

@Suite("MSRP over TLS")
struct TLSTests {
    @Test("a session over TLS has an msrps URI; messages go both ways; a break is at once", arguments: ["127.0.0.1", "::1"])
    func secure(_ host: String) async throws {
        let certificates = try TestCertificates.shared.get()
        let (server, client) = (try certificates.server(), try certificates.client())
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
        let certificates = try TestCertificates.shared.get()
        let (server, client) = (try certificates.server("unknown-ca"), try certificates.client())
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: server).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            active.connect(to: [passive.localURI], tls: client, bind: true)
            try await bench.until("it is closed") { bench.events == ["alice closed"] }
            #expect(!passive.isConnected)
        }
    }

    @Test("broken off under TLS, a connection is recorded as the peer's doing there and as our own here")
    func brokenOff() async throws {
        let certificates = try TestCertificates.shared.get()
        let (server, client) = (try certificates.server(), try certificates.client())
        try await SocketBench.run { bench in
            let (alice, _) = try await bench.connected(tls: (server, client))
            // What has not been read would make the system reset the connection.
            bench.send(alice, message("m001", "hello"))
            try await bench.until("all is answered") { bench.outcomes.count == 1 }
            bench.alice.breakConnections()
            try await bench.until("bob's end is closed") { bench.tap?.closed.count == 1 }
            #expect(bench.tap?.closed == ["broken off by the peer: TLS was not ended"])
            #expect(bench.causes["bob"] == "the peer broke the connection off without ending TLS")
        }
        try await SocketBench.run { bench in
            _ = try await bench.connected(tls: (server, client))
            bench.bob.breakConnections()
            try await bench.until("bob's end is closed") { bench.tap?.closed.count == 1 }
            #expect(bench.tap?.closed == ["closed here"])
        }
    }
}

/// RFC 4975 §14.4, RFC 8122: what SDP announces of a certificate against what is shown.
@Suite("MSRP over TLS with fingerprints")
struct FingerprintTests {
    private func announced(_ server: TLSServer) throws -> AnnouncedCertificate {
        try #require(AnnouncedCertificate([server.fingerprint.description]))
    }

    @Test("the active end takes the certificate that was announced, though no authority vouches for it")
    func selfMade() async throws {
        let certificates = try TestCertificates.shared.get()
        let (server, client) = (try certificates.server("unknown-ca"), try certificates.client())
        let fits = try announced(server)
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: server).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            active.announced = fits
            active.connect(to: [passive.localURI], tls: client, bind: true)
            bench.send(active, message("m001", "hello"))
            try await bench.until("it is answered") { bench.outcomes.count == 1 }
            #expect(bench.outcomes["m001"]?.code == 200)
        }
    }

    @Test("the active end refuses another certificate than the announced, though an authority vouches for it")
    func otherServer() async throws {
        let certificates = try TestCertificates.shared.get()
        let (server, client) = (try certificates.server(), try certificates.client())
        let other = try announced(certificates.server("wrong-name"))
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: server).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            active.announced = other
            active.connect(to: [passive.localURI], tls: client, bind: true)
            try await bench.until("it is closed") { bench.events == ["alice closed"] }
            #expect(bench.causes["alice"]?.contains("does not fit the fingerprint that was announced; it has SHA-256 ") == true)
            #expect(bench.tap?.text(.received) == "", "nothing of MSRP was sent to the stranger")
        }
    }

    /// Bob waits for whoever has announced `expected`; alice connects and shows `shown`, or nothing.
    private func accept(
        _ expected: String, showing shown: String?, afterwards: Bool = false,
        _ body: @escaping @Sendable (isolated SocketBench, MSRPSession) async throws -> Void
    ) async throws {
        let certificates = try TestCertificates.shared.get()
        var client = try certificates.client()
        if let shown { client = try client.showing(certificates.server(shown)) }
        let (server, fits, ready) = (try certificates.server(), try announced(certificates.server(expected)), client)
        try await SocketBench.run { bench in
            _ = try await bench.bob.listen(host: "127.0.0.1", port: 0, tls: server).get()
            let passive = bench.bob.makeSession(onSignal: bench.note("bob"))
            let active = bench.alice.makeSession(onSignal: bench.note("alice"))
            if !afterwards {
                passive.announced = fits
                passive.expect(from: [active.localURI])
            }
            active.connect(to: [passive.localURI], tls: ready, bind: true)
            if afterwards {
                try await bench.until("bob is connected") { bench.events.contains("bob connected") }
                passive.announced = fits
                passive.expect(from: [active.localURI])
            }
            try await body(bench, passive)
        }
    }

    @Test("the passive end takes the announced certificate of the client")
    func client() async throws {
        try await accept("unknown-ca", showing: "unknown-ca") { bench, passive in
            try await bench.until("both are connected") { passive.isConnected }
        }
    }

    @Test("the passive end refuses a client that shows another certificate than it announced, or none", arguments: [
        ("leaf", "the certificate does not fit"), (nil, "no certificate was shown"),
    ])
    func otherClient(shown: String?, cause: String) async throws {
        try await accept("unknown-ca", showing: shown) { bench, passive in
            try await bench.until("both are closed") { bench.causes.count == 2 }
            #expect(!passive.isConnected)
            #expect(bench.causes["bob"]?.contains(cause) == true, "\(bench.causes)")
            #expect(bench.received.isEmpty)
        }
    }

    @Test("a client that was faster than its description is checked when that comes")
    func fasterThanAnswer() async throws {
        try await accept("unknown-ca", showing: "leaf", afterwards: true) { bench, passive in
            try await bench.until("both are closed") { bench.causes.count == 2 }
            #expect(!passive.isConnected)
        }
    }
}
