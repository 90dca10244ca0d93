internal import Crypto
internal import Foundation
public import Diagnostics

/// Takes down what happens in one case, in order, and tells whoever listens live.
///
/// It is confined to the event loop of the case. Credentials on SIP connections are masked before a line is kept.
/// When the recording would grow beyond `Limits.recording`, or all recordings at once beyond their `RecordingSpace`, a note
/// says so and what comes after is dropped, all but the notes by which the player says how the case ended.
public final class Recorder {
    private let alive = Alive("recorder")
    public let header: RecordingHeader
    public private(set) var lines: [RecordedLine] = []
    /// True once something had to be dropped for the sake of the limit: the case cannot be judged.
    public var isFull: Bool { fullText != nil }
    /// Says so in words; nil while there is room.
    public private(set) var fullText: String?
    /// Sees each line once, in order, also when it adds lines itself.
    public var onLine: ((RecordedLine) -> Void)?

    private struct Connection {
        var actor: String?
        var masks: [RecordedDirection: CredentialMask]?
    }

    private let now: () -> Int64
    private let limit: Int
    private let share: RecordingSpace.Share?
    private var size = 0
    private var hash = SHA256()
    private var scratch: [UInt8] = []
    private var connections: [Int: Connection] = [:]
    private var connectionCount = 0
    private var told = 0
    private var isTelling = false

    /// Room kept for what is said once the recording is full, and of that for the footer.
    private static let reserve = 4096
    private static let footerSize = 256

    /// - Parameters:
    ///   - now: nanoseconds since the recording began, on one monotonic clock.
    ///   - share: what this recording takes of the room for all; nil where it is the only one.
    public init(
        header: RecordingHeader, now: @escaping () -> Int64, limits: Limits = Limits(), share: RecordingSpace.Share? = nil
    ) {
        self.header = header
        self.now = now
        self.limit = limits.recording
        self.share = share
        LineEncoding.append(header, to: &scratch)
        hash.update(data: scratch)
        size = scratch.count
    }

    /// Takes down anything that is not bytes. Fields named like a member of the line itself are not written.
    ///
    /// Returns the line, also when the recording is full and dropped it.
    @discardableResult
    public func add(
        _ kind: RecordedKind, actor: String? = nil, conn: Int? = nil, fields: [String: JSONValue] = [:]
    ) -> RecordedLine {
        assert(kind != .bytes, "bytes have a function of their own, which masks credentials")
        return keep(RecordedLine(n: lines.count + 1, t: now(), kind: kind, actor: actor, conn: conn, fields: fields))
    }

    /// A remark for readers of the recording.
    @discardableResult
    public func note(_ text: String, actor: String? = nil) -> RecordedLine {
        add(.note, actor: actor, fields: ["text": .string(text)])
    }

    /// A connection is there: gives it its number. On `sip` connections credentials are masked from here on.
    ///
    /// - Parameter device: which of the actor's devices it is of; said where it is not the first.
    public func open(
        actor: String?, proto: String, accepted: Bool, local: String, remote: String, device: Int = 1
    ) -> Int {
        connectionCount += 1
        // Chat content is what is being tested and holds nobody's credentials: it stays as it is.
        let masks: [RecordedDirection: CredentialMask]? =
            proto == "msrp" ? nil : [.received: CredentialMask(), .sent: CredentialMask()]
        connections[connectionCount] = Connection(actor: actor, masks: masks)
        var fields: [String: JSONValue] = [
            "proto": .string(proto), "accepted": .bool(accepted), "local": .string(local), "remote": .string(remote),
        ]
        if device > 1 { fields["device"] = .integer(Int64(device)) }
        add(.open, actor: actor, conn: connectionCount, fields: fields)
        return connectionCount
    }

    /// The TLS handshake on a connection is done; `version` such as `TLSv1.3`.
    public func secured(_ conn: Int, version: String) {
        add(.tls, actor: connections[conn]?.actor, conn: conn, fields: ["version": .string(version)])
    }

    /// Bytes were read from a connection or handed to it.
    @discardableResult
    public func bytes(_ payload: [UInt8], _ direction: RecordedDirection, on conn: Int) -> RecordedLine {
        var payload = payload
        let masked = connections[conn]?.masks?[direction]?.apply(to: &payload) ?? false
        return keep(
            RecordedLine(
                n: lines.count + 1, t: now(), kind: .bytes, actor: connections[conn]?.actor, conn: conn,
                direction: direction, payload: payload, masked: masked))
    }

    /// A connection is gone; `cause` is one short clause.
    public func close(_ conn: Int, cause: String) {
        add(.close, actor: connections[conn]?.actor, conn: conn, fields: ["cause": .string(cause)])
        connections[conn] = nil
    }

    /// What was recorded until now, with the footer that its file will have.
    public func finish() -> Recording {
        let footer = RecordingFooter(count: lines.count, sha256: hexadecimal(hash.finalize()))
        return Recording(header: header, lines: lines, footer: footer)
    }

    private func keep(_ line: RecordedLine) -> RecordedLine {
        guard !isFull else { return keepWord(line) }
        encode(line)
        if size + scratch.count + Self.reserve > limit || scratch.count > RecordingReader.longestLine {
            fill("its limit of \(limit) bytes", line)
        } else if share?.take(scratch.count) == false {
            fill("the limit of \(share?.limit ?? 0) bytes for all recordings at once", line)
        } else {
            append(line)
        }
        return line
    }

    /// The line for which there is no room gives its place to the note that says so.
    private func fill(_ what: String, _ line: RecordedLine) {
        let text = "the recording reached \(what); what happened after this is missing"
        fullText = text
        let last = RecordedLine(n: line.n, t: line.t, kind: .note, fields: ["text": .string(text), "full": .bool(true)])
        encode(last)
        append(last)
    }

    /// Of a full recording: how the case ended is said all the same, so that judging it later ends as the run did.
    private func keepWord(_ line: RecordedLine) -> RecordedLine {
        guard line.kind == .note, line.fields["trouble"] != nil else { return line }
        encode(line)
        if size + scratch.count + Self.footerSize <= limit { append(line) }
        return line
    }

    private func encode(_ line: RecordedLine) {
        scratch.removeAll(keepingCapacity: true)
        LineEncoding.append(line, to: &scratch)
    }

    private func append(_ line: RecordedLine) {
        hash.update(data: scratch)
        size += scratch.count
        lines.append(line)
        tell()
    }

    /// A listener that adds lines is told of them after it has dealt with the one at hand.
    private func tell() {
        guard !isTelling, let onLine else { return }
        isTelling = true
        defer { isTelling = false }
        while told < lines.count {
            told += 1
            onLine(lines[told - 1])
        }
    }
}
