import CXMLShim
public import Diagnostics

/// One thing that is wrong with an XML document, with its place.
public struct XMLProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable word for the kind of problem.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not well-formed.
        case malformed = "xml.malformed"
        /// Well-formed, but breaks the schema.
        case invalid = "xml.invalid"
        case tooLarge = "xml.too-large"
        /// A document type declaration: refused, since it is where entities come from.
        case doctype = "xml.doctype"
        case tooDeep = "xml.too-deep"
        /// Too many elements and attributes, or too many attributes of one element.
        case tooMany = "xml.too-many"
        /// An encoding other than UTF-8, US-ASCII or ISO-8859-1.
        case encoding = "xml.encoding"
        /// The library failed, for want of memory for instance.
        case library = "xml.library"
    }

    public var code: Code
    /// From 1; 0 when unknown.
    public var line: Int
    /// From 1; 0 when unknown, as it is for schema violations.
    public var column: Int
    /// What is wrong, in one sentence without a full stop; it may quote the document.
    public var message: String

    public init(_ code: Code, line: Int = 0, column: Int = 0, _ message: String) {
        self.code = code
        self.line = line
        self.column = column
        self.message = message
    }

    /// `line 3: message [xml.invalid]`.
    public var description: String {
        let place = line == 0 ? "" : column == 0 ? "line \(line): " : "line \(line), column \(column): "
        return place + message + " [\(code.rawValue)]"
    }
}

/// The bounds of one XML document.
public struct XMLLimits: Sendable, Hashable {
    /// Size of the document in bytes.
    public var bytes: Int
    /// Nested elements.
    public var depth: Int
    /// Elements and attributes together.
    public var nodes = 300_000
    /// Attributes and namespace declarations of one element.
    public var attributes = 64
    /// Namespace declarations in scope at one place.
    public var namespaces = 128
    /// Problems reported of one document; further ones are dropped.
    public var problems = 50

    /// Takes what the common limits say of XML.
    public init(_ limits: Limits = Limits()) {
        bytes = limits.xml
        depth = limits.xmlDepth
    }

    var shim: cxml_limits {
        cxml_limits(
            bytes: bytes, depth: Int32(clamping: depth), nodes: Int64(nodes), attributes: Int32(clamping: attributes),
            namespaces: Int32(clamping: namespaces))
    }
}

/// The faults of one call into the shim, collected up to a limit.
struct FaultCollection {
    private(set) var problems: [XMLProblem] = []
    let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    /// Calls `body` with a destination that collects into this value.
    mutating func collecting<R>(_ body: (cxml_faults) -> R) -> R {
        withUnsafeMutablePointer(to: &self) { collection in
            let handler: cxml_fault_handler = { context, kind, line, column, message in
                context?.assumingMemoryBound(to: FaultCollection.self).pointee
                    .add(kind: kind, line: line, column: column, message: message)
            }
            return body(cxml_faults(handler: handler, context: collection))
        }
    }

    private mutating func add(kind: Int32, line: Int64, column: Int64, message: UnsafePointer<CChar>?) {
        guard problems.count < limit else { return }
        var text = message.map { String(cString: $0) } ?? ""
        while let last = text.last, last.isWhitespace || last == "." { text.removeLast() }
        problems.append(
            XMLProblem(Self.code(of: kind), line: Int(line), column: Int(column), escapedPeerText(text, limit: 600)))
    }

    private static func code(of kind: Int32) -> XMLProblem.Code {
        switch Int(kind) {
        case CXML_MALFORMED: .malformed
        case CXML_INVALID: .invalid
        case CXML_TOO_LARGE: .tooLarge
        case CXML_DOCTYPE: .doctype
        case CXML_TOO_DEEP: .tooDeep
        case CXML_TOO_MANY: .tooMany
        case CXML_ENCODING: .encoding
        default: .library
        }
    }
}

/// Sets libxml2 up on its first use.
enum Library {
    static let started: Void = cxml_start()

    /// The names that this thread remembers from earlier documents.
    static var keptNames: Int { Int(cxml_kept_names()) }
}
