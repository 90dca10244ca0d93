/// The grammar of the lines of a head (RFC 3261 §7.1 to §7.3), over bytes.
enum SIPHeadGrammar {
    /// The first byte from `from` that is a control character other than a tab, or `to`.
    static func endOfPlainText(_ bytes: [UInt8], from: Int, to: Int) -> Int {
        guard from < to else { return from }
        return bytes.withUnsafeBufferPointer { bytes in
            var index = from
            while index < to {
                let byte = bytes[index]
                if byte < 0x20 && byte != 0x09 || byte == 0x7F { return index }
                index += 1
            }
            return to
        }
    }

    static func startLine(_ line: ArraySlice<UInt8>) throws(SIPParseError) -> SIPStartLine {
        if line.starts(with: "SIP/".utf8) { return try statusLine(line) }
        guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last
        else { throw .startLine(shown(line)) }
        let method = line[..<first]
        let uri = line[(first + 1)..<last]
        guard isToken(method), !uri.isEmpty, !uri.contains(where: { $0 <= 0x20 }),
            line[(last + 1)...].starts(with: "SIP/".utf8)
        else { throw .startLine(shown(line)) }
        guard line[(last + 1)...].elementsEqual("SIP/2.0".utf8) else { throw .version(shown(line)) }
        guard let uriText = string(uri) else { throw .notUTF8("the Request-URI") }
        return .request(method: SIPMethod(rawValue: text(method)), uri: uriText)
    }

    private static func statusLine(_ line: ArraySlice<UInt8>) throws(SIPParseError) -> SIPStartLine {
        let version = line.prefix { $0 != 0x20 }
        guard version.elementsEqual("SIP/2.0".utf8) else { throw .version(shown(line)) }
        let rest = line.dropFirst(version.count + 1)
        guard let status = decimal(rest.prefix(3)), rest.count >= 3, status >= 100, status <= 699,
            rest.count == 3 || rest[rest.startIndex + 3] == 0x20
        else { throw .startLine(shown(line)) }
        guard let reason = string(rest.dropFirst(4)) else { throw .notUTF8("the reason phrase") }
        return .response(status: status, reason: reason)
    }

    /// One header line, already unfolded.
    static func field(_ line: ArraySlice<UInt8>) throws(SIPParseError) -> SIPHeaderField {
        let found: (name: Range<Int>, value: Range<Int>)? = line.withUnsafeBufferPointer { bytes in
            var colon = 0
            while colon < bytes.count, isTokenByte(bytes[colon]) { colon += 1 }
            let nameEnd = colon
            while colon < bytes.count, isBlank(bytes[colon]) { colon += 1 }
            guard nameEnd > 0, colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return nil }
            var low = colon + 1
            var high = bytes.count
            while low < high, isBlank(bytes[low]) { low += 1 }
            while high > low, isBlank(bytes[high - 1]) { high -= 1 }
            return (0..<nameEnd, low..<high)
        }
        guard let found else { throw .header(shown(line)) }
        let base = line.startIndex
        let nameBytes = line[(base + found.name.lowerBound)..<(base + found.name.upperBound)]
        let name = text(nameBytes)
        guard let value = string(line[(base + found.value.lowerBound)..<(base + found.value.upperBound)])
        else { throw .notUTF8(name) }
        let code = nameBytes.withUnsafeBufferPointer { HeaderCode.of($0) }
        return SIPHeaderField(name, value, code: code)
    }

    /// Each line end with the blanks around it becomes one space (RFC 3261 §7.3.1).
    static func unfolded(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(line.count)
        var index = line.startIndex
        while index < line.endIndex {
            if line[index] == 0x0D {
                while let last = out.last, isBlank(last) { out.removeLast() }
                index += 2
                while index < line.endIndex, isBlank(line[index]) { index += 1 }
                out.append(0x20)
            } else {
                out.append(line[index])
                index += 1
            }
        }
        return out
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String? {
        bytes.withUnsafeBufferPointer { bytes in
            // Nearly all of it is ASCII, which needs no validation.
            var all: UInt8 = 0
            for byte in bytes { all |= byte }
            if all < 0x80 { return String(decoding: bytes, as: UTF8.self) }
            return String(validating: bytes, as: UTF8.self)
        }
    }

    /// A line for an error message, cut where it is long.
    private static func shown(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.prefix(200), as: UTF8.self)
    }
}
