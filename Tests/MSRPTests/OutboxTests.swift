import Connections
import Diagnostics
import NIOCore
import Testing

@testable import MSRP

@Suite("MSRP sending, without sockets and in virtual time")
struct OutboxTests {
    /// An outbox with all that comes from outside.
    struct Bench {
        var outbox = MSRPOutbox(rules: .init(responseTimeout: 30, smallMessage: 4000))
        var now: Int64 = 0
        var written: [UInt8] = []
        var handed: [UInt64] = []
        let tokens: TokenDraw

        init(ids: [String]? = nil) {
            let source = TokenSource(seed: 7)
            let given = Box(ids ?? [])
            tokens = TokenDraw { given.ids.isEmpty ? source.token(length: 12) : given.ids.removeFirst() }
        }

        final class Box {
            var ids: [String]
            init(_ ids: [String]) { self.ids = ids }
        }

        mutating func add(_ key: UInt64, _ message: MSRPOutgoingMessage, session: UInt64 = 1) {
            outbox.enqueue(
                .init(
                    key: key, session: session,
                    preamble: Array("To-Path: msrp://b/\(session);tcp\r\nFrom-Path: msrp://a/1;tcp\r\nMessage-ID: ".utf8),
                    message: message))
        }

        /// Writes once; all that is written so far is in `written`.
        mutating func write(_ limit: Int = 100_000) {
            var out = ByteBuffer()
            handed += outbox.produce(into: &out, limit: limit, tokens: tokens, now: now)
            written += Array(out.readableBytesView)
        }

        mutating func writeAll(_ limit: Int = 100_000) {
            var before = -1
            while before != written.count {
                before = written.count
                write(limit)
            }
        }

        var stream: StreamResult { StreamResult([written]) }
        var text: String { String(decoding: written, as: UTF8.self) }
        /// `m001 1-5/5 5 $` for each chunk.
        var chunks: [String] {
            stream.messages.map { message in
                let end = message.end.map { String(Character(Unicode.Scalar($0.rawValue))) } ?? "open"
                let head = message.head
                return "\(head.messageID ?? head.start.short) \(head["Byte-Range"] ?? "-") \(message.body.count) \(end)"
            }
        }
        var ids: [String] { stream.messages.map(\.head.transactionID) }
    }

    func sized(
        _ id: String, _ count: Int, chunk: Int? = nil, failure: MSRPFailureReport = .yes
    ) -> MSRPOutgoingMessage {
        MSRPOutgoingMessage(
            messageID: id, contentType: "text/plain", body: [UInt8](repeating: 120, count: count),
            failureReport: failure, chunkSize: chunk)
    }

    @Test("a SEND is written as RFC 4975 lays it out")
    func bytes() {
        var bench = Bench(ids: ["tid1"])
        bench.add(1, message("m001", "hello", success: true, failure: .partial))
        bench.write()
        #expect(
            bench.text
                == "MSRP tid1 SEND\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/1;tcp\r\nMessage-ID: m001\r\n"
                + "Success-Report: yes\r\nFailure-Report: partial\r\nByte-Range: 1-5/5\r\nContent-Type: text/plain\r\n"
                + "\r\nhello\r\n-------tid1$\r\n")
    }

    @Test("a SEND that only binds has neither type nor body")
    func binding() {
        var bench = Bench(ids: ["tid1"])
        bench.add(1, MSRPOutgoingMessage(messageID: "m001", contentType: nil, body: []))
        bench.write()
        #expect(bench.text.hasSuffix("Message-ID: m001\r\nByte-Range: 1-0/0\r\n-------tid1$\r\n"))
    }

    @Test("a message is cut into chunks of the size asked for")
    func chunks() {
        var bench = Bench()
        bench.add(1, sized("m001", 2500, chunk: 1000))
        bench.write()
        #expect(bench.chunks == ["m001 1-1000/2500 1000 +", "m001 1001-2000/2500 1000 +", "m001 2001-2500/2500 500 $"])
        #expect(Set(bench.ids).count == 3)
    }

    @Test("a chunk of more than 2048 bytes says that it may be interrupted")
    func interruptible() {
        var bench = Bench()
        bench.add(1, sized("m001", 2048))
        bench.add(2, sized("m002", 2049))
        bench.write()
        #expect(bench.chunks == ["m001 1-2048/2048 2048 $", "m002 1-*/2049 2049 $"])
    }

    @Test("a small message interrupts a large one that the socket holds up, and the large one goes on after it")
    func smallInterrupts() {
        var bench = Bench()
        bench.add(1, sized("large", 20_000))
        bench.write(5000)
        bench.add(2, sized("small", 10))
        bench.write(6000)
        bench.writeAll()
        #expect(bench.chunks.count == 3)
        #expect(bench.chunks[0].hasPrefix("large 1-*/20000 ") && bench.chunks[0].hasSuffix("+"))
        #expect(bench.chunks[1] == "small 1-10/10 10 $")
        #expect(bench.chunks[2].hasPrefix("large ") && bench.chunks[2].hasSuffix("$"))
        #expect(bench.stream.messages.filter { $0.head.messageID == "large" }.map(\.body.count).reduce(0, +) == 20_000)
    }

    @Test("messages given at once keep their order while the socket takes them")
    func order() {
        var bench = Bench()
        bench.add(1, sized("large", 20_000))
        bench.add(2, sized("small", 10))
        bench.write()
        #expect(bench.chunks == ["large 1-*/20000 20000 $", "small 1-10/10 10 $"])
    }

    @Test("a large message does not interrupt another of its session, but takes turns with one of another session")
    func turns() {
        var same = Bench()
        same.add(1, sized("one", 20_000))
        same.add(2, sized("two", 20_000))
        same.writeAll(5000)
        #expect(same.chunks == ["one 1-*/20000 20000 $", "two 1-*/20000 20000 $"])
        var other = Bench()
        other.add(1, sized("one", 20_000), session: 1)
        other.add(2, sized("two", 20_000), session: 2)
        other.writeAll(5000)
        #expect(other.chunks.prefix(4).map { String($0.prefix(3)) } == ["one", "two", "one", "two"])
    }

    @Test("what is left of a large message is not interrupted when it is small itself")
    func smallRest() {
        var bench = Bench()
        bench.add(1, sized("large", 6000))
        bench.write(3000)
        bench.add(2, sized("small", 10))
        bench.writeAll()
        #expect(bench.chunks == ["large 1-*/6000 6000 $", "small 1-10/10 10 $"])
    }

    @Test("a response interrupts, even when the socket is full")
    func controlInterrupts() {
        var bench = Bench()
        bench.add(1, sized("large", 20_000))
        bench.write(5000)
        bench.outbox.writeControl { $0.writeString("MSRP t009 200 OK\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/1;tcp\r\n-------t009$\r\n") }
        bench.write(0)
        #expect(bench.chunks.count == 2)
        #expect(bench.chunks[0].hasSuffix("+"))
        #expect(bench.stream.messages[1].head.responseCode == 200)
        #expect(bench.stream.verdict == "valid")
        bench.writeAll()
        #expect(bench.stream.messages.filter { $0.head.method == "SEND" }.map(\.body.count).reduce(0, +) == 20_000)
    }

    @Test("the transaction id is never one whose end-line is in the body")
    func collision() {
        var bench = Bench(ids: ["bad1", "bad2", "good"])
        bench.add(1, message("m001", "-------bad1$ and \r\n-------bad2"))
        bench.write()
        #expect(bench.ids == ["good"])
        #expect(bench.stream.verdict == "valid")
        var reused = Bench(ids: ["same", "same", "next"])
        reused.add(1, message("m001", "x"))
        reused.add(2, message("m002", "y"))
        reused.write()
        #expect(reused.ids == ["same", "next"], "an id that waits for its answer is not used again")
    }

    // MARK: Outcomes

    @Test("the outcome is told when the last chunk is answered, and is the worst answer")
    func worst() {
        var bench = Bench()
        bench.add(1, sized("m001", 3000, chunk: 1000))
        bench.write()
        let ids = bench.ids
        #expect(bench.outbox.answered(ids[2], code: 200, comment: "OK") == nil)
        #expect(bench.outbox.answered(ids[0], code: 413, comment: "Too much") == nil)
        #expect(bench.outbox.answered(ids[0], code: 200, comment: "OK") == nil, "a second answer counts for nothing")
        #expect(
            bench.outbox.answered(ids[1], code: 200, comment: "OK")
                == .settled(key: 1, .answered(code: 413, comment: "Too much")))
        #expect(bench.outbox.answered("nobody", code: 200, comment: "OK") == nil)
    }

    @Test("an error stops the rest: an open chunk ends with #, what is between chunks is given up")
    func errorStops() {
        var open = Bench()
        open.add(1, sized("m001", 20_000))
        open.write(5000)
        let id = open.text.split(separator: " ")[1]
        #expect(open.outbox.answered(String(id), code: 413, comment: "No") == .settled(key: 1, .answered(code: 413, comment: "No")))
        open.writeAll()
        #expect(open.chunks.count == 1 && open.chunks[0].hasSuffix("#"))

        var between = Bench()
        between.add(1, sized("m001", 3000, chunk: 1000))
        between.write(1)
        #expect(between.outbox.answered(between.ids[0], code: 415, comment: "No") == .settled(key: 1, .answered(code: 415, comment: "No")))
        between.writeAll()
        #expect(between.chunks == ["m001 1-1000/3000 1000 +", "m001 1001-*/3000 0 #"])
    }

    @Test("an abort is told at once; the peer hears # where it had heard anything")
    func abort() {
        var bench = Bench()
        bench.add(1, sized("begun", 20_000))
        bench.add(2, sized("wait", 10))
        bench.write(5000)
        #expect(bench.outbox.abort(key: 2) == .settled(key: 2, .aborted))
        #expect(bench.outbox.abort(key: 1) == .settled(key: 1, .aborted))
        #expect(bench.outbox.abort(key: 1) == nil)
        bench.writeAll()
        #expect(bench.chunks.count == 1 && bench.chunks[0].hasPrefix("begun") && bench.chunks[0].hasSuffix("#"))
        #expect(bench.outbox.answered(bench.ids[0], code: 200, comment: "OK") == nil)
        bench.add(3, sized("sent", 10))
        bench.writeAll()
        #expect(bench.outbox.abort(key: 3) == nil, "what is sent whole is not given up")
    }

    @Test("a given-up chunk ends with # also when a response comes in between")
    func abortAndControl() {
        var bench = Bench()
        bench.add(1, sized("begun", 20_000))
        bench.write(5000)
        _ = bench.outbox.abort(key: 1)
        bench.outbox.writeControl { $0.writeString("MSRP t009 200 OK\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/1;tcp\r\n-------t009$\r\n") }
        bench.writeAll()
        #expect(bench.stream.messages.map(\.end) == [.aborted, .complete])
    }

    @Test("an answer that does not come in time is told as that, and the rest is given up")
    func timeout() {
        var bench = Bench()
        bench.add(1, sized("m001", 10))
        bench.write()
        bench.now = 10
        bench.add(2, sized("m002", 10))
        bench.write()
        #expect(bench.outbox.nextDeadline == 30)
        #expect(bench.outbox.expire(now: 29) == [])
        #expect(bench.outbox.expire(now: 30) == [.settled(key: 1, .timedOut)])
        #expect(bench.outbox.answered(bench.ids[0], code: 200, comment: "OK") == nil, "too late")
        #expect(bench.outbox.answered(bench.ids[1], code: 200, comment: "OK") == .settled(key: 2, .answered(code: 200, comment: "OK")))
        #expect(bench.outbox.expire(now: 1000) == [])
        #expect(bench.outbox.nextDeadline == nil)
    }

    @Test("Failure-Report no: told when the bytes are with the socket, and no answer is waited for")
    func failureReportNo() {
        var bench = Bench()
        bench.add(1, sized("m001", 3000, chunk: 1000, failure: .no))
        bench.write()
        #expect(bench.handed == [1])
        #expect(bench.outbox.handedOver(1) == .settled(key: 1, .unanswered))
        #expect(bench.outbox.handedOver(1) == nil)
        #expect(bench.outbox.unanswered == 0)
        #expect(bench.outbox.nextDeadline == nil)
    }

    @Test("Failure-Report partial: an error before the hand-over is the outcome, one after it is told late")
    func failureReportPartial() {
        var bench = Bench()
        bench.add(1, sized("m001", 10, failure: .partial))
        bench.add(2, sized("m002", 10, failure: .partial))
        bench.write()
        #expect(bench.handed == [1, 2])
        #expect(bench.outbox.answered(bench.ids[0], code: 415, comment: "No") == .settled(key: 1, .answered(code: 415, comment: "No")))
        #expect(bench.outbox.handedOver(1) == nil)
        #expect(bench.outbox.handedOver(2) == .settled(key: 2, .unanswered))
        #expect(
            bench.outbox.answered(bench.ids[1], code: 413, comment: "No")
                == .refusedLate(session: 1, messageID: "m002", code: 413, comment: "No"))
        #expect(bench.outbox.expire(now: 1000) == [])
    }

    @Test("a lost connection is told for every message that has no outcome, once")
    func lost() {
        var bench = Bench()
        bench.add(1, sized("sent", 10))
        bench.add(2, sized("none", 10, failure: .no))
        bench.write()
        _ = bench.outbox.handedOver(2)
        bench.add(3, sized("wait", 10))
        #expect(bench.outbox.loseAll() == [.settled(key: 1, .connectionLost), .settled(key: 3, .connectionLost)])
        #expect(bench.outbox.loseAll() == [])
        #expect(!bench.outbox.hasWork)
    }

    @Test("a closed session loses its own messages only")
    func droppedSession() {
        var bench = Bench()
        bench.add(1, sized("one", 10), session: 1)
        bench.add(2, sized("two", 10), session: 2)
        #expect(bench.outbox.dropSession(1) == [.settled(key: 1, .connectionLost)])
        bench.writeAll()
        #expect(bench.chunks == ["two 1-10/10 10 $"])
    }

    @Test("what is sent in any mix of sizes, chunks and full sockets is what is put together", arguments: 0..<40)
    func roundTrip(_ seed: Int) {
        var random = Seeded(UInt64(seed) + 1000)
        var bench = Bench()
        var bodies: [String: [UInt8]] = [:]
        for number in 0..<12 {
            let body = random.bytes([0, 5, 1000, 3000, 9000].randomElement(using: &random) ?? 0)
            let id = "msg\(number)"
            bodies[id] = body
            bench.add(
                UInt64(number),
                MSRPOutgoingMessage(
                    messageID: id, contentType: "a/b", body: body,
                    chunkSize: [nil, 100, 2500].randomElement(using: &random) ?? nil),
                session: UInt64(number % 2))
            for _ in 0..<Int.random(in: 0...3, using: &random) { bench.write(Int.random(in: 1...6000, using: &random)) }
        }
        bench.writeAll(5000)
        let stream = StreamResult(random.split(bench.written, most: 3000))
        #expect(stream.verdict == "valid")
        var assembler = MSRPMessageAssembler(limits: Limits())
        for message in stream.messages {
            #expect(assembler.begin(message.head, now: 0) == nil)
            if !message.body.isEmpty { #expect(assembler.append(ByteBuffer(bytes: message.body)) == nil) }
            switch assembler.end(message.end ?? .aborted, now: 0) {
            case .complete(let whole): #expect(bodies.removeValue(forKey: whole.messageID) == whole.body)
            case .partial: break
            case let other: Issue.record("\(other)")
            }
        }
        #expect(bodies.isEmpty)
    }
}

extension MSRPHead.Start {
    var short: String {
        switch self {
        case .request(let method): method
        case .response(let code, _): "\(code)"
        }
    }
}
