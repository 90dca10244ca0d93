import Foundation
public import TestCases

extension WitnessBook {
    /// What the fast form of the proof plays, as a page of the documentation: each defect with the cases that must catch
    /// it, each legal subject with what allows it.
    public var markdown: String {
        var out = """
            # What the suite is proved against

            Made by `cpmcheck prove --table > docs/MATRIX.md`; a test holds it to `Suites/proof.yaml`. `cpmcheck prove --fast`,
            in continuous integration, plays all of it: each defect must be caught in the cases named here, by its check
            and for its requirements and no others, and nothing legal may be flagged. `cpmcheck prove` plays everything
            against every case; [PROOF.md](PROOF.md) says how to read that matrix. Behind `@` stands the provider profile.

            """
        out += defectRows(.enabler) + legalRows("variation", .enabler) + legalRows("condition", .enabler) + keyRows
        return out + "\n# The client\n" + defectRows(.client) + legalRows("variation", .client)
    }

    private func defectRows(_ role: ImplementationRole) -> String {
        let subjects = ProofSubject.all("defect").filter { $0.role == role }
        var out = "\n## Defects\n\n\(subjects.count) faults that the reference \(role.rawValue) can be given.\n\n"
        out += "| defect | what the \(role.rawValue) does | breaks | check | caught in |\n| --- | --- | --- | --- | --- |\n"
        for subject in subjects {
            let breaks = subject.fault?.requirements.map { $0.replacing("CPM-CONV-", with: "") }.joined(separator: ", ") ?? ""
            out += "| `\(subject.name)` | \(subject.summary) | \(breaks) | `\(subject.fault?.check ?? "")` | "
            out += "\(Self.names(defects[subject.name]?.caught ?? [])) |\n"
        }
        return out
    }

    private func legalRows(_ kind: String, _ role: ImplementationRole) -> String {
        let subjects = ProofSubject.all(kind).filter { $0.role == role }
        var out = "\n## \(kind.capitalized)s\n\n\(subjects.count) legal differences of the reference \(role.rawValue)"
        out += kind == "condition" ? " and of the way to it.\n\n" : ".\n\n"
        out += "| \(kind) | what differs | allowed by | passes in |\n| --- | --- | --- | --- |\n"
        for subject in subjects {
            let cases = (variations[subject.name] ?? conditions[subject.name] ?? []).count
            out += "| `\(subject.name)` | \(subject.summary) | \(subject.allowedBy ?? "") | \(cases) cases |\n"
        }
        return out
    }

    private var keyRows: String {
        var out = "\n## Keys of the binding profile\n\nEach changes a verdict.\n\n"
        out += "| key | value | case | against |\n| --- | --- | --- | --- |\n"
        for trial in keys {
            out += "| `\(trial.key.rawValue)` | `\(trial.value)` | `\(trial.caseID)` | "
            out += "`\(trial.defect ?? trial.variation ?? "conformant")` |\n"
        }
        return out
    }

    private static func names(_ ids: [String]) -> String { ids.map { "`\($0)`" }.joined(separator: ", ") }
}
