import Diagnostics
import Testing

@testable import TestCases

/// The package's root, from the place of this file.
let packageRoot = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
let suitesRoot = packageRoot + "/Suites"

/// A suite with one case in few words, to be changed by a test.
func suite(_ cases: String) -> String {
    "suite: Trial\nrole: enabler\ncases:\n" + cases
}

/// What is wrong with a suite that is only a text.
func read(_ text: String, retired: Set<String> = []) -> (cases: [TestCase], diagnostics: [Diagnostic]) {
    let findings = Findings()
    let known = ["CPM-CONV-058", "CPM-CONV-058a", "CPM-CONV-058b", "CPM-CONV-058c", "CPM-CONV-058d"].map {
        Requirement(
            id: RequirementID($0), role: ["c", "d"].contains($0.suffix(1)) ? .client : .enabler, level: .shall, text: "", conditions: [], statements: [],
            claimedBy: nil, place: nil)
    }
    var reader = SuiteReader(
        catalogue: RequirementCatalogue(requirements: known), retired: retired, findings: findings)
    if let node = YAMLText.parse(text, file: "trial.yaml", limits: Limits(), findings: findings) { reader.read(node) }
    return (reader.cases, findings.sorted)
}

/// For files that no book of witnesses is among.
let noWords = WitnessBook.Vocabulary(defects: [], variations: [], conditions: [])
