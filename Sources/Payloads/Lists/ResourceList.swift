public import Diagnostics
import XML

/// How a recipient is listed to the others (RFC 5364).
public enum CopyControl: String, Sendable, Hashable, CaseIterable {
    case to, cc, bcc
}

/// One recipient of a URI list.
public struct ResourceEntry: Sendable, Hashable {
    public var uri: String
    public var displayName: String?
    /// nil when there is no `copyControl`; a receiver then treats it as `bcc` (RFC 5364).
    public var copyControl: CopyControl?
    /// Whether the URI is to be hidden from the others.
    public var anonymize: Bool
    /// How many anonymous recipients this entry of a history list stands for; nil for one.
    public var count: Int?

    public init(uri: String, displayName: String? = nil, copyControl: CopyControl? = nil, anonymize: Bool = false) {
        self.uri = uri
        self.displayName = displayName
        self.copyControl = copyControl
        self.anonymize = anonymize
        count = nil
    }
}

/// A URI list: application/resource-lists+xml (RFC 4826 §3, 5364, 5366). Entries of nested lists are taken in their place.
public struct ResourceList: Sendable, Hashable {
    public static let namespace = "urn:ietf:params:xml:ns:resource-lists"
    public static let copyControlNamespace = "urn:ietf:params:xml:ns:copycontrol"
    /// What stands for a URI that is hidden (RFC 5364).
    public static let anonymousURI = "sip:anonymous@anonymous.invalid"

    public var entries: [ResourceEntry]

    public init(entries: [ResourceEntry]) { self.entries = entries }

    /// Reads a document; whether it is valid too is asked of `PayloadSchema.resourceLists`.
    /// `external` and `entry-ref` are passed over: nothing is fetched.
    public init(parsing xml: [UInt8], limits: Limits = Limits()) throws(PayloadError) {
        let root = try ParsedXML.payload(xml, limits: limits).root
        guard root.matches("resource-lists", in: "urn:ietf:params:xml:ns:resource-lists") else {
            throw .wrongRoot(root, expected: "resource-lists", in: Self.namespace)
        }
        entries = []
        try collect(from: root)
    }

    private mutating func collect(from element: XMLCursor) throws(PayloadError) {
        for child in element.children {
            if child.matches("entry", in: "urn:ietf:params:xml:ns:resource-lists") {
                entries.append(try Self.entry(child))
            } else if child.matches("list", in: "urn:ietf:params:xml:ns:resource-lists") {
                try collect(from: child)
            }
        }
    }

    private static func entry(_ element: XMLCursor) throws(PayloadError) -> ResourceEntry {
        var entry = ResourceEntry(uri: try element.required("uri"))
        for child in element.children where child.matches("display-name", in: "urn:ietf:params:xml:ns:resource-lists") {
            entry.displayName = child.text
        }
        func control(_ name: StaticString) -> String? {
            element.attribute(name, in: "urn:ietf:params:xml:ns:copycontrol")?.trimmingXMLSpace()
        }
        func malformed(_ name: String, _ value: String) -> PayloadError {
            PayloadError(.malformedValue, line: element.line, "\(name) cannot be '\(escapedPeerText(value, limit: 40))'")
        }
        if let value = control("copyControl") {
            guard let known = CopyControl(rawValue: value) else { throw malformed("copyControl", value) }
            entry.copyControl = known
        }
        if let value = control("anonymize") {
            guard let known = booleans[value] else { throw malformed("anonymize", value) }
            entry.anonymize = known
        }
        if let value = control("count") {
            guard let number = value.decimal else { throw malformed("count", value) }
            entry.count = number
        }
        return entry
    }

    /// The document as bytes, with one list.
    public func serialized() -> [UInt8] {
        var writer = XMLWriter()
        writer.open("resource-lists", [("xmlns", Self.namespace), ("xmlns:cp", Self.copyControlNamespace)])
        writer.open("list")
        for entry in entries {
            let attributes: [(name: String, value: String?)] = [
                ("uri", entry.uri), ("cp:copyControl", entry.copyControl?.rawValue),
                ("cp:anonymize", entry.anonymize ? "true" : nil), ("cp:count", entry.count.map { String($0) }),
            ]
            if let displayName = entry.displayName {
                writer.open("entry", attributes)
                writer.element("display-name", displayName)
                writer.close()
            } else {
                writer.empty("entry", attributes)
            }
        }
        writer.close()
        writer.close()
        return writer.bytes
    }

    /// What each recipient may see (RFC 5364, 5366): `to` and `cc` entries, the anonymised ones of each kind
    /// replaced by one anonymous entry with their number.
    public var history: ResourceList {
        var shown: [ResourceEntry] = []
        // Where the anonymous entry of each kind stands.
        var hidden: [CopyControl: Int] = [:]
        for entry in entries {
            guard let control = entry.copyControl, control != .bcc else { continue }
            guard entry.anonymize else {
                shown.append(entry)
                continue
            }
            let own = entry.count ?? 1
            if let place = hidden[control] {
                // The numbers are a stranger's.
                let (sum, isTooMuch) = (shown[place].count ?? 1).addingReportingOverflow(own)
                shown[place].count = isTooMuch ? .max : sum
            } else {
                hidden[control] = shown.count
                var anonymous = ResourceEntry(uri: Self.anonymousURI, copyControl: control)
                anonymous.count = own
                shown.append(anonymous)
            }
        }
        return ResourceList(entries: shown)
    }

    static let booleans = ["true": true, "1": true, "false": false, "0": false]
}
