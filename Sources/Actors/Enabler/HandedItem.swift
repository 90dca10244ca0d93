public import MSRP

/// What the enabler hands to a client in an MSRP session: a body that is wrapped already.
public struct HandedItem: Sendable, Hashable {
    /// How far the item gets.
    public enum End: Sendable, Hashable {
        /// To its end.
        case whole
        /// The connection is broken after that many bytes of the body, inside a chunk; the verb says so with code 0.
        case broken(at: Int)
        /// Given up with the flag `#` after that many bytes of the body; the verb says so with code 0.
        case aborted(at: Int)
        /// Nothing more is sent for now after that many bytes of the body; the verb says so with code 0.
        case paused(at: Int)
        /// The rest of what was paused at that many bytes, under the same Message-ID; the verb says so with code 0, and nobody
        /// waits for the answer.
        case resumed(from: Int)
    }

    /// Such as `message/cpim`.
    public var contentType: String
    public var body: [UInt8]
    /// Bytes of the body in one chunk at the most; nil sends one.
    public var chunkSize: Int?
    public var failureReport: MSRPFailureReport
    /// True asks for a REPORT of the whole.
    public var successReport: Bool
    public var end: End
    /// The Message-ID of MSRP; nil makes one.
    public var messageID: String?

    public init(
        contentType: String = "message/cpim", body: [UInt8], chunkSize: Int? = nil,
        failureReport: MSRPFailureReport = .yes, successReport: Bool = false, end: End = .whole,
        messageID: String? = nil
    ) {
        self.contentType = contentType
        self.body = body
        self.chunkSize = chunkSize
        self.failureReport = failureReport
        self.successReport = successReport
        self.end = end
        self.messageID = messageID
    }
}

/// A SIP MESSAGE of the enabler to a client.
public struct EnablerMessage: Sendable {
    public var contentType: String
    public var body: [UInt8]
    /// From and P-Asserted-Identity; nil takes the home domain.
    public var from: String?
    /// Conversation-ID and Contribution-ID; nil leaves them out.
    public var group: GroupIDs?
    /// Written behind all others, as they are.
    public var extraHeaders: [(name: String, value: String)]

    public init(
        contentType: String = "message/cpim", body: [UInt8], from: String? = nil, group: GroupIDs? = nil,
        extraHeaders: [(name: String, value: String)] = []
    ) {
        self.contentType = contentType
        self.body = body
        self.from = from
        self.group = group
        self.extraHeaders = extraHeaders
    }
}
