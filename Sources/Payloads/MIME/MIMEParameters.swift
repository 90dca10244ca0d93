/// Parameters of a media type or disposition, in order; names compare without case.
public struct MIMEParameters: Sendable, Hashable, ExpressibleByDictionaryLiteral, RandomAccessCollection {
    /// One `name=value`; the value without quotes.
    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    private var all: [Parameter] = []

    public init() {}
    public init(dictionaryLiteral elements: (String, String)...) {
        all = elements.map { Parameter($0.0, $0.1) }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { all.count }
    public subscript(position: Int) -> Parameter { all[position] }

    /// The first value of that name; setting replaces it, adds it at the end or, with nil, removes it.
    public subscript(name: String) -> String? {
        get { all.first { $0.name.equalsIgnoringCase(name) }?.value }
        set {
            let index = all.firstIndex { $0.name.equalsIgnoringCase(name) }
            switch (index, newValue) {
            case (let index?, let value?): all[index].value = value
            case (let index?, nil): all.remove(at: index)
            case (nil, let value?): all.append(Parameter(name, value))
            case (nil, nil): break
            }
        }
    }

    /// `;name=value` for each, quoted where the value is no token.
    public var serialized: String {
        all.map { ";\($0.name)=\(Self.quotedIfNeeded($0.value))" }.joined()
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        if value.isToken { return value }
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// Reads `*(; name=value)` to the end of `text`; nil when it is not that. At most 64.
    init?(parsing text: Substring) {
        var rest = Scanner(text)
        while true {
            rest.skipBlanks()
            if rest.isAtEnd { return }
            guard rest.take(UInt8(ascii: ";")) else { return nil }
            rest.skipBlanks()
            if rest.isAtEnd { return }  // a lone ';' at the end is common and harmless
            guard let name = rest.token() else { return nil }
            rest.skipBlanks()
            guard rest.take(UInt8(ascii: "=")) else { return nil }
            rest.skipBlanks()
            guard let value = rest.quotedOrValue(), all.count < 64 else { return nil }
            all.append(Parameter(name, value))
        }
    }
}

/// Steps through the text of one header value.
struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: Substring) { rest = text.utf8 }

    var isAtEnd: Bool { rest.isEmpty }
    /// What is left.
    var remainder: Substring { Substring(rest) }

    mutating func skipBlanks() { rest = rest.drop { $0.isBlank } }

    mutating func take(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// One or more token characters.
    mutating func token() -> String? {
        let found = rest.prefix(while: \.isTokenCharacter)
        guard !found.isEmpty else { return nil }
        rest = rest[found.endIndex...]
        return String(Substring(found))
    }

    /// A quoted string without its quotes, or everything up to the next blank or ';' (peers forget quotes).
    mutating func quotedOrValue() -> String? {
        if take(UInt8(ascii: "\"")) { return restOfQuoted() }
        let found = rest.prefix { !$0.isBlank && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") }
        guard !found.isEmpty else { return nil }
        rest = rest[found.endIndex...]
        return String(Substring(found))
    }

    private mutating func restOfQuoted() -> String? {
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        return nil
    }
}
