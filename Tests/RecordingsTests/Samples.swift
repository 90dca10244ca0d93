import Diagnostics
import Foundation
import Testing

@testable import Recordings

/// Small recordings for the tests of this room.
enum Sample {
    static let header = RecordingHeader(
        start: "2026-05-01T09:30:00.000Z", case: ["id": "058a-sample", "steps": [1, 2.5, nil]],
        iut: ["ics": ["store"]], binding: ["version": 1], seed: .max, versions: ["cpmcheck": "0.1"], strict: true)

    static let lines = [
        RecordedLine(
            n: 1, t: 10, kind: .open, actor: "alice", conn: 1,
            fields: ["proto": "sip", "accepted": false, "local": "127.0.0.1:1", "remote": "127.0.0.1:2"]),
        RecordedLine(
            n: 2, t: 20, kind: .bytes, actor: "alice", conn: 1, direction: .sent,
            payload: Array("OPTIONS \"\\\u{1B}\u{7F}é𝄞\r\n\t\r\n".utf8)),
        RecordedLine(
            n: 3, t: 30, kind: .bytes, actor: "alice", conn: 1, direction: .received, payload: [0, 0xFF, 0xC3],
            masked: true, fields: ["later": ["a": [true]]]),
        RecordedLine(n: 4, t: 40, kind: RecordedKind("weather"), fields: ["dir": "up", "text": "rain"]),
    ]

    static var recording: Recording { Recording(header: header, lines: lines) }

    /// The text of a file with the given lines between header and footer, the footer being right.
    static func file(_ lines: [String], header: RecordingHeader = header) -> [UInt8] {
        let head = RecordingWriter.bytes(of: Recording(header: header, lines: [])).split(separator: UInt8(ascii: "\n"))[0]
        return Array(head) + Array("\n".utf8) + Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// A folder of its own for a test, removed afterwards.
    static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cpmcheck-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }

    /// The diagnostic that reading these bytes ends in.
    static func problem(reading bytes: [UInt8]) -> Diagnostic? {
        do throws(Diagnostic) {
            _ = try RecordingReader.read(bytes, name: "sample.ndjson")
            return nil
        } catch {
            return error
        }
    }
}
