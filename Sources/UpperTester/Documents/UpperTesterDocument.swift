import Payloads
public import Recordings

/// A JSON document of the upper tester's specification, `docs/upper-tester.openapi.yaml`.
public protocol UpperTesterDocument: Sendable, Hashable {
    /// Reads it; unknown members are ignored, known ones must be as the specification says.
    init(_ field: JSONField) throws(DocumentProblem)
    /// As it is written, with only those optional members that have a value.
    var json: JSONValue { get }
}

extension UpperTesterDocument {
    /// Reads a whole document.
    public init(json: JSONValue) throws(DocumentProblem) { try self.init(JSONField(document: json)) }
}

/// Times of the upper tester as RFC 3339 texts. Inside they are milliseconds since 1970, UTC.
enum UpperTesterTime {
    static func milliseconds(from text: String) -> Int64? { RFC3339.milliseconds(from: text) }

    static func json(_ milliseconds: Int64) -> JSONValue { .string(RFC3339.string(fromMilliseconds: milliseconds)) }
}

/// An object of the members that have a value.
func jsonObject(_ members: [String: JSONValue?]) -> JSONValue { .object(members.compactMapValues { $0 }) }

extension Sequence where Element: UpperTesterDocument {
    var json: JSONValue { .array(map(\.json)) }
}
