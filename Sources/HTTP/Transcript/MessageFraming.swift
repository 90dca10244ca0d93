/// Finds where the messages of one direction end (RFC 9112 §6.3), byte by byte and without looking at one twice.
struct MessageFraming: Sendable {
    enum Step {
        /// A head is there; its message comes in a later step.
        case head(MessageHead)
        case message(MessageHead, body: [UInt8])
        case problem(String)
    }

    private enum State {
        case head
        case body(MessageHead, end: Int)
        case chunks(MessageHead, ChunkScan)
        case untilEnd(MessageHead)
        case stopped
    }

    private let bounds: HTTPTranscript.Bounds
    private var buffer: [UInt8] = []
    private var state = State.head
    /// How far the buffer was searched for the end of a head.
    private var searched = 0
    private var hasEnded = false

    init(_ bounds: HTTPTranscript.Bounds) { self.bounds = bounds }

    mutating func append(_ bytes: some Collection<UInt8>) {
        if case .stopped = state { return }
        buffer.append(contentsOf: bytes)
    }

    mutating func end() { hasEnded = true }

    /// The next step, nil when more bytes are needed.
    mutating func next(readHead: ([UInt8]) -> Result<MessageHead, HeadProblem>) -> Step? {
        switch state {
        case .stopped: return nil
        case .head: return nextHead(readHead)
        case .body(let head, let end):
            if end > buffer.count { return cutOff() }
            return message(head, end: end, body: Array(buffer[head.length..<end]))
        case .chunks(let head, var scan):
            let outcome = scan.advance(buffer, limit: bounds.body)
            state = .chunks(head, scan)
            switch outcome {
            case .more: return cutOff()
            case .tooLarge: return stop("the body is larger than \(bounds.body) bytes")
            case .malformed: return stop("the chunks of the body cannot be read")
            case .end(let end):
                guard let body = HeadReading.chunkedBody(Array(buffer[head.length..<end]), bounds) else {
                    return stop("the chunks of the body cannot be read")
                }
                return message(head, end: end, body: body)
            }
        case .untilEnd(let head):
            if buffer.count - head.length > bounds.body { return stop("the body is larger than \(bounds.body) bytes") }
            guard hasEnded else { return nil }
            return message(head, end: buffer.count, body: Array(buffer[head.length...]))
        }
    }

    private mutating func nextHead(_ readHead: ([UInt8]) -> Result<MessageHead, HeadProblem>) -> Step? {
        // Empty lines before a message are no part of it (RFC 9112 §2.2).
        if searched == 0 { buffer.removeFirst(buffer.firstIndex { $0 != 13 && $0 != 10 } ?? buffer.count) }
        guard let end = endOfHead() else {
            if buffer.count > bounds.head { return stop("the head is larger than \(bounds.head) bytes") }
            return cutOff()
        }
        guard end <= bounds.head else { return stop("the head is larger than \(bounds.head) bytes") }
        switch readHead(Array(buffer[..<end])) {
        case .failure(let problem): return stop(problem.text)
        case .success(let head):
            switch head.framing {
            case .length(let length) where length > bounds.body:
                return stop("the body is larger than \(bounds.body) bytes")
            case .length(let length): state = .body(head, end: head.length + length)
            case .chunks: state = .chunks(head, ChunkScan(start: head.length))
            case .untilEnd: state = .untilEnd(head)
            case .otherProtocol: return stop("the connection changes to another protocol")
            }
            return .head(head)
        }
    }

    /// The place after the empty line, also where lines end with LF alone: the parser says what it thinks of that.
    private mutating func endOfHead() -> Int? {
        var index = searched
        while index < buffer.count {
            if buffer[index] == 10, index > 0,
                buffer[index - 1] == 10 || (index > 1 && buffer[index - 1] == 13 && buffer[index - 2] == 10)
            {
                return index + 1
            }
            index += 1
        }
        searched = index
        return nil
    }

    private mutating func message(_ head: MessageHead, end: Int, body: [UInt8]) -> Step {
        buffer.removeFirst(end)
        searched = 0
        state = .head
        return .message(head, body: body)
    }

    /// Nothing yet, or a problem when nothing more will come.
    private mutating func cutOff() -> Step? {
        hasEnded && !buffer.isEmpty ? stop("the connection ended in the middle of a message") : nil
    }

    private mutating func stop(_ text: String) -> Step {
        state = .stopped
        buffer = []
        return .problem(text)
    }
}

/// Goes through chunks (RFC 9112 §7.1) for where they end.
struct ChunkScan: Sendable {
    enum Outcome {
        case more
        case end(Int)
        case tooLarge
        case malformed
    }

    private enum Place {
        case size
        case restOfSizeLine
        case data(Int)
        case dataEnd
        /// In the trailers, with the bytes of the line so far but for CR.
        case trailer(Int)
    }

    private var position: Int
    private var place = Place.size
    private var size = 0
    private var digits = 0
    private var total = 0
    private let start: Int

    init(start: Int) {
        self.start = start
        position = start
    }

    mutating func advance(_ bytes: [UInt8], limit: Int) -> Outcome {
        while position < bytes.count {
            if case .data(let left) = place {
                let taken = min(left, bytes.count - position)
                position += taken
                place = taken == left ? .dataEnd : .data(left - taken)
                continue
            }
            let byte = bytes[position]
            position += 1
            if position - start > 2 * limit + 65_536 { return .tooLarge }
            if let outcome = step(byte, limit: limit) { return outcome }
        }
        return .more
    }

    private mutating func step(_ byte: UInt8, limit: Int) -> Outcome? {
        switch place {
        case .size:
            if let digit = Self.value(byte) {
                guard digits < 8 else { return .tooLarge }
                (size, digits) = (size * 16 + digit, digits + 1)
                return nil
            }
            guard digits > 0 else { return .malformed }
            place = .restOfSizeLine
            return step(byte, limit: limit)
        case .restOfSizeLine:
            guard byte == 10 else { return nil }
            total += size
            if total > limit { return .tooLarge }
            place = size == 0 ? .trailer(0) : .data(size)
            (size, digits) = (0, 0)
        case .dataEnd:
            if byte == 10 { place = .size } else if byte != 13 { return .malformed }
        case .trailer(let length):
            if byte == 10 {
                if length == 0 { return .end(position) }
                place = .trailer(0)
            } else if byte != 13 {
                place = .trailer(length + 1)
            }
        case .data: break
        }
        return nil
    }

    private static func value(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }
}
