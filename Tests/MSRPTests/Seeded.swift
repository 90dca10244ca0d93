import Connections
import Diagnostics
import Foundation
import NIOCore

@testable import MSRP

/// Random numbers that are the same in every run.
struct Seeded: RandomNumberGenerator {
    private let source: TokenSource
    init(_ seed: UInt64) { source = TokenSource(seed: seed) }
    mutating func next() -> UInt64 { source.next() }

    mutating func bytes(_ count: Int) -> [UInt8] {
        // Few different octets, so that line ends and hyphens are frequent.
        (0..<count).map { _ in [13, 10, 45, 97, 36, UInt8(truncatingIfNeeded: next())].randomElement(using: &self) ?? 0 }
    }

    /// The bytes cut into pieces of random length, from 1 to `most`.
    mutating func split(_ bytes: [UInt8], most: Int) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var place = 0
        while place < bytes.count {
            let end = min(bytes.count, place + Int.random(in: 1...most, using: &self))
            pieces.append(Array(bytes[place..<end]))
            place = end
        }
        return pieces
    }
}

/// What a stream came to, with the slices of each body joined.
struct StreamResult: Equatable, CustomStringConvertible {
    struct Message: Equatable {
        var head: MSRPHead
        var body: [UInt8] = []
        var end: MSRPContinuation?
    }
    var messages: [Message] = []
    var error: String?
    var isBetween = true

    init(_ pieces: [[UInt8]], limits: Limits = Limits()) {
        var parser = MSRPStreamParser(limits: limits)
        do {
            for piece in pieces {
                parser.append(piece)
                while let element = try parser.next() { add(element) }
            }
        } catch {
            self.error = StreamResult.kind(error)
        }
        isBetween = parser.isBetweenMessages
    }

    private mutating func add(_ element: MSRPStreamElement) {
        switch element {
        case .head(let head): messages.append(Message(head: head))
        case .body(let slice): messages[messages.count - 1].body += Array(slice.readableBytesView)
        case .end(let continuation): messages[messages.count - 1].end = continuation
        }
    }

    static func kind(_ error: MSRPParseError) -> String {
        switch error {
        case .startLine: "startLine"
        case .header: "header"
        case .missingPath: "missingPath"
        case .headTooLarge: "headTooLarge"
        case .tooManyHeaders: "tooManyHeaders"
        case .endLine: "endLine"
        }
    }

    /// `SEND 5 $; 200 0 $`.
    var description: String {
        messages.map { message in
            var text = message.head.method ?? threeDigits(message.head.responseCode ?? 0)
            text += " \(message.body.count)"
            if let end = message.end { text += " \(Character(Unicode.Scalar(end.rawValue)))" }
            return text
        }.joined(separator: "; ")
    }

    var verdict: String {
        if let error { return "broken \(error)" }
        if !isBetween { return "unfinished" }
        return messages.contains { $0.head.fault != nil } ? "fault" : "valid"
    }
}

/// One line of `Fixtures/msrp-torture/index.tsv`.
struct TortureStream: CustomStringConvertible, Sendable {
    var name: String
    var verdict: String
    var elements: String
    var shows: String
    var bytes: [UInt8]
    var description: String { "\(name): \(shows)" }

    static let all: [TortureStream] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/msrp-torture")
        let index = (try? String(contentsOf: folder.appendingPathComponent("index.tsv"), encoding: .utf8)) ?? ""
        return index.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let data = try? Data(contentsOf: folder.appendingPathComponent(cells[0] + ".msrp"))
            return TortureStream(
                name: cells[0], verdict: cells[1], elements: cells[2], shows: cells[3], bytes: [UInt8](data ?? Data()))
        }
    }()
}
