import Foundation
public import Recordings

/// What crossed the wire, with all that another run has otherwise replaced: ids, tags, ports and times.
///
/// Kept per actor, connection and direction, since what runs side by side has no order of its own.
public struct WireShape: Sendable, Hashable {
    /// Lines of each stream, by `ACTOR PROTOCOL NUMBER in|out`, the number counting the actor's connections.
    public let streams: [String: [String]]

    public init(_ recording: Recording) {
        var names: [Int: String] = [:]
        var counts: [String: Int] = [:]
        var bytes: [String: [UInt8]] = [:]
        for line in recording.lines {
            guard let connection = line.conn else { continue }
            if line.kind == .open {
                let owner = "\(line.actor ?? "") \(line.fields["proto"]?.string ?? "")"
                counts[owner, default: 0] += 1
                names[connection] = "\(owner) \(counts[owner] ?? 0)"
            }
            guard line.kind == .bytes, let direction = line.direction else { continue }
            let name = "\(names[connection] ?? line.actor ?? "") \(direction.rawValue)"
            bytes[name, default: []] += line.payload ?? []
        }
        streams = bytes.mapValues(Self.lines)
    }

    /// The first place at which two shapes differ, as a clause; nil when they are the same.
    public func difference(from other: WireShape) -> String? {
        for name in Set(streams.keys).union(other.streams.keys).sorted() {
            guard let own = streams[name] else { return "'\(name)' is only in the other" }
            guard let others = other.streams[name] else { return "'\(name)' is only in one" }
            if own == others { continue }
            let place = zip(own, others).enumerated().first { $1.0 != $1.1 }?.offset ?? min(own.count, others.count)
            let (a, b) = (Self.line(place, of: own), Self.line(place, of: others))
            return "'\(name)', line \(place + 1): \(a) against \(b)"
        }
        return nil
    }

    private static func line(_ place: Int, of lines: [String]) -> String {
        lines.indices.contains(place) ? "'\(lines[place].prefix(120))'" : "nothing more"
    }

    private static func lines(of bytes: [UInt8]) -> [String] {
        var out: [String] = []
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            out.append(shape(of: line.last == 13 ? line.dropLast() : line))
        }
        return out
    }

    /// Words that are made anew in each run become `#`: those of eight characters and more with a digit or of sixteen
    /// and more, numbers of four digits and more, and times.
    static func shape(of line: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        var word: [UInt8] = []
        func close() {
            out += isMadeAnew(word) ? [UInt8(ascii: "#")] : word
            word.removeAll(keepingCapacity: true)
        }
        for byte in line {
            if isPartOfWord(byte) {
                word.append(byte)
            } else {
                close()
                out.append(byte)
            }
        }
        close()
        return String(decoding: out, as: UTF8.self).replacing(#/#:[0-9]{2}:[0-9.]{2,}Z?/#, with: "#")
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (65...90).contains(byte & 0xDF) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isMadeAnew(_ word: [UInt8]) -> Bool {
        let digits = word.count(where: isDigit)
        if digits == word.count { return digits >= 4 }
        if digits == 0 { return word.count >= 16 && !word.contains(UInt8(ascii: "-")) && !word.contains(UInt8(ascii: ".")) }
        // Addresses and versions have dots; what is made anew has none, but for a time.
        return word.count >= 8 && (!word.contains(UInt8(ascii: ".")) || word.contains(UInt8(ascii: "T")))
    }
}
