import ClientReference
import Foundation
import Judging
import Playing
import Proving
import Recordings
import TestCases
import Testing

@testable import CommandLine

/// The suite for clients against the reference client: as it is, with each legal variation, and with each defect.
@Suite("The suite for clients", .serialized, .timeLimit(.minutes(10)))
struct ClientDefectTests {
    static let suites: [TestCase] = {
        let loaded = try? SuiteLoader.load(directory: Built.suites)
        return loaded?.cases.filter { $0.role == .client } ?? []
    }()

    /// Plays cases against one client and judges them.
    private func results(
        _ cases: [TestCase], _ client: EmbeddedClient, jobs: Int = 16
    ) async -> [CaseResult] {
        let settings = PlaySettings(seed: 1, wallClock: { Int64(Date().timeIntervalSince1970 * 1000) })
        let bookings = cases.map { Booking($0, against: client, settings: settings) }
        let played = await CasePool(jobs: jobs).play(bookings) { _, played -> CaseResult? in
            guard let recording = played.recording else { return nil }
            return await Prover.result(of: played, recording)
        }
        return played.compactMap { $0 ?? nil }
    }

    @Test("there are cases for 058c and 058d, at least 45")
    func enough() {
        #expect(Self.suites.count >= 45)
        #expect(Set(Self.suites.flatMap(\.requirements)) == ["CPM-CONV-058c", "CPM-CONV-058d"])
    }

    @Test("the conformant client passes every case")
    func conformant() async {
        let results = await results(Self.suites, EmbeddedClient())
        #expect(results.count == Self.suites.count)
        for result in results { #expect(result.verdict == .pass, "\(result.id): \(result.reasons.map(\.text))") }
    }

    @Test("a client that processes no intermediate lists, and says so, passes every case that applies to it")
    func withoutIntermediateLists() async {
        let client = EmbeddedClient(variations: [.noIntermediateLists])
        let cases = Self.suites.filter { $0.reasonNotApplicable(to: client.description) == nil }
        #expect(Set(cases.flatMap(\.requirements)) == ["CPM-CONV-058c"])
        #expect(cases.contains { $0.id == "058c-intermediate-changes-do-no-harm" })
        // Where lists matter; each of the others is played with every variation in turn.
        let aboutLists = cases.filter { testCase in ["Intermediate", "Final", "Restart"].contains { testCase.suite.hasPrefix($0) } }
        #expect(aboutLists.count >= 15)
        for result in await results(aboutLists, client) {
            #expect(result.verdict == .pass, "\(result.id): \(result.reasons.map(\.text))")
        }
    }

    @Test("no variation is flagged by a case of each kind", arguments: ClientVariation.allCases)
    func variation(_ variation: ClientVariation) async {
        let client = EmbeddedClient(variations: [variation])
        let applying = Self.suites.filter { $0.reasonNotApplicable(to: client.description) == nil }
        let bySuite = Dictionary(grouping: applying, by: \.suite)
        let place = ClientVariation.allCases.firstIndex(of: variation) ?? 0
        let cases = bySuite.values.map { $0[place % $0.count] }
        for result in await results(cases, client) {
            #expect(result.verdict == .pass, "\(result.id): \(result.reasons.map(\.text))")
        }
    }
}
