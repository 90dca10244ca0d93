import ArgumentParser
import ClientReference
import Diagnostics
import EnablerReference
import Proving
import TestCases

/// What a reference is made to do otherwise.
struct DeviationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A fault that the reference has on purpose; may be repeated. '--defect list' shows them all.", valueName: "name"))
    var defect: [String] = []

    @Option(
        help: ArgumentHelp(
            "A legal difference that the reference has; may be repeated. '--variation list' shows them all.",
            valueName: "name"))
    var variation: [String] = []

    var isEmpty: Bool { defect.isEmpty && variation.isEmpty }

    /// Prints what `list` asks for; false when nobody asked.
    func list(on console: Console, _ role: ImplementationRole = .enabler) -> Bool {
        SubjectNames.list(["defect": defect, "variation": variation], role, on: console)
    }

    /// - Throws: `Diagnostic` for a name that is none.
    func defects() throws(Diagnostic) -> Set<Defect> { Set(try DeviationNames.named(defect, "defect")) }

    /// - Throws: `Diagnostic` for a name that is none.
    func variations() throws(Diagnostic) -> Set<Variation> { Set(try DeviationNames.named(variation, "variation")) }

    /// - Throws: `Diagnostic` for a name that is none.
    func client() throws(Diagnostic) -> EmbeddedClient {
        EmbeddedClient(
            defects: Set(try DeviationNames.named(unprefixed(defect), "defect")),
            variations: Set(try DeviationNames.named(unprefixed(variation), "variation")))
    }

    private func unprefixed(_ names: [String]) -> [String] {
        names.map { $0.hasPrefix(ProofSubject.clientPrefix) ? String($0.dropFirst(ProofSubject.clientPrefix.count)) : $0 }
    }
}

/// Names of what a reference can be given, as options take them.
enum DeviationNames {
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
