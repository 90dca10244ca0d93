import EnablerReference
import Foundation
import Judging
import Playing
import Proving
import TestCases
import Testing

@testable import CommandLine

/// The proof that the suite judges: each named defect of the reference enabler is caught by the check and for the
/// requirement that it declares, and cases that it does not touch stay green.
@Suite("Defects of the reference are caught", .serialized)
struct DefectTests {
    /// What one defect must do.
    struct Proof: Sendable, CustomTestStringConvertible {
        var defect: Defect
        /// Cases in which the declared check must fail.
        var caught: [String]
        /// Cases that must pass all the same.
        var green: [String]
        var testDescription: String { defect.rawValue }
    }

    private static let fromTheStart = "058a-messages-missed-from-the-start--absence.not-registered"
    private static let afterTheEnd = "058a-messages-and-final-list-after-the-end--absence.not-registered"
    private static let initial = "058b-initial-list--absence.not-registered"
    private static let reports = "058a-dispositions-for-the-absent--absence.deregisters"
    private static let noEarlyReport = "058a-no-report-before-the-message--absence.not-registered"
    private static let leaver = "058-leaver-gets-nothing-more"
    private static let neverInvited = "058-never-invited-gets-nothing"
    private static let reportsAfterTheEnd = "058a-dispositions-after-the-end"
    private static let twoAbsent = "058a-two-absent-at-once"

    static let proofs: [Proof] = [
        Proof(defect: .messageLost, caught: [fromTheStart, afterTheEnd], green: [reportsAfterTheEnd]),
        Proof(defect: .deliveredTwice, caught: [fromTheStart, afterTheEnd], green: [reportsAfterTheEnd]),
        Proof(defect: .sameSenderSwapped, caught: [fromTheStart, afterTheEnd], green: [reportsAfterTheEnd]),
        Proof(defect: .dateTimeRewritten, caught: [fromTheStart, afterTheEnd], green: [reportsAfterTheEnd]),
        Proof(defect: .requestStripped, caught: [noEarlyReport], green: [fromTheStart, afterTheEnd, leaver]),
        Proof(defect: .dispositionNotStored, caught: [reports], green: [fromTheStart, afterTheEnd, leaver]),
        Proof(defect: .finalListMissing, caught: [afterTheEnd], green: [fromTheStart, leaver, noEarlyReport]),
        Proof(defect: .finalListShowsLeaver, caught: [afterTheEnd], green: [fromTheStart, leaver, noEarlyReport]),
        Proof(defect: .partialWithoutFull, caught: [fromTheStart, initial], green: [neverInvited, twoAbsent]),
        Proof(defect: .conferenceInfoInvalid, caught: [afterTheEnd, initial], green: [neverInvited, twoAbsent]),
        Proof(defect: .deliversToLeaver, caught: [leaver], green: [fromTheStart, afterTheEnd, neverInvited]),
        Proof(defect: .prematureReport, caught: [noEarlyReport], green: [fromTheStart, afterTheEnd, leaver]),
    ]

    @Test("every defect has its proof")
    func complete() { #expect(Set(Self.proofs.map(\.defect)) == Set(Defect.allCases)) }

    @Test("caught by the declared check, for the declared requirement, and nowhere else", arguments: proofs)
    func caught(_ proof: Proof) async throws {
        let results = try await Self.play(proof.caught + proof.green, defects: [proof.defect])
        for id in proof.caught {
            let result = try #require(results[id])
            #expect(result.verdict == .fail, "\(id): \(result.reasons.map(\.text))")
            let failed = result.checks.filter { $0.outcome == .fail && $0.weight == .requirement }
            let declared = failed.filter { $0.id == proof.defect.check }
            #expect(!declared.isEmpty, "\(id): \(failed.map(\.id)) failed instead of \(proof.defect.check)")
            let requirements = Set(declared.flatMap { $0.requirements.map(\.rawValue) })
            #expect(!requirements.isDisjoint(with: proof.defect.requirements), "\(id): \(requirements)")
            let blamed = Set(failed.flatMap { $0.requirements.map(\.rawValue) })
            #expect(blamed.isSubset(of: proof.defect.requirements), "\(id): \(failed.map(\.id)) blame \(blamed)")
            for check in declared { #expect(!check.lines.isEmpty, "\(id): no line of the recording shows \(check.id)") }
        }
        for id in proof.green {
            let result = try #require(results[id])
            #expect(result.verdict == .pass, "\(id): \(result.reasons.map(\.text))")
        }
    }

    @Test("the conformant reference passes every case that the proofs use")
    func conformant() async throws {
        let ids = Set(Self.proofs.flatMap { $0.caught + $0.green })
        let results = try await Self.play(Array(ids), defects: [])
        for (id, result) in results { #expect(result.verdict == .pass, "\(id): \(result.reasons.map(\.text))") }
        #expect(results.count == ids.count)
    }

    /// Plays cases against the embedded enabler and judges their recordings.
    private static func play(_ ids: [String], defects: Set<Defect>) async throws -> [String: CaseResult] {
        let loaded = try SuiteLoader.load(directory: packageRoot + "/Suites")
        let cases = try ids.map { id in try #require(loaded.cases.first { $0.id == id }, "no case \(id)") }
        let settings = PlaySettings(seed: 7, wallClock: { Date().millisecondsSince1970 })
        let scheduler = RunScheduler(
            implementation: EmbeddedEnabler(defects: defects), settings: settings, jobs: RunScheduler.defaultJobs)
        var results: [String: CaseResult] = [:]
        for played in await scheduler.run(cases) {
            results[played.testCase.id] = try Judge().judge(try #require(played.recording))
        }
        return results
    }

    private static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
