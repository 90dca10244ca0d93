/// Turns header, lines and footer into the bytes of the file. The same values always give the same bytes.
enum LineEncoding {
    /// Members of a line that have a meaning of their own, and so cannot be fields of it.
    static let ownKeys: Set<String> = ["n", "t", "kind", "actor", "conn"]
    /// The same for lines of kind `bytes`.
    static let ownKeysOfBytes = ownKeys.union(["dir", "masked", "text", "base64"])

    static func append(_ header: RecordingHeader, to out: inout [UInt8]) {
        var members = JSONMembers(&out)
        members.add("kind", .string("header"), to: &out)
        members.add("format", .string(RecordingHeader.formatName), to: &out)
        members.add("version", .string(header.version), to: &out)
        members.add("start", .string(header.start), to: &out)
        // A string, since many JSON readers keep no more than 53 bits of a number.
        members.add("seed", .string(String(header.seed)), to: &out)
        members.add("strict", .bool(header.strict), to: &out)
        members.add("versions", .object(header.versions.mapValues(JSONValue.string)), to: &out)
        members.add("digest", .string(header.digest), to: &out)
        members.add("case", header.case, to: &out)
        members.add("iut", header.iut, to: &out)
        members.add("binding", header.binding, to: &out)
        for (key, value) in sorted(header.extra) where !HeaderDecoding.ownKeys.contains(key) {
            members.add(key, value, to: &out)
        }
        members.end(&out)
    }

    static func append(_ line: RecordedLine, to out: inout [UInt8]) {
        let isBytes = line.kind == .bytes
        let own = isBytes ? ownKeysOfBytes : ownKeys
        var members = JSONMembers(&out)
        members.add("n", .integer(Int64(line.n)), to: &out)
        members.add("t", .integer(line.t), to: &out)
        members.add("kind", .string(line.kind.rawValue), to: &out)
        if let actor = line.actor { members.add("actor", .string(actor), to: &out) }
        if let conn = line.conn { members.add("conn", .integer(Int64(conn)), to: &out) }
        if isBytes {
            if let direction = line.direction { members.add("dir", .string(direction.rawValue), to: &out) }
            if line.masked { members.add("masked", .bool(true), to: &out) }
        }
        for (key, value) in sorted(line.fields) where !own.contains(key) { members.add(key, value, to: &out) }
        if isBytes, let payload = line.payload { append(payload, members: &members, to: &out) }
        members.end(&out)
    }

    static func append(_ footer: RecordingFooter, to out: inout [UInt8]) {
        var members = JSONMembers(&out)
        members.add("kind", .string("footer"), to: &out)
        members.add("count", .integer(Int64(footer.count)), to: &out)
        members.add("sha256", .string(footer.sha256), to: &out)
        members.end(&out)
    }

    private static func append(_ payload: [UInt8], members: inout JSONMembers, to out: inout [UInt8]) {
        if String(validating: payload, as: UTF8.self) != nil {
            members.key("text", to: &out)
            out.append(UInt8(ascii: "\""))
            appendEscaped(payload, to: &out)
            out.append(UInt8(ascii: "\""))
        } else {
            members.add("base64", .string(base64(payload)), to: &out)
        }
    }

    private static func sorted(_ fields: [String: JSONValue]) -> [(key: String, value: JSONValue)] {
        fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

/// Writes the members of one object, in the order they are given, on one line.
private struct JSONMembers {
    private var isFirst = true

    init(_ out: inout [UInt8]) { out.append(UInt8(ascii: "{")) }

    /// Names are ours or were checked when read; the value may be anything.
    mutating func add(_ name: String, _ value: JSONValue, to out: inout [UInt8]) {
        key(name, to: &out)
        value.append(to: &out)
    }

    mutating func key(_ name: String, to out: inout [UInt8]) {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        JSONValue.string(name).append(to: &out)
        out.append(UInt8(ascii: ":"))
    }

    func end(_ out: inout [UInt8]) {
        out.append(UInt8(ascii: "}"))
        out.append(UInt8(ascii: "\n"))
    }
}

/// Appends UTF-8 escaped for a JSON string, copying the stretches between escapes in one go.
private func appendEscaped(_ bytes: [UInt8], to out: inout [UInt8]) {
    out.reserveCapacity(out.count + bytes.count + bytes.count / 16)
    bytes.withUnsafeBufferPointer { bytes in
        var copied = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F else { continue }
            out.append(contentsOf: bytes[copied..<index])
            copied = index + 1
            appendEscape(of: byte, to: &out)
        }
        out.append(contentsOf: bytes[copied...])
    }
}

private func appendEscape(of byte: UInt8, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x0A: out.append(UInt8(ascii: "n"))
    case 0x0D: out.append(UInt8(ascii: "r"))
    case 0x09: out.append(UInt8(ascii: "t"))
    case 0x22, 0x5C: out.append(byte)
    default:
        out.append(contentsOf: "u00".utf8)
        out.append(contentsOf: hexadecimal([byte]).utf8)
    }
}
