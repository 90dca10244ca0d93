/// What a recorded line tells of. Kinds that this version does not know are read, kept and written back.
public struct RecordedKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    /// A connection is there: `proto`, `accepted`, `local`, `remote`.
    public static let open = RecordedKind("open")
    /// The TLS handshake is done: `version`.
    public static let tls = RecordedKind("tls")
    /// Bytes as they were read or written, inside TLS.
    public static let bytes = RecordedKind("bytes")
    /// A connection is gone: `cause`.
    public static let close = RecordedKind("close")
    /// The script acted: `step`, `phase`, `index` and what belongs to the step.
    public static let act = RecordedKind("act")
    /// A wait began or ended: `state`, `limit`, `ms`, `awaited`.
    public static let wait = RecordedKind("wait")
    /// A remark for readers: `text`.
    public static let note = RecordedKind("note")
    /// The harness itself was held up: `ms`.
    public static let stall = RecordedKind("stall")
    /// An operator answered, or carried something out: `asked`, `answer`, and for a question `group`, `checks`, `about`.
    public static let answer = RecordedKind("answer")
}

/// Which way recorded bytes went, seen from the harness.
public enum RecordedDirection: String, Sendable, Hashable {
    case received = "in"
    case sent = "out"

    /// The same seen from the other end.
    public var reversed: RecordedDirection { self == .received ? .sent : .received }
}

/// One line of a recording: something that happened, when, to whom.
public struct RecordedLine: Sendable, Hashable {
    /// The number of the line, from 1 without gaps; checks and reports point at it.
    public var n: Int
    /// Nanoseconds since the recording began, on one monotonic clock.
    public var t: Int64
    public var kind: RecordedKind
    /// Whose doing it was, by the name in the test case.
    public var actor: String?
    /// The connection, numbered from 1 in the order they came.
    public var conn: Int?
    /// Only on lines of kind `bytes`; ignored when another kind is written.
    public var direction: RecordedDirection?
    /// The bytes, only on lines of kind `bytes`.
    public var payload: [UInt8]?
    /// True when credentials in `payload` were overwritten with `*` before it was kept; lengths are unchanged.
    public var masked: Bool
    /// Everything else that the line says, flat.
    public var fields: [String: JSONValue]

    public init(
        n: Int, t: Int64, kind: RecordedKind, actor: String? = nil, conn: Int? = nil,
        direction: RecordedDirection? = nil, payload: [UInt8]? = nil, masked: Bool = false,
        fields: [String: JSONValue] = [:]
    ) {
        self.n = n
        self.t = t
        self.kind = kind
        self.actor = actor
        self.conn = conn
        self.direction = direction
        self.payload = payload
        self.masked = masked
        self.fields = fields
    }

    /// The field of that name, if the line has it.
    public subscript(field: String) -> JSONValue? { fields[field] }

    /// True for the note that the recording reached its limit.
    public var isFullNote: Bool { kind == .note && fields["full"]?.bool == true }

    /// The payload as text, with U+FFFD where it is not UTF-8; for people, never for comparing.
    public var payloadText: String? { payload.map { String(decoding: $0, as: UTF8.self) } }
}
