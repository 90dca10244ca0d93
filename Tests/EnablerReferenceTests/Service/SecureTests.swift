import Connections
import Foundation
import MSRP
import NIOCore
import TestSupport
import Testing

@testable import EnablerReference

@Suite("Over TLS", .timeLimit(.minutes(1)))
struct SecureTests {
    @Test("SIP and MSRP, registration to delivery")
    func everything() async throws {
        let certificates = try TestCertificates.shared.get()
        let (server, client) = (try certificates.server(), try certificates.client())
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
