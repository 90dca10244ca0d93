public import Connections

/// Something that a client saw on one of its connections, inside TLS.
public struct HTTPTapEvent: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A connection is used for the first time; numeric addresses of both ends.
        case opened(local: String, remote: String, isSecure: Bool)
        case passed(WireDirection, [UInt8])
        case closed
    }

    /// Numbered from 1 in the order in which connections are first used, for each client.
    public var connection: Int
    public var kind: Kind
    /// When it was, on the clock of `NIODeadline.uptimeNanoseconds`.
    public var nanoseconds: UInt64

    public init(connection: Int, _ kind: Kind, nanoseconds: UInt64) {
        self.connection = connection
        self.kind = kind
        self.nanoseconds = nanoseconds
    }
}

/// Is told of all that crosses, in the order it happened, on the client's own thread, which it must not hold up.
///
/// All of a request and its answer was told before `send` returns. Credentials are in what is told: who keeps it masks them.
public typealias HTTPTap = @Sendable (HTTPTapEvent) -> Void
