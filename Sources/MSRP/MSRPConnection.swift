import Connections
import Diagnostics
import NIOCore

/// One TCP or TLS connection with the sessions on it: reads requests and answers, writes what the outbox holds.
///
/// Confined to the event loop of its end point.
final class MSRPConnection: ChannelInboundHandler {
    private let alive = Alive("MSRP connection")
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A message whose outcome is awaited.
    private struct Awaited {
        weak var session: MSRPSession?
        let messageID: String
        let onOutcome: (MSRPSendOutcome) -> Void
    }

    /// Bytes handed to the channel in one go.
    private static let pieceSize = 64 * 1024

    /// Held until the socket has gone, which breaks the cycle.
    let endpoint: MSRPEndpoint
    let isAccepted: Bool
    private let openedAt: Int64
    private var parser: MSRPStreamParser
    private var outbox: MSRPOutbox
    private let receiver = MSRPReceiver()
    private var awaited: [UInt64: Awaited] = [:]
    private var lastKey: UInt64 = 0
    private(set) var sessions: [String: MSRPSession] = [:]
    private var context: ChannelHandlerContext?
    private var isReading = false
    private var flushIsDue = false
    private var readingPaused = false
    private var chunkStartedAt: Int64?
    private var blockedSince: Int64?
    private var timer: Scheduled<Void>?
    private var timerAt = Int64.max
    private var lastSize = 4096
    private(set) var isClosed = false
    private var cause: String?

    init(endpoint: MSRPEndpoint, isAccepted: Bool) {
        self.endpoint = endpoint
        self.isAccepted = isAccepted
        openedAt = endpoint.now
        parser = MSRPStreamParser(limits: endpoint.settings.limits)
        outbox = MSRPOutbox(
            rules: MSRPOutbox.Rules(
                responseTimeout: endpoint.settings.responseTimeout, smallMessage: endpoint.settings.smallMessage))
    }

    var localAddress: SocketAddress? { context?.channel.localAddress }

    /// The certificate that the other end showed, as DER.
    var peerCertificate: [UInt8]? { context.flatMap { Connections.peerCertificate(of: $0.channel) } }

    // MARK: Sessions

    func bind(_ session: MSRPSession) { sessions[session.sessionID] = session }

    /// Takes a session off; the connection closes with its last one, once what was written is out.
    func unbind(_ session: MSRPSession) {
        guard sessions.removeValue(forKey: session.sessionID) != nil else { return }
        receiver.forget(session)
        perform(outbox.dropSession(session.number))
        guard !isClosed else { return }
        if sessions.isEmpty { closeOrderly("the last session was closed here") } else { flushSoon() }
    }

    func send(_ message: MSRPOutgoingMessage, of session: MSRPSession, onOutcome: @escaping (MSRPSendOutcome) -> Void) {
        guard !isClosed else { return onOutcome(.connectionLost) }
        lastKey += 1
        awaited[lastKey] = Awaited(session: session, messageID: message.messageID, onOutcome: onOutcome)
        outbox.enqueue(
            MSRPOutbox.Item(key: lastKey, session: session.number, preamble: session.preamble, message: message))
        flushSoon()
    }

    func abort(_ messageID: String, of session: MSRPSession) {
        let keys = awaited.filter { $0.value.messageID == messageID && $0.value.session === session }.map(\.key).sorted()
        perform(keys.compactMap { outbox.abort(key: $0) })
        flushSoon()
    }

    func writeControl(_ write: (inout ByteBuffer) -> Void) {
        guard !isClosed, endpoint.isAnswering else { return }
        outbox.writeControl(write)
        flushSoon()
    }

    /// Bytes of bodies that wait for the socket.
    var backlog: Int { outbox.backlog }

    private func perform(_ effects: [MSRPOutbox.Effect]) {
        for effect in effects { perform(effect) }
    }

    private func perform(_ effect: MSRPOutbox.Effect) {
        switch effect {
        case .settled(let key, let outcome):
            awaited.removeValue(forKey: key)?.onOutcome(outcome)
        case .refusedLate(let number, let messageID, let code, let comment):
            let session = sessions.values.first { $0.number == number }
            session?.signal(.refusedLate(messageID: messageID, code: code, comment: comment))
        }
    }

    // MARK: Reading

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        armTimer()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        isReading = true
        parser.append(unwrapInboundIn(data))
        let before = endpoint.now
        do {
            while !isClosed, let element = try parser.next() {
                if case .end = element { chunkStartedAt = nil }
                take(element)
            }
            chunkStartedAt = parser.isBetweenMessages ? nil : chunkStartedAt ?? before
            if chunkStartedAt != nil { endpoint.onPartialMessage?() }
        } catch {
            fail("the peer sent what is not MSRP: \(error)")
        }
    }

    private func take(_ element: MSRPStreamElement) {
        if case .head(let head) = element, head.responseCode != nil {
            guard endpoint.isAnswering else { return }
            if case .response(let code, let comment) = head.start,
                let effect = outbox.answered(head.transactionID, code: code, comment: comment)
            {
                perform(effect)
            }
            return
        }
        receiver.take(element, on: self)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        pump()
        armTimer()
        context.fireChannelReadComplete()
    }

    // MARK: Writing

    /// Writes at the end of this read, or of this turn of the loop, so that much goes out at once.
    func flushSoon() {
        guard !isReading, !flushIsDue, !isClosed else { return }
        flushIsDue = true
        endpoint.eventLoop.assumeIsolated().execute { [weak self] in
            guard let self else { return }
            self.flushIsDue = false
            self.pump()
            self.armTimer()
        }
    }

    private func pump() {
        guard let context, !isClosed, endpoint.isAnswering else { return }
        while outbox.hasWork {
            let isWritable = context.channel.isWritable
            var out = context.channel.allocator.buffer(capacity: lastSize)
            let handed = outbox.produce(
                into: &out, limit: isWritable ? MSRPConnection.pieceSize : 0, tokens: endpoint.transactionIDs,
                now: endpoint.now)
            guard out.readableBytes > 0 else { break }
            lastSize = min(max(out.readableBytes, 1024), 2 * MSRPConnection.pieceSize)
            if handed.isEmpty {
                context.writeAndFlush(wrapOutboundOut(out), promise: nil)
            } else {
                context.writeAndFlush(wrapOutboundOut(out)).assumeIsolated().whenSuccess { [weak self] in
                    guard let self else { return }
                    self.perform(handed.compactMap { self.outbox.handedOver($0) })
                }
            }
            guard context.channel.isWritable else { break }
        }
        watchBacklog(context)
    }

    /// A peer that sends but does not read would let our answers pile up: nothing more is read from it then.
    private func watchBacklog(_ context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        blockedSince = isWritable ? nil : blockedSince ?? endpoint.now
        guard !isWritable, !readingPaused, let options = context.channel.syncOptions,
            let waiting = try? options.getOption(.bufferedWritableBytes),
            waiting > endpoint.settings.limits.writeBacklog
        else { return }
        readingPaused = true
        try? options.setOption(.autoRead, value: false)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            blockedSince = nil
            if readingPaused {
                readingPaused = false
                try? context.channel.syncOptions?.setOption(.autoRead, value: true)
            }
            flushSoon()
        } else {
            blockedSince = blockedSince ?? endpoint.now
        }
        armTimer()
        context.fireChannelWritabilityChanged()
    }

    // MARK: Time

    private var deadline: Int64 {
        let completion = endpoint.settings.limits.completion
        var earliest = outbox.nextDeadline ?? Int64.max
        if let chunkStartedAt { earliest = min(earliest, chunkStartedAt + completion) }
        if let blockedSince { earliest = min(earliest, blockedSince + endpoint.settings.responseTimeout) }
        if sessions.isEmpty { return endpoint.isAnswering ? min(earliest, openedAt + completion) : earliest }
        for session in sessions.values {
            if let oldest = session.assembler.oldestStart { earliest = min(earliest, oldest + completion) }
        }
        return earliest
    }

    private func armTimer() {
        guard !isClosed else { return }
        let deadline = deadline
        guard deadline < timerAt else { return }
        timer?.cancel()
        timerAt = deadline
        let wait = TimeAmount.nanoseconds(max(0, deadline - endpoint.now))
        timer = endpoint.eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in self?.timerFired() }
    }

    /// Nanoseconds by which a timer may fire late until the loop counts as held up.
    private static let lateness: Int64 = 50_000_000

    private func timerFired() {
        timer = nil
        let now = endpoint.now
        let late = now - timerAt
        timerAt = Int64.max
        // A loop that was held up has not yet read the answers that came meanwhile: they get as long as it was late.
        if late > Self.lateness {
            timerAt = now + late
            timer = endpoint.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(late)) { [weak self] in
                self?.timerFired()
            }
            return
        }
        let completion = endpoint.settings.limits.completion
        perform(outbox.expire(now: now))
        for session in Array(sessions.values) { session.expire(startedBefore: now - completion) }
        if let chunkStartedAt, chunkStartedAt + completion <= now {
            fail("the peer did not end a chunk within \(completion / 1_000_000) ms")
        } else if let blockedSince, blockedSince + endpoint.settings.responseTimeout <= now {
            fail("the peer took no bytes for \(endpoint.settings.responseTimeout / 1_000_000) ms")
        } else if sessions.isEmpty, endpoint.isAnswering, openedAt + completion <= now {
            fail("nobody bound the connection within \(completion / 1_000_000) ms")
        }
        armTimer()
    }

    // MARK: The end

    /// Closes at once because the peer did what cannot be gone on from.
    func fail(_ cause: String) {
        self.cause = self.cause ?? cause
        breakOff(cause)
    }

    /// Closes the socket at once, without a word.
    func breakOff(_ cause: String) {
        guard !isClosed, let context else { return }
        self.cause = self.cause ?? cause
        ended()
        Connections.breakOff(context.channel)
    }

    /// Closes the socket without a word when the bytes, and what was written before them, are out, or after a second.
    func breakOff(after bytes: [UInt8], _ cause: String) {
        guard !bytes.isEmpty else { return breakOff(cause) }
        guard !isClosed, let context else { return }
        outbox.writeControl { $0.writeBytes(bytes) }
        var out = context.channel.allocator.buffer(capacity: bytes.count)
        _ = outbox.produce(into: &out, limit: 0, tokens: endpoint.transactionIDs, now: endpoint.now)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let limit = context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.breakOff(cause) }
        context.writeAndFlush(wrapOutboundOut(out)).assumeIsolated().whenComplete { [weak self] _ in
            limit.cancel()
            self?.breakOff(cause)
        }
    }

    /// Closes when what was written so far is out, or after a second.
    func closeOrderly(_ cause: String) {
        guard !isClosed, let context else { return }
        self.cause = self.cause ?? cause
        pump()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let limit = context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            limit.cancel()
            bound.value.close(promise: nil)
        }
        ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(failureSentence(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        cause = cause ?? "the peer closed the connection"
        ended()
        endpoint.forget(self)
        context.fireChannelInactive()
    }

    /// Tells everybody that it is over, once.
    private func ended() {
        guard !isClosed else { return }
        isClosed = true
        timer?.cancel()
        timer = nil
        let cause = cause ?? "the connection was closed"
        perform(outbox.loseAll())
        let left = sessions.values.sorted { $0.number < $1.number }
        sessions = [:]
        for session in left { session.connectionEnded(cause: cause) }
    }
}
