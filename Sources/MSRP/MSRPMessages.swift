/// A message to be sent in a session, in one chunk or several.
public struct MSRPOutgoingMessage: Sendable, Hashable {
    /// 4 to 32 letters, digits and `.-+%=` (RFC 4975 §9, ident).
    public var messageID: String
    /// The media type; nil for a message without a body, as it is used to bind a connection.
    public var contentType: String?
    public var body: [UInt8]
    /// True asks the other end for a REPORT when it has the whole message.
    public var successReport: Bool
    public var failureReport: MSRPFailureReport
    /// The most bytes of body in one chunk; nil sends one chunk that may be interrupted.
    public var chunkSize: Int?

    public init(
        messageID: String, contentType: String?, body: [UInt8], successReport: Bool = false,
        failureReport: MSRPFailureReport = .yes, chunkSize: Int? = nil
    ) {
        self.messageID = messageID
        self.contentType = contentType
        self.body = body
        self.successReport = successReport
        self.failureReport = failureReport
        self.chunkSize = chunkSize
    }
}

/// A whole message, put together from its chunks.
public struct MSRPIncomingMessage: Sendable, Hashable {
    public var messageID: String
    /// The media type of the first chunk that came; nil when the message has no body.
    public var contentType: String?
    public var body: [UInt8]
    public var successReport: Bool
    public var failureReport: MSRPFailureReport
    /// `From-Path` as it was written.
    public var fromPathText: String
    /// Where the answer to the last chunk goes when the session holds its answers; nil when it was answered already.
    var ticket: MSRPAnswerTicket?

    public init(
        messageID: String, contentType: String?, body: [UInt8], successReport: Bool = false,
        failureReport: MSRPFailureReport = .yes, fromPath: String = ""
    ) {
        self.messageID = messageID
        self.contentType = contentType
        self.body = body
        self.successReport = successReport
        self.failureReport = failureReport
        fromPathText = fromPath
    }

    /// `From-Path`: the path back to the sender.
    public var fromPath: [MSRPURI] { MSRPURI.path(fromPathText) ?? [] }
}

/// What is needed to answer one request (RFC 4975 §7.2).
struct MSRPAnswerTicket: Sendable, Hashable {
    var transactionID: String
    var toPath: String
    var fromPath: String
    var failureReport: MSRPFailureReport

    /// The response goes one hop back only: to the first URI of From-Path, from the first URI of To-Path.
    init(answering head: MSRPHead) {
        transactionID = head.transactionID
        toPath = MSRPAnswerTicket.firstHop(head["From-Path"] ?? "")
        fromPath = MSRPAnswerTicket.firstHop(head["To-Path"] ?? "")
        failureReport = head.failureReport
    }

    static func firstHop(_ path: String) -> String {
        guard let space = path.utf8.firstIndex(of: Octet.space) else { return path }
        return String(path[..<space])
    }
}

/// What became of one message that was sent; it is told exactly once.
public enum MSRPSendOutcome: Sendable, Hashable {
    /// Every chunk was answered; the worst code of all, 200 when all is well.
    case answered(code: Int, comment: String)
    /// `Failure-Report: no` or `partial`: all bytes were handed to the socket, and nobody says more.
    case unanswered
    /// A chunk was not answered within the response timeout (RFC 4975 §7.3.1: as good as 408).
    case timedOut
    /// The connection went, or the session was closed, before the answer.
    case connectionLost
    /// Given up here before it was sent whole.
    case aborted
}

/// What a session tells its user.
public enum MSRPSessionSignal: Sendable {
    /// The connection is there: opened by us, or bound by the first SEND from the other end.
    case connected
    /// The other end knows the session: it answered the empty SEND of the active end, or bound the session itself.
    case introduced
    /// A whole message with its body.
    case received(MSRPIncomingMessage)
    /// A message whose chunks began to come will not come whole: aborted by its sender, contradictory, or late.
    case incomplete(messageID: String, cause: String)
    /// A REPORT on a message that was sent here.
    case report(messageID: String, statusCode: Int, byteRange: MSRPByteRange?)
    /// An error in answer to a message with `Failure-Report: partial` after its outcome was told.
    case refusedLate(messageID: String, code: Int, comment: String)
    /// The session is over; nothing follows.
    case closed(cause: String)
}

/// The usual words for a response code (RFC 4975 §10).
func responseComment(_ code: Int) -> String {
    switch code {
    case 200: "OK"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 408: "Request Timeout"
    case 413: "Message Too Large"
    case 415: "Unsupported Media Type"
    case 423: "Parameter Out Of Bounds"
    case 481: "Session Does Not Exist"
    case 501: "Not Implemented"
    case 506: "Session Bound Elsewhere"
    default: "Refused"
    }
}
