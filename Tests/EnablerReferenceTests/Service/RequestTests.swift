import Foundation
import MSRP
import Payloads
import SIP
import Testing

@testable import EnablerReference

@Suite("What members ask and send again, over real sockets", .timeLimit(.minutes(2)))
struct MemberRequestTests {
    @Test("a message sent again with its imdn.Message-ID is answered, and nobody gets it twice: present, absent, later")
    func sentAgain() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob"])
            try await scene.send("m1", "one", by: "alice", to: ["bob"])
            // Twice in one breath, while the first may not be committed, and once more later.
            let before = try await scene["alice"].run { core in
                core.chat("m2", "two")
                core.chat("m2", "two")
                return core.statuses.count
            }
            try await scene["alice"].wait("both answers") { $0.statuses.count == before + 2 }
            try await scene.send("m1", "one", by: "alice", to: [])
            try await scene.send("m3", "three", by: "alice", to: ["bob"])
            let statuses = try await scene["alice"].run { $0.statuses }
            #expect(statuses.allSatisfy { (200..<300).contains($0) })
            #expect(try await scene["bob"].log.filter { $0.hasPrefix("m") } == ["m1:one", "m2:two", "m3:three"])
            try await scene.register("carol")
            try await scene["carol"].wait("m3") { $0.log.contains("m3:three") }
            try await scene.send("m2", "two", by: "alice", to: [])
            try await scene.send("m4", "four", by: "alice", to: ["bob", "carol"])
            let carol = try await scene["carol"].log.filter { $0.hasPrefix("m") }
            #expect(carol == ["m1:one", "m2:two", "m3:three", "m4:four"])
        }
    }

    @Test("a message sent again after the enabler was started anew on its store is known too")
    func sentAgainAfterRestart() async throws {
        let path = NSTemporaryDirectory() + "enabler-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let settings: (inout EnablerSettings) -> Void = { $0.store = .file(path) }
        try await Scene.play(["alice", "carol"], absent: ["carol"], settings: settings) { scene in
            try await scene.create(inviting: ["carol"], joining: [])
            try await scene.send("m1", "one", by: "alice", to: [])
        }
        try await Scene.play(["alice", "carol"], absent: ["carol"], settings: settings) { scene in
            try await scene["alice"].wait("the session") { $0.sessions.last?.msrp.isConnected == true }
            try await scene.send("m1", "one", by: "alice", to: [])
            try await scene.send("m2", "two", by: "alice", to: [])
            try await scene.register("carol")
            try await scene["carol"].wait("m2") { $0.log.contains("m2:two") }
            #expect(try await scene["carol"].log.filter { $0.hasPrefix("m") } == ["m1:one", "m2:two"])
        }
    }

    @Test("two members may use one imdn.Message-ID: both messages arrive, and reports go to the first")
    func oneIDOfTwo() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob", "carol"], joining: ["bob", "carol"])
            try await scene.send("m1", "of alice", by: "alice", to: ["bob", "carol"])
            try await scene.send("m1", "of bob", by: "bob", to: ["alice", "carol"])
            try await scene["carol"].run { $0.report("m1", .delivery, "delivered") }
            try await scene["alice"].wait("the report") { $0.log.contains("imdn m1 delivered") }
            let bob = try await scene["bob"].log
            #expect(!bob.contains("imdn m1 delivered"))
        }
    }

    @Test("who registered with a Path is invited through it: the INVITE goes to its first hop, with the Path as Route")
    func path() async throws {
        try await Scene.play(["alice", "bob", "carol"], absent: ["carol"]) { scene in
            let proxy = try await scene["bob"].run { "<sip:127.0.0.1:\($0.contactPort);transport=tcp;lr>" }
            let contact = try await scene["carol"].run { core in
                core.registerFields = ["Path": proxy + ", <sip:second.cpm.example;lr>"]
                return "sip:carol@127.0.0.1:\(core.contactPort)"
            }
            try await scene.register("carol")
            #expect(try await scene["carol"].run { $0.lastResponse?.headers["Path"] } != nil, "the 200 says it again")
            try await scene.create(inviting: ["carol"], joining: [])
            try await scene["bob"].wait("the invitation of carol") { !$0.invites.isEmpty }
            let invite = try #require(try await scene["bob"].run { $0.invites.first })
            #expect(invite.requestURI == contact)
            #expect(invite.headers.lines("Route").joined(separator: ", ") == proxy + ", <sip:second.cpm.example;lr>")
            #expect(try await scene["carol"].run { $0.invites.isEmpty })
        }
    }

    @Test("REFER in the dialog of the session: NOTIFYs come in that dialog, name the REFER, and tell the outcome")
    func referInDialog() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await scene["alice"].run { $0.addInDialog("carol") }
            try await scene["alice"].wait("the outcome") { $0.log.contains { $0.hasPrefix("notify terminated") } }
            let notifies = try await scene["alice"].run { core in
                core.requests.filter { $0.method == .notify && $0.headers["Event"]?.hasPrefix("refer") == true }
            }
            let (dialog, refer) = try #require(try await scene["alice"].run { core in
                core.sessions.last?.dialog.map { ($0, $0.localSequence) }
            })
            #expect(notifies.allSatisfy { dialog.matches($0) && $0.headers["Event"] == "refer;id=\(refer)" })
            #expect(notifies.map { String(decoding: $0.body, as: UTF8.self) } == [
                "SIP/2.0 100 Trying\r\n", "SIP/2.0 200 OK\r\n",
            ])
            let numbers = notifies.compactMap(\.cseq?.number)
            #expect(numbers == numbers.sorted() && Set(numbers).count == 2)
            try await scene.send("m1", "one", by: "alice", to: ["bob", "carol"])
        }
    }

    @Test("REFER with Refer-Sub: false gets no NOTIFY, and is told so")
    func referWithoutSubscription() async throws {
        try await Scene.play(["alice", "bob", "carol"]) { scene in
            try await scene.create(inviting: ["bob"], joining: ["bob"])
            try await scene["alice"].run {
                $0.addInDialog("carol", ["Refer-Sub": "false", "Supported": "norefersub"])
            }
            try await scene["carol"].wait("the invitation") { $0.sessions.last?.msrp.isConnected == true }
            #expect(try await scene["alice"].run { $0.lastResponse?.headers["Refer-Sub"] } == "false")
            try await scene.send("m1", "one", by: "alice", to: ["bob", "carol"])
            #expect(try await scene["alice"].count(.notify) == 0)
        }
    }
}
