public import Recordings

/// Which cases cover which statements of the requirements, both ways.
public struct CoverageMap: Sendable {
    /// One statement with its cases.
    public struct Row: Sendable {
        public var requirement: Requirement
        public var statement: RequirementStatement
        /// IDs in the order of the suites, rows of a matrix each for itself.
        public var cases: [String]

        /// `CPM-CONV-058a/final-list`.
        public var name: String { "\(requirement.id.rawValue)/\(statement.id)" }
    }

    /// In the order of the catalogue.
    public let rows: [Row]
    private let cases: [TestCase]

    public init(_ catalogue: RequirementCatalogue, _ cases: [TestCase]) {
        self.cases = cases
        rows = catalogue.requirements.flatMap { requirement in
            requirement.statements.map { statement in
                let covering = cases.filter { $0.requirements.contains(requirement.id) && statement.isSeen(in: $0) }
                return Row(requirement: requirement, statement: statement, cases: covering.map(\.id))
            }
        }
    }

    /// The statements that a case covers, as `CPM-CONV-058a/final-list`.
    public func statements(of id: String) -> [String] { rows.filter { $0.cases.contains(id) }.map(\.name) }

    /// Each case with its statements.
    public var byCase: [(testCase: TestCase, statements: [String])] {
        var statements: [String: [String]] = [:]
        for row in rows { for id in row.cases { statements[id, default: []].append(row.name) } }
        return cases.map { ($0, statements[$0.id] ?? []) }
    }

    /// Both directions, for programs.
    public var json: JSONValue {
        let forward = rows.map { row -> JSONValue in
            var members: [String: JSONValue] = [
                "id": .string(row.name), "requirement": .string(row.requirement.id.rawValue),
                "text": .string(row.statement.text), "basis": .string(row.statement.basis.rawValue),
                "cases": JSONValue(strings: row.cases),
            ]
            members["untested"] = row.statement.untested.map(JSONValue.string)
            return .object(members)
        }
        let back = byCase.map { JSONValue.object(["id": .string($0.testCase.id), "statements": JSONValue(strings: $0.statements)]) }
        return ["statements": .array(forward), "cases": .array(back)]
    }
}

extension RequirementStatement {
    func isSeen(in testCase: TestCase) -> Bool { seenIn?.matches(testCase) ?? false }
}
