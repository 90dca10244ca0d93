import Diagnostics

/// Reads one session description line by line, checking the order of RFC 8866 §5.
struct SDPParser {
    private var reader: LineReader
    private var upcoming: (type: UInt8, value: String)?

    /// More media than any real description has.
    private static let mediaLimit = 64

    init(_ bytes: [UInt8]) { reader = LineReader(bytes) }

    mutating func description() throws(PayloadError) -> SessionDescription {
        try advance()
        guard let version = try take("v") else { throw missing("v=") }
        guard version == "0" else { throw error(.sdpMalformedVersion, "the version is 'v=0'", version) }
        guard let originText = try take("o") else { throw missing("o=") }
        var description = SessionDescription(origin: try origin(originText))
        guard let name = try take("s") else { throw missing("s=") }
        description.name = name
        try sessionLines(into: &description)
        while let line = try take("m") {
            guard description.media.count < Self.mediaLimit else {
                throw PayloadError(.sdpTooManyMedia, line: reader.number, "the SDP has more than \(Self.mediaLimit) media")
            }
            description.media.append(try medium(line))
        }
        if let upcoming { throw unexpected(upcoming) }
        if reader.sawBareLF { description.lineEnding = .lf }
        return description
    }

    private mutating func sessionLines(into description: inout SessionDescription) throws(PayloadError) {
        description.information = try take("i")
        description.uri = try take("u")
        description.emails = try takeAll("e")
        description.phones = try takeAll("p")
        if let line = try take("c") { description.connection = try connection(line) }
        description.bandwidths = try takeAll("b")
        description.timings = []
        while let line = try take("t") {
            var timing = try timing(line)
            timing.repeats = try takeAll("r")
            description.timings.append(timing)
        }
        if description.timings.isEmpty { throw missing("t=") }
        description.zone = try take("z")
        description.key = try take("k")
        description.attributes = try attributes()
    }

    private mutating func medium(_ line: String) throws(PayloadError) -> MediaDescription {
        let fields = line.split(separator: " ").map(String.init)
        guard fields.count >= 4, fields[0].isToken else {
            throw error(.sdpMalformedMedia, "a medium is 'm=media port transport format…'", line)
        }
        let ports = fields[1].split(separator: "/", omittingEmptySubsequences: false)
        guard ports.count <= 2, let port = ports.first?.decimal, port <= 65_535 else {
            throw error(.sdpMalformedMedia, "the port of a medium is a number up to 65535", line)
        }
        var medium = MediaDescription(
            media: fields[0], port: port, transport: fields[2], formats: Array(fields[3...]))
        if ports.count == 2 {
            guard let count = ports[1].decimal, count > 0 else {
                throw error(.sdpMalformedMedia, "the number of ports is a positive number", line)
            }
            medium.portCount = count
        }
        medium.title = try take("i")
        while let line = try take("c") { medium.connections.append(try connection(line)) }
        medium.bandwidths = try takeAll("b")
        medium.key = try take("k")
        medium.attributes = try attributes()
        return medium
    }

    private mutating func attributes() throws(PayloadError) -> [SDPAttribute] {
        var all: [SDPAttribute] = []
        while let line = try take("a") {
            let colon = line.utf8.firstIndex(of: UInt8(ascii: ":"))
            let name = String(line[..<(colon ?? line.endIndex)])
            guard name.isToken else { throw error(.sdpMalformedLine, "an attribute is 'a=name' or 'a=name:value'", line) }
            all.append(SDPAttribute(name, colon.map { String(line[line.utf8.index(after: $0)...]) }))
        }
        return all
    }

    private func origin(_ line: String) throws(PayloadError) -> SDPOrigin {
        let fields = line.split(separator: " ").map(String.init)
        guard fields.count == 6, fields[1].utf8.allSatisfy(\.isDigit), fields[2].utf8.allSatisfy(\.isDigit),
            let address = Self.address(Array(fields[3...]))
        else {
            throw error(.sdpMalformedOrigin, "the origin is 'o=user id version IN IP4 address' with numbers as id and version", line)
        }
        return SDPOrigin(username: fields[0], sessionID: fields[1], sessionVersion: fields[2], address: address)
    }

    private func connection(_ line: String) throws(PayloadError) -> SDPAddress {
        let fields = line.split(separator: " ").map(String.init)
        guard let address = Self.address(fields) else {
            throw error(.sdpMalformedConnection, "a connection is 'c=IN IP4 address' or 'c=IN IP6 address'", line)
        }
        return address
    }

    private static func address(_ fields: [String]) -> SDPAddress? {
        guard fields.count == 3, fields[0] == "IN", fields[1] == "IP4" || fields[1] == "IP6" else { return nil }
        let looksLikeIPv6 = fields[2].contains(":")
        guard !(fields[1] == "IP4" && looksLikeIPv6) else { return nil }
        return SDPAddress(networkType: fields[0], addressType: fields[1], address: fields[2])
    }

    private func timing(_ line: String) throws(PayloadError) -> SDPTiming {
        let fields = line.split(separator: " ").map(String.init)
        guard fields.count == 2, fields.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) else {
            throw error(.sdpMalformedTiming, "the timing is 't=start stop', both numbers", line)
        }
        return SDPTiming(start: fields[0], stop: fields[1])
    }

    // MARK: Lines

    private mutating func advance() throws(PayloadError) {
        upcoming = nil
        guard let line = reader.next() else { return }
        if line.text.isEmpty {
            // Empty lines at the end are common and harmless; inside they are not.
            while let more = reader.next() {
                if !more.text.isEmpty { throw PayloadError(.sdpMalformedLine, line: reader.number, "an SDP has no empty line inside") }
            }
            return
        }
        let text = try reader.string(line.text)
        let bytes = Array(text.utf8.prefix(2))
        guard bytes.count == 2, bytes[1] == UInt8(ascii: "="), !text.utf8.contains(0), !text.utf8.contains(13) else {
            throw error(.sdpMalformedLine, "a line of SDP is a letter, '=' and a value", text)
        }
        upcoming = (bytes[0], String(text[text.utf8.index(text.startIndex, offsetBy: 2)...]))
    }

    /// The value of the next line when it is of that type.
    private mutating func take(_ type: Unicode.Scalar) throws(PayloadError) -> String? {
        guard let upcoming, UInt32(upcoming.type) == type.value else { return nil }
        try advance()
        return upcoming.value
    }

    private mutating func takeAll(_ type: Unicode.Scalar) throws(PayloadError) -> [String] {
        var values: [String] = []
        while let value = try take(type) { values.append(value) }
        return values
    }

    private func missing(_ what: String) -> PayloadError {
        PayloadError(.sdpMissingLine, line: reader.number, "the line '\(what)' is missing or not where it belongs")
    }

    private func unexpected(_ line: (type: UInt8, value: String)) -> PayloadError {
        let known = "vosiuepcbtrzkam".utf8.contains(line.type)
        let letter = escapedPeerText(String(decoding: [line.type], as: UTF8.self))
        return known
            ? PayloadError(.sdpOutOfOrder, line: reader.number, "a line '\(letter)=' does not belong here (RFC 8866 §5)")
            : PayloadError(.sdpMalformedLine, line: reader.number, "there is no line '\(letter)=' in SDP")
    }

    /// The reader is one line ahead of what is being read.
    private func error(_ code: PayloadError.Code, _ rule: String, _ text: String) -> PayloadError {
        PayloadError(code, line: reader.number, "\(rule), found '\(escapedPeerText(text, limit: 60))'")
    }
}
