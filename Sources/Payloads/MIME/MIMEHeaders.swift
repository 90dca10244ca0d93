import Diagnostics

/// MIME header fields in order; names compare without case.
///
/// A field that was parsed keeps its bytes, folding and spacing included, until it is changed.
public struct MIMEHeaders: Sendable, Hashable, RandomAccessCollection, ExpressibleByDictionaryLiteral {
    /// One field. Two are equal when name and value are, whatever their bytes were.
    public struct Field: Sendable, Hashable {
        /// As on the wire.
        public let name: String
        /// Unfolded, without blanks at either end.
        public let value: String
        /// The bytes that were parsed, with the line ending.
        let original: [UInt8]?

        public init(_ name: String, _ value: String) { self.init(name, value, original: nil) }

        init(_ name: String, _ value: String, original: [UInt8]?) {
            self.name = name
            self.value = value
            self.original = original
        }

        public static func == (a: Field, b: Field) -> Bool { a.name == b.name && a.value == b.value }
        public func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(value)
        }
    }

    private var fields: [Field] = []

    public init() {}
    public init(_ pairs: [(String, String)]) { fields = pairs.map { Field($0.0, $0.1) } }
    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    public var startIndex: Int { 0 }
    public var endIndex: Int { fields.count }
    public subscript(position: Int) -> Field { fields[position] }

    /// The first value of that name; setting replaces it, adds it at the end or, with nil, removes all of that name.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringCase(name) }?.value }
        set {
            guard let newValue else {
                fields.removeAll { $0.name.equalsIgnoringCase(name) }
                return
            }
            if let index = fields.firstIndex(where: { $0.name.equalsIgnoringCase(name) }) {
                fields[index] = Field(fields[index].name, newValue)
            } else {
                fields.append(Field(name, newValue))
            }
        }
    }

    /// Adds a field at the end.
    public mutating func add(_ name: String, _ value: String) { fields.append(Field(name, value)) }

    /// The Content-Type; nil when there is none or it cannot be read.
    public var contentType: MediaType? { self["Content-Type"].flatMap { MediaType($0) } }
    /// The Content-Disposition; nil when there is none or it cannot be read.
    public var contentDisposition: ContentDisposition? {
        self["Content-Disposition"].flatMap { ContentDisposition(parsing: $0) }
    }

    func serialize(into bytes: inout [UInt8], ending: LineEnding) {
        for field in fields {
            if let original = field.original {
                bytes += original
            } else {
                bytes += "\(field.name): \(field.value)\(ending.rawValue)".utf8
            }
        }
    }

    /// Reads fields up to and including the empty line; `false` when the bytes ended without one.
    mutating func parse(from reader: inout LineReader, limits: Limits) throws(PayloadError) -> Bool {
        let begin = reader.position
        while let line = reader.next() {
            if line.text.isEmpty { return true }
            guard reader.position - begin <= limits.sipHead, fields.count < limits.sipHeaderCount else {
                throw PayloadError(
                    .tooManyFields, line: reader.number,
                    "the MIME header fields exceed \(limits.sipHeaderCount) or \(limits.sipHead) bytes")
            }
            var text = try reader.string(line.text)
            var whole = line.whole
            while let byte = reader.peek, byte.isBlank, let more = reader.next() {
                text += " " + (try reader.string(more.text)).trimmingBlanks()
                whole = whole.lowerBound..<more.whole.upperBound
                guard whole.count <= limits.sipHead else {
                    throw PayloadError(.tooManyFields, line: reader.number, "a folded field exceeds \(limits.sipHead) bytes")
                }
            }
            fields.append(try Self.field(text, original: Array(reader.bytes[whole]), line: reader.number))
        }
        return false
    }

    private static func field(_ text: String, original: [UInt8], line: Int) throws(PayloadError) -> Field {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[..<colon].trimmingBlanks().isToken,
            text.utf8.first?.isBlank == false
        else {
            throw PayloadError(
                .malformedField, line: line,
                "expected a MIME header field 'Name: value', found '\(escapedPeerText(text, limit: 60))'")
        }
        let name = text[..<colon].trimmingBlanks()
        return Field(name, text[text.utf8.index(after: colon)...].trimmingBlanks(), original: original)
    }
}
