import Diagnostics
import XML

extension ParsedXML {
    /// Parses a payload; the error is that of payloads.
    static func payload(_ bytes: [UInt8], limits: Limits) throws(PayloadError) -> ParsedXML {
        do throws(XMLProblem) {
            return try ParsedXML(bytes, limits: XMLLimits(limits))
        } catch {
            throw PayloadError(error)
        }
    }
}

extension PayloadError {
    static func wrongRoot(_ root: XMLCursor, expected name: String, in namespace: String) -> PayloadError {
        let found = root.namespace.map { "\(root.name) of namespace \($0)" } ?? "\(root.name) without namespace"
        return PayloadError(
            .wrongRoot, line: root.line,
            "the document is to be \(name) of namespace \(namespace), found \(escapedPeerText(found, limit: 120))")
    }
}

extension XMLCursor {
    /// The attribute of that name in no namespace, without blanks around it; throws when it is not there or empty.
    func required(_ name: StaticString) throws(PayloadError) -> String {
        guard let value = attribute(name)?.trimmingXMLSpace(), !value.isEmpty else {
            throw PayloadError(.missingAttribute, line: line, "\(self.name) has no attribute \(name)")
        }
        return value
    }
}
