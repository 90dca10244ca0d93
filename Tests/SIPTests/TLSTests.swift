import Connections
import NIOCore
import SIP
import TestSupport
import Testing

@Suite("Stack over TLS")
struct TLSTests {
    private func certificates() throws -> TestCertificates { try TestCertificates.shared.get() }

    @Test("A request goes over TLS and back; the connection is used again", arguments: ["127.0.0.1", "::1"])
    func works(_ host: String) async throws {
        let made = try certificates()
        let tlsClient = try made.client()
        let tlsServer = try made.server()
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            server.answers(200)
            scene.listen(server, host: host, tls: tlsServer, client: tlsClient) { hop in
                client.stack.send(request(.message), to: hop) { outcome in
                    #expect(word(outcome) == "200")
                    #expect(server.requests.first?.message.topVia?.transport == "TLS")
                    client.stack.send(request(.message), to: hop) { outcome in
                        #expect(word(outcome) == "200")
                        #expect(client.stack.connectionCount == 1)
                        #expect(server.requests.map(\.connection).allSatisfy { server.stack.isSecure($0) })
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("A server name in the settings is asked for and checked in place of the address")
    func serverName() async throws {
        let made = try certificates()
        let right = try made.client(serverName: "elsewhere.example")
        let tlsServer = try made.server("wrong-name")
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            server.answers(200)
            scene.listen(server, tls: tlsServer, client: right) { hop in
                client.stack.send(request(.message), to: hop) { outcome in
                    #expect(word(outcome) == "200")
                    scene.end()
                }
            }
        }
    }

    @Test("Refused: expired, wrong name, unknown authority; nothing of the request leaves", arguments: [
        "expired", "wrong-name", "unknown-ca",
    ])
    func refused(_ leaf: String) async throws {
        let made = try certificates()
        let tlsClient = try made.client()
        let tlsServer = try made.server(leaf)
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            scene.listen(server, tls: tlsServer, client: tlsClient) { hop in
                client.stack.send(request(.message), to: hop) { outcome in
                    #expect(word(outcome).hasPrefix("connection: no connection to 127.0.0.1:"))
                    #expect(word(outcome).lowercased().contains("cert"), "the reason is named: \(word(outcome))")
                    #expect(tap.sent == "")
                    #expect(server.requests.isEmpty)
                    #expect(client.stack.connectionCount == 0)
                    scene.end()
                }
            }
        }
    }

    @Test("TLS to a peer that speaks none, and none to a peer that wants TLS, fail")
    func mismatch() async throws {
        let made = try certificates()
        let tlsClient = try made.client()
        let tlsServer = try made.server()
        try await onLoop { scene in
            let plain = scene.user()
            let secure = scene.user()
            let client = scene.user()
            scene.listen(plain, client: tlsClient) { toPlain in
                scene.listen(secure, tls: tlsServer) { toSecure in
                    client.stack.send(request(.message), to: toPlain) { first in
                        #expect(word(first).hasPrefix("connection: "))
                        #expect(plain.garbage == [.controlCharacter(0x16)])
                        client.stack.send(request(.message), to: toSecure) { second in
                            #expect(word(second).hasPrefix("garbage: "))
                            #expect(secure.requests.isEmpty)
                            scene.end()
                        }
                    }
                }
            }
        }
    }

    @Test("Breaking off under TLS does not wait for the peer's goodbye")
    func breaking() async throws {
        let made = try certificates()
        let tlsClient = try made.client()
        let tlsServer = try made.server()
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            var start = NIODeadline.now()
            server.onRequest = { _ in
                start = .now()
                client.stack.breakConnections()
            }
            scene.listen(server, tls: tlsServer, client: tlsClient) { hop in
                server.onClosed = { _ in
                    #expect(NIODeadline.now() - start < .seconds(3), "a peer's goodbye is waited for 5 s")
                    #expect(client.closed == ["broken off here"])
                    scene.end()
                }
                client.stack.send(request(.message), to: hop) { _ in }
            }
        }
    }
}
