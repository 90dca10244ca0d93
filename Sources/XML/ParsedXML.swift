import CXMLShim
import Diagnostics

/// A well-formed document in memory, to be walked by `XMLCursor`. Confined to one thread.
///
/// No document type, no entities, no network; comments and processing instructions are dropped, CDATA is text, and
/// `xsi:schemaLocation` is dropped since nobody is to follow it.
public final class ParsedXML {
    let document: OpaquePointer
    private let rootNode: OpaquePointer

    /// Parses `bytes`; throws the first problem.
    public init(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLProblem) {
        _ = Library.started
        var faults = FaultCollection(limit: 1)
        var bounds = limits.shim
        let parsed = bytes.withUnsafeBufferPointer { text in
            faults.collecting { cxml_parse(text.baseAddress, text.count, &bounds, $0) }
        }
        guard let parsed, let root = cxml_root(parsed) else {
            if let parsed { cxml_document_free(parsed) }
            throw faults.problems.first ?? XMLProblem(.library, "the parser gave up without a word")
        }
        document = parsed
        rootNode = root
    }

    deinit { cxml_document_free(document) }

    /// The root element.
    public var root: XMLCursor { XMLCursor(document: self, node: rootNode) }
}

/// One element of a `ParsedXML`, which it keeps alive.
public struct XMLCursor {
    let document: ParsedXML
    let node: OpaquePointer

    /// The name without prefix.
    public var name: String { String(cString: cxml_name(node)) }

    /// The namespace name; nil when the element is in none.
    public var namespace: String? { cxml_namespace(node).map { String(cString: $0) } }

    /// The line of the start tag's end, from 1.
    public var line: Int { Int(cxml_line(node)) }

    /// Whether the element has this name in this namespace; quicker than comparing `name`.
    public func matches(_ name: StaticString, in namespace: StaticString) -> Bool {
        cxml_is(node, name.cString, namespace.cString)
    }

    /// The child elements in document order.
    public var children: XMLCursorChildren { XMLCursorChildren(document: document, upcoming: cxml_first_element(node)) }

    /// The text directly under the element, without that of its children.
    public var text: String { joined(cxml_first_text(node)) }

    /// `text` without surrounding white space.
    public var token: String { text.trimmingXMLSpace() }

    /// The value of the attribute of that name in no namespace, or in `namespace`.
    public func attribute(_ name: StaticString, in namespace: StaticString? = nil) -> String? {
        guard let found = cxml_attribute_named(node, name.cString, namespace?.cString) else { return nil }
        return joined(cxml_attribute_first_text(found))
    }

    /// All attributes in document order, without namespace declarations.
    public var attributes: [XMLAttribute] {
        var all: [XMLAttribute] = []
        var next = cxml_first_attribute(node)
        while let attribute = next {
            all.append(
                XMLAttribute(
                    name: String(cString: cxml_attribute_name(attribute)),
                    namespace: cxml_attribute_namespace(attribute).map { String(cString: $0) },
                    value: joined(cxml_attribute_first_text(attribute))))
            next = cxml_next_attribute(attribute)
        }
        return all
    }

    private func joined(_ first: OpaquePointer?) -> String {
        guard let first else { return "" }
        var text = String(cString: cxml_text(first))
        var next = cxml_next_text(first)
        while let piece = next {
            text += String(cString: cxml_text(piece))
            next = cxml_next_text(piece)
        }
        return text
    }
}

/// The child elements of one element.
public struct XMLCursorChildren: Sequence, IteratorProtocol {
    let document: ParsedXML
    var upcoming: OpaquePointer?

    public mutating func next() -> XMLCursor? {
        guard let node = upcoming else { return nil }
        upcoming = cxml_next_element(node)
        return XMLCursor(document: document, node: node)
    }
}

/// One attribute.
public struct XMLAttribute: Sendable, Hashable {
    /// The name without prefix.
    public var name: String
    /// The namespace name; nil when it is in none.
    public var namespace: String?
    public var value: String

    public init(name: String, namespace: String? = nil, value: String) {
        self.name = name
        self.namespace = namespace
        self.value = value
    }
}

extension StaticString {
    /// A literal's text ends with a zero byte.
    fileprivate var cString: UnsafePointer<CChar> { UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self) }
}

extension String {
    /// Without the white space of XML (blank, tab, CR, LF) at either end.
    public func trimmingXMLSpace() -> String {
        let bytes = utf8
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
        guard let first = bytes.first, let last = bytes.last, isSpace(first) || isSpace(last) else { return self }
        guard let start = bytes.firstIndex(where: { !isSpace($0) }),
            let end = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[start...end])
    }
}
