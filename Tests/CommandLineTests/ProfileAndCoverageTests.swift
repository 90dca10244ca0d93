import Connections
import Diagnostics
import EnablerReference
import Foundation
import Judging
import NIOCore
import Playing
import Proving
import Recordings
import Reporting
import TestCases
import Testing

@testable import CommandLine

private let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

@Suite("Provider profiles and coverage", .serialized)
struct ProfileAndCoverageTests {
    @Test("docs/COVERAGE.md is what the program makes of the suites")
    func document() async throws {
        let ended = await cpmcheck("coverage", "--format", "markdown")
        #expect(ended.code == 0)
        let kept = try String(contentsOfFile: root + "/docs/COVERAGE.md", encoding: .utf8)
        #expect(ended.out == kept, "cpmcheck coverage --format markdown > docs/COVERAGE.md")
    }

    @Test("coverage goes both ways, for people and for programs")
    func bothWays() async throws {
        let text = await cpmcheck("coverage").out
        #expect(text.contains("CPM-CONV-058a: "))
        #expect(text.contains("CPM-CONV-058d: "))
        let own = try #require(text.split(separator: "\n058-declined-gets-nothing\n").last?.split(separator: "\n"))
        #expect(own.prefix { $0.hasPrefix("  ") }.contains("  CPM-CONV-058/declined"))
        let json = try JSONValue(parsing: await cpmcheck("coverage", "--format", "json").out)
        #expect(json["statements"]?.array?.contains { $0["id"] == "CPM-CONV-058a/final-list" } == true)
        #expect(json["cases"]?.array?.contains { $0["id"] == "058a-content-intact" } == true)
    }

    @Test("a statement that nobody tests and nobody excuses is bad input")
    func openStatement() async throws {
        try await withFolder { folder in
            let suites = folder + "/Suites"
            try FileManager.default.copyItem(atPath: root + "/Suites", toPath: suites)
            var text = try String(contentsOfFile: suites + "/requirements.yaml", encoding: .utf8)
            text = text.replacing("        seen-in: { expects: messages, absence: owed, return: broken-delivery }\n", with: "")
            try write(text, to: suites + "/requirements.yaml")
            let lint = await cpmcheck("lint", "--suites", suites)
            #expect(lint.code == 65)
            #expect(lint.out.contains("[coverage.statement-open]"))
            #expect(await cpmcheck("coverage", "--suites", suites).code == 65)
        }
    }

    @Test("an unknown profile is bad input and names the nearest")
    func unknownProfile() async {
        let ended = await cpmcheck("run", "--profile", "storage-of", "--filter", "058a-content-intact")
        #expect(ended.code == 65)
        #expect(ended.err.contains("did you mean 'storage-off'?"))
        #expect(await cpmcheck("run", "--profile", "modest", "--iut", "x.yaml").code == 64)
    }

    @Test("the list names the profiles, and the cases that apply to one")
    func list() async {
        let profiles = await cpmcheck("list", "--profile", "list").out
        for name in ["default", "storage-off", "keeps-oldest"] { #expect(profiles.contains("\(name) ")) }
        let cases = await cpmcheck("list", "--profile", "storage-off").out
        #expect(cases.contains("058-storage-off-ended"))
        #expect(!cases.contains("058a-content-intact"))
        #expect(!(await cpmcheck("list", "--profile", "default").out).contains("058-storage-off-ended"))
    }

    @Test("cases of a profile bear its name in every report, stand in a suite of their own, and are judged again so")
    func named() async throws {
        try await withFolder { folder in
            let ended = await cpmcheck(
                "run", "--profile", "all", "--filter", "058-storage-off-ended", "--filter", "058a-two-absent-at-once",
                "--reports", folder)
            #expect(ended.code == 0, "\(ended.out)")
            let results = try ReadResults(folder)
            #expect(results.verdicts["058-storage-off-ended--absence.not-registered@storage-off"] == "pass")
            #expect(results.verdicts["058a-two-absent-at-once"] == "pass")
            #expect(results.verdicts["058a-two-absent-at-once@keeps-newest"] == "pass")
            #expect(Set(results.cases.map(\.id)).count == results.cases.count)
            let files = recordings(in: folder)
            #expect(files.contains("058a-two-absent-at-once@keeps-newest.ndjson"))
            let suites = Set(results.json["cases"]?.array?.compactMap { $0["suite"]?.string } ?? [])
            #expect(suites.contains("Absent from the invitation on (keeps-newest)"))
            let again = await cpmcheck("judge", folder + "/recordings/058a-two-absent-at-once@keeps-newest.ndjson")
            #expect(again.code == 0)
            #expect(again.out.contains("058a-two-absent-at-once@keeps-newest"))
            #expect(again.out.contains("No full pass:"))
        }
    }

    @Test("the settings of the embedded enabler follow from what the profile says")
    func settings() throws {
        let loaded = try SuiteLoader.load(directory: root + "/Suites")
        func settings(_ name: String) throws -> EnablerSettings {
            let profile = try #require(loaded.profiles.first { $0.name == name })
            return EnablerSettings(as: EmbeddedEnabler(profile: profile).description)
        }
        #expect(try settings("default").storesMissed)
        #expect(try !settings("default").byeWith503Leaves)
        #expect(try settings("default").byeWithoutReasonLeaves)
        #expect(try !settings("storage-off").storesMissed)
        #expect(try settings("short-retention").retention == 5000)
        #expect(try settings("short-retention").inactivity == 8000)
        #expect(try settings("keeps-oldest").keepsOldest)
        #expect(try settings("keeps-newest").maximumItems == 3)
        #expect(try !settings("keeps-newest").keepsOldest)
        #expect(try !settings("final-list-only").deliversIntermediates)
        #expect(try !settings("forgiving-bye").byeWithoutReasonLeaves)
        #expect(try settings("modest").byeWith503Leaves)
    }

    /// A deployment that does not keep to its policy is caught, for storing: the enabler is set as by default and
    /// described as the profile says.
    @Test("a policy that is not kept fails CPM-CONV-058", arguments: [
        ("058-storage-off-live--absence.not-registered", "storage-off", "policy.withheld"),
        ("058-storage-off-ended--absence.not-registered", "storage-off", "policy.withheld"),
        ("058-past-retention-live", "short-retention", "messages.right"),
        ("058-past-retention-ended", "short-retention", "policy.withheld"),
        ("058-maximum--keeps.newest", "keeps-newest", "messages.right"),
        ("058-maximum--keeps.oldest--session.ended", "keeps-oldest", "messages.right"),
        ("058-final-list-only", "final-list-only", "policy.withheld"),
    ])
    func policyIgnored(id: String, profile: String, check: String) async throws {
        let loaded = try SuiteLoader.load(directory: root + "/Suites")
        let testCase = try #require(loaded.cases.first { $0.id == id })
        let promised = try #require(loaded.profiles.first { $0.name == profile })
        let settings = PlaySettings(seed: 7, wallClock: { Date().millisecondsSince1970 })
        for (implementation, expected) in [
            (Promising(profile: promised, isKept: true), Verdict.pass), (Promising(profile: promised, isKept: false), .fail),
        ] {
            let booking = Booking(testCase, against: implementation, settings: settings)
            let played = await CasePool(jobs: 1).play([booking], finish: { _, played in played })
            let result = try Judge().judge(try #require(played.first??.recording))
            #expect(result.verdict == expected, "\(result.reasons.map(\.text))")
            let failed = result.checks.filter { $0.outcome == .fail && $0.weight == .requirement }
            #expect(failed.allSatisfy { $0.requirements.contains("CPM-CONV-058") }, "\(failed.map(\.id))")
            #expect(failed.contains { $0.id == check } == (expected == .fail))
        }
    }
}

/// An enabler that is described by a profile, and is set to it or not.
private struct Promising: ImplementationUnderTest {
    let profile: ProviderProfile
    let isKept: Bool

    var description: ImplementationDescription { EmbeddedEnabler(profile: profile).description }

    func probe() async throws(Diagnostic) {}
    func finish() async {}

    func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        var set = profile
        if !isKept {
            set.policy = Policy()
            // The session must live as long as the script thinks.
            set.policy.inactivity = profile.policy.inactivity
        }
        let prepared = try await EmbeddedEnabler(profile: set).prepare(for: testCase, on: eventLoop)
        return PreparedPromise(prepared: prepared, profile: profile)
    }
}

private struct PreparedPromise: PreparedImplementation {
    let prepared: any PreparedImplementation
    let profile: ProviderProfile

    var description: ImplementationDescription {
        .embedded(address: prepared.description.ixit.address, profile: profile)
    }
    var users: UserLeases { prepared.users }
    var needsDraining: Bool { prepared.needsDraining }
    var tls: TLSClient? { prepared.tls }

    func control(_ command: ControlCommand) async throws(Diagnostic) { try await prepared.control(command) }
    func finish() async { await prepared.finish() }
}
