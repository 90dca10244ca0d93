public import Recordings

/// Validates JSON against the part of JSON Schema (2020-12) that `docs/upper-tester.openapi.yaml` uses. A keyword that is
/// not known here is a fault, so that nothing in the document goes unchecked.
public struct SchemaValidator: Sendable {
    /// The whole document, for references.
    public let document: JSONValue

    public init(document: JSONValue) { self.document = document }

    private static let remarks: Set<String> = [
        "description", "example", "examples", "title", "format", "contentEncoding", "default",
    ]

    /// What is wrong, each with its path; nothing when it is valid.
    public func faults(_ value: JSONValue, _ schema: JSONValue, at path: String = "$") -> [String] {
        guard let keywords = schema.object else { return ["\(path): the schema is no object"] }
        return keywords.flatMap { keyword, argument -> [String] in
            if Self.remarks.contains(keyword) { return [] }
            return fault(value, keyword, argument, keywords, path)
        }
    }

    private func fault(
        _ value: JSONValue, _ keyword: String, _ argument: JSONValue, _ schema: [String: JSONValue], _ path: String
    ) -> [String] {
        switch keyword {
        case "$ref":
            guard let target = resolve(argument.string ?? "") else { return ["\(path): nothing at \(argument)"] }
            return faults(value, target, at: path)
        case "type": return isOf(value, argument.string ?? "") ? [] : ["\(path): is no \(argument.string ?? "?")"]
        case "const": return value == argument ? [] : ["\(path): is not \(argument.canonicalText)"]
        case "enum":
            return argument.array?.contains(value) == true ? [] : ["\(path): is not one of \(argument.canonicalText)"]
        case "required", "properties": return members(value, keyword, argument, path)
        case "items":
            return (value.array ?? []).enumerated().flatMap { faults($0.element, argument, at: "\(path)[\($0.offset)]") }
        case "oneOf":
            let fitting = (argument.array ?? []).count { faults(value, $0, at: path).isEmpty }
            return fitting == 1 ? [] : ["\(path): fits \(fitting) of oneOf"]
        case "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum": return bound(value, keyword, argument, path)
        case "pattern":
            guard let text = value.string, let pattern = try? Regex(argument.string ?? "[") else {
                return value.string == nil ? [] : ["\(path): the pattern is none"]
            }
            return text.firstMatch(of: pattern) == nil ? ["\(path): does not fit \(argument)"] : []
        default: return ["\(path): the keyword \(keyword) is not known to the test"]
        }
    }

    private func members(_ value: JSONValue, _ keyword: String, _ argument: JSONValue, _ path: String) -> [String] {
        guard let members = value.object else { return [] }
        if keyword == "required" {
            return (argument.strings ?? []).filter { members[$0] == nil }.map { "\(path).\($0): is missing" }
        }
        return (argument.object ?? [:]).flatMap { name, schema in
            members[name].map { faults($0, schema, at: "\(path).\(name)") } ?? []
        }
    }

    private func bound(_ value: JSONValue, _ keyword: String, _ argument: JSONValue, _ path: String) -> [String] {
        let limit = argument.int ?? 0
        let size: Int? =
            if keyword.hasSuffix("Items") {
                value.array?.count
            } else if keyword.hasSuffix("Length") {
                value.string?.unicodeScalars.count
            } else {
                value.int
            }
        guard let size else { return [] }
        return (keyword.hasPrefix("min") ? size >= limit : size <= limit) ? [] : ["\(path): breaks \(keyword) \(limit)"]
    }

    private func isOf(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "object": value.object != nil
        case "array": value.array != nil
        case "string": value.string != nil
        case "boolean": value.bool != nil
        case "integer": value.int64 != nil
        case "number": value.double != nil
        default: false
        }
    }

    /// What stands at `#/components/…`.
    public func resolve(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(Optional(document)) { value, key in value?[String(key)] }
    }

    /// The value itself, or what it refers to.
    public func resolved(_ value: JSONValue?) -> JSONValue? {
        guard let reference = value?["$ref"]?.string else { return value }
        return resolve(reference)
    }
}
