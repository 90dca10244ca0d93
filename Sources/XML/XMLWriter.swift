/// Writes a document as UTF-8, escaping as it goes. Names and namespaces are the caller's; values may be anything.
///
/// Characters that XML 1.0 cannot carry (most of the control characters) are left out.
public struct XMLWriter: Sendable {
    /// The document so far.
    public private(set) var bytes: [UInt8]
    private var openElements: [String] = []

    /// Starts with the XML declaration and a line break.
    public init() {
        bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n".utf8)
    }

    /// A start tag; attributes without a value are left out.
    public mutating func open(_ name: String, _ attributes: [(name: String, value: String?)] = []) {
        startTag(name, attributes)
        bytes.append(UInt8(ascii: ">"))
        openElements.append(name)
    }

    /// The end tag of the innermost open element.
    public mutating func close() {
        guard let name = openElements.popLast() else { return }
        bytes += "</\(name)>".utf8
    }

    /// An element without content.
    public mutating func empty(_ name: String, _ attributes: [(name: String, value: String?)] = []) {
        startTag(name, attributes)
        bytes += "/>".utf8
    }

    /// An element with nothing but text; nothing at all when `text` is nil.
    public mutating func element(_ name: String, _ text: String?) {
        guard let text else { return }
        open(name)
        characters(text)
        close()
    }

    /// Text in the innermost open element.
    public mutating func characters(_ text: String) { escape(text, inAttribute: false) }

    private mutating func startTag(_ name: String, _ attributes: [(name: String, value: String?)]) {
        bytes.append(UInt8(ascii: "<"))
        bytes += name.utf8
        for case (let attribute, let value?) in attributes {
            bytes += " \(attribute)=\"".utf8
            escape(value, inAttribute: true)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func escape(_ text: String, inAttribute: Bool) {
        // U+FFFE and U+FFFF, which XML forbids, start with 0xEF in UTF-8.
        guard !text.utf8.contains(0xEF) else {
            escapeASCII(String(text.unicodeScalars.filter { $0 != "\u{FFFE}" && $0 != "\u{FFFF}" }), inAttribute)
            return
        }
        escapeASCII(text, inAttribute)
    }

    private mutating func escapeASCII(_ text: String, _ inAttribute: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "\"") where inAttribute: bytes += "&quot;".utf8
            case 13: bytes += "&#13;".utf8
            case 9 where inAttribute: bytes += "&#9;".utf8
            case 10 where inAttribute: bytes += "&#10;".utf8
            case 9, 10: bytes.append(byte)
            case 0..<32: break
            default: bytes.append(byte)
            }
        }
    }
}
