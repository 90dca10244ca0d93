import Testing

@testable import Playing

@Suite("Which case begins next")
struct CaseQueueTests {
    @Test("the order is kept, and of those that make work no more begin at once than may")
    func order() {
        var queue = CaseQueue([4, 0, 2, 1, 3], most: 1) { $0 % 2 == 0 }
        #expect(queue.next() == 4)
        #expect(queue.next() == 1)
        queue.ended(1)
        #expect(queue.next() == 3)
        #expect(queue.next() == nil, "0 and 2 wait for 4")
        #expect(!queue.isEmpty)
        queue.ended(4)
        #expect(queue.next() == 0)
        #expect(queue.next() == nil)
        queue.ended(0)
        #expect(queue.next() == 2)
        #expect(queue.isEmpty)
        #expect(queue.next() == nil)
    }

    @Test("without any that makes work it is the order given")
    func plain() {
        var queue = CaseQueue([2, 0, 1], most: 1) { _ in false }
        #expect([queue.next(), queue.next(), queue.next(), queue.next()] == [2, 0, 1, nil])
    }
}
