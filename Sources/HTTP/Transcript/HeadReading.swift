import NIOCore
import NIOEmbedded
import NIOHTTP1

/// What the head of a message says.
struct MessageHead: Sendable {
    enum Framing: Sendable {
        case length(Int)
        case chunks
        case untilEnd
        case otherProtocol
    }

    /// Of a request.
    var method = ""
    var target = ""
    /// Of an answer.
    var status = 0
    var headers: [HTTPField]
    /// Bytes of the head.
    var length: Int
    var framing: Framing
}

struct HeadProblem: Error {
    var text: String
}

/// Has heads and chunks read by NIOHTTP1's parser, one whole piece at a time, so that nothing is kept between two calls.
enum HeadReading {
    static func request(_ bytes: [UInt8], _ bounds: HTTPTranscript.Bounds) -> Result<MessageHead, HeadProblem> {
        let parts: [HTTPServerRequestPart]
        switch read(bytes, with: HTTPRequestDecoder(limitConfiguration: limits(bounds)), as: HTTPServerRequestPart.self) {
        case .success(let read): parts = read
        case .failure(let problem): return .failure(problem)
        }
        guard case .head(let head)? = parts.first else { return .failure(.init(text: "this is no HTTP/1.1 request")) }
        return .success(
            MessageHead(
                method: head.method.rawValue, target: head.uri, headers: fields(head.headers), length: bytes.count,
                framing: framing(head.headers) ?? .length(0)))
    }

    /// - Parameter method: of the request that it answers; nil when there is none.
    static func response(
        _ bytes: [UInt8], to method: String?, _ bounds: HTTPTranscript.Bounds
    ) -> Result<MessageHead, HeadProblem> {
        guard let method else { return .failure(.init(text: "this answers no request")) }
        let asked = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: "/")
        let decoder = HTTPResponseDecoder(informationalResponseStrategy: .forward, limitConfiguration: limits(bounds))
        let parts: [HTTPClientResponsePart]
        switch read(bytes, with: decoder, as: HTTPClientResponsePart.self, after: .head(asked)) {
        case .success(let read): parts = read
        case .failure(let problem): return .failure(problem)
        }
        guard case .head(let head)? = parts.first else { return .failure(.init(text: "this is no HTTP/1.1 answer")) }
        let status = Int(head.status.code)
        let framing: MessageHead.Framing =
            if status == 101 || (method == "CONNECT" && (200..<300).contains(status)) {
                .otherProtocol
            } else if method == "HEAD" || status < 200 || status == 204 || status == 304 {
                .length(0)
            } else {
                framing(head.headers) ?? .untilEnd
            }
        return .success(
            MessageHead(status: status, headers: fields(head.headers), length: bytes.count, framing: framing))
    }

    /// What whole chunks, with the last one and the trailers, hold; nil when the parser refuses them.
    static func chunkedBody(_ chunks: [UInt8], _ bounds: HTTPTranscript.Bounds) -> [UInt8]? {
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        let decoder = HTTPRequestDecoder(limitConfiguration: limits(bounds))
        guard let parts = try? read(head + chunks, with: decoder, as: HTTPServerRequestPart.self).get(),
            case .end? = parts.last
        else { return nil }
        return parts.reduce(into: [UInt8]()) { body, part in
            if case .body(let piece) = part { body.append(contentsOf: piece.readableBytesView) }
        }
    }

    private static func limits(_ bounds: HTTPTranscript.Bounds) -> NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = bounds.head
        limits.maxHeaderFieldSize = bounds.head
        limits.maxHeaderFieldCount = bounds.headerCount
        return limits
    }

    /// The parser needs a pipeline; it lives for this call only, since it belongs to the thread on which it was made.
    private static func read<Part, Decoder: ByteToMessageDecoder>(
        _ bytes: [UInt8], with decoder: Decoder, as: Part.Type, after asked: HTTPClientRequestPart? = nil
    ) -> Result<[Part], HeadProblem> {
        let channel = EmbeddedChannel()
        // A head alone is cut off, in the parser's eyes; what there was before that counts.
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            try add(decoder, to: channel)
            if let asked { try channel.writeOutbound(asked) }
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            var parts: [Part] = []
            while let part = try channel.readInbound(as: Part.self) { parts.append(part) }
            return .success(parts)
        } catch let fault as HTTPParserError {
            return .failure(HeadProblem(text: sentence(fault)))
        } catch {
            return .failure(HeadProblem(text: "this is not HTTP/1.1"))
        }
    }

    private static func add(_ decoder: some ByteToMessageDecoder, to channel: EmbeddedChannel) throws {
        if let decoder = decoder as? HTTPResponseDecoder {
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
        } else {
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
        }
    }

    private static func sentence(_ fault: HTTPParserError) -> String {
        switch fault {
        case .headerOverflow: "the head is larger than is allowed, or has too many headers"
        case .invalidVersion: "this is another version than HTTP/1.1"
        case .invalidStatus: "the status is no number"
        case .invalidContentLength, .unexpectedContentLength: "the length of the body is not said, or said twice"
        case .invalidHeaderToken: "a header cannot be read"
        default: "this is not HTTP/1.1"
        }
    }

    private static func fields(_ headers: HTTPHeaders) -> [HTTPField] { headers.map { HTTPField($0.name, $0.value) } }

    /// Nil when nothing is said of a body. What contradicts itself was refused by the parser.
    private static func framing(_ headers: HTTPHeaders) -> MessageHead.Framing? {
        if let coding = headers[canonicalForm: "transfer-encoding"].last {
            return coding.lowercased() == "chunked" ? .chunks : .untilEnd
        }
        return headers.first(name: "content-length").map { .length(Int($0) ?? .max) }
    }
}
