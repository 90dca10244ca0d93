#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Overwrites credentials in one direction of one SIP connection with `*`, keeping every length.
///
/// Masked are the digest `response` (and its counterpart `rspauth`, from which the password can be guessed
/// just as well), the whole credentials of any other scheme, and passwords in SIP URIs (RFC 3261 §19.1.1).
/// It works byte by byte and remembers where it is, since a read may end in the middle of a header.
struct CredentialMask: Sendable {
    private enum Place {
        /// At the first byte of a line, where a blank still continues the header before (RFC 3261 §7.3.1).
        case lineStart
        case name
        /// In a header that holds no credentials, or in a body.
        case plain
        /// In the word that names the scheme.
        case scheme
        /// Between parameters, in the name of one, or in a value that may be seen.
        case parameters
        case seenQuotes
        case hiddenValue
        case hiddenQuotes
        /// In credentials of a scheme other than Digest.
        case hiddenRest
    }

    private static let credentialHeaders: Set<String> = [
        "authorization", "proxy-authorization", "authentication-info", "proxy-authentication-info",
    ]
    /// How the names of those headers begin, in lower case.
    private static let beginnings = (Array("auth".utf8), Array("prox".utf8))
    private static let longestWord = 32

    private var place = Place.lineStart
    /// Where a header that goes on after its line end goes on.
    private var resume = Place.plain
    private var word: [UInt8] = []
    private var afterEquals = false
    private var escaped = false
    private var uri = URIPasswordMask()

    /// Masks `bytes`, the next ones of the stream; true when something was overwritten.
    mutating func apply(to bytes: inout [UInt8]) -> Bool {
        var masked = false
        uri.begin()
        var index = 0
        while index < bytes.count {
            if place == .lineStart, let next = endOfPlainLine(bytes, from: index) {
                resume = .plain
                index = next
                continue
            }
            defer { index += 1 }
            let byte = bytes[index]
            let hide = step(byte)
            if let password = uri.step(byte, at: index) {
                for position in password { bytes[position] = UInt8(ascii: "*") }
                masked = masked || !password.isEmpty
            }
            if hide {
                bytes[index] = UInt8(ascii: "*")
                masked = true
            }
        }
        if let password = uri.end(at: bytes.count) {
            for position in password { bytes[position] = UInt8(ascii: "*") }
            masked = masked || !password.isEmpty
        }
        return masked
    }

    /// Most lines are whole, of another header and without an `@`: they need no look at each byte.
    private func endOfPlainLine(_ bytes: [UInt8], from start: Int) -> Int? {
        guard start + 4 < bytes.count, bytes[start] > UInt8(ascii: " ") else { return nil }
        let beginning = bytes[start..<(start + 4)].map { $0 | 0x20 }
        guard beginning != Self.beginnings.0, beginning != Self.beginnings.1 else { return nil }
        return bytes.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress.map({ $0 + start }),
                let end = memchr(first, 0x0A, bytes.count - start)
            else { return nil }
            let count = end - UnsafeMutableRawPointer(mutating: first)
            return memchr(first, 0x40, count) == nil ? start + count + 1 : nil
        }
    }

    /// True when this byte must not be seen.
    private mutating func step(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "\n") {
            // An empty line ends the head: a blank after it continues no header.
            resume = place == .name || place == .lineStart ? .plain : place
            place = .lineStart
            return false
        }
        if byte == UInt8(ascii: "\r") { return false }
        switch place {
        case .lineStart:
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                place = resume
                return step(byte)
            }
            place = .name
            word = []
            return inName(byte)
        case .name: return inName(byte)
        case .plain: return false
        case .scheme: return inScheme(byte)
        case .parameters: return inParameters(byte)
        case .seenQuotes:
            if endsQuotes(byte) { place = .parameters }
            return false
        case .hiddenQuotes:
            guard endsQuotes(byte) else { return true }
            place = .parameters
            return false
        case .hiddenValue:
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") else { return true }
            place = .parameters
            word = []
            return false
        case .hiddenRest: return byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t")
        }
    }

    private mutating func inName(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: ":") {
            let name = wordText
            let holds = Self.credentialHeaders.contains(name)
            // Authentication-Info has parameters only, no scheme before them (RFC 7615 §3).
            place = holds ? (name.hasSuffix("-info") ? .parameters : .scheme) : .plain
            word = []
            afterEquals = false
        } else if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") {
            keep(byte)
        }
        return false
    }

    private mutating func inScheme(_ byte: UInt8) -> Bool {
        guard byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") else {
            keep(byte)
            return false
        }
        guard !word.isEmpty else { return false }
        place = wordText == "digest" ? .parameters : .hiddenRest
        word = []
        afterEquals = false
        return false
    }

    private mutating func inParameters(_ byte: UInt8) -> Bool {
        let isSecret = afterEquals && (wordText == "response" || wordText == "rspauth")
        switch byte {
        case UInt8(ascii: ","):
            word = []
            afterEquals = false
        case UInt8(ascii: "="):
            afterEquals = true
        case UInt8(ascii: "\""):
            escaped = false
            place = isSecret ? .hiddenQuotes : .seenQuotes
            word = []
            afterEquals = false
        case UInt8(ascii: " "), UInt8(ascii: "\t"): break
        default:
            if isSecret {
                place = .hiddenValue
                word = []
                afterEquals = false
                return true
            }
            if !afterEquals { keep(byte) }
        }
        return false
    }

    private mutating func endsQuotes(_ byte: UInt8) -> Bool {
        if escaped {
            escaped = false
        } else if byte == UInt8(ascii: "\\") {
            escaped = true
        } else {
            return byte == UInt8(ascii: "\"")
        }
        return false
    }

    private var wordText: String { String(decoding: word, as: UTF8.self) }

    /// Longer words are none of those looked for, so their rest need not be kept.
    private mutating func keep(_ byte: UInt8) {
        guard word.count < Self.longestWord else { return }
        word.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
    }
}

/// Finds `sip:user:password@host` in a stream of bytes.
private struct URIPasswordMask: Sendable {
    private enum Place { case outside, scheme, user, password }

    private static let schemes = [Array("sip:".utf8), Array("sips:".utf8)]

    private var place = Place.outside
    private var scheme: [UInt8] = []
    private var previousIsWord = false
    /// Where the password began in the bytes at hand.
    private var start = 0
    private var digitsOnly = true

    mutating func begin() { start = 0 }

    /// The positions of a password that is now known to be one.
    mutating func step(_ byte: UInt8, at index: Int) -> Range<Int>? {
        switch place {
        case .outside, .scheme: lookForScheme(byte)
        case .user:
            if byte == UInt8(ascii: ":") {
                place = .password
                start = index + 1
                digitsOnly = true
            } else if !isUserByte(byte) {
                leave(byte)
            }
        case .password:
            if byte == UInt8(ascii: "@") {
                place = .outside
                return start..<index
            }
            if isPasswordByte(byte) {
                digitsOnly = digitsOnly && isDigit(byte)
            } else {
                leave(byte)
            }
        }
        return nil
    }

    /// At the end of a read an unfinished password is masked at once, unless it still looks like a port.
    mutating func end(at count: Int) -> Range<Int>? {
        guard case .password = place, !digitsOnly, start < count else { return nil }
        return start..<count
    }

    private mutating func leave(_ byte: UInt8) {
        place = .outside
        previousIsWord = isWordByte(byte)
    }

    private mutating func lookForScheme(_ byte: UInt8) {
        let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        defer { previousIsWord = isWordByte(byte) }
        if case .scheme = place {
            scheme.append(lower)
        } else if !previousIsWord, lower == UInt8(ascii: "s") {
            scheme = [lower]
        } else {
            return
        }
        if Self.schemes.contains(scheme) {
            place = .user
        } else if Self.schemes.contains(where: { $0.starts(with: scheme) }) {
            place = .scheme
        } else {
            place = .outside
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// RFC 3261 §25.1: unreserved, escaped, and what a password allows beside.
    private func isPasswordByte(_ byte: UInt8) -> Bool { isWordByte(byte) || "-_.!~*'()%&=+$,".utf8.contains(byte) }

    private func isUserByte(_ byte: UInt8) -> Bool { isPasswordByte(byte) || ";?/#".utf8.contains(byte) }
}
