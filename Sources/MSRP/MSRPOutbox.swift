import Connections
import NIOCore

/// What one connection still has to write and to hear: messages cut into chunks, transactions, outcomes.
///
/// Pure: time and tokens come from outside. Responses and REPORTs go first and interrupt a chunk that is being
/// written; a small message interrupts a large one of which the socket would not take more, and messages of different
/// sessions take turns (RFC 4975 §5.1). Otherwise messages go in the order they were given.
struct MSRPOutbox: Sendable {
    struct Rules: Sendable {
        /// Nanoseconds from the end of a chunk to its answer.
        var responseTimeout: Int64
        /// A waiting message of at most this many bytes interrupts one that has more than this left.
        var smallMessage: Int
        /// RFC 4975 §7.1.1: a larger chunk must be interruptible.
        static let largestFixedChunk = 2048
        static let hyphens = [UInt8](repeating: Octet.hyphen, count: 7)
    }

    /// A message on its way.
    struct Item: Sendable {
        /// The number by which the owner knows the message.
        var key: UInt64
        /// The number of its session.
        var session: UInt64
        /// `To-Path: …`, `From-Path: …` and `Message-ID: ` as they go on the wire.
        var preamble: [UInt8]
        var message: MSRPOutgoingMessage
        /// Bytes of the body that are in finished or begun chunks.
        var sent = 0
        var isGivenUp = false
        /// True when seven hyphens occur in the body, so that a transaction id could be in it too.
        var hasHyphens = false

        var left: Int { message.body.count - sent }
    }

    /// What an event meant for a message.
    enum Effect: Sendable, Hashable {
        case settled(key: UInt64, MSRPSendOutcome)
        /// An error after `.unanswered` was told.
        case refusedLate(session: UInt64, messageID: String, code: Int, comment: String)
    }

    private struct OpenChunk: Sendable {
        var transactionID: String
        var end: Int
    }

    private struct Progress: Sendable {
        var session: UInt64
        var messageID: String
        var failureReport: MSRPFailureReport
        var outstanding = 0
        var allSent = false
        var isSettled = false
        var code = 200
        var comment = "OK"
    }

    private let rules: Rules
    private var queue = WaitingLine<Item>()
    private var open: OpenChunk?
    private var control = ByteBuffer()
    private var inFlight: [String: UInt64] = [:]
    private var progress: [UInt64: Progress] = [:]
    private var deadlines = WaitingLine<(at: Int64, transactionID: String)>()

    init(rules: Rules) { self.rules = rules }

    /// True when `produce` would write something.
    var hasWork: Bool { !queue.isEmpty || control.readableBytes > 0 }
    /// Bytes of bodies that wait to be written.
    var backlog: Int { queue.sum { $0.left } }
    /// Transactions that wait for their answer.
    var unanswered: Int { inFlight.count }

    // MARK: What comes in from the user

    mutating func enqueue(_ item: Item) {
        var item = item
        item.hasHyphens = bodyContains(item.message.body, Rules.hyphens)
        progress[item.key] = Progress(
            session: item.session, messageID: item.message.messageID, failureReport: item.message.failureReport)
        queue.append(item)
    }

    /// Responses, REPORTs and other bytes that go in front of every message.
    mutating func writeControl(_ write: (inout ByteBuffer) -> Void) { write(&control) }

    /// Gives a message up that is not sent whole yet; nil when it is, and then its answer decides.
    mutating func abort(key: UInt64) -> Effect? {
        guard progress[key]?.allSent == false else { return nil }
        stop(key)
        settle(key)
        return .settled(key: key, .aborted)
    }

    /// Drops what a session has here. Its messages that had no outcome yet lose their connection.
    mutating func dropSession(_ session: UInt64) -> [Effect] {
        loseMessages { $0.session == session }
    }

    /// The connection is gone.
    mutating func loseAll() -> [Effect] {
        let effects = loseMessages { _ in true }
        queue.removeAll()
        open = nil
        control.clear()
        return effects
    }

    private mutating func loseMessages(where matches: (Progress) -> Bool) -> [Effect] {
        let keys = progress.filter { matches($0.value) }.sorted { $0.key < $1.key }
        var effects: [Effect] = []
        for (key, state) in keys {
            stop(key)
            progress[key] = nil
            if !state.isSettled { effects.append(.settled(key: key, .connectionLost)) }
        }
        return effects
    }

    /// Ends the sending of a message: what was not begun goes out of the queue, what was is ended with `#`.
    private mutating func stop(_ key: UInt64) {
        guard let place = queue.firstOffset(where: { $0.key == key }) else { return }
        if queue[place]?.sent == 0 {
            queue.remove(at: place)
        } else {
            queue.change(at: place) { $0.isGivenUp = true }
        }
    }

    /// Keeps an entry only while answers may still come that have to be told.
    private mutating func settle(_ key: UInt64) {
        guard var state = progress[key] else { return }
        state.isSettled = true
        progress[key] = state.outstanding > 0 && state.failureReport == .partial ? state : nil
    }

    // MARK: What comes in from the peer and the clock

    /// An answer came; nil when it belongs to nothing, or more answers are awaited.
    mutating func answered(_ transactionID: String, code: Int, comment: String) -> Effect? {
        guard let key = inFlight.removeValue(forKey: transactionID), var state = progress[key] else { return nil }
        state.outstanding -= 1
        let isError = !(200..<300).contains(code)
        if isError, code > state.code || state.code == 200 { (state.code, state.comment) = (code, comment) }
        if code == 200, state.code == 200 { state.comment = comment }
        progress[key] = state
        if state.isSettled {
            if state.outstanding == 0 { progress[key] = nil }
            guard isError else { return nil }
            return .refusedLate(session: state.session, messageID: state.messageID, code: code, comment: comment)
        }
        if isError, !state.allSent {
            stop(key)
            state.allSent = true
            progress[key] = state
        }
        let isDecided = state.failureReport == .yes ? state.allSent && state.outstanding == 0 : isError
        guard isDecided else { return nil }
        settle(key)
        return .settled(key: key, .answered(code: state.code, comment: state.comment))
    }

    /// All bytes of a message that is not answered were taken by the socket.
    mutating func handedOver(_ key: UInt64) -> Effect? {
        guard let state = progress[key], !state.isSettled else { return nil }
        settle(key)
        return .settled(key: key, .unanswered)
    }

    /// When `expire` has something to do next.
    var nextDeadline: Int64? { deadlines.first?.at }

    /// Ends the wait for answers that are due.
    mutating func expire(now: Int64) -> [Effect] {
        var effects: [Effect] = []
        while let first = deadlines.first, first.at <= now {
            deadlines.removeFirst()
            guard let key = inFlight.removeValue(forKey: first.transactionID), var state = progress[key] else { continue }
            state.outstanding -= 1
            progress[key] = state
            if state.isSettled || state.failureReport == .partial {
                if state.isSettled, state.outstanding == 0 { progress[key] = nil }
                continue
            }
            stop(key)
            settle(key)
            effects.append(.settled(key: key, .timedOut))
        }
        return effects
    }

    /// Forgets deadlines at the front whose answers have come.
    private mutating func trimDeadlines() {
        while let first = deadlines.first, inFlight[first.transactionID] == nil { deadlines.removeFirst() }
    }

    // MARK: What goes out

    /// Writes control bytes, and then of the messages until `out` holds `limit` bytes or there are none left.
    ///
    /// - Parameter limit: 0 when the socket takes no more: only control bytes are written then.
    /// - Returns: the keys of messages that nobody answers and whose last byte was written here.
    mutating func produce(into out: inout ByteBuffer, limit: Int, tokens: TokenDraw, now: Int64) -> [UInt64] {
        trimDeadlines()
        var handed: [UInt64] = []
        if control.readableBytes > 0 {
            if open != nil, queue.first?.isGivenUp == true {
                writeAbort(into: &out, tokens: tokens, now: now)
            } else {
                closeChunk(.more, into: &out, now: now)
            }
            if out.readableBytes == 0 { swap(&out, &control) } else { out.writeBuffer(&control) }
            control.clear()
        }
        if limit > 0 { letOthersPass(into: &out, now: now) }
        var isBetweenChunks = false
        while out.readableBytes < limit, let first = queue.first {
            if first.isGivenUp {
                writeAbort(into: &out, tokens: tokens, now: now)
                continue
            }
            if open == nil {
                if isBetweenChunks { letOthersPass(into: &out, now: now) }
                openChunk(into: &out, tokens: tokens)
            }
            if let key = writeBody(into: &out, limit: limit, now: now) { handed.append(key) }
            isBetweenChunks = open == nil
        }
        return handed
    }

    /// Puts a waiting message in front of a large one that is under way.
    private mutating func letOthersPass(into out: inout ByteBuffer, now: Int64) {
        guard let current = queue.first, current.sent > 0, current.left > rules.smallMessage, !current.isGivenUp else {
            return
        }
        let waiting = queue.firstOffset(from: 1) {
            $0.session != current.session || $0.message.body.count <= rules.smallMessage
        }
        guard let waiting else { return }
        closeChunk(.more, into: &out, now: now)
        if let item = queue.remove(at: waiting) { queue.prepend(item) }
    }

    private mutating func openChunk(into out: inout ByteBuffer, tokens: TokenDraw) {
        guard let item = queue.first else { return }
        let size = min(item.left, max(1, item.message.chunkSize ?? item.left))
        let transactionID = freeTransactionID(for: item, tokens: tokens)
        open = OpenChunk(transactionID: transactionID, end: item.sent + size)
        let fixed = size <= Rules.largestFixedChunk
        let range = MSRPByteRange(
            start: item.sent + 1, end: fixed ? item.sent + size : nil, total: item.message.body.count)
        writeHead(of: item, transactionID, range, into: &out)
        begin(transactionID, key: item.key)
    }

    private mutating func begin(_ transactionID: String, key: UInt64) {
        guard let report = progress[key]?.failureReport, report != .no else { return }
        progress[key]?.outstanding += 1
        inFlight[transactionID] = key
    }

    private func writeHead(
        of item: Item, _ transactionID: String, _ range: MSRPByteRange, into out: inout ByteBuffer
    ) {
        let message = item.message
        out.writeStaticString("MSRP ")
        out.writeString(transactionID)
        out.writeStaticString(" SEND\r\n")
        out.writeBytes(item.preamble)
        out.writeString(message.messageID)
        out.writeStaticString("\r\n")
        if message.successReport { out.writeStaticString("Success-Report: yes\r\n") }
        if message.failureReport != .yes { out.writeHeader("Failure-Report", message.failureReport.rawValue) }
        out.writeHeader("Byte-Range", range.description)
        if let type = message.contentType {
            out.writeHeader("Content-Type", type)
            out.writeStaticString("\r\n")
        }
    }

    /// A transaction id that is not in use, and whose end-line is not in the body (RFC 4975 §7.1).
    private func freeTransactionID(for item: Item, tokens: TokenDraw) -> String {
        while true {
            let candidate = tokens.next()
            if inFlight[candidate] != nil { continue }
            if item.hasHyphens, bodyContains(item.message.body, Array(("-------" + candidate).utf8)) { continue }
            return candidate
        }
    }

    /// Writes of the open chunk; the key when an unanswered message was written whole.
    private mutating func writeBody(into out: inout ByteBuffer, limit: Int, now: Int64) -> UInt64? {
        guard let open, let item = queue.first else { return nil }
        let room = max(limit - out.readableBytes, Rules.largestFixedChunk)
        let next = min(open.end, item.sent + room)
        if next > item.sent { out.writeBytes(item.message.body[item.sent..<next]) }
        queue.change(at: 0) { $0.sent = next }
        guard next == open.end else { return nil }
        let isWhole = next == item.message.body.count
        closeChunk(isWhole ? .complete : .more, into: &out, now: now)
        guard isWhole else { return nil }
        queue.removeFirst()
        progress[item.key]?.allSent = true
        return item.message.failureReport == .yes ? nil : item.key
    }

    private mutating func closeChunk(_ continuation: MSRPContinuation, into out: inout ByteBuffer, now: Int64) {
        guard let open, let item = queue.first else { return }
        self.open = nil
        if item.message.contentType != nil { out.writeStaticString("\r\n") }
        out.writeEndLine(open.transactionID, continuation)
        if inFlight[open.transactionID] != nil {
            deadlines.append((now + rules.responseTimeout, open.transactionID))
        }
    }

    /// Tells the receiver that the message in front is given up: by the end of its open chunk, or by one more chunk
    /// without a body.
    private mutating func writeAbort(into out: inout ByteBuffer, tokens: TokenDraw, now: Int64) {
        if open == nil, var item = queue.first {
            let transactionID = freeTransactionID(for: item, tokens: tokens)
            let range = MSRPByteRange(start: item.sent + 1, end: nil, total: item.message.body.count)
            item.message.contentType = nil
            writeHead(of: item, transactionID, range, into: &out)
            out.writeEndLine(transactionID, .aborted)
        } else {
            closeChunk(.aborted, into: &out, now: now)
        }
        queue.removeFirst()
    }
}

/// Draws transaction ids; a struct so that the outbox stays free of shared state.
struct TokenDraw {
    let next: () -> String

    /// A random beginning and a number: different each time, of 8 to 15 characters, and quick to make.
    static func counting(from tokens: TokenSource) -> TokenDraw {
        let beginning = tokens.token(length: 6)
        var number = 36
        return TokenDraw {
            number += 1
            return beginning + String(number, radix: 36)
        }
    }
}
