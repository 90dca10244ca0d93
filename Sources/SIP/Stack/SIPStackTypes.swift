public import Diagnostics

/// Names a transaction of a stack (RFC 3261 §17.1.3, §17.2.3).
public struct SIPTransactionKey: Hashable, Sendable {
    let branch: String
    /// Empty for a client transaction, since branches of this end are its own.
    let sentBy: String
    /// INVITE also for its ACK.
    public let method: SIPMethod
}

/// A request that came, with all that its answer needs.
public struct SIPServerRequest: Sendable {
    public let message: SIPMessage
    public let connection: SIPConnectionID
    public let transaction: SIPTransactionKey
    /// Numeric address and port of the peer, as `127.0.0.1:5060`.
    public let remoteAddress: String
}

/// What became of a request that was sent.
public enum SIPClientOutcome: Sendable {
    /// Each provisional response, then the final one; each 2xx to an INVITE, also when it is repeated.
    case response(SIPMessage)
    /// No final response will come; said once.
    case failed(SIPClientFailure)
}

/// Why no final response will come.
public enum SIPClientFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Timer B or F, or 64*T1 after a CANCEL.
    case timeout
    /// The connection could not be opened, or went; the text says why.
    case connection(String)
    /// The peer answered with something that is no SIP.
    case garbage(String)

    public var description: String {
        switch self {
        case .timeout: "no final response came in time"
        case .connection(let cause): cause
        case .garbage(let what): "the peer sent garbage: \(what)"
        }
    }
}

/// Told by a stack, on its event loop, in the order of the wire.
public protocol SIPStackDelegate: AnyObject {
    /// A request, once: all but CANCEL and repetitions. ACK comes only for 2xx.
    func stack(_ stack: SIPStack, received request: SIPServerRequest)
    /// A CANCEL for an INVITE without final answer; it has got its 200, and the INVITE wants its 487 from the user.
    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest)
    /// A connection is gone; `cause` is one short clause.
    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String)
    /// 64*T1 went by without an ACK to our 2xx; the user should send BYE (RFC 3261 §13.3.1.4).
    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest)
    /// Bytes that are no SIP; the connection is closed after this call.
    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID)
}

/// How a stack behaves; times in nanoseconds.
public struct SIPStackSettings: Sendable {
    public var limits = Limits()
    /// T1, T2 and T4 of RFC 3261 §17.1.1.1; T4 has no use over TCP and is kept for completeness.
    public var t1: Int64 = 500_000_000
    public var t2: Int64 = 4_000_000_000
    public var t4: Int64 = 5_000_000_000
    /// Put in User-Agent and Server where the user has not; empty leaves them out.
    public var userAgent = "cpmcheck"
    /// Puts a message into bytes; nil writes it as `SIPMessage.serialized` does. A test subject writes otherwise with it.
    public var form: (@Sendable (SIPMessage) -> [UInt8])?
    /// Answers an INVITE with 100 when the user has said nothing for `tryingAfter` (RFC 3261 §17.2.1).
    public var sendsTrying = true
    public var tryingAfter: Int64 = 200_000_000
    /// How long a connection may take to come up, TLS included.
    public var connectTimeout: Int64 = 5_000_000_000
    /// How long a ping may stay unanswered until the flow has failed (RFC 5626 §4.4.1: 10 s).
    public var pongWithin: Int64 = 10_000_000_000
    /// The host of Via's sent-by; nil takes the address of the connection.
    public var advertisedHost: String?
    /// Requests of others that may be open at once; further ones get 503.
    public var maximumServerTransactions = 20_000
    /// Connections that others may have open at once; further ones are closed.
    public var maximumAcceptedConnections = 4_096

    public init() {}

    var times: SIPTimes { SIPTimes(t1: t1, t2: t2, trying: tryingAfter) }
}
