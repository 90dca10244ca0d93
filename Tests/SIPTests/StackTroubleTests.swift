import Connections
import Diagnostics
import NIOCore
import NIOPosix
import SIP
import Testing

@Suite("Stack in trouble")
struct StackTroubleTests {
    @Test("Nobody there: the request fails with the place and the reason")
    func nobodyThere() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            scene.listen(server) { hop in
                server.stack.breakConnections()
                scene.after(.milliseconds(20)) {
                    client.stack.send(request(.message), to: hop) { outcome in
                        #expect(word(outcome).hasPrefix("connection: no connection to 127.0.0.1:"))
                        #expect(word(outcome).contains("refused"))
                        #expect(client.stack.connectionCount == 0)
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("One connection broken off: its requests fail, the others and the listener stay")
    func oneBroken() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let (one, other) = (scene.user(), scene.user())
            server.onRequest = { incoming in
                if incoming.message.method == .options { return server.stack.breakOff(incoming.connection) }
                server.stack.respond(incoming.message.response(200), to: incoming)
            }
            scene.listen(server) { hop in
                other.stack.send(request(.message), to: hop) { _ in
                    one.stack.send(request(.options), to: hop) { outcome in
                        #expect(word(outcome) == "connection: the peer closed the connection")
                        #expect(server.stack.connectionCount == 1)
                        one.stack.send(request(.message), to: hop) { outcome in
                            #expect(word(outcome) == "200")
                            #expect(server.stack.connectionCount == 2)
                            scene.end()
                        }
                    }
                }
            }
        }
    }

    @Test("A hop over a connection that is gone fails, and not before the call returns")
    func goneConnection() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            server.onRequest = { incoming in
                server.onClosed = { _ in
                    var returned = false
                    server.stack.send(request(.message), to: .connection(incoming.connection)) { outcome in
                        #expect(returned)
                        #expect(word(outcome) == "connection: the connection is gone")
                        scene.end()
                    }
                    returned = true
                }
                client.stack.breakConnections()
            }
            scene.listen(server) { hop in client.stack.send(request(.message), to: hop) { _ in } }
        }
    }

    @Test("Silent: sockets stay, nothing is told, answered or sent; then it goes on with what comes next")
    func silence() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            server.answers(200)
            scene.listen(server) { hop in
                server.stack.isAnswering = false
                client.stack.sendRaw(Array("\r\n\r\n".utf8) + sampleRequest(), to: hop)
                client.stack.sendRaw(Array(sampleRequest().prefix(100)), to: hop)
                scene.after(.milliseconds(100)) {
                    #expect(server.requests.isEmpty)
                    #expect(tap.received == "")
                    #expect(tap.open == 1)
                    server.stack.isAnswering = true
                    client.stack.sendRaw(Array(sampleRequest().dropFirst(100)), to: hop)
                    client.stack.send(request(.message), to: hop) { outcome in
                        #expect(word(outcome) == "200")
                        #expect(server.requests.count == 2)
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("Breaking off closes every socket and the listener at once; the peer's requests fail; it can listen again")
    func breaking() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            var words: [String] = []
            server.onRequest = { _ in
                server.onRequest = nil
                server.stack.breakConnections()
                scene.when({ words.count == 1 && client.closed.count == 1 && server.closed.count == 1 }) {
                    #expect(words.first?.hasPrefix("connection: ") == true)
                    #expect(server.closed == ["broken off here"])
                    #expect(server.stack.connectionCount == 0)
                    #expect(server.stack.listeningAddresses.isEmpty)
                    server.answers(200)
                    scene.listen(server) { hop in
                        client.stack.send(request(.message), to: hop) { outcome in
                            #expect(word(outcome) == "200")
                            scene.end()
                        }
                    }
                }
            }
            scene.listen(server) { hop in client.stack.send(request(.invite), to: hop) { words.append(word($0)) } }
        }
    }

    @Test("A port that was broken off is given to nobody else until the stack is closed, and calls there are refused")
    func heldPort() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let loop = group.next()
        @Sendable func sockets() -> Sockets { Sockets(eventLoop: loop, protocolName: "sip", tap: nil) }
        func isFree(_ port: Int) async throws -> Bool {
            // Without the option that lets a listener take a port over from one that is going.
            let bound = ServerBootstrap(group: loop).serverChannelOption(.socketOption(.so_reuseaddr), value: 0)
                .bind(host: "127.0.0.1", port: port)
            guard let channel = try? await bound.get() else { return false }
            try await channel.close()
            return true
        }
        let stack = try await loop.submit {
            NIOLoopBound(
                SIPStack(eventLoop: loop, settings: SIPStackSettings(), tokens: TokenSource(seed: 1), tap: nil), eventLoop: loop)
        }.get()
        let address = try await loop.flatSubmit { stack.value.listen(host: "127.0.0.1", port: 0) }.get()
        let port = try #require(address.port)
        try await loop.submit { stack.value.breakConnections() }.get()
        let refused = await #expect(throws: (any Error).self) {
            try await loop.flatSubmit { sockets().connect(host: "127.0.0.1", port: port, tls: nil) { _ in } }.get()
        }
        #expect(refused.map(failureSentence)?.contains("refused") == true)
        #expect(try await !isFree(port))
        try await loop.flatSubmit { stack.value.close() }.get()
        #expect(try await isFree(port))
    }

    @Test("Garbage is told, fails what waits on the connection, and closes it", arguments: [
        "HTTP/1.1 400 Bad Request\r\n", "SIP/2.0 200 OK\r\nl: 999999999\r\n\r\n", "\u{0}\u{1}\u{2}",
        "SIP/2.0 200 OK\r\nVia: x\r\n\r\n",
    ])
    func garbage(_ text: String) async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            server.onRequest = { server.stack.sendRaw(Array(text.utf8), to: .connection($0.connection)) }
            scene.listen(server) { hop in
                client.stack.send(request(.message), to: hop) { outcome in
                    #expect(word(outcome).hasPrefix("garbage: "))
                    client.onClosed = { cause in
                        #expect(client.garbage.count == 1)
                        #expect(cause.hasPrefix("the peer sent garbage: "))
                        #expect(client.stack.connectionCount == 0)
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("A message that is begun and not ended is garbage after its time; slow ones that end are not")
    func incomplete() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.limits.completion = 1_000_000_000
            let server = scene.user(settings)
            let client = scene.user()
            server.answers(200)
            let bytes = sampleRequest()
            scene.listen(server) { hop in
                server.onGarbage = { error in
                    #expect(error == .incomplete(bytes: 5, seconds: 1))
                    #expect(server.requests.count == 3)
                    scene.end()
                }
                var sent: [UInt8] = []
                for turn in 0..<3 {
                    scene.after(.milliseconds(Int64(600 * turn))) {
                        sent = Array(bytes.dropFirst(5)) + Array(bytes.prefix(5))
                        client.stack.sendRaw(turn == 0 ? bytes + bytes.prefix(5) : sent, to: hop)
                    }
                }
            }
        }
    }

    @Test("A request without a field it needs gets 400 that names it; without Via it is garbage", arguments: [
        ("Call-ID: call-1\r\n", "Call-ID"), ("CSeq: 1 MESSAGE\r\n", "CSeq"), ("To: <sip:bob@example.test>\r\n", "To"),
        ("From: <sip:alice@example.test>;tag=a1\r\n", "From"),
    ])
    func missingFields(_ line: String, _ name: String) async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            let text = String(decoding: sampleRequest(), as: UTF8.self)
            let parts = text.split(separator: line, omittingEmptySubsequences: false)
            scene.listen(server) { hop in
                client.stack.sendRaw(Array(parts.joined().utf8), to: hop)
                scene.when({ !tap.received.isEmpty }) {
                    #expect(tap.received.hasPrefix("SIP/2.0 400 Missing or Broken \(name)\r\n"))
                    #expect(server.requests.isEmpty)
                    let withoutVia = text.split(separator: "Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bKone\r\n")
                    client.stack.sendRaw(Array(withoutVia.joined().utf8), to: hop)
                    server.onClosed = { _ in
                        #expect(server.garbage == [.unanswerable(field: "Via")])
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("A CSeq of another method is a broken one")
    func wrongCSeq() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            var message = request(.message)
            message.headers.set("CSeq", "1 INVITE")
            scene.listen(server) { hop in
                client.stack.sendStateless(message, to: hop)
                scene.when({ !tap.received.isEmpty }) {
                    #expect(tap.received.hasPrefix("SIP/2.0 400 Missing or Broken CSeq\r\n"))
                    scene.end()
                }
            }
        }
    }

    @Test("No more requests are kept open than are allowed; the next gets 503; answered ones make room")
    func tooManyTransactions() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.maximumServerTransactions = 2
            let server = scene.user(settings)
            let client = scene.user()
            var words: [String] = []
            scene.listen(server) { hop in
                for number in 0..<3 {
                    client.stack.send(request(.message, callID: "c\(number)"), to: hop) { words.append(word($0)) }
                }
                scene.when({ words.count == 1 }) {
                    #expect(words == ["503"])
                    #expect(server.requests.count == 2)
                    server.stack.respond(server.requests[0].message.response(200), to: server.requests[0])
                    server.answers(202)
                    client.stack.send(request(.message, callID: "c4"), to: hop) { words.append(word($0)) }
                    scene.when({ words.count == 3 }) {
                        #expect(words == ["503", "200", "202"])
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("No more connections are taken than are allowed, and one that goes makes room")
    func tooManyConnections() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.maximumAcceptedConnections = 1
            let server = scene.user(settings)
            server.answers(200)
            let clients = [scene.user(), scene.user(), scene.user()]
            scene.listen(server) { hop in
                clients[0].stack.send(request(.message), to: hop) { first in
                    #expect(word(first) == "200")
                    clients[1].stack.send(request(.message), to: hop) { second in
                        #expect(word(second).hasPrefix("connection: "))
                        clients[0].stack.breakConnections()
                        scene.when({ server.stack.connectionCount == 0 }) {
                            clients[2].stack.send(request(.message), to: hop) { third in
                                #expect(word(third) == "200")
                                scene.end()
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("A peer that does not read is closed when too much waits for it")
    func backlog() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.limits.writeBacklog = 100_000
            let server = scene.user()
            let client = scene.user(settings)
            let big = request(.message, body: String(repeating: "x", count: 500_000))
            scene.listen(server) { hop in
                client.onClosed = { cause in
                    #expect(cause.hasPrefix("the peer does not read: "))
                    scene.end()
                }
                // In one turn of the loop the server cannot read, since it lives on the same one.
                for _ in 0..<40 { client.stack.send(big, to: hop) { _ in } }
            }
        }
    }

    @Test("Closing fails what is under way once, opened or not, and a closed stack refuses")
    func closing() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            var words: [String] = []
            scene.listen(server) { hop in
                client.stack.send(request(.message), to: hop) { words.append(word($0)) }
                client.stack.send(request(.invite), to: hop) { words.append(word($0)) }
                server.onRequest = { _ in
                    guard server.requests.count == 2 else { return }
                    let elsewhere = SIPHop.address(host: "192.0.2.1", port: 5060, tls: nil)
                    client.stack.send(request(.message), to: elsewhere) { words.append(word($0)) }
                    client.stack.close().assumeIsolated().whenComplete { _ in
                        #expect(words == Array(repeating: "connection: the stack is closed", count: 3)
                            || words.count == 3)
                        client.stack.send(request(.message), to: hop) { outcome in
                            #expect(word(outcome) == "connection: the stack is closed")
                            #expect(client.stack.connectionCount == 0)
                            scene.end()
                        }
                    }
                }
            }
        }
    }

    @Test("A closed stack leaves nothing behind: it and the closures it held are gone")
    func nothingLeft() async throws {
        try await onLoop { scene in
            final class Probe {}
            let server = scene.user()
            var client: StackUser? = StackUser(loop: scene.loop, settings: SIPStackSettings(), seed: 9, tap: nil)
            weak let stack = client?.stack
            var probe: Probe? = Probe()
            weak let seen = probe
            scene.listen(server) { hop in
                server.onRequest = { _ in
                    client?.stack.close().assumeIsolated().whenComplete { _ in
                        client = nil
                        // The turn of the loop that closed it must end first.
                        scene.when({ stack == nil && seen == nil }) { scene.end() }
                    }
                }
                client?.stack.send(request(.invite), to: hop) { [probe] _ in _ = probe }
                probe = nil
            }
        }
    }
}
