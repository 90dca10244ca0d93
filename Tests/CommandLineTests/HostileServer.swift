import Diagnostics
import NIOCore
import NIOPosix
import SIP
import Synchronization

/// What can stand at the address of a description instead of an enabler.
enum Hostility: String, CaseIterable, Sendable {
    case answersGarbage, neverEndsAMessage, announcesAGigabyte, closesAtOnce, answersNothing, agreesToEverything
    case neverEndsTheHeaders, sendsAGigabyteOfMSRP, refuses
}

/// Listens on a free port of this machine and is hostile there.
struct HostileServer {
    let port: Int
    private let channels: [any Channel]
    private let group: MultiThreadedEventLoopGroup

    /// - Parameter patience: as many connections as this are met with a 200 to everything, before it is hostile.
    static func start(_ hostility: Hostility, patience: Int = 0) async throws -> HostileServer {
        let met = Mutex(0)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let msrp = try await listen(on: group) { HostileMSRP() }
        let msrpPort = msrp.localAddress?.port ?? 0
        let sip = try await listen(on: group) {
            let count = met.withLock { count in
                count += 1
                return count
            }
            return HostileSIP(count <= patience ? .agreesToEverything : hostility, msrpPort: msrpPort)
        }
        return HostileServer(port: sip.localAddress?.port ?? 0, channels: [sip, msrp], group: group)
    }

    private static func listen(
        on group: MultiThreadedEventLoopGroup, _ handler: @escaping @Sendable () -> any ChannelHandler
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// Closes everything; nothing of the server is left.
    func stop() async throws {
        for channel in channels { try await channel.close() }
        try await group.shutdownGracefully()
    }
}

/// Writes the same bytes again and again as fast as the peer takes them, but no more than 24 MB.
private final class Flood {
    private let chunk: ByteBuffer
    private var left = 24 * 1024 * 1024

    init(_ text: String) { chunk = ByteBuffer(string: String(repeating: text, count: 65_536 / text.utf8.count)) }

    func pour(_ context: ChannelHandlerContext) {
        while left > 0, context.channel.isActive, context.channel.isWritable {
            left -= chunk.readableBytes
            context.writeAndFlush(NIOAny(chunk), promise: nil)
        }
    }
}

private final class HostileSIP: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let hostility: Hostility
    private let msrpPort: Int
    private var parser = SIPStreamParser(limits: Limits())
    private var flood: Flood?
    private var trickle: RepeatedTask?

    init(_ hostility: Hostility, msrpPort: Int) {
        self.hostility = hostility
        self.msrpPort = msrpPort
    }

    func channelActive(context: ChannelHandlerContext) {
        if hostility == .closesAtOnce { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { trickle?.cancel() }

    func channelWritabilityChanged(context: ChannelHandlerContext) { flood?.pour(context) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(Array(unwrapInboundIn(data).readableBytesView))
        while let message = try? parser.next() {
            guard message.isRequest, message.method != .ack else { continue }
            answer(message, context)
        }
    }

    private func answer(_ request: SIPMessage, _ context: ChannelHandlerContext) {
        switch hostility {
        case .answersGarbage: write("\u{0}\u{1}\u{7F}ÿþ this is no SIP %s%n\r\n\r\n<xml/>\r\n\r\n", context)
        case .neverEndsAMessage: startTrickle(request, context)
        case .announcesAGigabyte:
            write(head(request) + "Content-Length: 1073741824\r\n\r\n", context)
            startFlood("v=0 and so on, ", context)
        case .closesAtOnce, .answersNothing: break
        case .agreesToEverything: write(agreement(request).serialized(), context)
        case .neverEndsTheHeaders:
            write(head(request), context)
            startFlood("X-Again: and again\r\n", context)
        case .sendsAGigabyteOfMSRP: write(session(request).serialized(), context)
        case .refuses: write(request.response(403, toTag: "no").serialized(), context)
        }
    }

    /// The beginning of a 200 that matches the request, without its end.
    private func head(_ request: SIPMessage) -> String {
        let fields = request.response(200, toTag: "h").headers.filter { $0.name.lowercased() != "content-length" }
        return "SIP/2.0 200 OK\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined()
    }

    private func startTrickle(_ request: SIPMessage, _ context: ChannelHandlerContext) {
        guard trickle == nil else { return }
        write(head(request) + "Subject: ", context)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        trickle = context.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(20), delay: .milliseconds(20)) {
            _ in
            bound.value.writeAndFlush(NIOAny(ByteBuffer(string: "a")), promise: nil)
        }
    }

    private func startFlood(_ text: String, _ context: ChannelHandlerContext) {
        guard flood == nil else { return }
        flood = Flood(text)
        flood?.pour(context)
    }

    /// 200 to whatever was asked, with nothing in it that could be used.
    private func agreement(_ request: SIPMessage) -> SIPMessage {
        var response = request.response(200, toTag: "yes")
        response.headers.add("Contact", "<sip:nobody@nowhere.invalid>;expires=-1")
        response.headers.add("Expires", "soon")
        response.headers.add("Content-Type", "application/sdp")
        response.body = Array("yes, yes, of course".utf8)
        return response
    }

    /// 200 with what a client needs to go on to MSRP.
    private func session(_ request: SIPMessage) -> SIPMessage {
        var response = request.response(200, toTag: "h")
        guard request.method == .invite || request.method == .subscribe else { return response }
        response.headers.add("Contact", "<sip:focus@cpm.example>;isfocus")
        guard request.method == .invite else {
            response.headers.add("Expires", "600")
            return response
        }
        response.headers.add("Content-Type", "application/sdp")
        let lines = [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
            "m=message \(msrpPort) TCP/MSRP *", "a=accept-types:message/cpim", "a=accept-wrapped-types:*",
            "a=path:msrp://127.0.0.1:\(msrpPort)/hostile;tcp", "a=setup:passive", "a=sendrecv",
        ]
        response.body = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
        return response
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) { write(Array(text.utf8), context) }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}

/// Binds the session of whoever connects, and sends it the beginning of a gigabyte.
private final class HostileMSRP: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var seen = ""
    private var flood: Flood?

    func channelWritabilityChanged(context: ChannelHandlerContext) { flood?.pour(context) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard flood == nil else { return }
        seen += String(buffer: unwrapInboundIn(data))
        guard let to = value("To-Path"), let from = value("From-Path"), seen.contains("$\r\n") else { return }
        let transaction = seen.split(separator: " ").dropFirst().first ?? ""
        let paths = "To-Path: \(from)\r\nFrom-Path: \(to)\r\n"
        let answer = "MSRP \(transaction) 200 OK\r\n\(paths)-------\(transaction)$\r\n"
        let head =
            "MSRP giga1234 SEND\r\n\(paths)Message-ID: giga\r\nByte-Range: 1-1073741824/1073741824\r\n"
            + "Content-Type: message/cpim\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer + head)), promise: nil)
        flood = Flood("and so on and on ")
        flood?.pour(context)
    }

    private func value(_ name: String) -> String? {
        seen.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}
