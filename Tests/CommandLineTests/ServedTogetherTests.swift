import Testing
import UpperTester

@testable import CommandLine

/// `serve enabler` and two `serve client`, as three programs that know of one another only what their lines `ready` say.
@Suite("Both references served together", .serialized, .timeLimit(.minutes(2)))
struct ServedTogetherTests {
    @Test("who was off-line when the group was made gets what was written, and its sender the report, all asked by HTTP")
    func missedAndDelivered() async throws {
        let enabler = try await ServedEnabler([])
        let outbound = ["--outbound", "127.0.0.1:\(enabler.port)", "--user"]
        let alice = try await ServedClientProcess(outbound + ["sip:alice@cpm.example"])
        let carol = try await ServedClientProcess(outbound + ["sip:carol@cpm.example"])
        let alices = try UpperTesterClient(UpperTesterSettings(baseURL: alice.url))
        let carols = try UpperTesterClient(UpperTesterSettings(baseURL: carol.url))

        _ = try await alices.setOnline(true)
        let made = try await alices.createConversation(NewConversation(participants: ["sip:carol@cpm.example"], subject: "Dinner"))
        let sent = try await alices.sendMessage("At seven?", in: made.id)
        #expect(try await carols.conversations().entries.isEmpty)
        _ = try await carols.setOnline(true)

        let group = try await entry(of: { try await carols.conversations(after: $0, wait: .seconds(2)) }) {
            $0.conversationId == made.conversationId && $0.contributionId == made.contributionId
        }
        let shown = try await entry(of: { try await carols.messages(in: group.id, after: $0, wait: .seconds(2)) }) {
            $0.id == sent.id
        }
        #expect(shown.content == .text("At seven?"))
        #expect(shown.sender == "sip:alice@cpm.example")
        let reported = try await entry(of: { try await alices.messages(in: made.id, after: $0, wait: .seconds(2)) }) {
            $0.id == sent.id && !$0.dispositions.isEmpty
        }
        #expect(reported.dispositions.first?.status == .delivered)

        await alices.shutdown()
        await carols.shutdown()
        #expect(await carol.stop() == 0)
        #expect(await alice.stop() == 0)
        #expect(await enabler.stop() == 0)
    }

    /// The first entry of a list that fits, waited for by long polls for ten seconds at most.
    private func entry<List: RevisedList>(
        of ask: (Int?) async throws -> List, where fits: (List.Entry) -> Bool
    ) async throws -> List.Entry {
        let end = ContinuousClock.now + .seconds(10)
        var revision: Int?
        repeat {
            let list = try await ask(revision)
            if let found = list.entries.first(where: fits) { return found }
            revision = list.revision
        } while .now < end
        return try #require(nil as List.Entry?, "nothing that fits was shown")
    }
}
