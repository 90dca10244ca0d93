public import Diagnostics
public import Recordings

extension TestCase {
    /// Reads what `json` wrote, from the header of a recording; requirements that are not known any more are kept.
    public init(json: JSONValue) throws(DiagnosticList) {
        let findings = Findings()
        var reader = CaseReader(findings: findings)
        reader.role = json["role"]?.string.flatMap(ImplementationRole.init) ?? .enabler
        let id = json["id"]?.string ?? ""
        guard var testCase = reader.read(DocumentNode(json), id: id, keys: CaseReader.recordedKeys), !id.isEmpty else {
            if findings.all.isEmpty { findings.add("case.recorded", nil, "the recorded case has no ID") }
            throw DiagnosticList(findings.sorted)
        }
        testCase.baseID = json["base"]?.string ?? id
        testCase.suite = json["suite"]?.string ?? ""
        testCase.row = json["row"]?.object?.compactMapValues(\.string) ?? [:]
        self = testCase
    }
}
