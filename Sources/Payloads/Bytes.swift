import Diagnostics

/// Lines of a payload, with either line ending.
struct LineReader {
    let bytes: [UInt8]
    /// Where the next line starts.
    private(set) var position: Int
    /// The number of the line last read, from 1.
    private(set) var number = 0
    /// Whether a line ended in LF alone so far.
    private(set) var sawBareLF = false

    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// One line: where its text is, and where the next one starts.
    struct Line {
        var text: Range<Int>
        var whole: Range<Int>
        /// CRLF, LF or nothing at the end of the bytes.
        var isTerminated: Bool { text.upperBound < whole.upperBound }
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// The next line, or nil at the end.
    mutating func next() -> Line? {
        guard position < bytes.count else { return nil }
        let start = position
        var end = bytes.count
        var textEnd = bytes.count
        if let feed = indexOfFeed(from: start) {
            end = feed + 1
            textEnd = feed
            if feed > start, bytes[feed - 1] == 13 { textEnd = feed - 1 } else { sawBareLF = true }
        }
        position = end
        number += 1
        return Line(text: start..<textEnd, whole: start..<end)
    }

    /// The first byte of the next line, without reading it.
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func indexOfFeed(from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            var index = start
            while index < buffer.count {
                if buffer[index] == 10 { return index }
                index += 1
            }
            return nil
        }
    }

    /// The text of a range; throws when it is not UTF-8.
    func string(_ range: Range<Int>) throws(PayloadError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw PayloadError(.notUTF8, line: number, "the line is not UTF-8")
        }
        return text
    }
}

/// How the lines of a payload end.
public enum LineEnding: String, Sendable, Hashable {
    case crlf = "\r\n"
    /// Against the standards, but seen.
    case lf = "\n"
}

extension UInt8 {
    /// A character of a token (RFC 2045 §5.1).
    var isTokenCharacter: Bool {
        switch self {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7E: true
        default: false
        }
    }

    var isBlank: Bool { self == 32 || self == 9 }
    var isDigit: Bool { (0x30...0x39).contains(self) }
}

extension StringProtocol {
    /// Whether this is one or more token characters.
    var isToken: Bool { !isEmpty && utf8.allSatisfy(\.isTokenCharacter) }

    /// Without blanks and tabs at either end.
    func trimmingBlanks() -> String {
        let text = Substring(self)
        guard let start = text.utf8.firstIndex(where: { !$0.isBlank }),
            let end = text.utf8.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(text[start...end])
    }

    /// A number of decimal digits and nothing else; nil also when it is too large.
    var decimal: Int? { !isEmpty && utf8.allSatisfy(\.isDigit) ? Int(self) : nil }

    /// Equal but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension UInt8 {
    var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self + 32 : self }
}
