import Diagnostics
import Testing

@testable import TestCases

private func matrixSuite(matrix: String, rows: String = "") -> String {
    suite(
        """
          - id: c1
            title: Missed ${absence} by ${ending}
            matrix:
        \(matrix)
            requirements: [CPM-CONV-058]
            purpose: { with: a, when: b, then: "carol, ${absence}, gets it" }
            actors: { alice: present, carol: "${absence}" }
            steps:
              - create: { by: alice, invite: [carol] }
              - send: { by: alice, as: m1, text: one }
              - end: "${ending}"
              - return: carol
            expect:
              - messages: { at: carol, exactly: [m1] }
        \(rows)
        """)
}

private let bothAxes = """
          ending: { values: [everyone-leaves, inactivity], default: everyone-leaves }
          absence: [never-answers, not-registered]
    """

@Test("a matrix gives a row per combination, keys in alphabetical order, the default without a suffix")
func expansion() throws {
    let (cases, diagnostics) = read(matrixSuite(matrix: bothAxes))
    #expect(diagnostics.map(\.description) == [])
    try #require(
        cases.map(\.id) == [
            "c1--absence.never-answers", "c1--absence.never-answers--ending.inactivity",
            "c1--absence.not-registered", "c1--absence.not-registered--ending.inactivity",
        ])
    #expect(cases[3].title == "Missed not-registered by inactivity")
    #expect(cases.allSatisfy { $0.baseID == "c1" })
    #expect(cases[1].row == ["absence": "never-answers", "ending": "inactivity"])
    #expect(cases[1].purpose.then == "carol, never-answers, gets it")
    #expect(cases[1].steps[2].kind == .end(group: "group", how: .inactivity))
    #expect(cases[0].steps[2].kind == .end(group: "group", how: .everyoneLeaves))
    #expect(cases[2].absence(of: "carol") == .notRegistered)
}

@Test("a row replaces whole parts of the case where its values match, and nothing elsewhere")
func rowOverrides() throws {
    let rows = """
            rows:
              - for: { ending: inactivity, absence: not-registered }
                title: Another
                expect:
                  - messages: { at: carol, exactly: [m1] }
                  - roster: { at: carol, final: { alice: member, carol: member } }
        """
    let (cases, diagnostics) = read(matrixSuite(matrix: bothAxes, rows: rows))
    #expect(diagnostics.map(\.description) == [])
    try #require(cases.count == 4)
    #expect(cases.map(\.expectations.count) == [1, 1, 1, 2])
    #expect(cases[3].title == "Another")
    #expect(cases[2].title != "Another")
}

@Test("rows of a case differ in their digests, and a place in the file changes none")
func digests() {
    let text = matrixSuite(matrix: bothAxes)
    let first = read(text).cases.map(\.digest)
    let moved = read("# a comment\n\n" + text).cases.map(\.digest)
    #expect(Set(first).count == 4)
    #expect(first == moved)
}

@Test("the preamble ends with the step by which the first absence takes effect")
func preamble() throws {
    let (cases, _) = read(matrixSuite(matrix: bothAxes))
    #expect(cases.map(\.preambleCount) == [1, 1, 1, 1])
    let shipped = try SuiteLoader.load(directory: suitesRoot).cases
    let lost = try #require(shipped.first { $0.id == "058a-off-line-and-back--absence.loses-connection" })
    #expect(lost.preambleCount == 3)
    #expect(lost.steps[2].kind == .away("carol"))
    let left = try #require(shipped.first { $0.id == "058a-added-while-away" })
    #expect(left.preambleCount == 2)
}
