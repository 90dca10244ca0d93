import Connections
import Diagnostics
import Foundation
import MSRP
import NIOCore
import Payloads
import SIP
import Testing

@testable import EnablerReference

@Suite("What comes from outside is not believed", .timeLimit(.minutes(1)))
struct HostileTests {
    @Test("bad requests get a 4xx and leave the enabler working")
    func badRequests() async throws {
        try await Scene.play(["alice", "mallory"]) { scene in
            let cases: [(String, SIPHeaders, String, Int)] = [
                ("INVITE", ["Content-Type": "application/sdp"], "nonsense", 400),
                ("INVITE", ["Content-Type": "multipart/mixed;boundary=x"], "--x\r\n\r\n--x--", 400),
                ("INVITE", ["Content-Type": "multipart/mixed"], "", 400),
                ("INVITE", ["Require": "precondition"], "", 420),
                ("SUBSCRIBE", ["Event": "presence"], "", 489),
                ("SUBSCRIBE", ["Event": "conference"], "", 404),
                ("REFER", ["Refer-To": "<sip:bob@cpm.example>"], "", 404),
                ("BYE", [:], "", 481),
                ("NONSENSE", [:], "", 405),
                ("MESSAGE", ["Content-Type": "message/cpim"], "not cpim", 400),
                ("REGISTER", ["Contact": "*"], "", 400),
                ("REGISTER", ["Contact": "<mailto:x@y>", "Expires": "60"], "", 400),
                ("OPTIONS", [:], "", 200),
            ]
            for (method, headers, body, status) in cases {
                let before = try await scene["mallory"].run { $0.statuses.count }
                try await scene["mallory"].run { mallory in
                    var all: SIPHeaders = headers["Contact"] == nil ? ["Contact": mallory.contact] : [:]
                    all.add(contentsOf: headers)
                    let uri = method == "REGISTER" ? mallory.user : "sip:factory@cpm.example"
                    mallory.send(
                        SIPMessage.request(
                            SIPMethod(rawValue: method), uri: uri, mallory.identity(to: uri), headers: all,
                            body: Array(body.utf8)))
                }
                try await scene["mallory"].wait("an answer to \(method)") { $0.statuses.count > before }
                let got = try await scene["mallory"].run { $0.statuses.last }
                #expect(got == status, "\(method) \(body)")
            }
        }
    }

    @Test("who is no member can neither join, subscribe nor add")
    func strangers() async throws {
        try await Scene.play(["alice", "bob", "mallory"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            let focus = try await scene["alice"].run { $0.focus }
            try await scene["mallory"].run { $0.focus = focus; $0.rejoin(focus) }
            try await scene["mallory"].wait("403") { $0.statuses == [200, 403] }
            try await scene["mallory"].run { $0.subscribe() }
            try await scene["mallory"].wait("403") { $0.statuses == [200, 403, 403] }
            try await scene["mallory"].run { $0.add("mallory") }
            try await scene["mallory"].wait("403") { $0.statuses == [200, 403, 403, 403] }
            // One who left can not come back by itself either.
            try await scene["alice"].run { $0.add("mallory") }
            try await scene["mallory"].wait("the invitation") { $0.sessions.count == 1 }
            try await scene.leave("mallory")
            try await scene["mallory"].run { $0.rejoin(focus) }
            try await scene["mallory"].wait("403") { $0.statuses.last == 403 }
        }
    }

    @Test("MSRP bodies that are no CPIM, or reports that cannot be read, are refused")
    func badMessages() async throws {
        try await Scene.play(["alice", "bob"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            let bodies: [(String, String, Int)] = [
                ("text/plain", "hello", 415), ("message/cpim", "hello", 400),
                ("message/cpim", "From: <sip:a@b>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn", 400),
            ]
            for (type, body, code) in bodies {
                let before = try await scene["alice"].run { $0.statuses.count }
                try await scene["alice"].run { alice in
                    alice.sessions[0].msrp.send(
                        MSRPOutgoingMessage(
                            messageID: alice.tokens.token(), contentType: type, body: Array(body.utf8))
                    ) { outcome in
                        if case .answered(let code, _) = outcome { alice.statuses.append(code) }
                    }
                }
                try await scene["alice"].wait("an answer") { $0.statuses.count > before }
                let got = try await scene["alice"].run { $0.statuses.last }
                #expect(got == code, "\(type) \(body)")
            }
            let log = try await scene["bob"].log
            #expect(log == ["invited sendrecv"])
        }
    }

    @Test("digest: a wrong password is challenged for ever, the right one is let in with either algorithm")
    func digest() async throws {
        try await Scene.play(
            ["alice", "bob"], absent: ["alice", "bob"],
            settings: { $0.digest = DigestSettings(realm: "cpm.example", passwords: ["alice": "secret", "bob": "other"]) }
        ) { scene in
            try await scene["alice"].run {
                $0.digest = DigestClient(user: "alice", password: "secret")
                $0.register()
            }
            try await scene["alice"].wait("200") { $0.statuses == [200] }
            try await scene["bob"].run {
                $0.digest = DigestClient(user: "bob", password: "wrong")
                $0.register()
            }
            try await scene["bob"].wait("401") { $0.statuses == [401] }
            // A request of one who did not register on this connection is challenged, too.
            try await scene["bob"].run { $0.digest = nil; $0.create(inviting: ["alice"]) }
            try await scene["bob"].wait("407") { $0.statuses == [401, 407] }
            // Another's name does not help.
            try await scene["bob"].run { bob in
                var identity = bob.identity(to: "sip:factory@cpm.example")
                identity.from = NameAddress(uri: "sip:alice@cpm.example", parameters: ["tag": "x"])
                bob.send(SIPMessage.request(.invite, uri: "sip:factory@cpm.example", identity, headers: ["Contact": bob.contact]))
            }
            try await scene["bob"].wait("407") { $0.statuses == [401, 407, 407] }
        }
    }

    @Test("digest: only the algorithms of the settings are offered, in their order")
    func offeredAlgorithms() async throws {
        for algorithms: [DigestAlgorithm] in [[.md5], [.md5, .sha256]] {
            try await Scene.play(
                ["alice"], absent: ["alice"],
                settings: {
                    $0.digest = DigestSettings(
                        realm: "cpm.example", passwords: ["alice": "secret"], algorithms: algorithms)
                }
            ) { scene in
                try await scene["alice"].run { $0.register() }
                try await scene["alice"].wait("401") { $0.statuses == [401] }
                let offered = try await scene["alice"].run { alice in
                    algorithms.map { algorithm in
                        alice.challenges.firstIndex { $0.contains("algorithm=\(algorithm.rawValue),") }
                    } + [alice.challenges.count]
                }
                #expect(offered == Array(algorithms.indices) + [algorithms.count])
            }
        }
    }

    @Test("stopping leaves the store closed, also with sessions and calls under way")
    func nothingIsLeft() async throws {
        let path = NSTemporaryDirectory() + "left-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        try await Scene.play(["alice", "bob"], settings: { $0.store = .file(path) }) { scene in
            try await scene["bob"].run { $0.policy = .ring }
            try await scene.create(inviting: ["bob"], joining: [])
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let open = names.filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix(path) == true
        }
        #expect(open == [])
    }
}
