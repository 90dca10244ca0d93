/// Reads what crossed one HTTP/1.1 connection, in whatever pieces it was recorded, as requests and their answers.
///
/// A value and pure, so that bytes may be read live and again from a file. Where a message ends is found here; what its
/// head and its chunks say is read by NIOHTTP1's parser. What cannot be read ends that direction with one problem.
public struct HTTPTranscript: Sendable {
    /// Who wrote the bytes.
    public enum Side: Sendable, Hashable {
        case client
        case server
    }

    /// What was asked.
    public struct Request: Sendable, Hashable {
        public var method: String
        /// Path and query, as sent.
        public var target: String
        public var headers: [HTTPField]
        public var body: [UInt8]
    }

    public enum Entry: Sendable, Hashable {
        /// A request is there whole; `number` counts the requests of the connection from 1.
        case request(Request, number: Int)
        /// The answer to the request of that number is there whole. It may come before the request's body does.
        case response(HTTPResponse, to: Int)
        /// From here on nothing of that side is read; the text says why.
        case problem(Side, String)
    }

    /// The bounds of one message, in bytes.
    public struct Bounds: Sendable, Hashable {
        public var head = 64 * 1_024
        public var body = 16 * 1_024 * 1_024
        public var headerCount = 256

        public init() {}
    }

    private struct Asked {
        var number: Int
        var method: String
    }

    private let bounds: Bounds
    private var client: MessageFraming
    private var server: MessageFraming
    private var requestCount = 0
    /// Those that have no answer yet.
    private var unanswered: [Asked] = []

    public init(bounds: Bounds = Bounds()) {
        self.bounds = bounds
        client = MessageFraming(bounds)
        server = MessageFraming(bounds)
    }

    /// What the bytes complete, which are the next ones that this side wrote.
    public mutating func take(_ bytes: some Collection<UInt8>, from side: Side) -> [Entry] {
        switch side {
        case .client:
            client.append(bytes)
            return readClient()
        case .server:
            server.append(bytes)
            return readServer()
        }
    }

    /// What the end of the connection completes: an answer that lasts until then. What is cut off is a problem.
    public mutating func end() -> [Entry] {
        client.end()
        server.end()
        return readClient() + readServer()
    }

    private mutating func readClient() -> [Entry] {
        var entries: [Entry] = []
        let bounds = bounds
        while let step = client.next(readHead: { HeadReading.request($0, bounds) }) {
            switch step {
            case .head(let head):
                requestCount += 1
                unanswered.append(Asked(number: requestCount, method: head.method))
            case .message(let head, let body):
                let request = Request(method: head.method, target: head.target, headers: head.headers, body: body)
                entries.append(.request(request, number: requestCount))
            case .problem(let text): entries.append(.problem(.client, text))
            }
        }
        return entries
    }

    private mutating func readServer() -> [Entry] {
        var entries: [Entry] = []
        let bounds = bounds
        while let step = server.next(
            readHead: { [method = unanswered.first?.method] in HeadReading.response($0, to: method, bounds) })
        {
            switch step {
            case .head: break
            case .message(let head, _) where (100..<200).contains(head.status): break
            case .message(let head, let body):
                let answer = HTTPResponse(status: head.status, headers: head.headers, body: body)
                entries.append(.response(answer, to: unanswered.removeFirst().number))
            case .problem(let text): entries.append(.problem(.server, text))
            }
        }
        return entries
    }
}
