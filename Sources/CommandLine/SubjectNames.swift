import Diagnostics
import Proving
import TestCases

/// Names of what the suite is proved against, as the options of `prove` take them.
enum SubjectNames {
    /// Prints what `list` asks for; false when nobody asked.
    ///
    /// - Parameters:
    ///   - asked: the names given, by kind.
    ///   - role: nil for both.
    static func list(_ asked: [String: [String]], _ role: ImplementationRole? = nil, on console: Console) -> Bool {
        var lines: [String] = []
        for subject in ProofSubject.all where role ?? subject.role == subject.role {
            guard asked[subject.kind]?.contains("list") == true else { continue }
            let fault = subject.fault.map { "\($0.check), \($0.requirements.joined(separator: ", "))" }
            lines.append("\(subject.name): \(subject.summary) (\(fault ?? subject.allowedBy ?? ""))")
        }
        for line in lines { console.line(line) }
        // The lines alone are for other programs.
        if !lines.isEmpty { console.err("\(lines.count) in all\n") }
        return !lines.isEmpty
    }

    /// The subjects of the names; the prefix of a client's may be left out where the name is of one role only.
    /// - Throws: `Diagnostic` for a name that is none.
    static func named(_ names: [String], _ kind: String, among all: [ProofSubject]) throws(Diagnostic) -> [ProofSubject] {
        let subjects = all.filter { $0.kind == kind }
        var found: [ProofSubject] = []
        for name in names {
            let prefixed = ProofSubject.clientPrefix + name
            guard let subject = subjects.first(where: { $0.name == name }) ?? subjects.first(where: { $0.name == prefixed }) else {
                throw Diagnostic(
                    .input, "deviation.\(kind)", "there is no \(kind) '\(escapedPeerText(name, limit: 100))'",
                    instead: nearestWord(to: name, among: subjects.map(\.name)).map { "did you mean '\($0)'?" }
                        ?? "see --\(kind) list")
            }
            found.append(subject)
        }
        return found
    }
}
