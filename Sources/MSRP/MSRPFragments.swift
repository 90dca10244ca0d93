import NIOCore

/// The bytes of a message that have come, in whatever order; of overlapping bytes the last to come count
/// (RFC 4975 §7.3.1). Offsets count from 0.
struct MSRPFragments: Sendable {
    private struct Piece: Sendable {
        var start: Int
        var bytes: [UInt8]
        var end: Int { start + bytes.count }
    }

    /// In order of their starts, without overlap.
    private var pieces: [Piece] = []
    /// All bytes held.
    private(set) var count = 0

    /// The number of separate pieces, which is what a hostile order of chunks drives up.
    var pieceCount: Int { pieces.count }
    /// One past the highest byte.
    var end: Int { pieces.last?.end ?? 0 }

    /// True when every byte up to `length` is there.
    func isWhole(_ length: Int) -> Bool { count == length && end == length }

    /// Each byte is copied once, whatever is there already: what overlaps is written over in place, so that many small
    /// chunks inside a large one cost no more than they bring.
    mutating func insert(_ bytes: [UInt8], at start: Int) {
        let end = start + bytes.count
        var position = start
        var place = firstPiece(endingAfter: start)
        while position < end {
            if place < pieces.count, pieces[place].start <= position {
                let until = min(end, pieces[place].end)
                let offset = pieces[place].start
                pieces[place].bytes.replaceSubrange(
                    (position - offset)..<(until - offset), with: bytes[(position - start)..<(until - start)])
                position = until
                place += 1
            } else {
                let until = place < pieces.count ? min(end, pieces[place].start) : end
                let gap = bytes[(position - start)..<(until - start)]
                if place > 0, pieces[place - 1].end == position {
                    pieces[place - 1].bytes.append(contentsOf: gap)
                } else {
                    pieces.insert(Piece(start: position, bytes: Array(gap)), at: place)
                    place += 1
                }
                count += gap.count
                position = until
            }
        }
    }

    /// The first piece that reaches beyond an offset; behind the last one where there is none.
    private func firstPiece(endingAfter offset: Int) -> Int {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// All bytes in order, without the gaps.
    func joined() -> [UInt8] {
        if pieces.count == 1 { return pieces[0].bytes }
        var all: [UInt8] = []
        all.reserveCapacity(count)
        for piece in pieces { all.append(contentsOf: piece.bytes) }
        return all
    }
}
