public import TestCases

extension WitnessBook {
    /// The book with the witnesses of every subject of a full matrix chosen anew; all else stays as it was.
    ///
    /// The choice follows from the matrix alone, and prefers quick cases of different kinds.
    public func choosing(from matrix: KillMatrix) -> WitnessBook {
        var book = self
        let sound = matrix.cases.filter { testCase in
            matrix[.conformant(testCase.role), testCase.id].map { $0.mark == .pass } ?? true
        }
        for (place, subject) in matrix.subjects.enumerated() {
            if subject.fault != nil {
                let quick = Self.quickest(sound, subject, matrix)
                book.defects[subject.name] = Witnesses(
                    caught: Self.varied(quick.filter { matrix[subject, $0.id]?.mark == .caught }, atMost: 2),
                    green: Self.varied(quick.filter { matrix[subject, $0.id]?.mark == .pass }, atMost: 2))
            } else if subject.kind == "variation" {
                book.variations[subject.name] = Self.sample(sound, subject, matrix, turn: place)
            } else if subject.kind == "condition" {
                book.conditions[subject.name] = Self.sample(sound, subject, matrix, turn: place)
            }
        }
        return book
    }

    /// By whole seconds, so that chance does not choose; then by ID.
    private static func quickest(
        _ cases: [TestCase], _ subject: ProofSubject, _ matrix: KillMatrix
    ) -> [TestCase] {
        func seconds(_ testCase: TestCase) -> Double {
            (matrix[.conformant(testCase.role), testCase.id] ?? matrix[subject, testCase.id])?.seconds.rounded() ?? 0
        }
        return cases.filter { matrix[subject, $0.id] != nil }.sorted {
            let (a, b) = (seconds($0), seconds($1))
            return a == b ? $0.id < $1.id : a < b
        }
    }

    /// The first ones, no two of one base, then of one suite, where there is a choice.
    private static func varied(_ cases: [TestCase], atMost limit: Int) -> [String] {
        var chosen: [TestCase] = []
        for isOther in [
            { (a: TestCase, b: TestCase) in a.suite != b.suite }, { a, b in a.baseID != b.baseID }, { a, b in a.id != b.id },
        ] {
            for testCase in cases where chosen.count < limit && chosen.allSatisfy({ isOther($0, testCase) }) {
                chosen.append(testCase)
            }
        }
        return chosen.map(\.id).sorted()
    }

    /// A case of each suite, and another one at each turn, so that all subjects together see many cases.
    private static func sample(
        _ cases: [TestCase], _ subject: ProofSubject, _ matrix: KillMatrix, turn: Int
    ) -> [String] {
        let bySuite = Dictionary(grouping: cases.filter { matrix[subject, $0.id] != nil }, by: \.suite)
        return bySuite.values.map { $0[turn % $0.count].id }.sorted()
    }
}
