import Diagnostics
import NIOCore
import Testing

@testable import MSRP

@Suite("MSRP messages put together from chunks")
struct AssemblerTests {
    /// The head of a chunk; ranges as on the wire.
    func head(_ range: String?, id: String = "m001", type: String? = "text/plain") -> MSRPHead {
        var headers = [
            MSRPHeaderField("To-Path", "msrp://b/1;tcp"), MSRPHeaderField("From-Path", "msrp://a/1;tcp"),
            MSRPHeaderField("Message-ID", id),
        ]
        if let range { headers.append(MSRPHeaderField("Byte-Range", range)) }
        if let type { headers.append(MSRPHeaderField("Content-Type", type)) }
        return MSRPHead(start: .request(method: "SEND"), transactionID: "t001", headers: headers)
    }

    /// One whole chunk.
    func feed(
        _ assembler: inout MSRPMessageAssembler, _ range: String?, _ body: [UInt8], _ end: MSRPContinuation,
        id: String = "m001", now: Int64 = 0
    ) -> MSRPChunkEnd {
        _ = assembler.begin(head(range, id: id, type: "text/plain"), now: now)
        if !body.isEmpty { _ = assembler.append(ByteBuffer(bytes: body)) }
        return assembler.end(end, now: now)
    }

    func feed(
        _ assembler: inout MSRPMessageAssembler, _ range: String?, _ text: String, _ end: MSRPContinuation,
        id: String = "m001"
    ) -> MSRPChunkEnd { feed(&assembler, range, Array(text.utf8), end, id: id) }

    func text(_ end: MSRPChunkEnd) -> String? {
        if case .complete(let message) = end { return String(decoding: message.body, as: UTF8.self) }
        return nil
    }

    func code(_ end: MSRPChunkEnd) -> Int? {
        if case .refused(let refusal, _) = end { return refusal.code }
        return nil
    }

    @Test("one chunk is a message, with or without a range")
    func single() {
        for range in ["1-5/5", "1-*/5", "1-*/*", "1-5/*", nil] {
            var assembler = MSRPMessageAssembler(limits: Limits())
            #expect(text(feed(&assembler, range, "hello", .complete)) == "hello")
            #expect(assembler.oldestStart == nil)
        }
    }

    @Test("thousands of small chunks inside a large one cost what they bring, and the last to come count")
    func floodOfOverlaps() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        let size = 10 * 1024 * 1024
        let clock = ContinuousClock()
        let took = clock.measure {
            _ = feed(&assembler, "2-*/\(size)", [UInt8](repeating: 97, count: size - 1), .more)
            for place in 1...20_000 { _ = feed(&assembler, "\(500 * place)-*/\(size)", [98], .more) }
        }
        #expect(feed(&assembler, "1-*/\(size)", [99], .more) == .partial)
        guard case .complete(let message) = feed(&assembler, "\(size)-*/\(size)", [97], .complete) else {
            Testing.Issue.record("it is not whole")
            return
        }
        #expect(message.body.count == size)
        #expect(message.body[0] == 99 && message.body[1] == 97)
        #expect(message.body.count { $0 == 98 } == 20_000)
        // Copying the whole each time would take minutes.
        #expect(took < .seconds(60), "\(took)")
    }

    @Test("overlapping pieces in any order make what writing them one over the other makes", arguments: 0..<40)
    func overlapsByChance(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var fragments = MSRPFragments()
        var model = [UInt8?](repeating: nil, count: 64)
        for _ in 0..<60 {
            let start = random(60)
            let bytes = (0..<random(64 - start)).map { _ in UInt8(random(256)) }
            fragments.insert(bytes, at: start)
            for (offset, byte) in bytes.enumerated() { model[start + offset] = byte }
            #expect(fragments.joined() == model.compactMap(\.self))
            #expect(fragments.count == model.count { $0 != nil })
            #expect(fragments.end == (model.lastIndex { $0 != nil } ?? -1) + 1)
        }
    }

    @Test("chunks in order, interrupted by another message, make both messages")
    func interrupted() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        #expect(feed(&assembler, "1-*/10", "hel", .more) == .partial)
        #expect(text(feed(&assembler, "1-2/2", "hi", .complete, id: "m002")) == "hi")
        #expect(feed(&assembler, "4-*/10", "lo", .more) == .partial)
        #expect(text(feed(&assembler, "6-10/10", "world", .complete)) == "helloworld")
    }

    @Test("any order of chunks, with overlaps, makes the message, once", arguments: 0..<60)
    func anyOrder(_ seed: Int) {
        var random = Seeded(UInt64(seed))
        let body = random.bytes(Int.random(in: 1...5000, using: &random))
        let total = Bool.random(using: &random) ? "\(body.count)" : "*"
        var chunks: [(start: Int, bytes: [UInt8])] = []
        var place = 0
        for piece in random.split(body, most: 400) {
            let overlap = Int.random(in: 0...min(place, 50), using: &random)
            chunks.append((place - overlap, Array(body[(place - overlap)..<(place + piece.count)])))
            place += piece.count
        }
        chunks.shuffle(using: &random)
        var assembler = MSRPMessageAssembler(limits: Limits())
        var whole: [MSRPIncomingMessage] = []
        for chunk in chunks {
            let end = chunk.start + chunk.bytes.count
            let told = Bool.random(using: &random) ? "\(end)" : "*"
            _ = assembler.begin(head("\(chunk.start + 1)-\(told)/\(total)"), now: 0)
            for slice in random.split(chunk.bytes, most: 100) { _ = assembler.append(ByteBuffer(bytes: slice)) }
            switch assembler.end(end == body.count ? .complete : .more, now: 0) {
            case .complete(let message): whole.append(message)
            case .partial: break
            case let other: Issue.record("\(other)")
            }
        }
        // A chunk that comes when overlaps have made the message whole already starts it anew, and comes to nothing.
        #expect(whole.map(\.body) == [body])
    }

    @Test("of overlapping bytes the last to come count")
    func overlap() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        _ = feed(&assembler, "1-6/8", "aaaaaa", .more)
        _ = feed(&assembler, "3-4/8", "bb", .more)
        #expect(text(feed(&assembler, "5-8/8", "cccc", .complete)) == "aabbcccc")
    }

    @Test("the last chunk may come first, and gaps are waited for")
    func gaps() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        #expect(feed(&assembler, "9-10/10", "ij", .complete) == .partial)
        #expect(feed(&assembler, "1-4/10", "abcd", .more) == .partial)
        #expect(feed(&assembler, "5-7/10", "efg", .more) == .partial)
        #expect(text(feed(&assembler, "8-8/10", "h", .more)) == "abcdefghij")
    }

    @Test("an aborted message is forgotten, and its id can be used again")
    func aborted() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        _ = feed(&assembler, "1-*/10", "hel", .more)
        #expect(feed(&assembler, "4-*/10", "lo", .aborted) == .aborted(messageID: "m001"))
        #expect(assembler.oldestStart == nil)
        #expect(text(feed(&assembler, "1-2/2", "hi", .complete)) == "hi")
    }

    @Test("a SEND without a body and type is empty; with a type it is a message of no bytes")
    func empty() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        _ = assembler.begin(head("1-0/0", type: nil), now: 0)
        #expect(assembler.end(.complete, now: 0) == .empty)
        #expect(text(feed(&assembler, "1-0/0", "", .complete)) == "")
    }

    @Test(
        "a chunk that lies about its range is refused and its message forgotten",
        arguments: [
            ("1-5/5", "hell", MSRPContinuation.complete), ("1-5/5", "hello!", .complete), ("1-3/10", "hell", .more),
            ("6-4/10", "", .more), ("1-11/10", "hello world", .complete), ("1-5/10", "hello", .complete),
            ("12-*/10", "hello", .more), ("1-*/4", "hello", .complete),
        ])
    func lies(_ range: String, _ body: String, _ end: MSRPContinuation) {
        var assembler = MSRPMessageAssembler(limits: Limits())
        #expect(code(feed(&assembler, range, body, end)) == 423)
        #expect(assembler.oldestStart == nil)
    }

    @Test("a chunk that contradicts an earlier one is refused")
    func contradictions() {
        for (range, body, end) in [
            ("4-*/11", "lo", MSRPContinuation.more), ("4-*/*", "lo", .complete), ("1-2/2", "he", .complete),
        ] {
            var assembler = MSRPMessageAssembler(limits: Limits())
            _ = feed(&assembler, "1-*/10", "hel", .more)
            #expect(code(feed(&assembler, range, body, end)) == 423, "\(range)")
        }
        var assembler = MSRPMessageAssembler(limits: Limits())
        _ = feed(&assembler, "9-10/*", "ij", .complete)
        #expect(code(feed(&assembler, "9-*/*", "ijk", .more)) == 423)
    }

    @Test("the rest of a refused message is refused too, until it starts over")
    func refusedRest() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        #expect(code(feed(&assembler, "1-3/10", "hell", .more)) == 423)
        #expect(code(feed(&assembler, "4-10/10", "loworld", .complete)) == 423)
        #expect(text(feed(&assembler, "1-5/5", "hello", .complete)) == "hello")
    }

    @Test("a gigabyte is refused when it is announced, and when it just comes")
    func tooLarge() {
        var limits = Limits()
        limits.msrpMessage = 1000
        var assembler = MSRPMessageAssembler(limits: limits)
        #expect(assembler.begin(head("1-*/1073741824"), now: 0)?.code == 413)
        #expect(assembler.append(ByteBuffer(repeating: 97, count: 5000)) == nil, "a refusal is told once")
        #expect(code(assembler.end(.more, now: 0)) == 413)
        #expect(assembler.begin(head("999999999-*/*", id: "m002"), now: 0)?.code == 413)
        _ = assembler.end(.more, now: 0)
        #expect(assembler.begin(head("1-*/*", id: "m003"), now: 0) == nil)
        #expect(assembler.append(ByteBuffer(repeating: 97, count: 1000)) == nil)
        #expect(assembler.append(ByteBuffer(repeating: 97, count: 1))?.code == 413)
        #expect(assembler.append(ByteBuffer(repeating: 97, count: 5000)) == nil)
        #expect(code(assembler.end(.complete, now: 0)) == 413)
    }

    @Test("the session's own largest size counts when it is smaller")
    func maxSize() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        assembler.maxSize = 4
        #expect(text(feed(&assembler, "1-4/4", "four", .complete)) == "four")
        #expect(code(feed(&assembler, "1-5/5", "fiver", .complete, id: "m002")) == 413)
    }

    @Test("unfinished messages are bounded in number, in pieces and in bytes together")
    func bounds() {
        var limits = Limits()
        limits.msrpIncompleteMessages = 3
        limits.msrpMessage = 100_000
        var assembler = MSRPMessageAssembler(limits: limits)
        for number in 0..<3 { #expect(feed(&assembler, "1-*/10", "a", .more, id: "m00\(number)") == .partial) }
        #expect(code(feed(&assembler, "1-*/10", "a", .more, id: "m009")) == 413)
        #expect(text(feed(&assembler, "2-10/10", "bcdefghij", .complete, id: "m001")) == "abcdefghij")

        var gaps = MSRPMessageAssembler(limits: limits)
        var refusedAt: Int?
        for number in 0..<10_000 where refusedAt == nil {
            if code(feed(&gaps, "\(2 * number + 1)-*/*", "a", .more)) == 413 { refusedAt = number }
        }
        #expect(refusedAt == 8192)

        limits.msrpIncompleteMessages = 100
        var many = MSRPMessageAssembler(limits: limits)
        let large = [UInt8](repeating: 97, count: 90_000)
        var refused = 0
        for number in 0..<10 where code(feed(&many, "1-*/*", large, .more, id: "m00\(number)")) == 413 { refused += 1 }
        #expect(refused == 6, "four of 90 kB fit into four times 100 kB")
    }

    @Test("messages that are late are forgotten and told")
    func expiry() {
        var assembler = MSRPMessageAssembler(limits: Limits())
        _ = feed(&assembler, "1-*/10", [97], .more, id: "m001", now: 100)
        _ = feed(&assembler, "1-*/10", [97], .more, id: "m002", now: 200)
        #expect(assembler.oldestStart == 100)
        #expect(assembler.expire(startedBefore: 100) == [])
        #expect(assembler.expire(startedBefore: 150) == ["m001"])
        #expect(assembler.oldestStart == 200)
    }
}
