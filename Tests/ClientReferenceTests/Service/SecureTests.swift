import Connections
import EnablerReference
import TestSupport
import Testing

@testable import ClientReference

@Suite("A reference client over TLS", .timeLimit(.minutes(1)))
struct SecureTests {
    @Test("SIP and MSRP, live and deferred; the one whose certificate nobody vouches for is not registered with")
    func everything() async throws {
        let certificates = try TestCertificates.shared.get()
        let (server, client) = (try certificates.server(), try certificates.client())
        let cast = Scene.Cast(settings: { settings in
            settings.tls = client
            settings.mediaTLS = client
        })
        let stranger = Scene.Cast(settings: { $0.tls = try? TLSClient() })
        try await Scene.play(
            ["alice", "bob", "carol", "dave"], absent: ["carol", "dave"],
            cast: ["alice": cast, "bob": cast, "carol": cast, "dave": stranger], enabler: { $0.tls = server }
        ) { scene in
            #expect(scene.addresses.isSecured)
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("one", by: "alice", to: ["bob"])
            try await scene["carol"].goOnline()
            try await scene.wait("carol", "the backlog") { $0.texts == ["alice: one"] }
            try await scene.wait("alice", "the report") { $0.dispositions.contains("one: carol delivered") }
            await #expect(throws: (any Error).self) { try await scene["dave"].goOnline() }
        }
    }
}
