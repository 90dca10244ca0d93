import Connections
import Diagnostics
import NIOCore
import NIOPosix
import SIP
import Testing

@Suite("What a stack grants and believes a peer")
struct PeerTests {
    @Test("A connection that others opened and over which nothing comes is closed after the idle time, and not before")
    func idle() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.limits.idle = 300_000_000
            let server = scene.user(settings)
            let client = scene.user()
            server.answers(200)
            scene.listen(server) { hop in
                client.stack.send(request(.message), to: hop) { _ in
                    let begun = NIODeadline.now()
                    // What comes meanwhile begins the time anew.
                    scene.after(.milliseconds(200)) { client.stack.send(request(.message), to: hop) { _ in } }
                    server.onClosed = { cause in
                        #expect(NIODeadline.now() - begun >= .milliseconds(480))
                        #expect(cause == "nothing came from the peer for 0 s")
                        #expect(server.requests.count == 2)
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("Where a request came from is seen and not told: what the peer says of it is taken out", arguments: [
        (";received=192.0.2.66", nil), (";rport=9;received=192.0.2.66", "127.0.0.1"),
    ] as [(String, String?)])
    func received(_ parameters: String, expected: String?) async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.form = { message in
                let text = String(decoding: message.serialized(), as: UTF8.self).replacing(";rport", with: "")
                return Array(text.replacing(";branch=", with: parameters + ";branch=").utf8)
            }
            let server = scene.user()
            let client = scene.user(settings)
            server.onRequest = { incoming in
                let via = incoming.message.topVia
                #expect(via?.parameters["received"] == expected)
                #expect(via?.parameters["rport"] != "9")
                scene.end()
            }
            scene.listen(server) { hop in client.stack.send(request(.message), to: hop) { _ in } }
        }
    }
}
