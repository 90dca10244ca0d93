import EnablerReference
import HTTP
import NIOCore
import Synchronization
import TestSupport
import Testing
import UpperTester

@testable import ClientReference

@Suite("The upper tester of a reference client, over HTTP", .timeLimit(.minutes(2)))
struct UpperTesterTests {
    /// Runs `body` with a client of the upper tester of each reference client.
    static func play(
        _ names: [String], cast: [String: Scene.Cast] = [:], serving operations: Set<UpperTesterOperation> = [],
        _ body: (Scene, [String: UpperTesterClient]) async throws -> Void
    ) async throws {
        try await Scene.play(names, absent: Set(names), cast: cast) { scene in
            let served = Mutex<[Served]>([])
            var servers: [HTTPServer] = []
            var testers: [String: UpperTesterClient] = [:]
            for name in names {
                let routes = UpperTesterRoutes(scene[name])
                let server = try await HTTPServer.start(on: scene.loop) { request in
                    let answer = await routes.answer(request)
                    served.withLock { $0.append(Served(request: request, answer: answer)) }
                    return answer
                }
                servers.append(server)
                testers[name] = try UpperTesterClient(UpperTesterSettings(baseURL: "http://\(server.address)"))
            }
            do {
                try await body(scene, testers)
            } catch {
                #expect(Bool(false), "\(error)")
            }
            for tester in testers.values { await tester.shutdown() }
            for server in servers { await server.stop() }
            try check(served.withLock { $0 }, mustServe: operations)
        }
    }

    private struct Served {
        var request: HTTPServerRequest
        var answer: HTTPServerResponse
    }

    /// Everything that was served is as the OpenAPI document says.
    private static func check(_ all: [Served], mustServe operations: Set<UpperTesterOperation>) throws {
        let specification = try UpperTesterSpecification.shared.get()
        var succeeded: Set<String> = []
        for (request, answer) in all.map({ ($0.request, $0.answer) }) {
            let name = try #require(specification.name(ofMethod: request.method, target: request.target))
            let faults = specification.faults(
                of: name, status: answer.status, type: answer.headers.mediaType, body: answer.body)
            #expect(faults.isEmpty, "\(name) \(answer.status): \(faults)")
            if answer.status < 300 { succeeded.insert(name) }
        }
        #expect(Set(operations.map(\.rawValue)).subtracting(succeeded) == [])
    }

    @Test("on-line, create, send, read: documents say what the users see as the OpenAPI document does, and long polls end with the change")
    func wholeStory() async throws {
        let operations = Set(UpperTesterOperation.allCases).subtracting([.answerInvitation, .conversation, .meetInvitations, .restartConversation])
        try await Self.play(["alice", "bob"], serving: operations) { _, testers in
            let alice = try #require(testers["alice"])
            let bob = try #require(testers["bob"])
            #expect(try await alice.identity().hasLongPoll)
            #expect(try await !alice.connection().online)
            for tester in [alice, bob] { #expect(try await tester.setOnline(true).registered) }
            let group = try await alice.createConversation(
                NewConversation(participants: ["sip:bob@cpm.example"], subject: "Über uns"))
            #expect(group.state == .active)
            let sent = try await alice.sendMessage("héllo", in: group.id)
            #expect(sent.direction == .sent)
            var known = try await bob.conversations()
            while known.entries.isEmpty {
                known = try await bob.conversations(after: known.revision, wait: .seconds(5))
            }
            let theirs = try #require(known.entries.first)
            #expect(theirs.conversationId == group.conversationId)
            #expect(theirs.subject == "Über uns")
            var messages = try await bob.messages(in: theirs.id)
            while messages.entries.isEmpty {
                messages = try await bob.messages(in: theirs.id, after: messages.revision, wait: .seconds(5))
            }
            let message = try #require(messages.entries.first)
            #expect(message.id == sent.id)
            #expect(message.content == .text("héllo"))
            #expect(message.sender == "sip:alice@cpm.example")
            #expect(message.sentAt == sent.sentAt)
            #expect(!message.read)
            try await bob.markRead(message.id, in: theirs.id)
            #expect(try await bob.messages(in: theirs.id).entries.first?.read == true)
            var own = try await alice.messages(in: group.id)
            while own.entries.first?.dispositions.contains(where: { $0.status == .displayed }) != true {
                own = try await alice.messages(in: group.id, after: own.revision, wait: .seconds(5))
            }
            #expect(own.entries.first?.dispositions.first?.recipient == "sip:bob@cpm.example")
            let people = try await bob.participants(in: theirs.id).entries
            #expect(people.filter(\.isSelf).map(\.uri) == ["sip:bob@cpm.example"])
            #expect(try await bob.history(in: theirs.id).entries.contains { $0.kind == .message(id: message.id) })
            await #expect(throws: UpperTesterFailure.self) { try await bob.restartConversation(theirs.id) }
            #expect(try await bob.setOnline(true).registered)
            #expect(try await bob.leaveConversation(theirs.id).state == .ended)
            await #expect(throws: UpperTesterFailure.self) { try await bob.leaveConversation(theirs.id) }
            await #expect(throws: UpperTesterFailure.self) { try await bob.sendMessage("still here", in: theirs.id) }
            #expect(try await !bob.setOnline(false).registered)
        }
    }

    @Test("what cannot be is refused with its reason: unknown conversations, nobody to register with, a live group")
    func refusals() async throws {
        try await Self.play(["alice"], cast: ["alice": .init(settings: { $0.outboundPort = 1 })]) { _, testers in
            let alice = try #require(testers["alice"])
            await #expect(throws: UpperTesterFailure.self) { try await alice.messages(in: "77") }
            await #expect(throws: UpperTesterFailure.self) { try await alice.setOnline(true) }
            await #expect(throws: UpperTesterFailure.self) {
                try await alice.createConversation(NewConversation(participants: ["sip:bob@cpm.example"]))
            }
        }
    }
}
