import Testing

@testable import MSRP

@Suite("The queue of messages")
struct WaitingLineTests {
    @Test("does what an array does, in any order of calls")
    func model() {
        var random = Seeded(11)
        var line = WaitingLine<Int>()
        var array: [Int] = []
        for number in 0..<20_000 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2:
                line.append(number)
                array.append(number)
            case 3...5 where !array.isEmpty:
                line.removeFirst()
                array.removeFirst()
            case 6 where !array.isEmpty:
                let place = Int.random(in: 0..<array.count, using: &random)
                #expect(line.remove(at: place) == array.remove(at: place))
                if let wanted = array.last {
                    #expect(line.firstOffset(from: array.count / 2) { $0 == wanted } == array.count - 1)
                }
            case 7:
                line.prepend(number)
                array.insert(number, at: 0)
                line.change(at: 0) { $0 += 1 }
                array[0] += 1
            default: break
            }
            #expect(line.count == array.count && line.isEmpty == array.isEmpty && line.first == array.first)
        }
        #expect(line.sum { $0 } == array.reduce(0, +))
        line.removeAll()
        #expect(line.isEmpty && line.first == nil)
    }
}
