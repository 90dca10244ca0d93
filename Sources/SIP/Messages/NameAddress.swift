/// The value of From, To, Contact, Route and their like: a URI, a name before, parameters behind (RFC 3261 §20.10).
public struct NameAddress: Sendable, Hashable, CustomStringConvertible {
    /// The name with its quotes and escapes resolved.
    public var displayName: String?
    /// The URI as written, without `<>`; `*` for the Contact that removes all bindings.
    public var uri: String
    /// The parameters of the header field, not those of the URI.
    public var parameters: SIPParameters

    public init(displayName: String? = nil, uri: String, parameters: SIPParameters = [:]) {
        self.displayName = displayName
        self.uri = uri
        self.parameters = parameters
    }

    /// Parses one value; nil when it is against the grammar. Without `<>` all parameters are the header's.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)[...]
        var quotedName = false
        var escaped = false
        var open: Int?
        for index in bytes.indices {
            let byte = bytes[index]
            if escaped {
                escaped = false
            } else if quotedName, byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                quotedName.toggle()
            } else if !quotedName, byte == UInt8(ascii: "<") {
                open = index
                break
            } else if !quotedName, byte == UInt8(ascii: ";") {
                break
            }
        }
        if quotedName { return nil }
        if let open { self.init(bracketed: bytes, open: open) } else { self.init(bare: bytes) }
    }

    private init?(bracketed bytes: ArraySlice<UInt8>, open: Int) {
        guard let close = bytes[open...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let inner = trimmed(bytes[(open + 1)..<close])
        let behind = trimmed(bytes[(close + 1)...])
        guard !inner.isEmpty, behind.isEmpty || behind.first == UInt8(ascii: ";"),
            let parameters = SIPParameters(parsing: behind)
        else { return nil }
        let name = trimmed(bytes[..<open])
        displayName = name.isEmpty ? nil : unquoted(text(name))
        uri = text(inner)
        self.parameters = parameters
    }

    private init?(bare bytes: ArraySlice<UInt8>) {
        let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.endIndex
        let inner = trimmed(bytes[..<end])
        guard !inner.isEmpty, !inner.contains(where: { isBlank($0) || $0 == UInt8(ascii: "\"") }),
            let parameters = SIPParameters(parsing: bytes[end...])
        else { return nil }
        uri = text(inner)
        self.parameters = parameters
    }

    /// The tag that names one end of a dialog (RFC 3261 §19.3).
    public var tag: String? {
        get { parameters["tag"] }
        set { parameters["tag"] = newValue }
    }

    /// The URI taken apart; nil for another scheme or a broken one.
    public var sipURI: SIPURI? { SIPURI(uri) }

    /// The same address without its tag.
    public var withoutTag: NameAddress {
        var copy = self
        copy.tag = nil
        return copy
    }

    /// `"Name" <uri>;parameters`; `*` alone stays bare.
    public var description: String {
        if uri == "*" { return "*" }
        let name = displayName.map { quoted($0) + " " } ?? ""
        return "\(name)<\(uri)>\(parameters)"
    }
}
