/// One message header of a CPIM message (RFC 3862 §3).
public struct CPIMHeader: Sendable, Hashable {
    /// The namespace that the prefix stands for where the header is: nil for the core one
    /// (`urn:ietf:params:cpim-headers:`), empty for a prefix that nothing declares.
    public let namespaceURI: String?
    /// The name without prefix, as written; core names are compared without case, others with it.
    public let name: String
    /// As written, with escapes.
    public let value: String
    /// Such as `lang`.
    public let parameters: MIMEParameters
    /// The prefix as written; nil when there is none.
    public let prefix: String?
    /// The bytes that were parsed, with the line ending.
    let original: [UInt8]?

    /// A header; `value` must be escaped already (`CPIMText.escaped`).
    public init(
        namespaceURI: String? = nil, name: String, value: String, parameters: MIMEParameters = [:], prefix: String? = nil
    ) {
        self.init(
            Written(prefix: prefix, name: name, parameters: parameters, value: value), namespaceURI: namespaceURI,
            original: nil)
    }

    /// What one line says, before namespaces are known.
    struct Written {
        var prefix: String?
        var name: String
        var parameters: MIMEParameters
        var value: String
    }

    init(_ written: Written, namespaceURI: String?, original: [UInt8]?) {
        self.namespaceURI = namespaceURI
        self.name = written.name
        self.value = written.value
        self.parameters = written.parameters
        self.prefix = written.prefix
        self.original = original
    }

    /// The value without escapes.
    public var text: String { CPIMText.unescaped(value) }
    /// The language tag of the value; nil when there is none.
    public var language: String? { parameters["lang"] }

    /// Whether this is the header of that name in that namespace.
    public func matches(_ name: String, in namespace: String? = nil) -> Bool {
        guard namespaceURI == namespace else { return false }
        return namespace == nil ? self.name.equalsIgnoringCase(name) : self.name == name
    }

    /// The same header with another value.
    func with(value: String) -> CPIMHeader {
        CPIMHeader(
            Written(prefix: prefix, name: name, parameters: parameters, value: value), namespaceURI: namespaceURI,
            original: nil)
    }

    func serialize(into bytes: inout [UInt8], ending: LineEnding) {
        if let original {
            bytes += original
        } else {
            let qualified = prefix.map { "\($0).\(name)" } ?? name
            bytes += "\(qualified):\(parameters.serialized) \(value)\(ending.rawValue)".utf8
        }
    }

    public static func == (a: CPIMHeader, b: CPIMHeader) -> Bool {
        a.namespaceURI == b.namespaceURI && a.name == b.name && a.value == b.value && a.parameters == b.parameters
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(namespaceURI)
        hasher.combine(name)
        hasher.combine(value)
        hasher.combine(parameters)
    }
}

/// Something tolerated in a CPIM message that the standard does not allow.
public enum CPIMFlaw: Sendable, Hashable {
    /// A line ends in LF alone.
    case bareLineFeed
    /// A header uses a prefix that no NS header before it declares.
    case undeclaredPrefix(String)
    /// No blank after the colon of a header.
    case noBlankAfterColon(String)
    /// A core header is not written as the standard writes it; names are case-sensitive.
    case wrongCase(String)
    /// The content headers are not followed by an empty line.
    case noEmptyLineBeforeBody
}
