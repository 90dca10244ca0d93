import Diagnostics
import Testing

@testable import TestCases

private func composing(_ steps: String) -> String {
    suite(
        """
          - id: c1
            title: A title
            requirements: [CPM-CONV-058a]
            purpose: { with: a, when: b, then: c }
            actors: { alice: present, bob: present, carol: not-registered }
            steps:
              - create: { group: team, by: alice, invite: [bob, carol] }
        \(steps)
              - send: { by: alice, as: m1, text: one }
              - return: carol
            expect:
              - messages: { at: carol, exactly: [m1] }
        """)
}

@Test("a step by which somebody is composing is read in both forms, and from the header of a recording")
func composeStep() throws {
    let (cases, diagnostics) = read(composing("      - compose: bob\n      - compose: { by: alice, group: team }"))
    #expect(diagnostics == [])
    let testCase = try #require(cases.first)
    #expect(testCase.steps[1].kind == .compose(by: "bob", group: "team"))
    #expect(testCase.steps[2].kind == .compose(by: "alice", group: "team"))
    #expect(testCase.steps[1].kind.actor == "bob")
    #expect(try TestCase(json: testCase.json).steps == testCase.steps)
}

@Test("who is composing is named by the word 'by'")
func composeStepWithoutBy() {
    let (_, diagnostics) = read(composing("      - compose: { who: bob }"))
    #expect(diagnostics.map(\.code) == ["input.missing-key", "input.unknown-key"])
}

@Test("nobody misses a message by it: it counts for no policy and is no backlog")
func composeIsNoMessage() throws {
    let silent = try #require(read(composing("")).cases.first)
    let testCase = try #require(read(composing("      - compose: bob")).cases.first)
    #expect(testCase.effectiveNeeds == silent.effectiveNeeds)
    #expect(testCase.axisPoints == silent.axisPoints)
    #expect(testCase.preambleCount == silent.preambleCount)
}
