import EnablerReference
import Playing
import TestCases
import Testing

@testable import Proving

@Suite("Provider profiles in the proof")
struct ProofProfileTests {
    private let loaded = try? SuiteLoader.load(directory: Samples.suites)

    private func placed() throws -> ProfiledCases {
        let loaded = try #require(loaded)
        return ProfiledCases(loaded.cases, profiles: loaded.profiles)
    }

    @Test("a case that needs a policy is played under the first profile that has it, and named after it")
    func needsPolicy() throws {
        let placed = try placed()
        let off = try #require(placed.cases.first { $0.baseID == "058-storage-off-ended" })
        #expect(off.id.hasSuffix("@storage-off"))
        #expect(placed.profile(of: off.id).policy.storage == false)
        let plain = try #require(placed.cases.first { $0.baseID == "058a-content-intact" })
        #expect(!plain.id.contains("@") && placed.profile(of: plain.id).isStandard)
    }

    @Test("every case is played under some profile, those of the default one under that")
    func everywhere() throws {
        let placed = try placed()
        #expect(placed.cases.count == loaded?.cases.count)
        #expect(Set(placed.cases.map(\.id)).count == placed.cases.count)
        for testCase in placed.cases where testCase.role == .enabler {
            let profile = placed.profile(of: testCase.id)
            let reason = testCase.reasonNotApplicable(to: EmbeddedEnabler(profile: profile).description)
            #expect(reason == nil, "\(testCase.id): \(reason ?? "")")
        }
    }

    @Test("subjects are set as the profile says, and plans say which one it is")
    func plan() throws {
        let placed = try placed()
        let subject = ProofSubject.defect(.storageOffIgnored)
        let plan = ProofPlan.full(subjects: [subject], cases: placed)
        let pair = try #require(plan.pairs.first { $0.testCase.id.hasSuffix("@storage-off") })
        let enabler = try #require(pair.subject.implementation(under: pair.profile) as? EmbeddedEnabler)
        #expect(enabler.description.policy.storage == false)
        #expect(enabler.defects == [.storageOffIgnored])
        let book = WitnessBook(defects: [subject.name: .init(caught: [pair.testCase.id])])
        let fast = ProofPlan.fast(subjects: [subject], cases: placed, book: book)
        #expect(fast.pairs.map(\.profile.name) == ["storage-off"] && fast.unplayable.isEmpty)
    }
}
