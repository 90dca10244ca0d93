public import Diagnostics
public import NIOCore

/// One piece of an MSRP stream: each message is a head, any number of body slices, and an end.
public enum MSRPStreamElement: Sendable, Hashable {
    case head(MSRPHead)
    /// The next bytes of the body, as many as are there; never empty.
    case body(ByteBuffer)
    case end(MSRPContinuation)
}

/// Takes the bytes of one direction of a connection, in any split, and yields the messages in them (RFC 4975 §7, §9).
///
/// Bodies are handed on as they arrive, whatever their announced size; no more than `Limits.msrpHead` bytes of a head
/// and about 45 bytes of a body are held back. After an error each further call throws the same error.
public struct MSRPStreamParser: Sendable {
    private enum State: Sendable {
        case head
        case body(atStart: Bool)
        case ending(MSRPContinuation)
        case failed(MSRPParseError)
    }

    private let headLimit: Int
    private let fieldLimit: Int
    private var buffer = ByteBuffer()
    private var state = State.head
    private var partial = MSRPHeadReader()
    /// CRLF, seven hyphens and the transaction id of the message at hand.
    private var endLine: [UInt8] = []

    public init(limits: Limits) {
        headLimit = limits.msrpHead
        fieldLimit = limits.msrpHeaderCount
    }

    /// True when every message that was started has ended.
    public var isBetweenMessages: Bool {
        if case .head = state { return buffer.readableBytes == 0 && partial.isEmpty }
        return false
    }

    /// Takes the next bytes of the stream.
    public mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
            return
        }
        var joined = ByteBuffer()
        joined.reserveCapacity(buffer.readableBytes + bytes.readableBytes)
        joined.writeImmutableBuffer(buffer)
        joined.writeImmutableBuffer(bytes)
        buffer = joined
    }

    /// Takes the next bytes of the stream.
    public mutating func append(_ bytes: some Sequence<UInt8>) { append(ByteBuffer(bytes: bytes)) }

    /// The next element, or nil when more bytes are needed.
    public mutating func next() throws(MSRPParseError) -> MSRPStreamElement? {
        switch state {
        case .head:
            return try nextOfHead()
        case .body(let atStart):
            return try nextOfBody(atStart: atStart)
        case .ending(let continuation):
            state = .head
            return .end(continuation)
        case .failed(let error):
            throw error
        }
    }

    private mutating func nextOfHead() throws(MSRPParseError) -> MSRPStreamElement? {
        guard buffer.readableBytes > 0 else { return nil }
        var reader = partial
        let (limit, fields) = (headLimit, fieldLimit)
        let (read, step) = buffer.withUnsafeReadableBytes { reader.read($0, limit: limit, fields: fields) }
        buffer.moveReaderIndex(forwardBy: read)
        switch step {
        case .needsMore:
            partial = reader
            return nil
        case .failed(let error):
            state = .failed(error)
            throw error
        case .body:
            state = .body(atStart: true)
        case .ended(let continuation):
            state = .ending(continuation)
        }
        guard let head = reader.head else { return nil }
        endLine.removeAll(keepingCapacity: true)
        endLine.append(Octet.carriageReturn)
        endLine.append(Octet.lineFeed)
        endLine.append(contentsOf: repeatElement(Octet.hyphen, count: 7))
        endLine.append(contentsOf: head.transactionID.utf8)
        partial = MSRPHeadReader()
        return .head(head)
    }

    private enum BodyStep {
        case data(Int)
        case end(body: Int, skip: Int, MSRPContinuation)
        case wrong(String)
    }

    private mutating func nextOfBody(atStart: Bool) throws(MSRPParseError) -> MSRPStreamElement? {
        let step = buffer.withUnsafeReadableBytes { raw in
            endLine.withUnsafeBytes { MSRPStreamParser.search(raw, endLine: $0, atStart: atStart) }
        }
        switch step {
        case .data(let count):
            guard count > 0, let slice = buffer.readSlice(length: count) else { return nil }
            state = .body(atStart: false)
            return .body(slice)
        case .end(let count, let skip, let continuation):
            let slice = count > 0 ? buffer.readSlice(length: count) : nil
            buffer.moveReaderIndex(forwardBy: skip)
            if let slice {
                state = .ending(continuation)
                return .body(slice)
            }
            state = .head
            return .end(continuation)
        case .wrong(let line):
            let error = MSRPParseError.endLine(line)
            state = .failed(error)
            throw error
        }
    }

    /// Looks for the end-line. Some senders leave out the CRLF in front of it when there is no body, so right behind
    /// the head it counts without one too.
    private static func search(
        _ raw: UnsafeRawBufferPointer, endLine: UnsafeRawBufferPointer, atStart: Bool
    ) -> BodyStep {
        if atStart {
            let bare = UnsafeRawBufferPointer(rebasing: endLine[2...])
            if let step = match(raw, bare, at: 0) { return step }
        }
        var place = 0
        while let hit = raw.first(Octet.carriageReturn, from: place) {
            if let step = match(raw, endLine, at: hit) { return step }
            place = hit + 1
        }
        return .data(raw.count)
    }

    /// What the bytes at `place` are: an end-line, possibly the beginning of one (then the data ends there), or nil.
    private static func match(
        _ raw: UnsafeRawBufferPointer, _ endLine: UnsafeRawBufferPointer, at place: Int
    ) -> BodyStep? {
        let available = raw.count - place
        guard raw.holds(endLine, at: place, count: min(available, endLine.count)) else { return nil }
        guard available > endLine.count else { return .data(place) }
        guard let continuation = MSRPContinuation(rawValue: raw[place + endLine.count]) else { return nil }
        let rest = raw[(place + endLine.count + 1)...].prefix(2)
        for (octet, wanted) in zip(rest, [Octet.carriageReturn, Octet.lineFeed]) where octet != wanted {
            // What stands before it is data all the same.
            return place > 0 ? .data(place) : .wrong(raw.text(place..<min(raw.count, place + endLine.count + 3)))
        }
        return rest.count == 2 ? .end(body: place, skip: endLine.count + 3, continuation) : .data(place)
    }
}
