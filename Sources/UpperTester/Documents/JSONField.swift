import Diagnostics
public import Recordings

/// Why a JSON document is not what the specification of the upper tester says.
public struct DocumentProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field, such as `messages[3].sender`; empty for the document itself.
    public var path: String
    /// What was there, as the rest of a sentence that begins with the path: `is missing`, `is the number 3`.
    public var found: String
    /// What to write instead, as an order.
    public var instead: String

    /// `messages[3].sender is missing; write a sip, sips or tel URI`.
    public var description: String { "\(path.isEmpty ? "the document" : path) \(found); \(instead)" }
}

/// The bounds on what a document may hold. The specification states the same numbers.
public enum DocumentLimits {
    /// Entries of any list.
    public static let entries = 10_000
    /// Unicode scalars of an identifier.
    public static let identifier = 256
    /// Unicode scalars of an address.
    public static let address = 1_024
    /// Unicode scalars of a name, a subject, a media type or a detail of a refusal.
    public static let line = 1_024
    /// Bytes of the text of a message in UTF-8, and of other content before base 64.
    public static let content = 2 * 1_024 * 1_024
    /// The greatest revision: what every JSON library can hold exactly.
    public static let revision = 9_007_199_254_740_991
}

/// A JSON value and where it was found, from which a document is read. Fields that nobody asks for are ignored.
public struct JSONField: Sendable {
    let value: JSONValue
    let path: String

    /// The whole of a document.
    public init(document: JSONValue) {
        value = document
        path = ""
    }

    private init(_ value: JSONValue, at path: String) {
        self.value = value
        self.path = path
    }

    func problem(_ found: String, _ instead: String) -> DocumentProblem {
        DocumentProblem(path: path, found: found, instead: instead)
    }

    /// For a value of the wrong kind.
    func mismatch(_ instead: String) -> DocumentProblem { problem("is " + Self.shown(value), instead) }

    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "the number \(value)"
        case .number(let value): "the number \(value)"
        case .string(let value): "the text \"\(escapedPeerText(value, limit: 60))\""
        case .array(let elements): "an array of \(elements.count)"
        case .object(let members): "an object of \(members.count) members"
        }
    }

    // MARK: - Members

    /// The member of that name; nil when it is missing or null.
    func optional(_ key: String) throws(DocumentProblem) -> JSONField? {
        guard case .object(let members) = value else { throw mismatch("write a JSON object") }
        guard let member = members[key], !member.isNull else { return nil }
        return JSONField(member, at: path.isEmpty ? key : path + "." + key)
    }

    /// - Parameter instead: what to write when it is missing.
    func required(_ key: String, _ instead: String) throws(DocumentProblem) -> JSONField {
        if let found = try optional(key) { return found }
        let isNull = value[key] != nil
        throw DocumentProblem(
            path: path.isEmpty ? key : path + "." + key, found: isNull ? "is null" : "is missing", instead: instead)
    }

    // MARK: - Values

    func bool() throws(DocumentProblem) -> Bool {
        guard let bool = value.bool else { throw mismatch("write true or false") }
        return bool
    }

    func text(limit: Int, _ instead: String) throws(DocumentProblem) -> String {
        guard let text = value.string else { throw mismatch(instead) }
        if text.unicodeScalars.count > limit {
            throw problem("has \(text.unicodeScalars.count) characters", "write at most \(limit)")
        }
        return text
    }

    /// A name or subject: one line.
    func line(_ instead: String) throws(DocumentProblem) -> String {
        try text(limit: DocumentLimits.line, instead)
    }

    func identifier(_ instead: String) throws(DocumentProblem) -> String {
        let text = try text(limit: DocumentLimits.identifier, instead)
        if text.isEmpty { throw problem("is empty", instead) }
        return text
    }

    func address() throws(DocumentProblem) -> String {
        let instead = "write a sip, sips or tel URI"
        let text = try text(limit: DocumentLimits.address, instead)
        guard Self.isAddress(text) else { throw mismatch(instead) }
        return text
    }

    static func isAddress(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), text.index(after: colon) < text.endIndex,
            ["sip", "sips", "tel"].contains(text[..<colon].lowercased())
        else { return false }
        return text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "<" && $0 != ">" }
    }

    func revision() throws(DocumentProblem) -> Int {
        guard let number = value.int, (0...DocumentLimits.revision).contains(number) else {
            throw mismatch("write a whole number from 0 that grows whenever something changes")
        }
        return number
    }

    /// Milliseconds since 1970 of an RFC 3339 date-time.
    func time() throws(DocumentProblem) -> Int64 {
        let instead = "write an RFC 3339 date and time with its zone, such as 2026-05-01T09:30:00.250Z"
        guard let text = value.string, let time = UpperTesterTime.milliseconds(from: text) else { throw mismatch(instead) }
        return time
    }

    func word<Word: RawRepresentable & CaseIterable>(
        _: Word.Type = Word.self
    ) throws(DocumentProblem) -> Word where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        if let text = value.string, let word = Word(rawValue: text) { return word }
        let near = value.string.flatMap { nearestWord(to: $0, among: words) }
        throw mismatch("write " + (near.map { "\($0), if that is meant; possible are " } ?? "") + Self.alternatives(words))
    }

    private static func alternatives(_ words: [String]) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }

    /// The elements of an array, in order.
    func elements<Element>(
        _ read: (JSONField) throws(DocumentProblem) -> Element
    ) throws(DocumentProblem) -> [Element] {
        guard let array = value.array else { throw mismatch("write an array, [] when there is nothing") }
        if array.count > DocumentLimits.entries {
            throw problem("has \(array.count) entries", "write at most \(DocumentLimits.entries)")
        }
        var all: [Element] = []
        all.reserveCapacity(array.count)
        for (index, element) in array.enumerated() {
            all.append(try read(JSONField(element, at: "\(path)[\(index)]")))
        }
        return all
    }
}
