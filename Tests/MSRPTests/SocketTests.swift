import Testing

@testable import MSRP

@Suite("MSRP over TCP on loopback")
struct SocketTests {
    @Test("a message goes each way over one connection, and each is answered")
    func bothWays() async throws {
        try await SocketBench.run { bench in
            let (alice, bob) = try await bench.connected()
            bench.send(alice, message("from-alice", "one"))
            bench.send(bob, message("from-bob", "two"))
            try await bench.until("both are answered") { bench.outcomes.count == 2 }
            #expect(bench.outcomes["from-alice"] == .answered(code: 200, comment: "OK"))
            #expect(bench.outcomes["from-bob"] == .answered(code: 200, comment: "OK"))
            #expect(bench.received["bob"]?.map(\.body) == [Array("one".utf8)])
            #expect(bench.received["alice"]?.map(\.body) == [Array("two".utf8)])
            #expect(bench.received["bob"]?.first?.contentType == "text/plain")
            #expect(bench.received["bob"]?.first?.fromPath == [alice.localURI])
        }
    }
}
