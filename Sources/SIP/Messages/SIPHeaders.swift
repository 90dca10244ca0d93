/// One header field of a SIP message, in the place where it stood.
public struct SIPHeaderField: Sendable, Hashable {
    /// The name as it stands on the wire: its case and compact form are kept.
    public var name: String {
        didSet { code = HeaderCode.of(name) }
    }
    /// The value without the white space around it; folded lines are joined by one space (RFC 3261 §7.3.1).
    public var value: String
    private(set) var code: HeaderCode

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
        code = HeaderCode.of(name)
    }

    init(_ name: String, _ value: String, code: HeaderCode) {
        self.name = name
        self.value = value
        self.code = code
    }

    /// True when the field has this name: any case, the compact form equal to the long one.
    public func isNamed(_ other: String) -> Bool {
        let otherCode = HeaderCode.of(other)
        if otherCode != .other || code != .other { return otherCode == code }
        return asciiCaseEqual(name, other)
    }
}

extension SIPHeaderField {
    /// The compact form of the field's name (RFC 3261 §7.3.3 and the IANA registry); nil where there is none.
    public var compactName: String? { code.compactName }
}

/// The header fields of a SIP message in the order of the wire.
public struct SIPHeaders: Sendable, Hashable, RandomAccessCollection, ExpressibleByDictionaryLiteral {
    /// The fields, in order; to be changed freely.
    public var fields: [SIPHeaderField]

    public init(_ fields: [SIPHeaderField] = []) { self.fields = fields }

    /// Fields in the order written; a name may come several times.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { SIPHeaderField($0.0, $0.1) }
    }

    public var startIndex: Int { fields.startIndex }
    public var endIndex: Int { fields.endIndex }
    public subscript(position: Int) -> SIPHeaderField { fields[position] }

    /// The value of the first field of this name, whole; nil when there is none.
    public subscript(name: String) -> String? {
        let code = HeaderCode.of(name)
        if code != .other { return first(code) }
        return fields.first { $0.code == .other && asciiCaseEqual($0.name, name) }?.value
    }

    /// The values of all fields of this name, each whole and in order.
    public func lines(_ name: String) -> [String] { fields.filter { $0.isNamed(name) }.map(\.value) }

    /// All values of this name: comma lists are split outside quotes and `<>`, empty members left out.
    ///
    /// Fields in which a comma does not separate (Date, Subject, credentials, challenges…) are not split.
    public func values(_ name: String) -> [String] {
        if HeaderCode.of(name).isSingle { return lines(name) }
        return fields.filter { $0.isNamed(name) }.flatMap { splitList($0.value, at: UInt8(ascii: ",")) }
    }

    /// Replaces the first field of this name in its place and removes the others; adds it when there was none.
    public mutating func set(_ name: String, _ value: String) {
        guard let index = fields.firstIndex(where: { $0.isNamed(name) }) else { return add(name, value) }
        fields[index].value = value
        let later = fields[(index + 1)...].filter { !$0.isNamed(name) }
        if later.count != fields.count - index - 1 { fields.replaceSubrange((index + 1)..., with: later) }
    }

    /// Adds a field at the end.
    public mutating func add(_ name: String, _ value: String) { fields.append(SIPHeaderField(name, value)) }

    /// Adds a field above all others, as Via, Route and Record-Route want it.
    public mutating func insert(_ name: String, _ value: String) {
        fields.insert(SIPHeaderField(name, value), at: 0)
    }

    /// Adds all fields of another list at the end.
    public mutating func add(contentsOf other: SIPHeaders) { fields.append(contentsOf: other.fields) }

    /// Removes every field of this name.
    public mutating func remove(_ name: String) { fields.removeAll { $0.isNamed(name) } }

    /// True when a list field holds this token, in any case: `headers.lists("timer", in: "Supported")`.
    public func lists(_ token: String, in name: String) -> Bool {
        values(name).contains { asciiCaseEqual($0, token) }
    }

    func first(_ code: HeaderCode) -> String? {
        for field in fields where field.code == code { return field.value }
        return nil
    }

    func has(_ code: HeaderCode) -> Bool { fields.contains { $0.code == code } }

    func firstIndex(of code: HeaderCode) -> Int? { fields.firstIndex { $0.code == code } }
}
