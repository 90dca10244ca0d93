/// How an `HTTPClient` asks, and how much of an answer it takes.
public struct HTTPClientSettings: Sendable {
    /// PEM file with the certificates to trust; nil means the system's.
    public var authorityFile: String?
    /// The name to ask for and to check instead of the URL's host, where a server is reached by an address that its
    /// certificate does not have. It stands in the Host header, too.
    public var serverName: String?
    public var credentials: HTTPCredentials?
    /// Until the connection, and TLS on it, is up.
    public var connectTime: Duration = .seconds(5)
    /// From `send` to the end of the answer.
    public var totalTime: Duration = .seconds(30)
    /// Bytes of an answer's body.
    public var maximumBody = 4 * 1_024 * 1_024
    /// Bytes of an answer's head, with the heads of informational answers before it.
    public var maximumHead = 64 * 1_024
    /// Requests under way at once; more wait for their turn, and their time runs.
    public var maximumTransfers = 256
    /// Connections that are kept open for later requests.
    public var idleConnections = 32

    public init() {}
}

/// An HTTP/1.1 client for many requests at once, among them long polls, on one thread of its own.
///
/// It follows no redirect, uses no proxy and no file of passwords, and keeps connections open between requests. A request
/// that may not be repeated (POST, PATCH) gets a new connection, since libcurl sends a request again when a kept
/// connection turns out to be closed.
public final class HTTPClient: Sendable {
    private let inbox: TransferInbox
    private let settings: HTTPClientSettings

    /// - Parameter tap: is told of every byte; nil when nobody records.
    public init(_ settings: HTTPClientSettings = HTTPClientSettings(), tap: HTTPTap? = nil) {
        self.settings = settings
        inbox = TransferInbox()
        TransferThread.start(inbox, settings, tap)
    }

    deinit { inbox.stop {} }

    /// Sends a request and returns its answer, whatever its status.
    ///
    /// Cancelling the task ends the transfer and closes its connection.
    public func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let job = try TransferPlan(request, settings)
        let id = inbox.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiting: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>) in
                inbox.submit(TransferJob(id: id, plan: job) { waiting.resume(returning: $0) })
                // A task that was cancelled before had nothing to cancel yet.
                if Task.isCancelled { inbox.cancel(id) }
            }
        } onCancel: {
            inbox.cancel(id)
        }
        return try result.get()
    }

    /// A text of the server's without the secret that it was shown, should it repeat it.
    public func concealed(_ text: String) -> String { settings.credentials?.concealed(in: text) ?? text }

    /// Ends all requests, closes all connections and returns when the thread has ended. Later requests fail.
    public func shutdown() async {
        await withCheckedContinuation { waiting in
            inbox.stop { waiting.resume() }
        }
    }
}
