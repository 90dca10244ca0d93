// The small lexical tools that all the grammars of this module share; they work on UTF-8 and never on Characters.

/// True for the characters of a `token` (RFC 3261 §25.1).
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"),
        UInt8(ascii: "%"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "`"),
        UInt8(ascii: "'"), UInt8(ascii: "~"):
        true
    default: false
    }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

func isToken(_ text: some Collection<UInt8>) -> Bool { !text.isEmpty && text.allSatisfy(isTokenByte) }

/// Text from bytes that are part of a valid string.
func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// The bytes without blanks at either end.
func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var out = bytes
    while let first = out.first, isBlank(first) { out.removeFirst() }
    while let last = out.last, isBlank(last) { out.removeLast() }
    return out
}

/// A number of digits only, or nil; `limit` is the greatest value allowed.
func decimal(_ bytes: some Collection<UInt8>, limit: Int = Int(UInt32.max)) -> Int? {
    guard !bytes.isEmpty else { return nil }
    var value = 0
    for byte in bytes {
        guard isDigit(byte), value <= limit else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value <= limit ? value : nil
}

/// Equality of ASCII text in which case does not count.
func asciiCaseEqual(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    return a.utf8.elementsEqual(b.utf8) { lowered($0) == lowered($1) }
}

func lowered(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

/// ASCII letters made small; everything else is left.
func asciiLowercased(_ text: String) -> String { String(decoding: text.utf8.map(lowered), as: UTF8.self) }

/// The members of a list, split outside quotes and `<>`, blanks trimmed, empty members left out.
func splitList(_ value: String, at separator: UInt8) -> [String] {
    if !value.utf8.contains(separator) {
        let one = trimmed(Array(value.utf8)[...])
        return one.isEmpty ? [] : [text(one)]
    }
    return splitBytes(Array(value.utf8)[...], at: separator).compactMap {
        let part = trimmed($0)
        return part.isEmpty ? nil : text(part)
    }
}

/// The pieces between separators that stand outside quotes and `<>`.
func splitBytes(_ bytes: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    var quoted = false
    var angle = false
    var escaped = false
    for index in bytes.indices {
        let byte = bytes[index]
        if escaped {
            escaped = false
        } else if quoted {
            if byte == UInt8(ascii: "\\") { escaped = true } else if byte == UInt8(ascii: "\"") { quoted = false }
        } else if angle {
            angle = byte != UInt8(ascii: ">")
        } else if byte == separator {
            parts.append(bytes[start..<index])
            start = index + 1
        } else if byte == UInt8(ascii: "\"") {
            quoted = true
        } else if byte == UInt8(ascii: "<") {
            angle = true
        }
    }
    parts.append(bytes[start...])
    return parts
}

/// The text inside a quoted string, escapes resolved; text without quotes as it is.
func unquoted(_ value: String) -> String {
    let bytes = Array(value.utf8)
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { return value }
    var out: [UInt8] = []
    var escaped = false
    for byte in bytes[1..<(bytes.count - 1)] {
        if !escaped, byte == UInt8(ascii: "\\") {
            escaped = true
        } else {
            out.append(byte)
            escaped = false
        }
    }
    return text(out)
}

/// The text as a quoted string (RFC 3261 §25.1).
func quoted(_ value: String) -> String {
    var out = "\""
    for scalar in value.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { out.append("\\") }
        out.unicodeScalars.append(scalar)
    }
    return out + "\""
}

/// `%41` becomes `A`; a broken escape is left as it stands (RFC 3261 §19.1.2).
func percentDecoded(_ value: String) -> [UInt8] {
    let bytes = Array(value.utf8)
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = hexDigit(bytes[index + 1]), let low = hexDigit(bytes[index + 2])
        {
            out.append(high << 4 | low)
            index += 3
        } else {
            out.append(bytes[index])
            index += 1
        }
    }
    return out
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch lowered(byte) {
    case let digit where isDigit(digit): digit - UInt8(ascii: "0")
    case let letter where letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
    default: nil
    }
}
