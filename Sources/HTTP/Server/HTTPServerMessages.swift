public import Connections

/// A whole request that a server has received.
public struct HTTPServerRequest: Sendable, Hashable {
    /// As sent, in capitals for all that are usual.
    public var method: String
    /// Path and query, as sent: not decoded.
    public var target: String
    public var headers: [HTTPField]
    public var body: [UInt8]
    /// Numeric address and port of the client.
    public var remote: String

    public init(method: String, target: String, headers: [HTTPField] = [], body: [UInt8] = [], remote: String = "") {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.remote = remote
    }
}

/// What a handler answers. `Content-Length` and `Connection` are the server's own.
public struct HTTPServerResponse: Sendable, Hashable {
    public var status: Int
    public var headers: [HTTPField]
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A line of text for a person.
    public init(status: Int, text: String) {
        self.init(status: status, headers: [HTTPField("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }
}

/// Where a server listens, and how much it takes.
public struct HTTPServerSettings: Sendable {
    /// Numeric or resolvable.
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port = 0
    /// Nil answers without TLS.
    public var tls: TLSServer?
    /// Bytes of the request line and headers together.
    public var maximumHead = 16 * 1_024
    public var maximumHeaderCount = 100
    /// Bytes of a body; a larger one is answered 413.
    public var maximumBody = 4 * 1_024 * 1_024
    /// Open at once; a further one is closed at once.
    public var maximumConnections = 256
    /// Until a request must be there whole, counted from the connection or the last answer. Handlers may take longer.
    public var idleTime: Duration = .seconds(60)

    public init() {}
}
