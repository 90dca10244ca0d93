import Connections
import Diagnostics
import NIOCore
import NIOPosix
import Testing

@testable import MSRP

/// A peer that writes what it likes.
final class RawPeer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private(set) var read: [UInt8] = []
    private(set) var isClosed = false
    private var channel: (any Channel)?

    func channelActive(context: ChannelHandlerContext) { channel = context.channel }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { read += Array(unwrapInboundIn(data).readableBytesView) }
    func channelInactive(context: ChannelHandlerContext) { isClosed = true }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    var text: String { String(decoding: read, as: UTF8.self) }
    func write(_ text: String) { write(Array(text.utf8)) }
    func write(_ bytes: [UInt8]) { channel?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    func stopReading() { try? channel?.syncOptions?.setOption(.autoRead, value: false) }
    func close() { channel?.close(promise: nil) }
}

extension SocketBench {
    /// A raw peer connected to bob, and a passive session of bob's.
    func raw() async throws -> (peer: RawPeer, session: MSRPSession) {
        if bob.localAddress == nil { _ = try await bob.listen(host: "127.0.0.1", port: 0, tls: nil).get() }
        let session = bob.makeSession(onSignal: note("bob"))
        return (try await rawPeer(port: bob.localAddress?.port ?? 0), session)
    }

    func rawPeer(port: Int) async throws -> RawPeer {
        let peer = RawPeer()
        let bound = NIOLoopBound(peer, eventLoop: loop)
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        _ = try await ClientBootstrap(group: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
        }.connect(to: address).get()
        return peer
    }
}

@Suite("MSRP with a peer that does as it likes")
struct HostileTests {
    /// A SEND to a session, written by hand.
    func send(
        _ session: MSRPSession, _ id: String, to path: String? = nil, headers: String = "", body: String? = "hello",
        flag: String = "$", method: String = "SEND"
    ) -> String {
        var text = "MSRP \(id) \(method)\r\nTo-Path: \(path ?? session.localURI.description)\r\n"
        text += "From-Path: msrp://127.0.0.1:9/raw;tcp\r\nMessage-ID: m\(id)\r\n\(headers)"
        if let body { text += "Content-Type: text/plain\r\n\r\n\(body)\r\n" }
        return text + "-------\(id)\(flag)\r\n"
    }

    @Test("the answer is written as RFC 4975 lays it out, one hop back")
    func answer() async throws {
        try await SocketBench.run { bench in
            let (peer, session) = try await bench.raw()
            peer.write(
                send(session, "tid1").replacing(
                    "From-Path: ", with: "From-Path: msrp://relay.example:2855/r;tcp "))
            try await bench.until("it is answered") { peer.text.hasSuffix("$\r\n") }
            #expect(
                peer.text == "MSRP tid1 200 OK\r\nTo-Path: msrp://relay.example:2855/r;tcp\r\nFrom-Path: \(session.localURI)\r\n"
                    + "-------tid1$\r\n")
            #expect(bench.received["bob"]?.first?.fromPath.count == 2)
        }
    }

    @Test("what cannot be taken is answered with its code, and the connection goes on")
    func codes() async throws {
        try await SocketBench.run { bench in
            let (peer, session) = try await bench.raw()
            let uri = session.localURI
            let unknown = MSRPURI(host: "127.0.0.1", port: uri.port, sessionID: "unknown").description
            let attempts: [(String, Int)] = [
                (send(session, "tid1", to: unknown), 481), (send(session, "tid2", to: "\(uri) \(unknown)"), 481),
                (send(session, "tid3", method: "NICKNAME"), 501), (send(session, "tid4", headers: "Byte-Range: x\r\n"), 400),
                (send(session, "tid5", headers: "Byte-Range: 1-9/9\r\n"), 423),
                (send(session, "tid6", headers: "Byte-Range: 1-*/1073741824\r\n", flag: "+"), 413),
                (send(session, "tid7", headers: "Byte-Range: 5-9/*\r\n", flag: "#"), 200), (send(session, "tid8"), 200),
            ]
            for (text, code) in attempts {
                peer.write(text)
                let id = text.split(separator: " ")[1]
                try await bench.until("\(id) is answered") { peer.text.hasSuffix("-------\(id)$\r\n") }
                #expect(peer.text.contains("MSRP \(id) \(code)"), "\(text)")
            }
            #expect(bench.received["bob"]?.map(\.messageID) == ["mtid8"])
            peer.close()
        }
    }

    @Test("connections beyond the most that are taken are closed, and one that goes makes room")
    func tooManyConnections() async throws {
        try await SocketBench.run({ $0.maximumAcceptedConnections = 2 }) { bench in
            let (first, session) = try await bench.raw()
            let port = bench.bob.localAddress?.port ?? 0
            let second = try await bench.rawPeer(port: port)
            let third = try await bench.rawPeer(port: port)
            try await bench.until("the third is closed") { third.isClosed }
            #expect(!first.isClosed && !second.isClosed)
            first.close()
            try await bench.until("the first is closed") { first.isClosed }
            try await Task.sleep(for: .milliseconds(50))
            let fourth = try await bench.rawPeer(port: port)
            fourth.write(send(session, "tid1"))
            try await bench.until("it is answered") { fourth.text.contains("MSRP tid1 200") }
        }
    }

    @Test("a head of more fields than any has is no MSRP, and many fields cost little")
    func manyFields() throws {
        var limits = Limits()
        func head(_ fields: Int) -> String {
            "MSRP tid1 SEND\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/1;tcp\r\nMessage-ID: m001\r\n"
                + (0..<fields).map { "x\($0): y\r\n" }.joined() + "-------tid1$\r\n"
        }
        var parser = MSRPStreamParser(limits: limits)
        parser.append(Array(head(limits.msrpHeaderCount - 3).utf8))
        #expect(throws: Never.self) { try parser.next() }
        parser = MSRPStreamParser(limits: limits)
        parser.append(Array(head(limits.msrpHeaderCount - 2).utf8))
        #expect(throws: MSRPParseError.tooManyHeaders(limit: 128)) { try parser.next() }
        limits.msrpHeaderCount = 100_000
        limits.msrpHead = 1 << 24
        parser = MSRPStreamParser(limits: limits)
        parser.append(Array(head(50_000).utf8))
        guard case .head(let whole)? = try parser.next() else { return }
        var fault: String?
        #expect(ContinuousClock().measure { fault = whole.fault } < .seconds(10))
        #expect(fault == nil)
    }

    @Test("a session is found by its URI however it is written")
    func uriForms() async throws {
        try await SocketBench.run { bench in
            let (peer, session) = try await bench.raw()
            let uri = session.localURI
            peer.write(send(session, "tid1", to: "MSRP://bob@LOCALHOST:\(uri.port ?? 0)/\(uri.sessionID ?? "");TCP;x=y"))
            try await bench.until("it came") { bench.received["bob"]?.count == 1 }
        }
    }

    @Test("a session bound to one connection is refused on another with 506")
    func boundElsewhere() async throws {
        try await SocketBench.run { bench in
            let (first, session) = try await bench.raw()
            first.write(send(session, "tid1"))
            try await bench.until("it is bound") { session.isConnected }
            let second = try await bench.rawPeer(port: session.localURI.port ?? 0)
            second.write(send(session, "tid2"))
            try await bench.until("it is refused") { second.text.contains("MSRP tid2 506 ") }
            #expect(bench.received["bob"]?.count == 1)
        }
    }

    @Test("a REPORT is never answered, not even a wrong one, and reaches its session")
    func report() async throws {
        try await SocketBench.run { bench in
            let (peer, session) = try await bench.raw()
            peer.write(send(session, "tid1"))
            peer.write(send(session, "tid2", headers: "Status: 000 408 Late\r\nByte-Range: 1-5/5\r\n", body: nil, method: "REPORT"))
            peer.write(send(session, "tid3", body: nil, method: "REPORT"))
            peer.write(send(session, "tid4"))
            try await bench.until("the last is answered") { peer.text.contains("MSRP tid4 200") }
            #expect(bench.events == ["bob connected", "bob report mtid2 408 1-5/5"])
            #expect(!peer.text.contains("tid2") && !peer.text.contains("tid3"))
        }
    }

    @Test(
        "garbage, a head without end and an end-line with a tail end the connection, and say why",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", "MSRP tid1 SEND\r\nX-Own: " + String(repeating: "x", count: 9000),
            "MSRP tid1 SEND\r\nTo-Path: msrp://b/1;tcp\r\n\r\n",
        ])
    func garbage(_ text: String) async throws {
        try await SocketBench.run { bench in
            let (peer, session) = try await bench.raw()
            peer.write(send(session, "tid0"))
            try await bench.until("it is bound") { session.isConnected }
            peer.write(text)
            try await bench.until("it is closed") { peer.isClosed }
            #expect(bench.events == ["bob connected", "bob closed"])
        }
    }

    @Test("a chunk that never ends, and a connection that nobody binds, are given up in time")
    func never() async throws {
        try await SocketBench.run({ $0.limits.completion = 1_500_000_000 }) { bench in
            let (peer, session) = try await bench.raw()
            let idle = try await bench.rawPeer(port: session.localURI.port ?? 0)
            peer.write(send(session, "tid0"))
            try await bench.until("it is bound") { session.isConnected }
            peer.write(String(send(session, "tid1", headers: "Byte-Range: 1-*/100\r\n").dropLast(10)))
            try await bench.until("both are closed") { peer.isClosed && idle.isClosed }
            #expect(bench.events.last == "bob closed")
        }
    }

    @Test("a message whose last chunk does not come is told as incomplete, and the session goes on")
    func lateChunk() async throws {
        try await SocketBench.run({ $0.limits.completion = 1_500_000_000 }) { bench in
            let (peer, session) = try await bench.raw()
            peer.write(send(session, "tid1", headers: "Byte-Range: 1-5/10\r\n", flag: "+"))
            try await bench.until("it is given up") { bench.events.contains { $0.hasPrefix("bob incomplete mtid1") } }
            peer.write(send(session, "tid2"))
            try await bench.until("the next comes") { bench.received["bob"]?.count == 1 }
        }
    }

    @Test("a gigabyte announced is refused before it has come")
    func gigabyte() async throws {
        try await SocketBench.run { bench in
            let (peer, session) = try await bench.raw()
            let start = send(session, "tid1", headers: "Byte-Range: 1-*/1073741824\r\n").split(separator: "hello")[0]
            peer.write(String(start) + String(repeating: "x", count: 100_000))
            try await bench.until("it is refused") { peer.text.contains("MSRP tid1 413 ") }
            peer.write("\r\n-------tid1#\r\n" + send(session, "tid2"))
            try await bench.until("the next is answered") { peer.text.contains("MSRP tid2 200 ") }
            #expect(peer.text.components(of: "MSRP tid1 ") == 1, "one answer, not two")
        }
    }

    @Test("a peer that sends but does not read stops being read, and is given up in the end")
    func doesNotRead() async throws {
        try await SocketBench.run({
            $0.limits.writeBacklog = 100_000
            $0.responseTimeout = 1_000_000_000
        }) { bench in
            let (peer, session) = try await bench.raw()
            peer.stopReading()
            // Answers as long as the requests, many more than two sockets hold.
            let path = "From-Path: msrp://127.0.0.1:9/" + String(repeating: "x", count: 6000) + ";tcp"
            let many = (0..<500).map {
                send(session, "tid\($0)").replacing("From-Path: msrp://127.0.0.1:9/raw;tcp", with: path)
            }.joined()
            for _ in 0..<10 { peer.write(many) }
            try await bench.until("it is given up") { bench.events.contains("bob closed") }
            #expect((bench.received["bob"]?.count ?? 0) < 5000)
            peer.close()
        }
    }

    @Test("a message whose peer takes no bytes is lost in the end")
    func takesNothing() async throws {
        try await SocketBench.run({ $0.responseTimeout = 1_000_000_000 }) { bench in
            let (peer, session) = try await bench.raw()
            peer.write(send(session, "tid1"))
            try await bench.until("it is bound") { session.isConnected }
            peer.stopReading()
            bench.send(session, .init(messageID: "large", contentType: "a/b", body: [UInt8](repeating: 97, count: 9_900_000)))
            try await bench.until("it is lost") { bench.outcomes["large"] == .connectionLost }
            peer.close()
        }
    }

    @Test("answers to nothing are let pass")
    func strayAnswers() async throws {
        try await SocketBench.run { bench in
            let (peer, session) = try await bench.raw()
            peer.write("MSRP tid9 200 OK\r\nTo-Path: \(session.localURI)\r\nFrom-Path: msrp://127.0.0.1:9/raw;tcp\r\n-------tid9$\r\n")
            peer.write(send(session, "tid1"))
            try await bench.until("it goes on") { peer.text.contains("MSRP tid1 200") }
        }
    }
}
