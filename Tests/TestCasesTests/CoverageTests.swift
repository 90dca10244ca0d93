import Diagnostics
import Foundation
import Testing

@testable import TestCases

struct CoverageTests {
    let suites: LoadedSuites

    init() throws { suites = try SuiteLoader.load(directory: suitesRoot) }

    @Test("the shipped suites leave no statement, no case and no point of the axes open")
    func shipped() {
        #expect(SuiteLoader.check(directory: suitesRoot) == [])
    }

    @Test("a statement is covered by the cases whose script and expectations fit, and by no others")
    func derived() throws {
        let map = CoverageMap(suites.catalogue, suites.cases)
        func cases(_ name: String) throws -> [String] { try #require(map.rows.first { $0.name == name }).cases }
        #expect(try cases("CPM-CONV-058/policy-retention") == ["058-past-retention-live", "058-past-retention-ended"])
        #expect(try cases("CPM-CONV-058/declined") == ["058-declined-gets-nothing"])
        #expect(try cases("CPM-CONV-058a/any-content").contains("058a-content-intact"))
        #expect(try !cases("CPM-CONV-058a/any-content").contains("058a-two-absent-at-once"))
        #expect(try cases("CPM-CONV-058b/initial-list").contains("058b-initial-list--absence.never-answers"))
        #expect(try !cases("CPM-CONV-058b/initial-list").contains("058b-changes-missed-in-mid-session--absence.deregisters"))
        #expect(try cases("CPM-CONV-058a/no-early-report").contains("058a-no-report-before-the-message--absence.never-answers"))
        let back = map.statements(of: "058-declined-gets-nothing")
        #expect(back.contains("CPM-CONV-058/declined"))
        #expect(!back.contains { $0.hasPrefix("CPM-CONV-058b") })
    }

    @Test("the axes of a case of many steps cost what its steps cost, and not their square")
    func manySteps() throws {
        func time(_ count: Int) -> Duration {
            let sends = (0..<count).map { number in
                TestStep(.send(SendStep(by: "alice", label: "m\(number)", group: "team", content: .text("x"))))
            }
            let testCase = TestCase(
                id: "long", requirements: ["CPM-CONV-058"],
                actors: [ActorRole(name: "alice", absence: .present), ActorRole(name: "carol", absence: .notRegistered)],
                steps: [TestStep(.create(group: "team", by: "alice", invite: ["carol"], subject: nil))] + sends
                    + [TestStep(.return("carol"))],
                expectations: [
                    PlacedExpectation(.messages(at: "carol", group: "team", exactly: (0..<count).map { "m\($0)" }))
                ])
            var points: Set<AxisPoint> = []
            let took = ContinuousClock().measure { points = testCase.axisPoints }
            #expect(points.map(\.circumstance.rawValue).sorted() == ["backlog-of-10", "backlog-of-1000", "live"])
            return took
        }
        // Replayed for each step, this took minutes.
        #expect(time(10_000) < .seconds(60))
    }

    /// The shipped catalogue with one statement changed.
    private func lint(_ change: (inout RequirementStatement) -> Void, of name: String) -> [String] {
        var changed = suites
        for place in changed.catalogue.requirements.indices {
            let id = changed.catalogue.requirements[place].id.rawValue
            for index in changed.catalogue.requirements[place].statements.indices
            where "\(id)/\(changed.catalogue.requirements[place].statements[index].id)" == name {
                change(&changed.catalogue.requirements[place].statements[index])
            }
        }
        let findings = Findings()
        CoverageLint(suites: changed, findings: findings).run()
        return findings.all.map(\.code)
    }

    @Test("a statement with neither a case nor a reason is a mistake, and so is one that no case fits")
    func open() {
        #expect(lint({ $0.seenIn = nil }, of: "CPM-CONV-058a/any-content") == ["coverage.statement-open"])
        #expect(lint({ $0.seenIn?.absences = [.booted] }, of: "CPM-CONV-058a/any-content") == ["coverage.statement-unseen"])
        #expect(lint({ $0.seenIn = nil }, of: "CPM-CONV-058c/redelivery") == ["coverage.statement-open"])
    }

    @Test("a case that names a requirement of which it shows nothing is a mistake")
    func aboutNothing() {
        var changed = suites
        changed.cases[0].requirements.append("CPM-CONV-058b")
        let findings = Findings()
        CoverageLint(suites: changed, findings: findings).run()
        #expect(findings.all.map(\.code) == ["coverage.case-about-nothing"])
    }

    @Test("points of the axes without a case and a reason are mistakes, and so are reasons that nothing needs")
    func axes() {
        var fewer = suites
        fewer.leftOut.removeLast()
        let findings = Findings()
        CoverageLint(suites: fewer, findings: findings).run()
        #expect(findings.all.map(\.code) == ["coverage.axes-open"])

        var more = suites
        more.leftOut.append(LeftOut(reason: "for no reason"))
        let others = Findings()
        CoverageLint(suites: more, findings: others).run()
        #expect(others.all.map(\.code) == ["coverage.idle-reason"])
    }

    @Test("the points of a case follow from its script")
    func points() throws {
        func points(_ id: String) throws -> Set<AxisPoint> { try #require(suites.cases.first { $0.id == id }).axisPoints }
        let second = try points("058a-second-return-owes-nothing")
        #expect(second.contains(AxisPoint(absence: .losesConnection, missed: .messages, circumstance: .secondReturn)))
        #expect(second.contains(AxisPoint(absence: .losesConnection, missed: .messages, circumstance: .nothingMissed)))
        let creator = try points("058a-creator-off-line--absence.deregisters")
        #expect(creator.contains(AxisPoint(absence: .deregisters, missed: .messages, circumstance: .creatorAway)))
        #expect(creator.contains(AxisPoint(absence: .deregisters, missed: .participantInformation, circumstance: .everyoneLeft)))
        #expect(!creator.contains { $0.circumstance == .live || $0.missed == .dispositions })
        let two = try points("058a-two-absent-at-once")
        #expect(two.contains(AxisPoint(absence: .neverAnswers, missed: .messages, circumstance: .twoAway)))
    }
}
