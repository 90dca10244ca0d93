import Diagnostics
import NIOCore
import Testing

@testable import MSRP

@Suite("MSRP streams")
struct ParserTests {
    @Test("every torture stream has its verdict and its elements", arguments: TortureStream.all)
    func torture(_ stream: TortureStream) {
        let result = StreamResult([stream.bytes])
        #expect(result.verdict == stream.verdict)
        #expect(result.description == stream.elements)
    }

    @Test("a torture stream fed byte by byte gives what it gives whole", arguments: TortureStream.all)
    func byteByByte(_ stream: TortureStream) {
        let whole = StreamResult([stream.bytes])
        let single = StreamResult(stream.bytes.map { [$0] })
        #expect(single == whole)
    }

    @Test("the collection is there, with streams of every verdict")
    func collection() {
        let verdicts = Set(TortureStream.all.map { $0.verdict.split(separator: " ")[0] })
        #expect(verdicts == ["valid", "fault", "broken", "unfinished"])
        #expect(TortureStream.all.count > 90)
        #expect(TortureStream.all.allSatisfy { !$0.bytes.isEmpty })
    }

    @Test("all sound streams one behind the other, in any split, are the same messages")
    func allAtOnce() {
        let sound = TortureStream.all.filter { ["valid", "fault"].contains($0.verdict) }
        let expected = sound.map(\.elements).joined(separator: "; ")
        let bytes = sound.flatMap(\.bytes)
        let whole = StreamResult([bytes])
        #expect(whole.description == expected)
        var random = Seeded(1)
        for most in [2, 7, 50, 1000, 5000] {
            #expect(StreamResult(random.split(bytes, most: most)) == whole)
        }
    }

    @Test("bodies full of line ends and hyphens come out as they were, in any split")
    func randomBodies() {
        var random = Seeded(2)
        for round in 0..<200 {
            let body = random.bytes(Int.random(in: 0...300, using: &random))
            var bytes = Array(
                "MSRP tid\(round)x SEND\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/1;tcp\r\nMessage-ID: m123\r\nContent-Type: a/b\r\n\r\n"
                    .utf8)
            bytes += body + Array("\r\n-------tid\(round)x$\r\n".utf8)
            let result = StreamResult(random.split(bytes, most: Int.random(in: 1...400, using: &random)))
            #expect(result.messages.map(\.body) == [body])
            #expect(result.verdict == "valid")
        }
    }

    @Test("a body is handed on as it comes, and never more than an end-line is held back")
    func streaming() throws {
        var parser = MSRPStreamParser(limits: Limits())
        parser.append(
            Array("MSRP t001 SEND\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/1;tcp\r\nContent-Type: a/b\r\n\r\n".utf8))
        _ = try #require(try parser.next())
        let piece = [UInt8](repeating: 13, count: 10_000)
        var got = 0
        for round in 1...50 {
            parser.append(piece)
            while let element = try parser.next() {
                if case .body(let slice) = element { got += slice.readableBytes }
            }
            #expect(round * piece.count - got <= 14)
        }
    }

    @Test("a head of just the limit passes, one byte more does not, whole or in pieces")
    func headLimit() {
        var limits = Limits()
        limits.msrpHead = 200
        func stream(_ filler: Int) -> [UInt8] {
            let paths = "MSRP t001 SEND\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/1;tcp\r\n"
            let end = "-------t001$\r\n"
            let rest = 200 - paths.utf8.count - end.utf8.count - "X: \r\n".utf8.count + filler
            return Array((paths + "X: " + String(repeating: "x", count: rest) + "\r\n" + end).utf8)
        }
        for (filler, error) in [(0, String?.none), (1, "headTooLarge")] {
            #expect(StreamResult([stream(filler)], limits: limits).error == error)
            #expect(StreamResult(stream(filler).map { [$0] }, limits: limits).error == error)
        }
        #expect(StreamResult([stream(0) + stream(0)], limits: limits).messages.count == 2)
    }

    @Test("line ends without end are no head and are not kept")
    func keepAlives() {
        let result = StreamResult(Array(repeating: Array(repeating: [13, 10], count: 100).flatMap { $0 }, count: 1000))
        #expect(result.verdict == "valid")
        #expect(result.messages.isEmpty)
    }

    @Test("garbage is found out before its line ends")
    func early() {
        #expect(StreamResult([Array("GET".utf8)]).error == "startLine")
        #expect(StreamResult([Array("MSRPX".utf8)]).error == "startLine")
        #expect(StreamResult([Array("MSR".utf8)]).error == nil)
    }

    @Test("after an error every further call throws it again")
    func staysBroken() {
        var parser = MSRPStreamParser(limits: Limits())
        parser.append(Array("garbage\r\n".utf8))
        for _ in 0..<3 {
            #expect(throws: MSRPParseError.startLine("garbage")) { try parser.next() }
            parser.append(Array("MSRP t001 200 OK\r\n".utf8))
        }
    }

    @Test("each error says what to do instead")
    func sentences() {
        #expect("\(MSRPParseError.startLine("x"))".contains("MSRP"))
        #expect("\(MSRPParseError.headTooLarge(limit: 8192))".contains("8192"))
        #expect("\(MSRPParseError.header("x"))".contains("colon"))
        #expect("\(MSRPParseError.endLine("x"))".contains("seven hyphens"))
        #expect("\(MSRPParseError.missingPath("To-Path"))".contains("To-Path"))
    }
}
