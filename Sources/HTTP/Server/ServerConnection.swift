import Connections
import Diagnostics
import NIOCore
import NIOHTTP1

/// One connection of a server: puts requests together, has them handled, writes the answers. On the event loop.
final class ServerConnection: ChannelInboundHandler {
    private let alive = Alive("HTTP connection")
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        /// The head is there, and the body as far as it came.
        case receiving(HTTPRequestHead, ByteBuffer)
        case handling(HTTPRequestHead, Task<Void, Never>)
        /// Answered with a refusal; what comes is dropped until the connection is closed.
        case refusing
    }

    private let core: ServerCore
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?

    /// How long a client that is refused may go on sending before it finds its connection broken.
    private static let grace = TimeAmount.seconds(1)

    init(_ core: ServerCore) { self.core = core }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        closeUnlessUsed(within: TimeAmount(core.settings.idleTime))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        if case .handling(_, let task) = state { task.cancel() }
        state = .refusing
        self.context = nil
    }

    /// Closes the connection unless something happens until then.
    private func closeUnlessUsed(within time: TimeAmount) {
        timer?.cancel()
        let bound = NIOLoopBound(self, eventLoop: core.eventLoop)
        timer = core.eventLoop.scheduleTask(in: time) { bound.value.breakOffNow() }
    }

    /// Closes it at once; a handler at work is cancelled.
    func breakOffNow() {
        if let context { breakOff(context.channel) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .handling(_, let task) = state { task.cancel() }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError else { return breakOff(context.channel) }
        refuse(fault == .headerOverflow ? 431 : 400, "this is not an HTTP/1.1 request that can be read")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle): begin(head)
        case (.body(let piece), .receiving(let head, let body)):
            // Of the two that hold the buffer one has to let go, or each piece copies it.
            state = .idle
            var body = body
            guard body.readableBytes + piece.readableBytes <= core.settings.maximumBody else { return refuseBody() }
            body.writeImmutableBuffer(piece)
            state = .receiving(head, body)
        case (.end, .receiving(let head, let body)): handle(head, body)
        case (.end, .refusing): context.close(promise: nil)
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard announced <= core.settings.maximumBody else { return refuseBody() }
        state = .receiving(head, ByteBuffer())
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
            context?.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
        }
    }

    private func refuseBody() {
        refuse(413, "the body is larger than \(core.settings.maximumBody) bytes")
    }

    // MARK: - Handling

    private func handle(_ head: HTTPRequestHead, _ body: ByteBuffer) {
        timer?.cancel()
        timer = nil
        let request = HTTPServerRequest(
            method: head.method.rawValue, target: head.uri, headers: head.headers.map { HTTPField($0.name, $0.value) },
            body: Array(body.readableBytesView), remote: numericAddress(context?.channel.remoteAddress))
        let bound = NIOLoopBound((core, self), eventLoop: core.eventLoop)
        core.handlerBegan()
        let (eventLoop, handler) = (core.eventLoop, core.handler)
        let task = startTask {
            let response = await handler(request)
            eventLoop.execute {
                let (core, connection) = bound.value
                connection.answer(response)
                core.handlerEnded()
            }
        }
        state = .handling(head, task)
    }

    private func answer(_ response: HTTPServerResponse) {
        guard case .handling(let head, _) = state, let context, context.channel.isActive else { return }
        state = .idle
        // Before the answer: writing it may bring in the next request, which stops the clock.
        if head.isKeepAlive { closeUnlessUsed(within: TimeAmount(core.settings.idleTime)) }
        write(response, to: head, keepsAlive: head.isKeepAlive)
    }

    /// Answers before the request was there whole, and ends the connection.
    private func refuse(_ status: Int, _ text: String) {
        guard case .refusing = state else {
            state = .refusing
            write(HTTPServerResponse(status: status, text: text + "\n"), to: nil, keepsAlive: false)
            return closeUnlessUsed(within: Self.grace)
        }
    }

    /// - Parameter head: of the request; nil for a refusal, after which the connection stays open for what the client is
    ///   still sending: closing it at once could take the answer with it.
    private func write(_ response: HTTPServerResponse, to head: HTTPRequestHead?, keepsAlive: Bool) {
        guard let context else { return }
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        let hasBody = response.status >= 200 && response.status != 204 && response.status != 304
        if hasBody { headers.replaceOrAdd(name: "Content-Length", value: String(response.body.count)) }
        if !keepsAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: response.status)
        let answer = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        if hasBody, head?.method != .HEAD, !response.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let ended = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard head != nil, !keepsAlive else { return }
        let channel = context.channel
        ended.whenComplete { _ in channel.close(promise: nil) }
    }
}
