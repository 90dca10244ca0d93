public import Diagnostics

/// Why some points of the three axes have no case: one reason for all points in the product of the lists.
public struct LeftOut: Sendable, Hashable {
    /// Empty for every one.
    public var absences: Set<Absence> = []
    public var missed: Set<MissedKind> = []
    public var circumstances: Set<ReturnCircumstance> = []
    public var reason: String
    public var place: SourcePlace?

    public func covers(_ point: AxisPoint) -> Bool {
        (absences.isEmpty || absences.contains(point.absence)) && (missed.isEmpty || missed.contains(point.missed))
            && (circumstances.isEmpty || circumstances.contains(point.circumstance))
    }

    public static func == (a: LeftOut, b: LeftOut) -> Bool {
        a.absences == b.absences && a.missed == b.missed && a.circumstances == b.circumstances && a.reason == b.reason
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(reason) }
}

/// Every point of the three axes: the cases that look at it, or why there are none.
public struct AxesTable: Sendable {
    /// Absences in the table: all but being present.
    public static let absences = Absence.allCases.filter { $0 != .present }

    private var cases: [AxisPoint: [String]] = [:]
    public let leftOut: [LeftOut]

    public init(_ testCases: [TestCase], leftOut: [LeftOut]) {
        self.leftOut = leftOut
        for testCase in testCases {
            for point in testCase.axisPoints { cases[point, default: []].append(testCase.id) }
        }
    }

    public static var points: [AxisPoint] {
        MissedKind.allCases.flatMap { missed in
            absences.flatMap { absence in
                ReturnCircumstance.allCases.map { AxisPoint(absence: absence, missed: missed, circumstance: $0) }
            }
        }
    }

    public func cases(at point: AxisPoint) -> [String] { cases[point] ?? [] }

    /// The first reason that fits; nil for a point that has cases, or that nobody has thought of.
    public func reason(for point: AxisPoint) -> Int? {
        cases(at: point).isEmpty ? leftOut.firstIndex { $0.covers(point) } : nil
    }

    /// Points with neither a case nor a reason.
    public var open: [AxisPoint] { Self.points.filter { cases(at: $0).isEmpty && reason(for: $0) == nil } }

    /// Reasons that no point needs.
    public var idle: [LeftOut] {
        let used = Set(Self.points.compactMap(reason))
        return leftOut.indices.filter { !used.contains($0) }.map { leftOut[$0] }
    }

    // MARK: - The document

    /// One table for each kind of missed thing; a cell has the number of its cases, or the letter of the reason.
    public func markdown() -> String {
        var text = ""
        for missed in MissedKind.allCases {
            text += "## Missed: \(missed.rawValue)\n\n"
            text += "| return \\ absence | \(Self.absences.map { "`\($0.rawValue)`" }.joined(separator: " | ")) |\n"
            text += "| --- |\(Self.absences.map { _ in " --- |" }.joined())\n"
            for circumstance in ReturnCircumstance.allCases {
                let cells = Self.absences.map { absence in
                    cell(AxisPoint(absence: absence, missed: missed, circumstance: circumstance))
                }
                text += "| `\(circumstance.rawValue)` | \(cells.joined(separator: " | ")) |\n"
            }
            text += "\n"
        }
        text += "## Returns\n\n"
        for circumstance in ReturnCircumstance.allCases {
            text += "* `\(circumstance.rawValue)`: \(circumstance.meaning)\n"
        }
        text += "\n## Left out\n\n"
        for (index, rule) in leftOut.enumerated() { text += "* **\(Self.letter(index))** \(rule.reason)\n" }
        return text
    }

    private func cell(_ point: AxisPoint) -> String {
        let count = cases(at: point).count
        if count > 0 { return String(count) }
        return reason(for: point).map(Self.letter) ?? "**open**"
    }

    /// `a` … `z`, `aa` …
    static func letter(_ index: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return (index >= letters.count ? String(letters[index / letters.count - 1]) : "") + String(letters[index % letters.count])
    }
}
