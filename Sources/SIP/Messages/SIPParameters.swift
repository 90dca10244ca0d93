/// The `;name=value` parameters of a URI, an address or a Via, in order, names compared without regard to case.
public struct SIPParameters: Sendable, Hashable, RandomAccessCollection, ExpressibleByDictionaryLiteral,
    CustomStringConvertible
{
    /// One parameter; `value` as written, with its quotes, nil for a flag such as `lr`.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var value: String?
        public init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// Parameters in the order written.
    public init(dictionaryLiteral elements: (String, String?)...) {
        entries = elements.map { Entry($0.0, $0.1) }
    }

    /// Parses `a=b;c;d="e"`, with or without the first semicolon; nil when a parameter has no name.
    public init?(_ text: String) {
        self.init(parsing: Array(text.utf8)[...])
    }

    init?(parsing bytes: ArraySlice<UInt8>) {
        var bytes = trimmed(bytes)
        if bytes.first == UInt8(ascii: ";") { bytes.removeFirst() }
        entries = []
        if trimmed(bytes).isEmpty { return }
        for part in splitBytes(bytes, at: UInt8(ascii: ";")) {
            let part = trimmed(part)
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let name = trimmed(part[..<(equals ?? part.endIndex)])
            guard !name.isEmpty else { return nil }
            entries.append(Entry(text(name), equals.map { text(trimmed(part[($0 + 1)...])) }))
        }
    }

    public var startIndex: Int { entries.startIndex }
    public var endIndex: Int { entries.endIndex }
    public subscript(position: Int) -> Entry { entries[position] }

    /// The value without quotes; an empty text for a flag; nil when the parameter is not there.
    ///
    /// Setting writes a value as it is given (quote it yourself where needed); setting nil removes the parameter.
    public subscript(name: String) -> String? {
        get {
            guard let entry = entries.first(where: { asciiCaseEqual($0.name, name) }) else { return nil }
            return entry.value.map(unquoted) ?? ""
        }
        set {
            guard let newValue else { return entries.removeAll { asciiCaseEqual($0.name, name) } }
            let value = newValue.isEmpty ? nil : newValue
            if let index = entries.firstIndex(where: { asciiCaseEqual($0.name, name) }) {
                entries[index].value = value
            } else {
                entries.append(Entry(name, value))
            }
        }
    }

    /// True when the parameter is there, with or without a value.
    public func has(_ name: String) -> Bool { entries.contains { asciiCaseEqual($0.name, name) } }

    /// `;a=b;c`, empty when there is none.
    public var description: String {
        var out = ""
        for entry in entries {
            out += ";" + entry.name
            if let value = entry.value { out += "=" + value }
        }
        return out
    }
}
