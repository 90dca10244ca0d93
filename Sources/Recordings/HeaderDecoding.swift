internal import Diagnostics

/// Reads the first line of a recording.
enum HeaderDecoding {
    static let ownKeys: Set<String> = [
        "kind", "format", "version", "start", "seed", "strict", "versions", "digest", "case", "iut", "binding",
    ]

    typealias Problem = (_ code: String, _ what: String, _ instead: String?, _ column: Int) -> Diagnostic

    static func header(
        from members: [String: JSONValue], reading problem: Problem
    ) throws(Diagnostic) -> RecordingHeader {
        guard members["format"]?.string == RecordingHeader.formatName, let version = members["version"]?.string else {
            throw problem(
                "not-a-recording", "the first line is not the header of a recording",
                "name a file that 'cpmcheck run' wrote", 0)
        }
        guard majorVersion(version) == majorVersion(RecordingHeader.currentVersion) else {
            throw problem(
                "version", "the recording has format version \(escapedPeerText(version, limit: 20))",
                "this program reads \(majorVersion(RecordingHeader.currentVersion)).x; use the one that wrote it", 0)
        }
        func required<Value>(_ key: String, _ type: (JSONValue) -> Value?) throws(Diagnostic) -> Value {
            guard let value = members[key].flatMap(type) else {
                throw problem("field", "the header lacks '\(key)', or it is of the wrong type", nil, 0)
            }
            return value
        }
        var header = RecordingHeader(
            start: try required("start", \.string), case: try required("case", { $0 }),
            iut: try required("iut", { $0 }), binding: try required("binding", { $0 }),
            seed: try required("seed") { $0.string.flatMap { UInt64($0) } },
            versions: try required("versions", names), strict: try required("strict", \.bool))
        guard try required("digest", \.string) == header.digest else {
            throw problem("digest", "the digest in the header is not that of the case in it", nil, 0)
        }
        header.version = version
        header.extra = members.filter { !ownKeys.contains($0.key) }
        return header
    }

    private static func majorVersion(_ version: String) -> Substring { version.prefix { $0 != "." } }

    private static func names(_ value: JSONValue) -> [String: String]? {
        guard let object = value.object else { return nil }
        let names = object.compactMapValues(\.string)
        return names.count == object.count ? names : nil
    }
}
