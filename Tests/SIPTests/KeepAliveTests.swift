import NIOCore
import Testing

@testable import SIP

@Suite("Keep-alive of a flow")
struct KeepAliveTests {
    private func step(_ value: inout KeepAlive) -> KeepAlive.Step? { value.rang() }

    @Test("Pings alternate with the wait for their answers; one without ends the flow")
    func pings() {
        var value = KeepAlive(.pings(every: 100, answerWithin: 10), number: 1)
        #expect(value.wait == 100)
        #expect(step(&value) == .ping)
        #expect(value.wait == 10)
        let answered = value.heard()
        #expect(answered, "the wait for the next ping begins with the answer")
        #expect(value.wait == 100)
        let traffic = value.heard()
        #expect(!traffic, "other traffic does not put the next ping off")
        #expect(step(&value) == .ping)
        #expect(step(&value) == .failed)
    }

    @Test("Who watches is content with anything in each stretch of time")
    func watches() {
        var value = KeepAlive(.watches(within: 100), number: 1)
        _ = value.heard()
        #expect(step(&value) == nil)
        #expect(step(&value) == .failed)
    }

    @Test("The two ends over sockets: with pings the flow stays, without it is closed by who watches, with its cause")
    func bothEnds() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            server.answers(200)
            server.onRequest = { [unowned server] request in
                server.stack.expectKeepAlive(request.connection, within: 300_000_000)
                server.stack.respond(request.message.response(200), to: request)
            }
            scene.listen(server) { hop in
                client.stack.connect(hop).assumeIsolated().whenSuccess { flow in
                    client.stack.keepAlive(flow, every: 100_000_000)
                    client.stack.send(request(.message), to: hop) { _ in }
                    scene.after(.milliseconds(1_000)) {
                        #expect(client.stack.connectionCount == 1)
                        #expect(tap.received.hasSuffix("\r\n\r\n\r\n"), "answers to pings, one after the other")
                        #expect(server.closed.isEmpty)
                        client.stack.keepAlive(flow, every: 60_000_000_000)
                    }
                }
            }
            scene.when({ !server.closed.isEmpty }) {
                #expect(server.closed.first?.contains("keep-alive") == true)
                scene.end()
            }
        }
    }

    @Test("A peer that answers no ping: the flow fails, and the delegate is told why")
    func deadPeer() async throws {
        var settings = SIPStackSettings()
        settings.pongWithin = 100_000_000
        let ready = settings
        try await onLoop { scene in
            let server = scene.user()
            server.stack.isAnswering = false
            let client = scene.user(ready)
            scene.listen(server) { hop in
                client.stack.connect(hop).assumeIsolated().whenSuccess { flow in
                    client.stack.keepAlive(flow, every: 50_000_000)
                }
            }
            scene.when({ !client.closed.isEmpty }) {
                #expect(client.closed.first?.contains("keep-alive") == true)
                #expect(client.stack.connectionCount == 0)
                scene.end()
            }
        }
    }
}
