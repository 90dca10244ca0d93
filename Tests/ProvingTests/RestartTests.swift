import EnablerReference
import Judging
import NIOPosix
import Playing
import TestCases
import Testing

@testable import Proving

@Suite("The embedded enabler, stopped and started", .timeLimit(.minutes(2)))
struct RestartTests {
    private func judged(_ id: String, _ defects: Set<Defect> = []) async throws -> CaseResult {
        let testCase = try #require(try SuiteLoader.load(directory: Samples.suites).cases.first { $0.id == id })
        let settings = PlaySettings(seed: 1, wallClock: { 1_790_000_000_000 })
        let player = CasePlayer(
            testCase, implementation: EmbeddedEnabler(defects: defects), settings: settings,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next())
        return try Judge().judge(try #require(await player.play().recording))
    }

    @Test("it is found at the same place, and what it stored is there")
    func keeps() async throws {
        let result = try await judged("058a-restart-in-the-session--absence.never-answers")
        #expect(result.verdict == .pass, "\(result.reasons)")
        #expect(result.checks.contains { $0.id == "messages.complete" && $0.outcome == .pass })
    }

    @Test("one that keeps nothing is caught")
    func loses() async throws {
        let result = try await judged("058a-restart-in-the-session--absence.never-answers", [.storeLostAtRestart])
        #expect(result.checks.filter { $0.outcome == .fail }.map(\.id) == ["messages.complete"])
    }

    @Test("one that forgets how far a broken delivery came is caught, by what it forgets", arguments: [
        Defect.unansweredLostAtCrash: "messages.complete", .confirmedAgainAfterCrash: "messages.once",
    ])
    func forgetsTheDelivery(_ defect: Defect, _ check: String) async throws {
        let id = "058a-restart-after-a-broken-delivery--absence.not-registered"
        let good = try await judged(id)
        #expect(good.verdict == .pass, "\(good.reasons)")
        let bad = try await judged(id, [defect])
        #expect(bad.checks.contains { $0.id == check && $0.outcome == .fail })
    }
}
