/// Why bytes are not acceptable JSON: what is wrong and the offset of the byte where it was noticed, from 0.
public struct JSONProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var what: String
    public var offset: Int

    public var description: String { "\(what) at byte \(offset)" }
}

extension JSONValue {
    /// Reads exactly one JSON text (RFC 8259): valid UTF-8, no duplicate keys, no lone surrogates, nothing after it.
    ///
    /// `maximumBytes` bounds the text, `maximumDepth` the nesting of arrays and objects.
    public init(
        parsing bytes: [UInt8], maximumBytes: Int = 16 * 1024 * 1024, maximumDepth: Int = 64
    ) throws(JSONProblem) {
        guard bytes.count <= maximumBytes else {
            throw JSONProblem(what: "the JSON text is longer than \(maximumBytes) bytes", offset: maximumBytes)
        }
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        self = try parser.whole()
    }

    /// The same for a text that is already a string.
    public init(parsing text: String, maximumBytes: Int = 16 * 1024 * 1024) throws(JSONProblem) {
        try self.init(parsing: Array(text.utf8), maximumBytes: maximumBytes)
    }
}

/// A strict recursive-descent parser; its depth is bounded, so hostile nesting cannot exhaust the stack.
private struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func whole() throws(JSONProblem) -> JSONValue {
        let value = try self.value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw problem("there is more after the JSON value") }
        return value
    }

    private func problem(_ what: String) -> JSONProblem { JSONProblem(what: what, offset: position) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
        skipSpace()
        guard let byte = current else { throw problem("the JSON text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"):
            return .object(try members(depth: depth))
        case UInt8(ascii: "["):
            return .array(try elements(depth: depth))
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number()
        default:
            return try word()
        }
    }

    private mutating func members(depth: Int) throws(JSONProblem) -> [String: JSONValue] {
        guard depth < maximumDepth else { throw problem("the JSON is nested deeper than \(maximumDepth) levels") }
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw problem("a key in quotation marks is missing") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw problem("a colon is missing after the key \"\(key)\"") }
            let value = try self.value(depth: depth + 1)
            guard members.updateValue(value, forKey: key) == nil else {
                throw problem("the key \"\(key)\" occurs twice")
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or a closing brace is missing") }
        }
    }

    private mutating func elements(depth: Int) throws(JSONProblem) -> [JSONValue] {
        guard depth < maximumDepth else { throw problem("the JSON is nested deeper than \(maximumDepth) levels") }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw problem("a comma or a closing bracket is missing") }
        }
    }

    private mutating func word() throws(JSONProblem) -> JSONValue {
        for (text, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
        where bytes[position...].starts(with: text.utf8) {
            position += text.utf8.count
            return value
        }
        throw problem("this begins no JSON value")
    }

    private mutating func digits() throws(JSONProblem) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        if start == position { throw problem("a digit is missing") }
    }

    private mutating func number() throws(JSONProblem) -> JSONValue {
        let start = position
        var whole = true
        _ = take(UInt8(ascii: "-"))
        let first = position
        try digits()
        if bytes[first] == UInt8(ascii: "0"), position > first + 1 {
            throw problem("a number must not begin with a zero")
        }
        if take(UInt8(ascii: ".")) {
            whole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            whole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw problem("the number \(text) is too large") }
        return .number(value)
    }

    private mutating func string() throws(JSONProblem) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try utf8(bytes[start..<position])
        }
        return try escapedString(from: start)
    }

    private func utf8(_ slice: some Collection<UInt8>) throws(JSONProblem) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw problem("the string is not valid UTF-8")
        }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONProblem) -> String {
        var unescaped = Array(bytes[start..<position])
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try utf8(unescaped)
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case 0..<0x20: throw problem("a control character in a string must be escaped")
            default: unescaped.append(byte)
            }
        }
        throw problem("the string does not end")
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONProblem) {
        guard let byte = current else { throw problem("the string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"): out.append(contentsOf: String(Character(try escapedScalar())).utf8)
        default: throw problem("an unknown escape in a string")
        }
    }

    private mutating func escapedScalar() throws(JSONProblem) -> Unicode.Scalar {
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw problem("half of a surrogate pair")
        }
        let second = try hexUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw problem("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexUnit() throws(JSONProblem) -> UInt32 {
        guard position + 4 <= bytes.count else { throw problem("\\u needs four hexadecimal digits") }
        var value: UInt32 = 0
        for byte in bytes[position..<(position + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw problem("\\u needs four hexadecimal digits")
            }
            value = value << 4 + UInt32(digit)
        }
        position += 4
        return value
    }
}
