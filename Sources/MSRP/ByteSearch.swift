#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Octets with a meaning in MSRP framing.
enum Octet {
    static let carriageReturn: UInt8 = 13
    static let lineFeed: UInt8 = 10
    static let space: UInt8 = 32
    static let tab: UInt8 = 9
    static let hyphen: UInt8 = 45
    static let colon: UInt8 = 58

    static func isDigit(_ octet: UInt8) -> Bool { octet &- 48 < 10 }
    static func isUpper(_ octet: UInt8) -> Bool { octet &- 65 < 26 }
    static func isLetter(_ octet: UInt8) -> Bool { (octet | 32) &- 97 < 26 }
    static func isAlphanumeric(_ octet: UInt8) -> Bool { isDigit(octet) || isLetter(octet) }

    /// `ident-char` of RFC 4975 §9.
    static func isIdentifier(_ octet: UInt8) -> Bool {
        if isAlphanumeric(octet) { return true }
        switch octet {
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "%"), UInt8(ascii: "="): return true
        default: return false
        }
    }

    /// `token` of RFC 2045 as header names use it.
    static func isToken(_ octet: UInt8) -> Bool {
        if isAlphanumeric(octet) { return true }
        switch octet {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "%"), UInt8(ascii: "*"),
            UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "~"),
            UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "^"), UInt8(ascii: "|"):
            return true
        default: return false
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The place of the first `octet` at or after `start`, or nil.
    @inline(__always)
    func first(_ octet: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start < count else { return nil }
        guard let hit = memchr(base + start, Int32(octet), count - start) else { return nil }
        return UnsafeRawPointer(hit) - base
    }

    /// True when the bytes at `place` are those of `other`, which must fit in.
    @inline(__always)
    func holds(_ other: UnsafeRawBufferPointer, at place: Int, count length: Int) -> Bool {
        guard let base = baseAddress, let wanted = other.baseAddress else { return length == 0 }
        return memcmp(base + place, wanted, length) == 0
    }

    /// True when `needle`, which is not empty, occurs anywhere.
    func contains(_ needle: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        while let hit = first(needle[0], from: place), hit + needle.count <= count {
            if holds(needle, at: hit, count: needle.count) { return true }
            place = hit + 1
        }
        return false
    }

    /// The text between two places; octets that are no UTF-8 become replacement characters.
    @inline(__always)
    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: self[range]), as: UTF8.self)
    }
}

/// True when `body` contains `needle` anywhere.
func bodyContains(_ body: [UInt8], _ needle: [UInt8]) -> Bool {
    body.withUnsafeBytes { haystack in needle.withUnsafeBytes { haystack.contains($0) } }
}

/// Compares ASCII text without regard to case.
func equalIgnoringCase(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    let left = one.utf8
    let right = other.utf8
    guard left.count == right.count else { return false }
    for (a, b) in zip(left, right) where a != b {
        guard a | 32 == b | 32, Octet.isLetter(a) else { return false }
    }
    return true
}
