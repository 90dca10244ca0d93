public import Foundation
public import FoundationXML

/// An XML document read by a parser that is not ours.
public final class ParsedXML: NSObject, XMLParserDelegate {
    public final class Element {
        public let name: String
        public let attributes: [String: String]
        public fileprivate(set) var children: [Element] = []
        public fileprivate(set) var text = ""

        init(name: String, attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }

        /// The elements of that name below this one, however deep.
        public func all(_ name: String) -> [Element] {
            children.flatMap { ($0.name == name ? [$0] : []) + $0.all(name) }
        }

        public func property(_ name: String) -> String? {
            all("property").first { $0.attributes["name"] == name }?.attributes["value"]
        }
    }

    private let document = Element(name: "", attributes: [:])
    private var open: [Element] = []

    /// The root; nil when the document is not well-formed.
    public static func root(of text: String) -> Element? {
        let reader = ParsedXML()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        reader.open = [reader.document]
        return parser.parse() ? reader.document.children.first : nil
    }

    public func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let element = Element(name: name, attributes: attributes)
        open.last?.children.append(element)
        open.append(element)
    }

    public func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    public func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.text += string }
}
