internal import Diagnostics
internal import Recordings

/// A YAML or JSON value with the places it was written at; every reader in this room works on it.
struct DocumentNode {
    enum Content {
        /// `plain` is false for what stood in quotation marks: it is text even if it looks like a number.
        case scalar(String, plain: Bool)
        case sequence([DocumentNode])
        case mapping([Entry])
    }

    struct Entry {
        var key: String
        var keyPlace: SourcePlace?
        var value: DocumentNode
    }

    var content: Content
    /// Nil for what came from a recording.
    var place: SourcePlace?
}

extension DocumentNode {
    /// A text, number or truth value as it is written; nil for lists and mappings and for nothing at all.
    var scalar: String? {
        guard case .scalar(let text, _) = content, !isEmpty else { return nil }
        return text
    }

    /// Nothing stands after the key, or `null`.
    var isEmpty: Bool {
        guard case .scalar(let text, true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The YAML 1.2 core words and YAML 1.1's `on` and `off`, which libyaml's users expect.
    var bool: Bool? {
        guard case .scalar(let text, true) = content else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: return nil
        }
    }

    var int: Int? {
        guard case .scalar(let text, true) = content else { return nil }
        return Int(text.filter { $0 != "_" })
    }

    var sequence: [DocumentNode]? {
        if case .sequence(let nodes) = content { nodes } else { nil }
    }

    var mapping: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    subscript(key: String) -> DocumentNode? { mapping?.first { $0.key == key }?.value }

    /// Where a key of a mapping is written.
    func keyPlace(_ key: String) -> SourcePlace? { mapping?.first { $0.key == key }?.keyPlace }

    /// What it is, for a sentence about a wrong type.
    var typeInWords: String {
        switch content {
        case .scalar(_, let plain):
            if isEmpty { return "nothing" }
            if plain, int != nil { return "a number" }
            if plain, bool != nil { return "true or false" }
            return "a word"
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        }
    }

    /// The same shape from JSON, without places; the members of objects in the order of their keys.
    init(_ json: JSONValue) {
        switch json {
        case .null: self.init(content: .scalar("null", plain: true))
        case .bool(let value): self.init(content: .scalar(value ? "true" : "false", plain: true))
        case .integer(let value): self.init(content: .scalar(String(value), plain: true))
        case .number(let value): self.init(content: .scalar("\(value)", plain: true))
        case .string(let value): self.init(content: .scalar(value, plain: false))
        case .array(let values): self.init(content: .sequence(values.map(DocumentNode.init)))
        case .object(let members):
            self.init(
                content: .mapping(
                    members.sorted { $0.key < $1.key }.map { Entry(key: $0.key, value: DocumentNode($0.value)) }))
        }
    }
}
