import Facts
import Recordings
import TestCases
import Testing

@testable import Judging

@Suite("Claims against the wire")
struct HonestyTests {
    private static func result(_ id: String, shown: Set<ShownTrait>, occasions: Set<ShownTrait>) -> CaseResult {
        var result = CaseResult(id: id, title: "", suite: "", requirements: [], verdict: .pass)
        result.traits.shown = shown
        result.traits.occasions = occasions
        return result
    }

    private static func differences(
        _ cases: [CaseResult], _ change: (inout ImplementationDescription) -> Void
    ) -> [ClaimDifference] {
        var description = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 1))
        description.ics = ICS()
        description.policy = Policy()
        change(&description)
        let planned = cases.map {
            TestCase(id: $0.id, requirements: [], actors: [], steps: [], expectations: [])
        }
        return HonestyCheck(scopes: [ClaimedScope(description: description, planned: planned, isWhole: true)])
            .differences(in: cases)
    }

    @Test("what is claimed and had its occasion and was never seen is listed, and what was seen once is not")
    func claimedNotShown() {
        let silent = Self.result("a", shown: [], occasions: [.deferredAfterLoss])
        let claim: (inout ImplementationDescription) -> Void = { $0.ics[.storesAfterLoss] = "true" }
        let found = Self.differences([silent], claim)
        #expect(found.map(\.kind) == [.claimedNotShown])
        #expect(found.first?.item == "stores-after-loss")
        #expect(found.first?.cases == ["a"])
        let other = Self.result("b", shown: [.deferredAfterLoss], occasions: [.deferredAfterLoss])
        #expect(Self.differences([silent, other], claim).isEmpty)
        #expect(Self.differences([Self.result("c", shown: [], occasions: [])], claim).isEmpty)
    }

    @Test("what is seen although it is not claimed is listed with the cases that show it")
    func shownNotClaimed() {
        let seen = Self.result("a", shown: [.intermediateLists, .deferredMessages], occasions: [.intermediateLists])
        let found = Self.differences([seen]) { $0.policy.storage = false }
        #expect(found.map(\.kind) == [.shownNotClaimed, .shownNotClaimed])
        #expect(found.map(\.item) == ["storage", "delivers-intermediate-lists"])
        #expect(Self.differences([seen]) {
            $0.policy.storage = true
            $0.ics[.deliversIntermediateLists] = "true"
        }.isEmpty)
    }

    @Test("reports in one body go against 'group-imdn: all', and are what 'aggregated' claims")
    func reports() {
        let bundled = Self.result(
            "a", shown: [.singleReports, .aggregatedReports], occasions: [.singleReports, .aggregatedReports])
        let single = Self.result("b", shown: [.singleReports], occasions: [.singleReports, .aggregatedReports])
        func items(_ result: CaseResult, _ value: String) -> [ClaimDifference.Kind] {
            Self.differences([result]) { $0.ics[.groupIMDN] = value }.map(\.kind)
        }
        #expect(items(bundled, "all") == [.shownNotClaimed])
        #expect(items(bundled, "aggregated") == [])
        #expect(items(single, "aggregated") == [.claimedNotShown])
        #expect(items(single, "all") == [])
        #expect(items(single, "none") == [.shownNotClaimed])
    }

    @Test("what the description leaves open differs from nothing")
    func unstated() {
        let all = Self.result("a", shown: Set(ShownTrait.allCases.filter { $0 != .intermediateLists && $0 != .deferredAfterLoss && $0 != .deferredAfterRestart && $0 != .servedAfterBusy }), occasions: [])
        #expect(Self.differences([all]) { _ in }.isEmpty)
    }

    @Test("a recording shows what came later, what began it, and what the implementation says of itself")
    func recorded() throws {
        let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Fixtures/recordings/checks/"
        let late = try RecordingReader.read(
            folder + "twin-058a-messages-and-final-list-after-the-end--absence.not-registered.pass.ndjson")
        let traits = try Judge().judge(late).traits
        #expect(traits.shown.isSuperset(of: [
            .deferredMessages, .intermediateLists, .deliveryAtRegistration, .acceptsLists, .acceptsReports, .storeAndForwardTag,
        ]))
        #expect(!traits.occasions.contains(.deferredAfterLoss))
        #expect(!traits.shown.contains(.deliveryAtFirstRequest))
        let reports = try RecordingReader.read(folder + "twin-058a-dispositions-after-the-end.pass.ndjson")
        let more = try Judge().judge(reports).traits
        #expect(more.shown.contains(.singleReports))
        #expect(!more.shown.contains(.aggregatedReports))
    }
}
