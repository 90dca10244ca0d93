public import Diagnostics

/// A Message/CPIM body (RFC 3862): message headers, content headers and content.
///
/// What was parsed is serialised byte for byte; a header that is set or added is written anew.
public struct CPIMMessage: Sendable, Hashable {
    /// The namespace of the IMDN headers (RFC 5438 §6).
    public static let imdnNamespace = "urn:ietf:params:imdn"
    /// The namespace of the headers that RFC 3862 defines.
    public static let coreNamespace = "urn:ietf:params:cpim-headers:"

    /// The message headers in order, NS headers among them.
    public var headers: [CPIMHeader]
    /// The MIME headers of the content.
    public var contentHeaders: MIMEHeaders
    public var body: [UInt8]
    /// How lines end that are not kept from parsing.
    public var lineEnding = LineEnding.crlf
    /// What was tolerated when the message was parsed.
    public internal(set) var flaws: Set<CPIMFlaw> = []
    /// The empty lines as parsed.
    var separators = Separators()

    struct Separators: Sendable, Hashable {
        var beforeContent: [UInt8]?
        /// Empty when the bytes ended without one.
        var beforeBody: [UInt8]?
    }

    public init(headers: [CPIMHeader] = [], contentHeaders: MIMEHeaders = [:], body: [UInt8] = []) {
        self.headers = headers
        self.contentHeaders = contentHeaders
        self.body = body
    }

    /// Reads a message; errors of code `cpim.…`, `mime.…`, `payload.…` with the line.
    public init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(PayloadError) {
        self.init()
        guard bytes.count <= limits.msrpMessage else {
            throw PayloadError(.tooLarge, "the CPIM message is larger than \(limits.msrpMessage) bytes")
        }
        var parser = CPIMParser(bytes, limits: limits)
        try parser.parse(into: &self)
    }

    /// The message as bytes.
    public func serialized() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + 512)
        for header in headers { header.serialize(into: &bytes, ending: lineEnding) }
        bytes += separators.beforeContent ?? Array(lineEnding.rawValue.utf8)
        contentHeaders.serialize(into: &bytes, ending: lineEnding)
        bytes += separators.beforeBody.flatMap { $0.isEmpty && !body.isEmpty ? nil : $0 } ?? Array(lineEnding.rawValue.utf8)
        return bytes + body
    }

    // The line endings of what was parsed make no difference to what the message says.
    public static func == (a: CPIMMessage, b: CPIMMessage) -> Bool {
        a.headers == b.headers && a.contentHeaders == b.contentHeaders && a.body == b.body
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(headers)
        hasher.combine(contentHeaders)
        hasher.combine(body)
    }
}

// MARK: - Headers by name

extension CPIMMessage {
    /// The values of all headers of that name, without escapes.
    public func values(_ name: String, in namespace: String? = nil) -> [String] {
        headers.filter { $0.matches(name, in: namespace) }.map(\.text)
    }

    /// The first header of that name.
    public func header(_ name: String, in namespace: String? = nil) -> CPIMHeader? {
        headers.first { $0.matches(name, in: namespace) }
    }

    /// Sets the value (already escaped) of the first header of that name and drops the others; nil removes all.
    ///
    /// A header of another namespace is written with a prefix that is in scope at the end, or with `imdn` or `ns1`, `ns2` …
    /// and an NS header of its own.
    public mutating func set(_ name: String, in namespace: String? = nil, to value: String?) {
        let index = headers.firstIndex { $0.matches(name, in: namespace) }
        guard let value else {
            headers.removeAll { $0.matches(name, in: namespace) }
            return
        }
        guard let index else {
            add(name, in: namespace, value)
            return
        }
        let replaced = headers[index].with(value: value)
        headers = headers.enumerated().compactMap { offset, header in
            offset == index ? replaced : header.matches(name, in: namespace) ? nil : header
        }
    }

    /// Adds a header at the end, declaring its namespace first where that is needed; `value` is escaped already.
    public mutating func add(_ name: String, in namespace: String? = nil, _ value: String) {
        let scope = NamespaceScope(headers)
        if let prefix = scope.prefix(for: namespace) {
            headers.append(
                CPIMHeader(namespaceURI: namespace, name: name, value: value, prefix: prefix.isEmpty ? nil : prefix))
            return
        }
        let prefix = scope.freePrefix(for: namespace)
        headers.append(
            CPIMHeader(name: "NS", value: "\(prefix) <\(namespace ?? Self.coreNamespace)>", prefix: scope.corePrefix))
        headers.append(CPIMHeader(namespaceURI: namespace, name: name, value: value, prefix: prefix))
    }

    /// What the Require headers name: headers that a receiver must understand (RFC 3862 §4.7).
    public var requiredHeaders: [(namespaceURI: String?, name: String)] {
        var required: [(String?, String)] = []
        for (index, header) in headers.enumerated() where header.matches("Require") {
            let scope = NamespaceScope(headers[..<index])
            for item in header.text.split(separator: ",") {
                let written = item.trimmingBlanks().split(separator: ".", maxSplits: 1).map(String.init)
                guard let last = written.last else { continue }
                required.append((scope.namespace(of: written.count == 2 ? written[0] : nil), last))
            }
        }
        return required
    }
}

/// The prefixes that a row of headers declares; each holds for the headers behind it (RFC 3862 §3.4).
struct NamespaceScope {
    /// Prefix (empty: the default) to namespace; nil is the core one.
    private var declared: [String: String?] = ["": nil]

    init(_ headers: some Sequence<CPIMHeader>) {
        for header in headers where header.matches("NS") { declare(header.value) }
    }

    init() {}

    /// Takes over an NS value `prefix <uri>` or `<uri>`; false when it is neither.
    @discardableResult
    mutating func declare(_ value: String) -> Bool {
        let text = value.trimmingBlanks()
        guard let open = text.firstIndex(of: "<"), text.hasSuffix(">") else { return false }
        let prefix = text[..<open].trimmingBlanks()
        let uri = CPIMText.unescaped(text[text.index(after: open)...].dropLast())
        guard !uri.isEmpty, prefix.isEmpty || (prefix.isToken && !prefix.contains(".")) else { return false }
        declared[prefix] = .some(uri == CPIMMessage.coreNamespace ? nil : uri)
        return true
    }

    /// The namespace of a prefix: nil for the core one, empty when nothing declares it.
    func namespace(of prefix: String?) -> String? {
        if let found = declared[prefix ?? ""] { return found }
        return ""
    }

    /// A prefix that stands for the namespace (empty: none needed); nil when there is none.
    func prefix(for namespace: String?) -> String? {
        declared.filter { $0.value == namespace }.keys.min()
    }

    /// The prefix of the core namespace; nil when it needs none or has none.
    var corePrefix: String? { prefix(for: nil).flatMap { $0.isEmpty ? nil : $0 } }

    func freePrefix(for namespace: String?) -> String {
        let wanted = namespace == CPIMMessage.imdnNamespace ? "imdn" : "ns1"
        if declared[wanted] == nil { return wanted }
        return (2...).lazy.map { "ns\($0)" }.first { declared[$0] == nil } ?? "ns"
    }
}
