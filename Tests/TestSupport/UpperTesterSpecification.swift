import Foundation
public import Recordings
import Yams

/// `docs/upper-tester.openapi.yaml`, read once: what an upper tester serves is held against it.
public struct UpperTesterSpecification: Sendable {
    public static let shared = Result { try UpperTesterSpecification() }
    public let validator: SchemaValidator
    public var document: JSONValue { validator.document }

    private init() throws {
        var package = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { package = package.deletingLastPathComponent() }
        let text = try String(contentsOf: package.appendingPathComponent("docs/upper-tester.openapi.yaml"), encoding: .utf8)
        guard let node = try Yams.compose(yaml: text) else { throw Unreadable() }
        validator = SchemaValidator(document: try Self.json(node))
    }

    /// It is no YAML, or has no JSON form.
    public struct Unreadable: Error {
        public init() {}
    }

    private static func json(_ node: Node) throws -> JSONValue {
        switch node {
        case .mapping(let mapping):
            return .object(
                try Dictionary(mapping.map { ($0.key.string ?? "", try json($0.value)) }) { _, _ in throw Unreadable() })
        case .sequence(let sequence): return .array(try sequence.map(json))
        case .scalar(let scalar):
            guard scalar.style == .plain else { return .string(scalar.string) }
            if let int = node.int { return .integer(Int64(int)) }
            if let bool = node.bool { return .bool(bool) }
            return .string(scalar.string)
        default: throw Unreadable()
        }
    }

    /// `METHOD /path`, its path and the operation.
    public var operations: [(name: String, path: JSONValue, operation: JSONValue)] {
        (document["paths"]?.object ?? [:]).flatMap { path, item in
            (item.object ?? [:]).compactMap { method, operation in
                ["get", "put", "post", "delete", "patch", "head"].contains(method)
                    ? ("\(method.uppercased()) \(path)", item, operation) : nil
            }
        }
    }

    public func operation(_ name: String) -> JSONValue? { operations.first { $0.name == name }?.operation }

    /// The name of the operation that a request asks for; nil for none.
    public func name(ofMethod method: String, target: String) -> String? {
        let path = target.prefix { $0 != "?" }.split(separator: "/")
        return operations.map(\.name).first { name in
            let words = name.split(separator: " ")
            let parts = words[1].split(separator: "/")
            return words[0] == method && parts.count == path.count
                && zip(parts, path).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
    }

    /// The content of an answer of that status; nil where there is none, or no such status.
    public func content(_ name: String, _ status: Int) -> [String: JSONValue]? {
        validator.resolved(operation(name)?["responses"]?["\(status)"])?["content"]?.object
    }

    /// What is wrong with an answer; nothing when it is as the document says.
    public func faults(of name: String, status: Int, type: String?, body: [UInt8]) -> [String] {
        guard validator.resolved(operation(name)?["responses"]?["\(status)"]) != nil else { return ["no status \(status)"] }
        guard let content = content(name, status) else { return body.isEmpty ? [] : ["a body where none is"] }
        guard let type, let schema = content[type]?["schema"] else { return ["no content of type \(type ?? "none")"] }
        guard let json = try? JSONValue(parsing: body) else { return ["no JSON"] }
        return validator.faults(json, schema)
    }
}
