/// A whole document as a value, for where convenience counts more than speed.
public struct XMLTree: Sendable, Hashable {
    public var root: XMLNode

    public init(root: XMLNode) { self.root = root }

    /// Parses `bytes`; throws the first problem.
    public init(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLProblem) {
        root = XMLNode(try ParsedXML(bytes, limits: limits).root)
    }
}

/// One element of an `XMLTree`.
public struct XMLNode: Sendable, Hashable {
    /// The name without prefix.
    public var name: String
    /// The namespace name; nil when the element is in none.
    public var namespace: String?
    /// In document order, without namespace declarations.
    public var attributes: [XMLAttribute]
    /// The child elements.
    public var children: [XMLNode]
    /// The text directly under the element, without that of its children.
    public var text: String
    /// The line in the document, from 1; 0 when it comes from none.
    public var line: Int

    public init(
        _ name: String, in namespace: String? = nil, attributes: [XMLAttribute] = [], children: [XMLNode] = [],
        text: String = ""
    ) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.children = children
        self.text = text
        line = 0
    }

    /// Copies the element with all below it; the depth is bounded by the parser's limits.
    public init(_ cursor: XMLCursor) {
        name = cursor.name
        namespace = cursor.namespace
        attributes = cursor.attributes
        children = cursor.children.map { XMLNode($0) }
        text = cursor.text
        line = cursor.line
    }

    /// The value of the attribute of that name in no namespace, or in `namespace`.
    public func attribute(_ name: String, in namespace: String? = nil) -> String? {
        attributes.first { $0.name == name && $0.namespace == namespace }?.value
    }

    /// The first child of that name in this element's own namespace.
    public func child(_ name: String) -> XMLNode? {
        children.first { $0.name == name && $0.namespace == namespace }
    }
}
