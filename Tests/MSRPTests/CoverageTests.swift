import Testing

@testable import MSRP

/// What REPORTs about parts of a message come to.
@Suite("Parts that REPORTs speak of")
struct CoverageTests {
    private func covers(_ length: Int, _ ranges: String?...) -> Bool {
        var coverage = MSRPCoverage()
        for range in ranges { coverage.add(range.flatMap { MSRPByteRange($0) }) }
        return coverage.covers(length)
    }

    @Test("parts in any order, touching and overlapping, make up the whole")
    func whole() {
        #expect(covers(10, "1-10/10"))
        #expect(covers(10, "1-5/10", "6-10/10"))
        #expect(covers(10, "6-10/10", "1-5/10"))
        #expect(covers(10, "1-7/10", "3-10/10"))
        #expect(covers(10, "1-2/10", "9-10/10", "5-6/10", "3-4/10", "7-8/10"))
        #expect(covers(10, nil))
        #expect(covers(10, "1-*/10"))
        #expect(covers(10, "1-*/*"))
        #expect(covers(0))
    }

    @Test("a part that is left out, at either end or within, is missed")
    func gaps() {
        #expect(!covers(10))
        #expect(!covers(10, "1-9/10"))
        #expect(!covers(10, "2-10/10"))
        #expect(!covers(10, "1-4/10", "6-10/10"))
        #expect(!covers(10, "1-*/9"))
        #expect(!covers(10, "5-4/10"))
    }

    @Test("more separate parts than are kept change nothing of what was kept")
    func bounded() {
        var coverage = MSRPCoverage()
        for start in 0..<5000 { coverage.add(MSRPByteRange(start: 2 * start + 1, end: 2 * start + 1, total: nil)) }
        #expect(!coverage.covers(10_000))
        coverage.add(MSRPByteRange(start: 1, end: 10_000, total: nil))
        #expect(coverage.covers(10_000))
    }
}
