import Connections
import Foundation
import NIOCore
import SIP
import Testing

/// Certificates made once for the tests, in a temporary folder that goes with them.
final class Certificates: Sendable {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sip-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try authority("ca")
        try authority("other")
        let here = "DNS:localhost,IP:127.0.0.1,IP:::1"
        try leaf("good", by: "ca", names: here)
        try leaf("elsewhere", by: "ca", names: "DNS:elsewhere.test")
        let dates = ["-not_before", "20200101000000Z", "-not_after", "20200201000000Z"]
        try leaf("expired", by: "ca", names: here, dates: dates)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func client(_ authority: String = "ca", serverName: String? = nil) throws -> TLSClient {
        try TLSClient(authorityFile: "\(folder)/\(authority).pem", serverName: serverName)
    }

    func server(_ name: String) throws -> TLSServer {
        try TLSServer(certificateFile: "\(folder)/\(name).pem", keyFile: "\(folder)/\(name).key")
    }

    private func authority(_ name: String) throws {
        try run([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
        ])
    }

    private func leaf(_ name: String, by authority: String, names: String, dates: [String] = []) throws {
        try run([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).csr",
        ])
        let settings = """
            [ca]
            default_ca = d
            [d]
            database = \(folder)/\(name).index
            new_certs_dir = \(folder)
            rand_serial = yes
            default_md = sha256
            default_days = 2
            policy = p
            x509_extensions = x
            [p]
            commonName = supplied
            [x]
            subjectAltName = \(names)
            """
        try settings.write(toFile: "\(folder)/\(name).cnf", atomically: true, encoding: .utf8)
        try "".write(toFile: "\(folder)/\(name).index", atomically: true, encoding: .utf8)
        var words = ["ca", "-batch", "-notext", "-config", "\(folder)/\(name).cnf", "-in", "\(folder)/\(name).csr"]
        words += ["-cert", "\(folder)/\(authority).pem", "-keyfile", "\(folder)/\(authority).key"]
        words += ["-out", "\(folder)/\(name).pem"]
        // The days it is good for, in the form of every version of the command.
        for (option, short) in [("-not_before", "-startdate"), ("-not_after", "-enddate")] {
            if let place = dates.firstIndex(of: option) { words += [short, dates[place + 1]] }
        }
        try run(words)
    }

    private func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + words
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            throw SceneFailure("openssl \(words.joined(separator: " ")): \(String(decoding: text, as: UTF8.self))")
        }
    }
}

@Suite("Stack over TLS")
struct TLSTests {
    static let certificates = Result { try Certificates() }

    private func certificates() throws -> Certificates { try Self.certificates.get() }

    @Test("A request goes over TLS and back; the connection is used again", arguments: ["127.0.0.1", "::1"])
    func works(_ host: String) async throws {
        let made = try certificates()
        let tlsClient = try made.client()
        let tlsServer = try made.server("good")
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
        let right = try made.client(serverName: "elsewhere.test")
        let tlsServer = try made.server("elsewhere")
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
        ("expired", "ca"), ("elsewhere", "ca"), ("good", "other"),
    ])
    func refused(_ leaf: String, _ authority: String) async throws {
        let made = try certificates()
        let tlsClient = try made.client(authority)
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
        let tlsServer = try made.server("good")
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
        let tlsServer = try made.server("good")
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
