import Connections
import Diagnostics
import NIOCore
import SIP
import Testing

@Suite("Stack on loopback")
struct StackTests {
    @Test("A request gets its response; Via, Max-Forwards, User-Agent, Server and the tag on To are there")
    func requestAndResponse() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            server.answers(200)
            scene.listen(server) { hop in
                client.stack.send(request(.message, body: "hello"), to: hop) { outcome in
                    guard case .response(let response) = outcome else { return scene.fail(word(outcome)) }
                    #expect(response.status == 200)
                    #expect(response.to?.tag?.isEmpty == false)
                    #expect(response.headers["Server"] == "cpmcheck")
                    let came = server.requests[0].message
                    #expect(came.body == Array("hello".utf8))
                    #expect(came.topVia?.branch?.hasPrefix("z9hG4bK") == true)
                    #expect(came.topVia?.transport == "TCP")
                    #expect(came.headers["Max-Forwards"] == "70")
                    #expect(came.headers["User-Agent"] == "cpmcheck")
                    #expect(response.topVia == came.topVia)
                    #expect(server.requests[0].remoteAddress.hasPrefix("127.0.0.1:"))
                    scene.end()
                }
            }
        }
    }

    @Test("A call is set up and torn down: INVITE, 180, 200, ACK, BYE, each seen once")
    func call() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            var words: [String] = []
            server.onRequest = { incoming in
                switch incoming.message.method {
                case .invite:
                    server.stack.respond(incoming.message.response(180, toTag: "bt"), to: incoming)
                    var ok = incoming.message.response(200, toTag: "bt")
                    ok.headers.add("Contact", "<sip:bob@127.0.0.1>")
                    server.stack.respond(ok, to: incoming)
                case .bye: server.stack.respond(incoming.message.response(200), to: incoming)
                default: break
                }
            }
            let invite = request(.invite)
            scene.listen(server) { hop in
                client.stack.send(invite, to: hop) { outcome in
                    words.append(word(outcome))
                    guard case .response(let response) = outcome, response.status == 200,
                        var dialog = SIPDialog(uac: invite, response: response)
                    else { return }
                    client.stack.sendStateless(dialog.ack(for: 1), to: hop)
                    client.stack.send(dialog.request(.bye), to: hop) { outcome in
                        words.append(word(outcome))
                        #expect(words == ["180", "200", "200"])
                        #expect(server.requests.map(\.message.method) == [.invite, .ack, .bye])
                        #expect(client.stack.connectionCount == 1)
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("A refusal is acknowledged by the stack, and the user of the server never sees that ACK")
    func refusal() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            server.answers(486)
            scene.listen(server) { hop in
                client.stack.send(request(.invite), to: hop) { outcome in
                    #expect(word(outcome) == "486")
                    scene.when({ tap.sent.contains("CSeq: 1 ACK") }) {
                        #expect(server.requests.count == 1)
                        let ack = tap.sent.components(from: "ACK sip:bob@example.test SIP/2.0")
                        #expect(ack.contains("CSeq: 1 ACK"))
                        #expect(ack.contains(";tag="))
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("CANCEL before any response waits for the first; the INVITE ends with 487")
    func cancelEarly() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            var words: [String] = []
            server.onRequest = { incoming in
                scene.after(.milliseconds(100)) {
                    #expect(!tap.sent.contains("CANCEL sip"))
                    server.stack.respond(incoming.message.response(180), to: incoming)
                }
            }
            server.onCancel = { server.stack.respond($0.message.response(487), to: $0) }
            scene.listen(server) { hop in
                let key = client.stack.send(request(.invite), to: hop) { outcome in
                    words.append(word(outcome))
                    guard words.last == "487" else { return }
                    #expect(words == ["180", "487"])
                    #expect(server.cancelled.count == 1)
                    #expect(tap.sent.contains("Reason: SIP;cause=480"))
                    #expect(tap.received.contains("CSeq: 1 CANCEL"))
                    scene.end()
                }
                client.stack.cancel(key, headers: ["Reason": "SIP;cause=480"])
            }
        }
    }

    @Test("CANCEL that crosses the 200: the 200 counts, CANCEL gets its own 200, nobody is told of a cancellation")
    func cancelCrosses() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            var words: [String] = []
            var key: SIPTransactionKey?
            server.onRequest = { incoming in
                guard incoming.message.method == .invite else { return }
                server.stack.respond(incoming.message.response(180), to: incoming)
                scene.after(.milliseconds(30)) {
                    // Both leave in the same turn of the loop, so they cross.
                    server.stack.respond(incoming.message.response(200), to: incoming)
                    if let key { client.stack.cancel(key) }
                }
            }
            scene.listen(server) { hop in
                key = client.stack.send(request(.invite), to: hop) { words.append(word($0)) }
                scene.when({ tap.received.contains("CSeq: 1 CANCEL") && words.count == 2 }) {
                    #expect(words == ["180", "200"])
                    #expect(tap.sent.contains("CANCEL sip:bob"))
                    #expect(tap.received.contains("CSeq: 1 CANCEL"))
                    #expect(!tap.received.contains("481"))
                    #expect(server.cancelled.isEmpty)
                    scene.end()
                }
            }
        }
    }

    @Test("A CANCEL for nothing gets 481")
    func cancelForNothing() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            scene.listen(server) { hop in
                client.stack.sendRaw(sampleRequest("CANCEL"), to: hop)
                scene.when({ !tap.received.isEmpty }) {
                    #expect(tap.received.hasPrefix("SIP/2.0 481 "))
                    #expect(server.requests.isEmpty)
                    scene.end()
                }
            }
        }
    }

    @Test("A 2xx is repeated until its ACK, and each is told; without ACK the server's user hears of it")
    func repeatedOK() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.t1 = 10_000_000
            settings.t2 = 40_000_000
            let server = scene.user(settings)
            let client = scene.user()
            var count = 0
            server.answers(200)
            let invite = request(.invite)
            scene.listen(server) { hop in
                client.stack.send(invite, to: hop) { outcome in
                    guard case .response(var response) = outcome else { return scene.fail(word(outcome)) }
                    count += 1
                    guard count == 4 else { return }
                    response.headers.add("Contact", "<sip:bob@x>")
                    guard let dialog = SIPDialog(uac: invite, response: response) else {
                        return scene.fail("the 200 made no dialog")
                    }
                    client.stack.sendStateless(dialog.ack(for: 1), to: hop)
                    // One more may have been on its way; then it is over.
                    scene.after(.milliseconds(200)) {
                        #expect(count <= 5)
                        #expect(server.unacknowledged.isEmpty)
                        server.onUnacknowledged = { scene.end() }
                        client.stack.send(request(.invite, callID: "other"), to: hop) { _ in }
                    }
                }
            }
        }
    }

    @Test("An INVITE gets 100 when the user is slow, and none when that is switched off")
    func trying() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.tryingAfter = 20_000_000
            let server = scene.user(settings)
            settings.sendsTrying = false
            let mute = scene.user(settings)
            let client = scene.user()
            var words: [String] = []
            scene.listen(server) { hop in
                scene.listen(mute) { muteHop in
                    client.stack.send(request(.invite), to: hop) { words.append(word($0)) }
                    client.stack.send(request(.invite), to: muteHop) { words.append("mute " + word($0)) }
                    scene.when({ words.count == 1 && mute.requests.count == 1 }) {
                        #expect(words == ["100"])
                        scene.after(.milliseconds(100)) {
                            #expect(words == ["100"])
                            scene.end()
                        }
                    }
                }
            }
        }
    }

    @Test("An unanswered request fails with a time-out after 64*T1")
    func timeout() async throws {
        try await onLoop { scene in
            var settings = SIPStackSettings()
            settings.t1 = 1_000_000
            let server = scene.user()
            let client = scene.user(settings)
            scene.listen(server) { hop in
                client.stack.send(request(.message), to: hop) { outcome in
                    #expect(word(outcome) == "timeout")
                    scene.end()
                }
            }
        }
    }

    @Test("Requests to one place share a connection, also one being opened; writes of one turn share a write")
    func reuse() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            server.answers(200)
            var answers = 0
            scene.listen(server) { hop in
                for number in 0..<50 {
                    client.stack.send(request(.message, callID: "c\(number)"), to: hop) { _ in
                        answers += 1
                        guard answers == 50 else { return }
                        #expect(server.stack.connectionCount == 1)
                        #expect(client.stack.connectionCount == 1)
                        #expect(tap.writes == 1)
                        #expect(Set(server.requests.map(\.connection)).count == 1)
                        scene.end()
                    }
                }
            }
        }
    }

    @Test("The other end sends requests back down the connection that was opened to it")
    func reverse() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            client.answers(202)
            server.onRequest = { incoming in
                server.stack.send(request(.notify), to: .connection(incoming.connection)) { outcome in
                    #expect(word(outcome) == "202")
                    #expect(client.requests.first?.message.topVia?.port != nil)
                    #expect(server.stack.connectionCount == 1)
                    scene.end()
                }
            }
            scene.listen(server) { hop in client.stack.send(request(.register), to: hop) { _ in } }
        }
    }

    @Test("A double CR LF is answered with one")
    func ping() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let tap = TextTap()
            let client = scene.user(tap: tap)
            scene.listen(server) { hop in
                client.stack.sendRaw(Array("\r\n\r\n".utf8), to: hop)
                scene.when({ !tap.received.isEmpty }) {
                    #expect(tap.received == "\r\n")
                    scene.end()
                }
            }
        }
    }

    @Test("IPv6 works like IPv4")
    func ipv6() async throws {
        try await onLoop { scene in
            let server = scene.user()
            let client = scene.user()
            server.answers(200)
            scene.listen(server, host: "::1") { hop in
                client.stack.send(request(.message), to: hop) { outcome in
                    #expect(word(outcome) == "200")
                    #expect(server.requests.first?.message.topVia?.host == "::1")
                    #expect(server.requests.first?.remoteAddress.hasPrefix("[::1]:") == true)
                    scene.end()
                }
            }
        }
    }

    @Test("The Via of one who listens names where he listens; a wrong one gets `received` from the other end")
    func sentBy() async throws {
        try await onLoop { scene in
            let server = scene.user()
            var settings = SIPStackSettings()
            settings.advertisedHost = "client.test"
            let client = scene.user(settings)
            server.answers(200)
            scene.listen(client) { _ in
                scene.listen(server) { hop in
                    client.stack.send(request(.message), to: hop) { outcome in
                        #expect(word(outcome) == "200")
                        let via = server.requests.first?.message.topVia
                        #expect(via?.host == "client.test")
                        #expect(via?.port == client.stack.listeningAddresses.first?.port)
                        #expect(via?.parameters["received"] == "127.0.0.1")
                        scene.end()
                    }
                }
            }
        }
    }
}

extension String {
    /// The text from the first occurrence of a part; empty without one.
    fileprivate func components(from part: String) -> String {
        var rest = self[...]
        while !rest.isEmpty, !rest.hasPrefix(part) { rest.removeFirst() }
        return String(rest)
    }
}
