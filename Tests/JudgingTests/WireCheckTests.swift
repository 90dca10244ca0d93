import Hygiene
import Testing

@testable import Judging

@Suite("Breaches of the wire's rules as checks")
struct WireCheckTests {
    @Test("where nothing is wrong, each family passes, and one of which nothing came is not reached")
    func sound() {
        let checks = WireChecks.run(WireSurvey(looked: [.sip: 3, .payloads: 1], findings: []))
        #expect(checks.map(\.id) == ["wire.sip", "wire.msrp", "wire.payloads"])
        #expect(checks.map(\.outcome.word) == ["pass", "not reached", "pass"])
        #expect(checks.allSatisfy { $0.weight == .warning && $0.requirements.isEmpty })
    }

    @Test("a breach is a warning with its rule's clause, its lines and no requirement")
    func breach() throws {
        let findings = [5, 9].map {
            WireFinding(rule: .sipContact, actor: "carol", what: "a response 200 to INVITE has no Contact", lines: [$0])
        }
        let checks = WireChecks.run(WireSurvey(looked: [.sip: 9], findings: findings))
        let check = try #require(checks.first)
        #expect(check.id == "wire.sip-contact")
        #expect(check.outcome == .fail && check.weight == .warning && check.requirements.isEmpty)
        #expect(check.lines == [5, 9])
        #expect(check.observed == "to carol, a response 200 to INVITE has no Contact; 2 of them in all")
        #expect(!checks.contains { $0.id == "wire.sip" })
    }
}
