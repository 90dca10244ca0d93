import ArgumentParser
import Diagnostics
import EnablerReference
import Proving

/// What the reference enabler is made to do otherwise.
struct DeviationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A fault that the reference enabler has on purpose; may be repeated. '--defect list' shows them all.", valueName: "name"))
    var defect: [String] = []

    @Option(
        help: ArgumentHelp(
            "A legal difference that the reference enabler has; may be repeated. '--variation list' shows them all.",
            valueName: "name"))
    var variation: [String] = []

    var isEmpty: Bool { defect.isEmpty && variation.isEmpty }

    /// Prints what `list` asks for; false when nobody asked.
    func list(on console: Console) -> Bool { DeviationNames.list(defect, variation, [], on: console) }

    /// - Throws: `Diagnostic` for a name that is none.
    func defects() throws(Diagnostic) -> Set<Defect> { Set(try DeviationNames.named(defect, "defect")) }

    /// - Throws: `Diagnostic` for a name that is none.
    func variations() throws(Diagnostic) -> Set<Variation> { Set(try DeviationNames.named(variation, "variation")) }
}

/// Names of what the reference enabler can be given, as options take them.
enum DeviationNames {
    /// Prints what `list` asks for; false when nobody asked.
    static func list(_ defects: [String], _ variations: [String], _ conditions: [String], on console: Console) -> Bool {
        var lines: [String] = []
        if defects.contains("list") {
            lines += Defect.allCases.map {
                "\($0.rawValue): \($0.summary) (\($0.check), \($0.requirements.joined(separator: ", ")))"
            }
        }
        if variations.contains("list") {
            lines += Variation.allCases.map { "\($0.rawValue): \($0.summary) (\($0.allowedBy))" }
        }
        if conditions.contains("list") {
            lines += RunCondition.allCases.map { "\($0.rawValue): \($0.summary) (\($0.allowedBy))" }
        }
        for line in lines { console.line(line) }
        return !lines.isEmpty
    }

    /// - Throws: `Diagnostic` for a name that is none.
    static func named<Named: RawRepresentable<String> & CaseIterable>(
        _ names: [String], _ kind: String
    ) throws(Diagnostic) -> [Named] {
        var found: [Named] = []
        for name in names {
            guard let known = Named(rawValue: name) else {
                throw Diagnostic(
                    .input, "deviation.\(kind)", "there is no \(kind) '\(escapedPeerText(name, limit: 100))'",
                    instead: nearestWord(to: name, among: Named.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" }
                        ?? "see --\(kind) list")
            }
            found.append(known)
        }
        return found
    }
}
