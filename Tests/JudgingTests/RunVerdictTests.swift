import Recordings
import TestCases
import Testing

@testable import Judging

@Suite("Verdicts of requirements and ICS items")
struct RunVerdictTests {
    private static let catalogue = RequirementCatalogue(requirements: [
        requirement(.store), requirement(.deliver, unless: [.storage: "off"]),
        requirement(.intermediate, claimedBy: .deliversIntermediateLists),
        requirement("CPM-CONV-058c", role: .client),
    ])

    private static func requirement(
        _ id: RequirementID, role: ImplementationRole = .enabler, claimedBy: ICSOption? = nil,
        unless: [PolicyItem: String] = [:]
    ) -> Requirement {
        var all = RequirementCatalogue(naming: [id], role: role).requirements[0]
        all.claimedBy = claimedBy?.rawValue
        all.unlessPolicy = unless
        return all
    }

    private static func testCase(_ id: String, _ requirements: [RequirementID], _ absence: Absence) -> TestCase {
        TestCase(
            id: id, requirements: requirements,
            actors: [ActorRole(name: "alice", absence: .present), ActorRole(name: "carol", absence: absence)],
            steps: [], expectations: [])
    }

    private static func check(
        _ id: String, _ requirements: [RequirementID], _ outcome: CheckOutcome, at subject: String = "carol"
    ) -> CheckResult {
        CheckResult(
            id: id, subject: subject, requirements: requirements, basis: .clause, outcome: outcome, expected: "",
            observed: "what was seen")
    }

    private static func result(_ testCase: TestCase, _ checks: [CheckResult], _ verdict: Verdict? = nil) -> CaseResult {
        let worst = checks.map(\.outcome.verdict).max() ?? .inconclusive
        return CaseResult(
            id: testCase.id, title: "", suite: "", requirements: testCase.requirements, verdict: verdict ?? worst,
            reasons: verdict == .inconclusive ? [Reason(.inconclusive, code: "preamble", "no group")] : [], checks: checks)
    }

    private static func claiming(_ change: (inout ImplementationDescription) -> Void = { _ in }) -> ImplementationDescription {
        var description = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 1))
        description.ics = ICS()
        description.policy = Policy()
        change(&description)
        return description
    }

    private static func settle(
        _ results: [CaseResult], planned: [TestCase], filteredOut: [TestCase] = [], isWhole: Bool = true,
        _ description: ImplementationDescription = claiming()
    ) -> RunResult {
        var run = RunResult(command: "run", started: "", seconds: 0, implementation: "x", cases: results)
        let scope = ClaimedScope(
            description: description, planned: planned, filteredOut: filteredOut, isWhole: isWhole)
        RunVerdicts(catalogue, [scope]).settle(&run)
        return run
    }

    private static let missed = testCase("missed", [.store, .deliver], .notRegistered)
    private static let lost = testCase("lost", [.store, .deliver], .losesConnection)
    private static let both: [RequirementID] = [.store, .deliver]

    @Test("a requirement is the worst of its checks, and in doubt where a case of its stopped short")
    func worst() {
        func verdict(_ second: CaseResult) -> Verdict? {
            let first = Self.result(Self.missed, [Self.check("messages.complete", Self.both, .pass)])
            return Self.settle([first, second], planned: [Self.missed, Self.lost]).requirements[1].verdict
        }
        #expect(verdict(Self.result(Self.lost, [Self.check("messages.complete", Self.both, .pass)])) == .pass)
        #expect(verdict(Self.result(Self.lost, [Self.check("messages.complete", Self.both, .fail)])) == .fail)
        #expect(verdict(Self.result(Self.lost, [], .inconclusive)) == .inconclusive)
        #expect(verdict(Self.result(Self.lost, [Self.check("roster.final", [.deliver], .inconclusive)])) == .inconclusive)
    }

    @Test("what passes in a case whose script did not get there shows nothing; what fails in it has failed")
    func doubtful() throws {
        let claim = Self.claiming { $0.ics[.storesAfterLoss] = "true" }
        func item(_ outcome: CheckOutcome) throws -> ICSResult {
            var result = Self.result(Self.lost, [Self.check("messages.complete", Self.both, outcome)])
            result.reasons.append(Reason(.inconclusive, code: "unmet", "step 4 did not get there"))
            result.verdict = result.verdict.worst(with: .inconclusive)
            let run = Self.settle([result], planned: [Self.lost], claim)
            return try #require(run.ics.first { $0.option == .storesAfterLoss })
        }
        #expect(try item(.pass).verdict == .inconclusive)
        #expect(try item(.pass).reasons.first?.text == "lost: step 4 did not get there")
        #expect(try item(.fail).verdict == .fail)
    }

    @Test("of the cases that judged it, it says how many said what the verdict is")
    func decisive() {
        let passed = Self.result(Self.missed, [Self.check("messages.complete", Self.both, .pass)])
        let failed = Self.result(
            Self.lost, [Self.check("messages.complete", Self.both, .pass), Self.check("messages.once", [.deliver], .fail)])
        let run = Self.settle([passed, failed], planned: [Self.missed, Self.lost])
        #expect(run.requirements[0].cases.count == 2 && run.requirements[0].decisive == 2)
        #expect(run.requirements[1].cases.count == 2 && run.requirements[1].decisive == 1)
    }

    @Test("what is not claimed is not applicable and never a pass, though its checks passed by the way")
    func notClaimed() {
        let passed = Self.result(
            Self.missed, [Self.check("messages.complete", Self.both, .pass), Self.check("roster.valid", [.intermediate], .pass)])
        let run = Self.settle([passed], planned: [Self.missed])
        #expect(run.requirements.map(\.word) == ["pass", "pass", "not applicable", "not applicable"])
        #expect(run.requirements[2].notApplicable?.contains("'delivers-intermediate-lists' is not stated") == true)
        #expect(run.requirements[3].notApplicable?.contains("client") == true)
        #expect(run.isFullPass)
    }

    @Test("claimed, stimulated and absent is a fail of the requirement and of the claim")
    func claimedAndAbsent() {
        let lists = Self.testCase("lists", [.intermediate], .notRegistered)
        let run = Self.settle(
            [Self.result(lists, [Self.check("roster.intermediate", [.intermediate], .fail)])], planned: [lists],
            Self.claiming { $0.ics[.deliversIntermediateLists] = "true" })
        #expect(run.requirements[2].verdict == .fail)
        #expect(run.ics.first { $0.option == .deliversIntermediateLists }?.verdict == .fail)
        #expect(!run.isFullPass)
    }

    @Test("claimed and never judged is inconclusive, says why, and keeps the run from a full pass")
    func neverJudged() throws {
        let passed = Self.result(Self.missed, [Self.check("messages.complete", Self.both, .pass)])
        let claim = Self.claiming { $0.ics[.storesAfterLoss] = "true" }
        func item(_ run: RunResult) throws -> ICSResult { try #require(run.ics.first { $0.option == .storesAfterLoss }) }

        let filtered = Self.settle([passed], planned: [Self.missed], filteredOut: [Self.lost], claim)
        #expect(try item(filtered).verdict == .inconclusive)
        #expect(try item(filtered).isNeverJudged)
        #expect(try item(filtered).reasons[0].text.contains("filtered out"))
        #expect(filtered.missing.contains("1 case that applies was filtered out"))

        let without = Self.settle([passed], planned: [Self.missed], claim)
        #expect(try item(without).reasons[0].text.contains("no case that applies judged it"))
        #expect(without.missing == ["the ICS item 'stores-after-loss: true' is inconclusive (never judged)"])

        let again = Self.settle([passed], planned: [Self.missed], isWhole: false)
        #expect(again.missing.count == 1)
        #expect(!again.isFullPass)

        let judged = Self.settle(
            [passed, Self.result(Self.lost, [Self.check("messages.complete", Self.both, .pass)])],
            planned: [Self.missed, Self.lost], claim)
        #expect(try item(judged).verdict == .pass)
        #expect(try item(judged).cases == ["lost"])
        #expect(judged.isFullPass)
    }

    @Test("a reading that no case holds an implementation to is said, and keeps nothing from a full pass", arguments: [
        (ICSOption.declinedReading, "owed"), (.lateInviteeReading, "owed"), (.creatorReading, "not-owed"), (.removedReading, "not-owed"),
    ])
    func otherReading(option: ICSOption, value: String) throws {
        let run = Self.settle([], planned: [], Self.claiming { $0.ics[option] = value })
        let item = try #require(run.ics.first { $0.option == option })
        #expect(!item.isClaimed)
        #expect(item.notApplicable?.contains("no case") == true)
        #expect(!run.itemsWithoutPass.contains { $0.contains(option.rawValue) })
    }

    @Test("a check that says nothing of a claim does not decide it")
    func otherChecks() throws {
        let failed = Self.result(
            Self.lost, [Self.check("messages.complete", Self.both, .pass), Self.check("messages.datetime", [.deliver], .fail)])
        let run = Self.settle([failed], planned: [Self.lost], Self.claiming { $0.ics[.storesAfterLoss] = "true" })
        #expect(run.ics.first { $0.option == .storesAfterLoss }?.verdict == .pass)
        #expect(run.requirements[1].verdict == .fail)
    }

    @Test("what the policy withholds is not applicable and names the policy")
    func withheld() {
        let passed = Self.result(Self.missed, [Self.check("policy.withheld", [.store], .pass)])
        let run = Self.settle(
            [passed], planned: [Self.missed],
            Self.claiming {
                $0.policy.storage = false
                $0.ics[.deliversIntermediateLists] = "true"
            })
        #expect(run.requirements[0].verdict == .pass)
        #expect(run.requirements[1].notApplicable?.contains("'storage' is off") == true)
        #expect(run.ics.first { $0.option == .deliversIntermediateLists }?.notApplicable?.contains("storage") == true)
    }

    @Test("of several profiles the worst counts, and one that claims nothing takes nothing away")
    func profiles() {
        let passed = Self.result(Self.missed, [Self.check("messages.complete", Self.both, .pass)])
        var other = Self.missed
        other.id = "missed@strict"
        let failed = Self.result(other, [Self.check("messages.complete", Self.both, .fail)])
        var run = RunResult(command: "run", started: "", seconds: 0, implementation: "x", cases: [passed, failed])
        var second = ClaimedScope(
            description: Self.claiming { $0.policy.storage = false }, planned: [other], isWhole: true)
        second.name = "strict"
        RunVerdicts(Self.catalogue, [ClaimedScope(description: Self.claiming(), planned: [Self.missed], isWhole: true), second])
            .settle(&run)
        #expect(run.requirements[0].verdict == .fail)
        #expect(run.requirements[1].verdict == .pass)
    }

    @Test("recordings that are judged again bring their claims with them")
    func recorded() throws {
        var scopes = RecordedScopes()
        func recording(_ testCase: TestCase, _ claims: ImplementationDescription) -> Recording {
            Recording(
                header: RecordingHeader(start: "", case: testCase.json, iut: claims.json, binding: .null, seed: 1), lines: [])
        }
        let cases = try SuiteLoader.load(directory: packageRoot + "/Suites").cases
        let other = Self.claiming { $0.ics[.groupIMDN] = "none" }
        for testCase in cases.prefix(2) { scopes.take(recording(testCase, other)) }
        scopes.take(recording(cases[2], Self.claiming()))
        #expect(scopes.all.map(\.planned.count) == [2, 1])
        #expect(scopes.all[0].description.ics[.groupIMDN] == "none")
        #expect(scopes.all.allSatisfy { !$0.isWhole })
    }
}

private let packageRoot = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
