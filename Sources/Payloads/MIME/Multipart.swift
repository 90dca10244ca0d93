public import Diagnostics

/// A multipart body (RFC 2046 §5.1).
///
/// Blanks behind a boundary are accepted and not kept; a line is a boundary when nothing but blanks follows it.
public struct Multipart: Sendable, Hashable {
    /// One body part.
    public struct Part: Sendable, Hashable {
        public var headers: MIMEHeaders
        public var body: [UInt8]
        /// Parsed without an empty line behind the headers, which RFC 2046 allows for a part without a body.
        var isBare = false

        public init(headers: MIMEHeaders, body: [UInt8]) {
            self.headers = headers
            self.body = body
        }

        public init(headers: [(String, String)], body: [UInt8]) {
            self.init(headers: MIMEHeaders(headers), body: body)
        }

        /// The Content-Type; text/plain when there is none (RFC 2046 §5.1), nil when it cannot be read.
        public var contentType: MediaType? {
            headers["Content-Type"] == nil ? .plainText : headers.contentType
        }
        public var contentDisposition: ContentDisposition? { headers.contentDisposition }
    }

    public var parts: [Part]
    /// What stands before the first boundary, without the line ending that belongs to the boundary; nil when nothing does.
    public var preamble: [UInt8]?
    /// What stands behind the line of the last boundary; nil when that line is not even ended.
    public var epilogue: [UInt8]?
    /// How the lines of boundaries end.
    public var lineEnding = LineEnding.crlf

    public init(parts: [Part]) { self.parts = parts }

    /// Reads `body` with the boundary of `contentType`.
    ///
    /// Errors: no or bad boundary, no part, more parts than `limits.multipartParts`, closing boundary missing.
    public init(
        parsing body: [UInt8], contentType: MediaType, limits: Limits = Limits()
    ) throws(PayloadError) {
        guard let boundary = contentType.parameters["boundary"] else {
            throw PayloadError(.noBoundary, "Content-Type \(contentType.essence) has no boundary parameter")
        }
        guard Self.isBoundary(boundary) else {
            throw PayloadError(.malformedBoundary, "the boundary is empty, longer than 70 or has a character it may not have")
        }
        guard body.count <= limits.msrpMessage else {
            throw PayloadError(.tooLarge, "the multipart body is larger than \(limits.msrpMessage) bytes")
        }
        let frame = try MultipartFrame(body, boundary: boundary, limits: limits)
        lineEnding = frame.lineEnding
        preamble = frame.preamble
        epilogue = frame.epilogue
        parts = []
        for range in frame.parts { parts.append(try Self.part(Array(body[range]), limits: limits)) }
    }

    private static func part(_ bytes: [UInt8], limits: Limits) throws(PayloadError) -> Part {
        var headers = MIMEHeaders()
        var reader = LineReader(bytes)
        let separated = try headers.parse(from: &reader, limits: limits)
        var part = Part(headers: headers, body: Array(bytes[reader.position...]))
        part.isBare = !separated
        return part
    }

    /// The body as bytes; the boundary is the caller's to choose (see `boundary(from:)`).
    public func serialized(boundary: String) -> [UInt8] {
        let ending = lineEnding.rawValue
        var bytes: [UInt8] = []
        if let preamble { bytes += preamble + ending.utf8 }
        for part in parts {
            bytes += "--\(boundary)\(ending)".utf8
            part.headers.serialize(into: &bytes, ending: lineEnding)
            if !(part.isBare && part.body.isEmpty) { bytes += ending.utf8 }
            bytes += part.body
            bytes += ending.utf8
        }
        bytes += "--\(boundary)--".utf8
        if let epilogue { bytes += ending.utf8 + epilogue }
        return bytes
    }

    /// A boundary that begins with `seed` and is in none of the parts.
    public func boundary(from seed: String) -> String {
        let stem = String(seed.unicodeScalars.filter { $0.isASCII && Self.isBoundary(String($0)) }.prefix(50).map(Character.init))
        var candidate = stem.isEmpty ? "part" : stem
        var number = 0
        while parts.contains(where: { $0.body.contains(Array("--\(candidate)".utf8)) }) {
            number += 1
            candidate = "\(stem)-\(number)"
        }
        return candidate
    }

    /// The first part with that media type, such as `application/sdp`.
    public func first(_ essence: String) -> Part? { parts.first { $0.contentType?.essence == essence } }

    /// All parts that are no multiparts themselves, those of nested ones in their place; nesting to a depth of 8.
    public func flattened(limits: Limits = Limits(), depth: Int = 8) throws(PayloadError) -> [Part] {
        guard depth > 0 else { throw PayloadError(.nestedTooDeep, "multiparts are nested deeper than 8") }
        var flat: [Part] = []
        for part in parts {
            if let type = part.contentType, type.type == "multipart" {
                flat += try Multipart(parsing: part.body, contentType: type, limits: limits)
                    .flattened(limits: limits, depth: depth - 1)
            } else {
                flat.append(part)
            }
            guard flat.count <= limits.multipartParts else {
                throw PayloadError(.tooManyParts, "the multipart has more than \(limits.multipartParts) parts")
            }
        }
        return flat
    }

    /// Whether `text` may be a boundary (RFC 2046 §5.1.1).
    static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.last != " "
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "'()+_,-./:=? ".utf8.contains($0)
                }
            }
    }
}

/// Where the parts of a multipart lie.
private struct MultipartFrame {
    var preamble: [UInt8]?
    var epilogue: [UInt8]?
    var parts: [Range<Int>] = []
    var lineEnding = LineEnding.crlf

    init(_ body: [UInt8], boundary: String, limits: Limits) throws(PayloadError) {
        let marker = Array("--\(boundary)".utf8)
        var reader = LineReader(body)
        var partStart: Int?
        while let line = reader.next() {
            guard let delimiter = Self.delimiter(body, line.text, marker) else { continue }
            if line.isTerminated { lineEnding = line.whole.count - line.text.count == 2 ? .crlf : .lf }
            let end = Self.endBefore(line.whole.lowerBound, in: body, from: partStart ?? 0)
            if let start = partStart {
                guard parts.count < limits.multipartParts else {
                    throw PayloadError(
                        .tooManyParts, line: reader.number, "the multipart has more than \(limits.multipartParts) parts")
                }
                parts.append(start..<max(start, end))
            } else if line.whole.lowerBound > 0 {
                preamble = Array(body[0..<end])
            }
            partStart = line.whole.upperBound
            if delimiter == .close {
                guard !parts.isEmpty else {
                    throw PayloadError(.missingPart, line: reader.number, "the multipart has no part")
                }
                epilogue = line.isTerminated ? Array(body[line.whole.upperBound...]) : nil
                return
            }
        }
        throw partStart == nil
            ? PayloadError(.missingPart, "the boundary does not occur in the body")
            : PayloadError(.unclosed, line: reader.number, "the closing boundary is missing; the body was cut off")
    }

    private enum Delimiter { case open, close }

    private static func delimiter(_ body: [UInt8], _ line: Range<Int>, _ marker: [UInt8]) -> Delimiter? {
        guard line.count >= marker.count, body[line.lowerBound] == UInt8(ascii: "-"),
            body[line].starts(with: marker)
        else { return nil }
        var rest = body[line].dropFirst(marker.count)
        let isClose = rest.starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")])
        if isClose { rest = rest.dropFirst(2) }
        return rest.allSatisfy(\.isBlank) ? (isClose ? .close : .open) : nil
    }

    /// The line ending before a boundary belongs to the boundary.
    private static func endBefore(_ position: Int, in body: [UInt8], from start: Int) -> Int {
        var end = position
        if end > start, body[end - 1] == 10 { end -= 1 }
        if end > start, body[end - 1] == 13, end < position { end -= 1 }
        return end
    }
}
