/// What the command line asks for; `scripts/bench --help` lists it.
struct Options {
    enum Section: String, CaseIterable { case sip, msrp, codecs, conference, run, judge, backlog, idle }

    var sections = Set(Section.allCases)
    var rounds = 5
    var json: String?
    var program = ""
    var suites = ""
    var scenarios = ""
    var firstBuild: Double?
    /// Leaves the table out and repeats one workload so many times, for a profiler.
    var profile: Int?

    init(_ words: [String]) throws {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Child.Failure(description: "\(word) wants a value") }
            switch word {
            case "--only": sections = try Self.sections(value)
            case "--rounds": rounds = max(1, Int(value) ?? 5)
            case "--json": json = value
            case "--program": program = value
            case "--suites": suites = value
            case "--scenarios": scenarios = value
            case "--first-build": firstBuild = Double(value)
            case "--profile": profile = Int(value)
            default: throw Child.Failure(description: "there is no option \(word)")
            }
        }
    }

    private static func sections(_ list: String) throws -> Set<Section> {
        Set(
            try list.split(separator: ",").map { name in
                guard let section = Section(rawValue: String(name)) else {
                    let all = Section.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Child.Failure(description: "there is no section \(name); there are: \(all)")
                }
                return section
            })
    }
}
