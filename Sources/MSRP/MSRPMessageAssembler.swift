public import Diagnostics
public import NIOCore

/// A code and its words with which a request is refused.
public struct MSRPRefusal: Error, Sendable, Hashable {
    public var code: Int
    public var comment: String

    public init(_ code: Int, _ comment: String) {
        self.code = code
        self.comment = comment
    }
}

/// What a chunk came to when its end-line was there.
public enum MSRPChunkEnd: Sendable, Hashable {
    /// More of the message is to come.
    case partial
    /// The message is whole.
    case complete(MSRPIncomingMessage)
    /// A SEND without a body, which binds a connection or keeps it open.
    case empty
    /// The sender gave the message up; what had come is forgotten.
    case aborted(messageID: String)
    /// The chunk, and with it its message, is refused.
    case refused(MSRPRefusal, messageID: String)
}

/// Puts the messages of one session together from their chunks: in any order, interrupted by others, overlapping
/// (RFC 4975 §5.1, §7.3.1).
///
/// For each SEND call `begin`, `append` for each slice of its body, then `end`. What is held is bounded: a message by
/// `Limits.msrpMessage` and `maxSize`, the messages at once by `Limits.msrpIncompleteMessages`, all of them together by
/// four times `Limits.msrpMessage`.
public struct MSRPMessageAssembler: Sendable {
    private struct Draft: Sendable {
        var head: MSRPHead
        var startedAt: Int64
        var length: Int?
        var announced: Int?
        var fragments = MSRPFragments()
    }

    private struct Chunk: Sendable {
        var head: MSRPHead
        var messageID: String
        var start: Int
        var range: MSRPByteRange
        var bytes: [UInt8] = []
        var refusal: MSRPRefusal?
    }

    /// The largest message the session takes, in bytes, as `a=max-size` says; nil leaves `Limits.msrpMessage`.
    public var maxSize: Int?
    private let limits: Limits
    private var drafts: [String: Draft] = [:]
    /// The last messages that were refused, so that their further chunks are refused alike.
    private var refused: [(id: String, refusal: MSRPRefusal)] = []
    private var chunk: Chunk?
    private var held = 0

    private static let mostPieces = 8192
    private static let mostRefused = 32

    public init(limits: Limits) { self.limits = limits }

    /// When the oldest unfinished message began; nil when there is none.
    public var oldestStart: Int64? { drafts.values.map(\.startedAt).min() }
    /// True when the message is known already from an earlier chunk.
    public func knows(_ messageID: String) -> Bool { drafts[messageID] != nil }

    private var largest: Int { min(limits.msrpMessage, maxSize ?? Int.max) }

    /// A SEND begins. A refusal can be answered at once; the rest of the chunk is still to be given, and is dropped.
    public mutating func begin(_ head: MSRPHead, now: Int64) -> MSRPRefusal? {
        let id = head.messageID ?? ""
        let range = head.byteRange ?? MSRPByteRange(start: 1, end: nil, total: nil)
        var chunk = Chunk(head: head, messageID: id, start: max(0, range.start - 1), range: range)
        chunk.refusal = judge(chunk)
        self.chunk = chunk
        guard chunk.refusal == nil else {
            forget(id, because: chunk.refusal)
            return chunk.refusal
        }
        return nil
    }

    /// Refuses the chunk that began last, by a decision from outside.
    public mutating func refuse(_ refusal: MSRPRefusal) {
        chunk?.refusal = refusal
        if let id = chunk?.messageID { forget(id, because: refusal) }
    }

    private mutating func judge(_ chunk: Chunk) -> MSRPRefusal? {
        if let known = refused.firstIndex(where: { $0.id == chunk.messageID }) {
            // Only a message that starts over gets another chance.
            guard chunk.start == 0 else { return refused[known].refusal }
            refused.remove(at: known)
        }
        let range = chunk.range
        guard range.start >= 1 else { return MSRPRefusal(400, "Byte-Range starts before octet 1") }
        if let end = range.end, end < range.start - 1 { return MSRPRefusal(423, "Byte-Range ends before its start") }
        if let total = range.total {
            guard max(range.end ?? 0, range.start - 1) <= total else {
                return MSRPRefusal(423, "Byte-Range goes beyond its total")
            }
        }
        guard max(range.total ?? 0, range.end ?? 0, range.start - 1) <= largest else { return tooLarge }
        guard let draft = drafts[chunk.messageID] else {
            let room = drafts.count < limits.msrpIncompleteMessages
            return room ? nil : MSRPRefusal(413, "Too many messages are unfinished at once")
        }
        if let total = range.total, let announced = draft.announced, total != announced {
            return MSRPRefusal(423, "Byte-Range tells another total than before")
        }
        return nil
    }

    private var tooLarge: MSRPRefusal { MSRPRefusal(413, "Message Too Large, at most \(largest) bytes") }

    /// The next bytes of the chunk's body. A refusal can be answered at once.
    public mutating func append(_ slice: ByteBuffer) -> MSRPRefusal? {
        guard chunk != nil, chunk?.refusal == nil else { return nil }
        let start = chunk?.start ?? 0
        let known = chunk?.bytes.count ?? 0
        let coming = slice.readableBytes
        var refusal: MSRPRefusal?
        if start + known + coming > largest {
            refusal = tooLarge
        } else if held + known + coming > 4 * limits.msrpMessage {
            refusal = MSRPRefusal(413, "Too many bytes of unfinished messages")
        } else if let end = chunk?.range.end, known + coming > end - start {
            refusal = MSRPRefusal(423, "The chunk is longer than its Byte-Range")
        }
        if let refusal {
            chunk?.bytes = []
            refuse(refusal)
            return refusal
        }
        chunk?.bytes.append(contentsOf: slice.readableBytesView)
        return nil
    }

    /// The chunk's end-line is there.
    public mutating func end(_ continuation: MSRPContinuation, now: Int64) -> MSRPChunkEnd {
        guard let chunk else { return .partial }
        self.chunk = nil
        let id = chunk.messageID
        if let refusal = chunk.refusal { return .refused(refusal, messageID: id) }
        if continuation == .aborted {
            drop(id)
            return .aborted(messageID: id)
        }
        if chunk.bytes.isEmpty, chunk.head.contentType == nil, drafts[id] == nil { return .empty }
        let end = chunk.start + chunk.bytes.count
        if let refusal = contradiction(chunk, end: end, continuation) {
            forget(id, because: refusal)
            return .refused(refusal, messageID: id)
        }
        if continuation == .complete, chunk.start == 0, drafts[id] == nil {
            return .complete(MSRPMessageAssembler.message(chunk.head, body: chunk.bytes))
        }
        return store(chunk, end: end, isLast: continuation == .complete, now: now)
    }

    /// What the end of the chunk says against its head or against the message so far.
    private func contradiction(_ chunk: Chunk, end: Int, _ continuation: MSRPContinuation) -> MSRPRefusal? {
        if let told = chunk.range.end, told != end { return MSRPRefusal(423, "The chunk is shorter than its Byte-Range") }
        let total = chunk.range.total ?? drafts[chunk.messageID]?.announced
        if continuation == .complete {
            if let total, total != end { return MSRPRefusal(423, "The message ends elsewhere than its total says") }
            if let draft = drafts[chunk.messageID], draft.fragments.end > end {
                return MSRPRefusal(423, "The message ends before bytes that came earlier")
            }
        }
        if let length = drafts[chunk.messageID]?.length, end > length || continuation == .complete && end != length {
            return MSRPRefusal(423, "The chunk goes beyond the end of its message")
        }
        return nil
    }

    private mutating func store(_ chunk: Chunk, end: Int, isLast: Bool, now: Int64) -> MSRPChunkEnd {
        let id = chunk.messageID
        // Taken out while it changes, so that its bytes are not copied.
        var draft = drafts.removeValue(forKey: id) ?? Draft(head: chunk.head, startedAt: now)
        held -= draft.fragments.count
        draft.announced = draft.announced ?? chunk.range.total
        if isLast { draft.length = end }
        draft.fragments.insert(chunk.bytes, at: chunk.start)
        guard draft.fragments.pieceCount <= MSRPMessageAssembler.mostPieces else {
            let refusal = MSRPRefusal(413, "Too many gaps between chunks")
            forget(id, because: refusal)
            return .refused(refusal, messageID: id)
        }
        if let length = draft.length, draft.fragments.isWhole(length) {
            return .complete(MSRPMessageAssembler.message(draft.head, body: draft.fragments.joined()))
        }
        held += draft.fragments.count
        drafts[id] = draft
        return .partial
    }

    private static func message(_ head: MSRPHead, body: [UInt8]) -> MSRPIncomingMessage {
        MSRPIncomingMessage(
            messageID: head.messageID ?? "", contentType: head.contentType, body: body,
            successReport: head.successReport, failureReport: head.failureReport, fromPath: head["From-Path"] ?? "")
    }

    private mutating func drop(_ id: String) {
        if let draft = drafts.removeValue(forKey: id) { held -= draft.fragments.count }
    }

    private mutating func forget(_ id: String, because refusal: MSRPRefusal?) {
        drop(id)
        guard let refusal, !refused.contains(where: { $0.id == id }) else { return }
        if refused.count >= MSRPMessageAssembler.mostRefused { refused.removeFirst() }
        refused.append((id, refusal))
    }

    /// Forgets messages that began before `deadline` and are still not whole; their ids, in no order.
    public mutating func expire(startedBefore deadline: Int64) -> [String] {
        let late = drafts.filter { $0.value.startedAt < deadline }.map(\.key)
        for id in late { drop(id) }
        return late
    }
}
