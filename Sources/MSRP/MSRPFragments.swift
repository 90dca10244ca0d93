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

    mutating func insert(_ bytes: [UInt8], at start: Int) {
        guard !bytes.isEmpty else { return }
        if let last = pieces.indices.last, pieces[last].end == start {
            pieces[last].bytes.append(contentsOf: bytes)
        } else {
            makeRoom(start..<start + bytes.count)
            let place = firstPiece(endingAfter: start)
            if place > 0, pieces[place - 1].end == start {
                pieces[place - 1].bytes.append(contentsOf: bytes)
            } else {
                pieces.insert(Piece(start: start, bytes: bytes), at: place)
            }
        }
        count += bytes.count
    }

    /// Takes the bytes of `range` out of the pieces.
    private mutating func makeRoom(_ range: Range<Int>) {
        let first = firstPiece(endingAfter: range.lowerBound)
        var last = first
        var kept: [Piece] = []
        while last < pieces.count, pieces[last].start < range.upperBound {
            let piece = pieces[last]
            if piece.start < range.lowerBound {
                kept.append(Piece(start: piece.start, bytes: Array(piece.bytes[..<(range.lowerBound - piece.start)])))
            }
            if piece.end > range.upperBound {
                kept.append(
                    Piece(start: range.upperBound, bytes: Array(piece.bytes[(range.upperBound - piece.start)...])))
            }
            count -= piece.bytes.count
            last += 1
        }
        guard last > first else { return }
        count += kept.reduce(0) { $0 + $1.bytes.count }
        pieces.replaceSubrange(first..<last, with: kept)
    }

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
