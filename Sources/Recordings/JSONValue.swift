/// Any JSON value. Members of an object have no order; equality follows the JSON data model with integers kept exact.
///
/// The project writes and reads its own JSON so that the same value gives the same bytes on every platform:
/// digests are taken over `canonicalBytes`, and no number passes through a `Double` on its way.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a fraction, an exponent or beyond `Int64`. Infinities and NaN are written as `null`.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

// MARK: - Looking inside

extension JSONValue {
    public var isNull: Bool { self == .null }

    /// The truth value, if it is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The whole number, if it is one, also when it was written as `3.0`.
    public var int64: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The whole number as `Int`.
    public var int: Int? { int64.flatMap { Int(exactly: $0) } }

    /// The number, whole or not.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    public var object: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The strings of an array of strings; nil if it is no array or holds anything else.
    public var strings: [String]? {
        guard let array else { return nil }
        let found = array.compactMap(\.string)
        return found.count == array.count ? found : nil
    }

    /// The member of an object. Setting nil removes it; setting on what is no object makes it one.
    public subscript(key: String) -> JSONValue? {
        get { object?[key] }
        set {
            var members = object ?? [:]
            members[key] = newValue
            self = .object(members)
        }
    }

    /// The element of an array; nil outside its bounds.
    public subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}

// MARK: - Writing

extension JSONValue {
    /// The one-line form with keys sorted by their UTF-8 bytes, no spaces, and only what must be escaped escaped.
    ///
    /// Equal values that were built or parsed in any order give the same bytes; digests are taken over them.
    public var canonicalBytes: [UInt8] {
        var out: [UInt8] = []
        append(to: &out)
        return out
    }

    /// `canonicalBytes` as text.
    public var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

    /// Many lines, indented by two spaces, keys sorted; for files that people read.
    public var indentedText: String {
        var out: [UInt8] = []
        append(to: &out, indent: 0)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the canonical form, for writers that fill a buffer of their own.
    public func append(to out: inout [UInt8]) {
        switch self {
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                element.append(to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, key) in Self.sortedKeys(of: members).enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                Self.append(text: key, to: &out)
                out.append(UInt8(ascii: ":"))
                members[key]?.append(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        default:
            appendScalar(to: &out)
        }
    }

    private func append(to out: inout [UInt8], indent: Int) {
        func newLine(_ depth: Int) {
            out.append(UInt8(ascii: "\n"))
            out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                newLine(indent + 1)
                element.append(to: &out, indent: indent + 1)
            }
            newLine(indent)
            out.append(UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            out.append(UInt8(ascii: "{"))
            for (index, key) in Self.sortedKeys(of: members).enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                newLine(indent + 1)
                Self.append(text: key, to: &out)
                out.append(contentsOf: ": ".utf8)
                members[key]?.append(to: &out, indent: indent + 1)
            }
            newLine(indent)
            out.append(UInt8(ascii: "}"))
        default:
            append(to: &out)
        }
    }

    private func appendScalar(to out: inout [UInt8]) {
        switch self {
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): out.append(contentsOf: String(value).utf8)
        case .number(let value): out.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
        case .string(let value): Self.append(text: value, to: &out)
        case .null, .array, .object: out.append(contentsOf: "null".utf8)
        }
    }

    private static func sortedKeys(of members: [String: JSONValue]) -> [String] {
        members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Appends `text` in quotation marks (RFC 8259 §7).
    private static func append(text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0x0A: out.append(contentsOf: "\\n".utf8)
            case 0x0D: out.append(contentsOf: "\\r".utf8)
            case 0x09: out.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                out.append(contentsOf: "\\u00".utf8)
                out.append(hexDigits[Int(byte >> 4)])
                out.append(hexDigits[Int(byte & 15)])
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}

// MARK: - Conveniences

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// The last of equal keys counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }

    /// An array of strings.
    public init(strings: some Sequence<String>) { self = .array(strings.map(JSONValue.string)) }
}

extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
