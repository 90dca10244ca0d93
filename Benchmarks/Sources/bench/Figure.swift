/// What a figure is to reach.
struct Aim: Encodable {
    enum Sense: String, Encodable { case atLeast = "at least", atMost = "at most" }
    let sense: Sense
    let value: Double

    static func atLeast(_ value: Double) -> Aim { Aim(sense: .atLeast, value: value) }
    static func atMost(_ value: Double) -> Aim { Aim(sense: .atMost, value: value) }

    func isMet(by value: Double) -> Bool { sense == .atLeast ? value >= self.value : value <= self.value }
}

/// One line of the table: the median of several runs, and the neighbour's where there is one.
struct Figure: Encodable {
    let section: String
    let name: String
    /// Every run, in the order they were made; `value` is their median.
    let runs: [Double]
    let unit: String
    var neighbour: String?
    var neighbourRuns: [Double] = []
    var aim: Aim?
    /// The aim is about `ratio` instead of `value`.
    var aimsAtRatio = false
    var remark: String?

    init(_ section: String, _ name: String, _ runs: [Double], _ unit: String) {
        self.section = section
        self.name = name
        self.runs = runs
        self.unit = unit
    }

    var value: Double { median(runs) }
    var neighbourValue: Double? { neighbourRuns.isEmpty ? nil : median(neighbourRuns) }
    /// Ours to the neighbour's: the median of the ratios of runs made side by side.
    var ratio: Double? {
        neighbourRuns.isEmpty ? nil : median(zip(runs, neighbourRuns).map { $0 / $1 })
    }
    var isMet: Bool? {
        guard let aim else { return nil }
        guard aimsAtRatio else { return aim.isMet(by: value) }
        return ratio.map { aim.isMet(by: $0) }
    }

    func against(_ name: String, _ runs: [Double], ratio aim: Aim? = nil) -> Figure {
        var copy = self
        copy.neighbour = name
        copy.neighbourRuns = runs
        copy.aim = aim ?? copy.aim
        copy.aimsAtRatio = aim != nil
        return copy
    }

    func aiming(_ aim: Aim) -> Figure {
        var copy = self
        copy.aim = aim
        return copy
    }

    func saying(_ remark: String?) -> Figure {
        var copy = self
        copy.remark = remark
        return copy
    }

    private enum Key: String, CodingKey {
        case section, name, value, runs, unit, neighbour, neighbourValue, neighbourRuns, ratio, aim, aimIsAbout, met, remark
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(section, forKey: .section)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(runs, forKey: .runs)
        try container.encode(unit, forKey: .unit)
        try container.encodeIfPresent(neighbour, forKey: .neighbour)
        try container.encodeIfPresent(neighbourValue, forKey: .neighbourValue)
        if !neighbourRuns.isEmpty { try container.encode(neighbourRuns, forKey: .neighbourRuns) }
        try container.encodeIfPresent(ratio, forKey: .ratio)
        try container.encodeIfPresent(aim, forKey: .aim)
        if aim != nil { try container.encode(aimsAtRatio ? "ratio" : "value", forKey: .aimIsAbout) }
        try container.encodeIfPresent(isMet, forKey: .met)
        try container.encodeIfPresent(remark, forKey: .remark)
    }
}

func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
