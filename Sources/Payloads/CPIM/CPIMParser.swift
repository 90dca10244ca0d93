import Diagnostics

/// Reads one CPIM message.
struct CPIMParser {
    private var reader: LineReader
    private let limits: Limits
    private var scope = NamespaceScope()
    private var flaws: Set<CPIMFlaw> = []

    /// The headers that RFC 3862 defines; names are case-sensitive.
    private static let coreNames = ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"]
    /// Of these a message has at most one each (RFC 3862 §4).
    private static let single = ["From", "DateTime"]

    init(_ bytes: [UInt8], limits: Limits) {
        reader = LineReader(bytes)
        self.limits = limits
    }

    mutating func parse(into message: inout CPIMMessage) throws(PayloadError) {
        try parseHeaders(into: &message)
        try checkDuplicates(message)
        let fieldsStart = reader.position
        let separated = try message.contentHeaders.parse(from: &reader, limits: limits)
        if separated {
            message.separators.beforeBody = Self.ending(of: reader.bytes, before: reader.position)
        } else {
            message.separators.beforeBody = []
            // An empty content may end right after the separator.
            if fieldsStart < reader.bytes.count { flaws.insert(.noEmptyLineBeforeBody) }
        }
        message.body = Array(reader.bytes[reader.position...])
        if reader.sawBareLF {
            flaws.insert(.bareLineFeed)
            message.lineEnding = .lf
        }
        message.flaws = flaws
    }

    private mutating func parseHeaders(into message: inout CPIMMessage) throws(PayloadError) {
        while let line = reader.next() {
            if line.text.isEmpty {
                guard !message.headers.isEmpty else {
                    throw PayloadError(.cpimNoHeaders, line: 1, "the CPIM message starts with an empty line, without headers")
                }
                message.separators.beforeContent = Array(reader.bytes[line.whole])
                return
            }
            guard reader.position <= limits.sipHead, message.headers.count < limits.sipHeaderCount else {
                throw PayloadError(
                    .tooManyFields, line: reader.number,
                    "the CPIM headers exceed \(limits.sipHeaderCount) or \(limits.sipHead) bytes")
            }
            guard line.isTerminated else { break }
            let header = try header(try reader.string(line.text), original: Array(reader.bytes[line.whole]))
            message.headers.append(header)
        }
        throw PayloadError(
            .cpimNoContent, line: reader.number,
            "the CPIM message ends in its headers; an empty line and the content's MIME headers must follow them")
    }

    private mutating func header(_ text: String, original: [UInt8]) throws(PayloadError) -> CPIMHeader {
        let written = try split(text)
        let namespace = scope.namespace(of: written.prefix)
        if namespace == "" { flaws.insert(.undeclaredPrefix(written.prefix ?? "")) }
        let header = CPIMHeader(written, namespaceURI: namespace, original: original)
        guard namespace == nil else { return header }
        if let core = Self.coreNames.first(where: { $0.equalsIgnoringCase(written.name) }), core != written.name {
            flaws.insert(.wrongCase(written.name))
        }
        if header.matches("NS"), !scope.declare(header.value) {
            throw malformed(.cpimMalformedNamespace, "an NS header is 'NS: prefix <URI>'", text)
        }
        if header.matches("From") || header.matches("To") || header.matches("cc"), CPIMAddress(header.value) == nil {
            throw malformed(.cpimMalformedAddress, "\(written.name) is 'Name <URI>'", text)
        }
        return header
    }

    private mutating func split(_ text: String) throws(PayloadError) -> CPIMHeader.Written {
        if let first = text.utf8.first, first.isBlank {
            throw malformed(.cpimMalformedHeader, "a CPIM header stands on one line and starts at its beginning", text)
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw malformed(.cpimMalformedHeader, "a CPIM header is 'Name: value'", text)
        }
        let names = text[..<colon].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy({ $0.isToken && !$0.contains(".") }), let name = names.last else {
            throw malformed(.cpimMalformedName, "a header name is 'Name' or 'prefix.Name'", text)
        }
        let behind = text[text.utf8.index(after: colon)...]
        let prefix = names.count == 2 ? names[0] : nil
        if behind.utf8.first == UInt8(ascii: ";") {
            guard let (parameters, value) = Self.parameters(behind) else {
                throw malformed(.cpimMalformedHeader, "parameters stand between colon and value: 'Name:;lang=fr value'", text)
            }
            return CPIMHeader.Written(prefix: prefix, name: name, parameters: parameters, value: value)
        }
        if behind.utf8.first != 32 { flaws.insert(.noBlankAfterColon(String(text[..<colon]))) }
        return CPIMHeader.Written(prefix: prefix, name: name, parameters: [:], value: Self.withoutFirstBlank(behind))
    }

    /// `;name=value;name="value" the value`: parameters end at the first blank outside of quotes.
    private static func parameters(_ text: Substring) -> (MIMEParameters, String)? {
        var quoted = false
        var escaped = false
        let end = text.unicodeScalars.firstIndex { scalar in
            if escaped {
                escaped = false
                return false
            }
            escaped = quoted && scalar == "\\"
            if scalar == "\"" { quoted.toggle() }
            return scalar == " " && !quoted
        }
        guard let end, !quoted, let parameters = MIMEParameters(parsing: text[..<end]), !parameters.isEmpty else {
            return nil
        }
        return (parameters, withoutFirstBlank(text[end...]))
    }

    private static func withoutFirstBlank(_ text: Substring) -> String {
        String(text.utf8.first == 32 ? text[text.utf8.index(after: text.startIndex)...] : text)
    }

    private func checkDuplicates(_ message: CPIMMessage) throws(PayloadError) {
        for name in Self.single where message.values(name).count > 1 {
            throw PayloadError(.cpimDuplicateHeader, "the CPIM message has more than one \(name) header")
        }
    }

    private static func ending(of bytes: [UInt8], before position: Int) -> [UInt8] {
        position >= 2 && bytes[position - 2] == 13 ? [13, 10] : [10]
    }

    private func malformed(_ code: PayloadError.Code, _ rule: String, _ text: String) -> PayloadError {
        PayloadError(code, line: reader.number, "\(rule), found '\(escapedPeerText(text, limit: 60))'")
    }
}
