import Payloads
import Testing

@Suite("Mutations")
struct MutationTests {
    @Test("documents with random damage are read or refused, never worse", arguments: Torture.kinds)
    func mutations(kind: String) {
        var random = SeededRandom(seed: 20_260_504)
        let small = (Torture.valid + Torture.invalid).filter { $0.kind == kind && $0.bytes.count < 3_000 }
        let valid = small.filter { $0.code == nil }
        var read = 0
        for round in 0..<4_000 {
            let seeds = round.isMultiple(of: 4) ? small : valid
            var bytes = seeds[round / 4 % seeds.count].bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.damage(&bytes, &random) }
            guard let once = try? Torture.rewritten(bytes, kind: kind) else { continue }
            read += 1
            // What was read and written must be readable, and stay what it is.
            let twice = try? Torture.rewritten(once, kind: kind)
            if twice != once { Issue.record("\(kind), round \(round): \(String(decoding: bytes, as: UTF8.self))") }
        }
        #expect(read > 50, "too few survive for the test to mean anything")
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let telling: [UInt8] = Array(":;.<>\"\\=-&/ \t\r\n".utf8) + [0, 0x7F, 0xC3, 0xFF]
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(telling.randomElement(using: &random) ?? 0, at: place)
        case 2: bytes.remove(at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
        case 4:
            let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        default: bytes.removeSubrange(place...)
        }
    }
}
