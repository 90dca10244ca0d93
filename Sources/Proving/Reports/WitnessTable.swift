import EnablerReference
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

            ## Defects

            \(Defect.allCases.count) faults that the reference enabler can be given.

            | defect | what the enabler does | breaks | check | caught in |
            | --- | --- | --- | --- | --- |

            """
        for defect in Defect.allCases {
            let breaks = defect.requirements.map { $0.replacing("CPM-CONV-", with: "") }.joined(separator: ", ")
            out += "| `\(defect.rawValue)` | \(defect.summary) | \(breaks) | `\(defect.check)` | "
            out += "\(Self.names(defects[defect.rawValue]?.caught ?? [])) |\n"
        }
        out += "\n## Variations\n\n\(Variation.allCases.count) legal differences of the reference enabler.\n\n"
        out += "| variation | what the enabler does | allowed by | passes in |\n| --- | --- | --- | --- |\n"
        for variation in Variation.allCases {
            out += "| `\(variation.rawValue)` | \(variation.summary) | \(variation.allowedBy) | "
            out += "\(variations[variation.rawValue]?.count ?? 0) cases |\n"
        }
        out += "\n## Conditions\n\n| condition | what differs | allowed by | passes in |\n| --- | --- | --- | --- |\n"
        for condition in RunCondition.allCases {
            out += "| `\(condition.rawValue)` | \(condition.summary) | \(condition.allowedBy) | "
            out += "\(conditions[condition.rawValue]?.count ?? 0) cases |\n"
        }
        return out + keyRows
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
