/// The escapes of CPIM header values (RFC 3862 §2.3): `\uXXXX`, `\b`, `\t`, `\n`, `\r`, `\"`, `\'`, `\\`.
public enum CPIMText {
    /// The text that an escaped value stands for. What is no escape stays as it is.
    public static func unescaped(_ value: some StringProtocol) -> String {
        guard value.utf8.contains(UInt8(ascii: "\\")) else { return String(value) }
        var out = String.UnicodeScalarView()
        var rest = Substring(value).unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let next = rest.first else {
                out.append(scalar)
                continue
            }
            if next == "u", let (decoded, length) = codePoint(rest.dropFirst()) {
                out.append(decoded)
                rest = rest.dropFirst(1 + length)
            } else if let plain = simple[next] {
                out.append(plain)
                rest.removeFirst()
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// Text as a header value: control characters and the backslash escaped, all else as it is.
    public static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\u{8}": out += "\\b"
            case "\t": out += "\\t"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\0"..<" ", "\u{7F}"..."\u{9F}": out += hexadecimal(scalar.value)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Text as a quoted string.
    static func quoted(_ text: String) -> String { "\"" + escaped(text).replacing("\"", with: "\\\"") + "\"" }

    private static let simple: [Unicode.Scalar: Unicode.Scalar] = [
        "b": "\u{8}", "t": "\t", "n": "\n", "r": "\r", "\"": "\"", "'": "'", "\\": "\\",
    ]

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// Four hexadecimal digits, or two escapes of four that are a surrogate pair; with the scalars they take.
    private static func codePoint(_ text: Substring.UnicodeScalarView) -> (Unicode.Scalar, Int)? {
        guard let first = fourDigits(text) else { return nil }
        if let scalar = Unicode.Scalar(first) { return (scalar, 4) }
        let second = text.dropFirst(4)
        guard (0xD800..<0xDC00).contains(first), second.starts(with: "\\u".unicodeScalars),
            let low = fourDigits(second.dropFirst(2)), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (low - 0xDC00))
        else { return nil }
        return (scalar, 10)
    }

    private static func fourDigits(_ text: Substring.UnicodeScalarView) -> UInt32? {
        let digits = text.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        return UInt32(String(Substring(digits)), radix: 16)
    }
}

/// A From, To or cc value: `Formal Name <uri>` (RFC 3862 §4).
public struct CPIMAddress: Sendable, Hashable, CustomStringConvertible {
    /// The formal name without quotes and escapes; nil when there is none.
    public var displayName: String?
    public var uri: String

    public init(displayName: String? = nil, uri: String) {
        self.displayName = displayName
        self.uri = uri
    }

    /// Reads a header value; nil when it has no URI in angle brackets.
    public init?(_ value: String) {
        let text = value.trimmingBlanks()
        guard text.hasSuffix(">") else { return nil }
        var name = ""
        var rest = text[...]
        if text.hasPrefix("\"") {
            guard let close = Self.closingQuote(text) else { return nil }
            name = CPIMText.unescaped(text[text.index(after: text.startIndex)..<close])
            rest = text[text.index(after: close)...]
        }
        guard let open = rest.firstIndex(of: "<") else { return nil }
        let between = rest[..<open].trimmingBlanks()
        let inside = rest[rest.index(after: open)...].dropLast()
        guard !inside.isEmpty, !inside.contains(where: { $0 == "<" || $0 == ">" || $0.isWhitespace }) else { return nil }
        if name.isEmpty { name = CPIMText.unescaped(between) } else if !between.isEmpty { return nil }
        self.init(displayName: name.isEmpty ? nil : name, uri: String(inside))
    }

    /// As a header value, the name quoted unless it is a row of tokens.
    public var description: String {
        guard let displayName, !displayName.isEmpty else { return "<\(uri)>" }
        let words = displayName.split(separator: " ", omittingEmptySubsequences: false)
        let name = words.allSatisfy(\.isToken) ? displayName : CPIMText.quoted(displayName)
        return "\(name) <\(uri)>"
    }

    private static func closingQuote(_ text: String) -> String.Index? {
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            if text[index] == "\"" { return index }
            if text[index] == "\\" {
                index = text.index(after: index)
                guard index < text.endIndex else { return nil }
            }
            index = text.index(after: index)
        }
        return nil
    }
}
