public import Diagnostics
public import NIOCore

/// Takes SIP messages off a stream, however it is cut into reads (RFC 3261 §7, §18.3).
///
/// Errors depend on the bytes alone, never on the cuts; after one the stream is lost and `next` throws it again.
public struct SIPStreamParser: Sendable {
    private enum Phase: Sendable { case between, head, body(Int) }

    private let limits: Limits
    private var buffer: [UInt8] = []
    /// The first byte of `buffer` that no line or body has taken yet.
    private var position = 0
    /// Where the search for the end of the line goes on.
    private var scanned = 0
    private var folded = false
    /// Bytes of the current head before `position`.
    private var headBytes = 0
    private var phase = Phase.between
    private var start = SIPStartLine.response(status: 100, reason: "")
    private var fields: [SIPHeaderField] = []
    private var contentLength: Int?
    private var emptyLines = 0
    private var failure: SIPParseError?

    /// Keep-alive pings seen (CR LF CR LF between messages, RFC 5626 §4.4.1); the owner may reset it.
    public var pings = 0

    /// - Parameter limits: `sipHead`, `sipBody` and `sipHeaderCount` bound each message.
    public init(limits: Limits) { self.limits = limits }

    /// Adds bytes that were read.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        compact()
        buffer.append(contentsOf: bytes)
    }

    /// Adds bytes that were read, without a copy in between.
    public mutating func append(_ bytes: ByteBuffer) {
        compact()
        bytes.withUnsafeReadableBytes { buffer.append(contentsOf: $0) }
    }

    /// Bytes of a message that has begun and not ended.
    public var pending: Int {
        headBytes + buffer.count - position
    }

    /// The next whole message; nil when more bytes are needed.
    public mutating func next() throws(SIPParseError) -> SIPMessage? {
        if let failure { throw failure }
        do {
            return try advance()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func advance() throws(SIPParseError) -> SIPMessage? {
        if case .between = phase {
            skipEmptyLines()
            guard let end = try lineEnd(mayFold: false) else { return nil }
            start = try SIPHeadGrammar.startLine(buffer[position..<end])
            takeLine(to: end)
            phase = .head
        }
        if case .head = phase {
            while true {
                guard let end = try lineEnd(mayFold: true) else { return nil }
                if end == position { break }
                try takeField(to: end)
            }
            takeLine(to: position)
            phase = .body(try bodyLength())
        }
        guard case .body(let length) = phase, buffer.count - position >= length else { return nil }
        let body = length == 0 ? [] : Array(buffer[position..<(position + length)])
        position += length
        defer { reset() }
        return SIPMessage(start: start, headers: SIPHeaders(fields), body: body)
    }

    private mutating func reset() {
        scanned = position
        headBytes = 0
        phase = .between
        let usual = fields.count
        fields = []
        fields.reserveCapacity(usual)
        contentLength = nil
        emptyLines = 0
    }

    /// Drops what was taken; a large buffer is given back when the stream has come to rest.
    private mutating func compact() {
        guard position > 0 else { return }
        if position == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 256 * 1024)
        } else if position >= 4096 {
            buffer.removeFirst(position)
        } else {
            return
        }
        scanned -= position
        position = 0
    }

    private mutating func skipEmptyLines() {
        while position + 1 < buffer.count, buffer[position] == 0x0D, buffer[position + 1] == 0x0A {
            position += 2
            emptyLines += 1
            if emptyLines % 2 == 0 { pings += 1 }
        }
        scanned = max(scanned, position)
    }

    /// The place of the CR that ends the line at `position`; nil when it has not come yet.
    private mutating func lineEnd(mayFold: Bool) throws(SIPParseError) -> Int? {
        let bound = position - headBytes + limits.sipHead
        while true {
            scanned = SIPHeadGrammar.endOfPlainText(buffer, from: scanned, to: min(buffer.count, bound))
            if scanned >= bound, buffer.count > bound { throw .headTooLarge(limit: limits.sipHead) }
            guard scanned < buffer.count else { return nil }
            guard buffer[scanned] == 0x0D else {
                throw buffer[scanned] == 0x0A ? .lineEnd : .controlCharacter(buffer[scanned])
            }
            if scanned + 2 > bound { throw .headTooLarge(limit: limits.sipHead) }
            guard scanned + 1 < buffer.count else { return nil }
            guard buffer[scanned + 1] == 0x0A else { throw .lineEnd }
            if !mayFold || scanned == position { return scanned }
            guard scanned + 2 < buffer.count else { return nil }
            guard isBlank(buffer[scanned + 2]) else { return scanned }
            folded = true
            scanned += 3
        }
    }

    private mutating func takeLine(to end: Int) {
        headBytes += end + 2 - position
        position = end + 2
        scanned = position
        folded = false
    }

    private mutating func takeField(to end: Int) throws(SIPParseError) {
        if fields.count >= limits.sipHeaderCount { throw .tooManyHeaders(limit: limits.sipHeaderCount) }
        let line = folded ? SIPHeadGrammar.unfolded(buffer[position..<end])[...] : buffer[position..<end]
        let field = try SIPHeadGrammar.field(line)
        if field.code == .contentLength { try note(length: field.value) }
        if !field.code.isSingle, line.count > limits.sipHeaderCount { try checkValues(of: field) }
        fields.append(field)
        takeLine(to: end)
    }

    /// Only a long line can hold more values than are allowed, so the usual one is not counted.
    private func checkValues(of field: SIPHeaderField) throws(SIPParseError) {
        let commas = field.value.utf8.count { $0 == UInt8(ascii: ",") }
        if commas >= limits.sipHeaderCount,
            splitList(field.value, at: UInt8(ascii: ",")).count > limits.sipHeaderCount
        {
            throw .tooManyValues(header: field.name, limit: limits.sipHeaderCount)
        }
    }

    private mutating func note(length text: String) throws(SIPParseError) {
        guard let value = decimal(text.utf8, limit: Int.max / 16) else { throw .contentLengthInvalid(text) }
        if let before = contentLength, before != value { throw .contentLengthConflict(before, value) }
        contentLength = value
    }

    private func bodyLength() throws(SIPParseError) -> Int {
        guard let length = contentLength else { throw .contentLengthMissing }
        if length > limits.sipBody { throw .bodyTooLarge(announced: length, limit: limits.sipBody) }
        return length
    }
}
